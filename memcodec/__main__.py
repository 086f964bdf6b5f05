"""``python -m memcodec``."""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the working directory: it may be a stranger's, and so may a json.py in it
    from memcodec.cli import main

    main(prog_name="memcodec")

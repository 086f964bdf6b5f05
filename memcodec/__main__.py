"""``python -m memcodec``."""

from __future__ import annotations

from memcodec.cli import main

if __name__ == "__main__":
    main(prog_name="memcodec")

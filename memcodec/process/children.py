"""How memcodec starts Python: every child finds its modules on a safe path, and so does every child of it.

The working directory and a script's folder may be a stranger's, and so may a json.py in them. A child finds modules
where the interpreter itself does, in the folders that PYTHONPATH names whatever the working directory is, and where
memcodec lies.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from memcodec.process import telemetry

_LOG = logging.getLogger(__name__)
_HOME = Path(__file__).parents[2]


def start(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """``python ARGUMENTS`` with ``subprocess.Popen``'s ``options``, far from the working directory. Raises OSError."""
    flags = ["-P", *(["-s"] if sys.flags.no_user_site else [])]
    # Windows looks for libraries and programs in the working directory too.
    place = {"cwd": Path(sys.executable).anchor, "env": environment()}
    _LOG.debug("starts python %s", " ".join(arguments[:2]))
    return subprocess.Popen([sys.executable, *flags, *arguments], **{**place, **options})


def program(command: Sequence[str], variables: Mapping[str, str], stdout: int | None = None) -> int:
    """Run a program of the user's, as they would, to its end; its exit status. Raises OSError."""
    return subprocess.run(list(command), env=variables, stdout=stdout, check=False).returncode


def environment() -> dict[str, str]:
    """The environment of a child: what is Python's in it is as this process itself obeys it, but for the path."""
    theirs = {
        name: value
        for name, value in os.environ.items()
        if not (sys.flags.ignore_environment and name.startswith("PYTHON"))
    }
    folders = [each for each in theirs.get("PYTHONPATH", "").split(os.pathsep) if Path(each).is_absolute()]
    path = os.pathsep.join([*folders, str(_HOME)])
    return {**theirs, **telemetry.OFF, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}

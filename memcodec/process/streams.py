"""Standard streams that a process was started without."""

from __future__ import annotations

import os
import sys


def open_missing() -> None:
    """Give the process those of standard input, output and error that it has not, leading nowhere.

    The next file that is opened would take their place, and what libraries print would be written into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            _open(number, name)


def _open(number: int, name: str) -> None:
    opened = os.open(os.devnull, os.O_RDWR)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    os.set_inheritable(number, True)
    if getattr(sys, name) is None:
        mode = "r" if number == 0 else "w"
        setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))

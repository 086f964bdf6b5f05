"""What a program does that holds keys, and a library does not: it asks for passphrases, and is not dumped."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Callable

ask: Callable[[str], str | None] | None = None
"""Asks for the passphrase of the file of that name; the command line sets it. None where nobody is asked."""

_PR_SET_DUMPABLE = 4


def protect() -> None:
    """No core file of this process holds its keys, and no other process of the user's reads its memory: of Linux, and
    of a program alone. A library leaves that to the program that it is in."""
    if ask is None or not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)

"""Landlock: a process gives up all files but some, without privileges (Linux 5.13; landlock(7)).

No library that is maintained wraps it for Python; three system calls, whose numbers are the same on every processor.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import sys
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_NO_NEW_PRIVS = 38  # prctl
_READ = 1 << 2 | 1 << 3  # files, folders
_FILE = (
    1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
)  # execute, write, read, truncate, ioctl: what a file may have
_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # version -> bits of rights on files
_TCP = 3  # bind, connect; from version 4
_SCOPES = 3  # abstract sockets, signals; from version 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The kernel's version of Landlock; 0 where there is none."""
    try:
        return max(0, int(_libc().syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION)))
    except (OSError, AttributeError):
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str]) -> int:
    """Leaves this thread and its children to be the files beneath these paths. Returns the version, 0 where none is.

    From version 4 TCP goes too, from 6 signals to others and their abstract sockets. Raises OSError.
    """
    known = version()
    if not known:
        return 0
    rights = (1 << max(bits for since, bits in _RIGHTS.items() if since <= known)) - 1
    attributes = _Ruleset(rights, _TCP * (known >= 4), _SCOPES * (known >= 6))
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = _called(_CREATE, ctypes.byref(attributes), ctypes.c_size_t(size), 0)
    try:
        for paths, allowed in ((readable, _READ), (writable, rights & ~1)):
            for path in paths:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                    _allow(ruleset, path, allowed)
        if _libc().prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "no_new_privs")
        _called(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return known


def _allow(ruleset: int, path: str, allowed: int) -> None:
    if sys.platform != "linux":
        return
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(parent).st_mode):
            allowed &= _FILE
        _called(_ADD, ruleset, _PATH_BENEATH, ctypes.byref(_Beneath(allowed, parent)), 0)
    finally:
        os.close(parent)


def _called(number: int, *arguments: object) -> int:
    result = int(_libc().syscall(number, *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)

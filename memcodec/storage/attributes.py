"""What a file has beside its bytes: who may read and write it, whose it is, its extended attributes.

A file that takes another's place has that one's. A new one is open to nobody whom its sources are closed to.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, runtime_checkable

from memcodec.model import Rights
from memcodec.storage.contract import Source

_ACL = "system.posix_acl_access"  # acl(5): then the mode's bits of the group bound more than the group
_GROUP, _OTHERS = 0o070, 0o007
_OF_THE_BYTES = {"security.capability", "security.evm", "security.ima"}  #: that vouch for what the file held


@runtime_checkable
class Restrictable(Protocol):
    """A target whose file has rights. One that stands around another passes them on."""

    def restrict(self, rights: Rights) -> None:
        """Take from a new file what its source does not allow."""


def close_as(target: object, rights: Iterable[Rights | None]) -> None:
    """Give nobody more to do with a new file than each of these rights gives him."""
    for each in rights:
        if each is not None and isinstance(target, Restrictable):
            target.restrict(each)


def granted_by(source: Source) -> Rights | None:
    """The rights of the file that is read; None for what is no file of this machine."""
    return getattr(source, "rights", None)


def rights_of(file: int | Path | str, status: os.stat_result | None = None) -> Rights | None:
    """What a file, by its descriptor or path, allows to others. None without such a file, or such rights (Windows)."""
    if sys.platform == "win32":
        return None
    try:
        status = status or os.stat(file)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    mode = stat.S_IMODE(status.st_mode) & 0o777
    # An access list may give the group itself less than the mode shows.
    return Rights(_ungrouped(mode) if mode & _GROUP and _has_list(file) else mode, status.st_gid)


def restrict(fd: int, rights: Rights) -> None:
    """Take from a new file what these rights do not give; its owner may always read and write it."""
    if sys.platform == "win32":
        return
    found = os.fstat(fd)
    if not rights.mode & 0o004:
        _remove(fd, _ACL)  # which the folder gave it, and which may name anybody
    mode = stat.S_IMODE(found.st_mode)
    if mode != (less := restricted(mode, found.st_gid, rights)):
        os.fchmod(fd, less)


def restricted(mode: int, group: int, rights: Rights) -> int:
    """A mode of a file of that group without what these rights do not give."""
    allowed = rights.mode if rights.group == group else _ungrouped(rights.mode)
    return mode & (allowed | 0o700)


def permit(fd: int, mode: int) -> None:
    """Give a new file the permission bits that somebody wrote down, as ``permitted`` has them."""
    if sys.platform == "win32":
        return
    os.fchmod(fd, permitted(stat.S_IMODE(os.fstat(fd).st_mode), mode))


def permitted(found: int, mode: int) -> int:
    """The permission bits that somebody wrote down, as far as the mode goes that a new file has by itself.

    Never more than reading and running to others, nor a bit beyond the nine; its owner may always read it.
    """
    allowed = (found | (found & 0o444) >> 2) & 0o775  # a new file may be run by whoever may read it
    return (mode | 0o400) & allowed


def keep(old: int, new: int) -> None:
    """Give a new file the owner, the group, the extended attributes with the access list, and the mode of the old.

    What the system refuses is left out, and then the new one is the less open: without its group or its list, the group
    may do what anybody may.
    """
    if sys.platform == "win32":
        return
    found = os.fstat(old)
    grouped = _own(new, found)
    listed = _copy_attributes(old, new, grouped)
    mode = stat.S_IMODE(found.st_mode)
    os.fchmod(new, mode if grouped and listed else _ungrouped(mode & 0o777))


def folder_mode(rights: Rights | None) -> int:
    """The mode of a new folder for files of these rights: who may read them may look into it."""
    if rights is None or sys.platform == "win32":
        return 0o777
    mode = rights.mode if rights.group == os.getegid() else _ungrouped(rights.mode)
    return 0o700 | mode | (mode & 0o444) >> 2


def is_kept(old: int, new: int) -> bool:
    """Whether mode, owner and group are the same already."""
    one, other = os.fstat(old), os.fstat(new)
    return (one.st_mode, one.st_uid, one.st_gid) == (other.st_mode, other.st_uid, other.st_gid)


def _ungrouped(mode: int) -> int:
    """The mode where the group may do no more than anybody."""
    return mode & (~_GROUP | (mode & _OTHERS) << 3)


def _own(fd: int, status: os.stat_result) -> bool:
    """Give the file its owner and its group, as far as this process may; whether the group is right."""
    if sys.platform == "win32":
        return True
    now = os.fstat(fd)
    if now.st_uid != status.st_uid or now.st_gid != status.st_gid:
        try:
            os.fchown(fd, status.st_uid, status.st_gid)
        except OSError:
            with contextlib.suppress(OSError):
                os.fchown(fd, -1, status.st_gid)
    return os.fstat(fd).st_gid == status.st_gid


if sys.platform == "linux":

    def _has_list(file: int | Path | str) -> bool:
        return _ACL in _names(file)

    def _copy_attributes(old: int, new: int, grouped: bool) -> bool:
        """Copy all there may be but those of the bytes; whether the access list is as in the old file."""
        names = _names(old) - _OF_THE_BYTES - (set() if grouped else {_ACL})
        for name in _names(new) - names:
            _remove(new, name)
        for name in names:
            with contextlib.suppress(OSError):
                os.setxattr(new, name, os.getxattr(old, name))
        return (_ACL in _names(old)) == (_ACL in _names(new))

    def _names(file: int | Path | str) -> set[str]:
        try:
            return set(os.listxattr(file))
        except OSError:  # a disk without any
            return set()

    def _remove(fd: int, name: str) -> None:
        with contextlib.suppress(OSError):
            os.removexattr(fd, name)

else:  # Python asks no other system for them

    def _has_list(file: int | Path | str) -> bool:
        return False

    def _copy_attributes(old: int, new: int, grouped: bool) -> bool:
        return True

    def _remove(fd: int, name: str) -> None:
        """There is none."""

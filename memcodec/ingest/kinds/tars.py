"""TAR files (pax, GNU, V7), read in one pass: a damaged header loses the file that it names and no other."""

from __future__ import annotations

import contextlib
import tarfile
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from memcodec.config.units import format_size
from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import one_line
from memcodec.ingest.kinds.limits import MAX_UNPACKED

# Why there is no header, as ``tarfile`` tells its own loop: not in the stubs, but it skips what is _INVALID alone
_END, _NOTHING, _CUT, _INVALID = (
    getattr(tarfile, f"{name}HeaderError") for name in ("EOF", "Empty", "Truncated", "Invalid")
)


class Link(NamedTuple):
    """A file that is another name of one before it: the raw names of both."""

    name: bytes
    target: bytes


def tar_members(
    stream: IO[bytes], name: str, notes: list[str], links: list[Link]
) -> Iterator[tuple[bytes, bytes]]:
    """The raw names and bytes of the files in a TAR; those whose bytes are another's are put into ``links``.

    Raises SourceError when nothing of it can be read.
    """
    found = 0
    for info, opened in _headers(stream, name, notes):
        found += 1
        if info.isdir():
            continue
        shown = f"{name}/{one_line(info.name)}"
        if info.islnk():
            links.append(Link(raw(info.name), raw(info.linkname)))
        elif not info.isreg():
            notes.append(f"{shown}: left out (no regular file)")
        elif info.size > MAX_UNPACKED:
            notes.append(f"{shown}: left out (larger than {format_size(MAX_UNPACKED)})")
        else:
            with contextlib.closing(opened.extractfile(info)) as file:  # type: ignore[type-var]
                yield raw(info.name), file.read()  # type: ignore[union-attr]
    if not found and notes:
        raise SourceError(f"{name}: damaged archive: no file in it can be read")


def tar_names(stream: IO[bytes]) -> Iterator[bytes]:
    """The raw names alone."""
    return (raw(info.name) for info, _ in _headers(stream, "", []))


def raw(name: str) -> bytes:
    """The bytes of a name."""
    return name.encode("utf-8", "surrogateescape")


def _headers(
    stream: IO[bytes], name: str, notes: list[str]
) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    problems: list[str] = []
    header = type("Header", (_Header,), {"problems": problems})
    with tarfile.open(
        fileobj=stream, mode="r|", tarinfo=header, ignore_zeros=True, errors="surrogateescape"
    ) as opened:
        for info in opened:
            if problems:
                notes.append(f"{name}: what stands before {one_line(info.name)} is left out ({problems[0]})")
                problems.clear()
            yield info, opened
    if problems:
        notes.append(f"{name}: what stands at its end is left out ({problems[0]})")


class _Header(tarfile.TarInfo):
    """A header that keeps in ``problems`` why it is none; ``tarfile`` goes on at the next block."""

    problems: list[str] = []  # noqa: RUF012 -- of the class that is made for one archive
    ended = False

    @classmethod
    def fromtarfile(cls, tarfile_: Any) -> Any:
        """The next header, with those that belong to it. Raises what ``tarfile`` expects."""
        try:
            found = super().fromtarfile(tarfile_)
        except (tarfile.HeaderError, ValueError) as error:
            kind = type(error)
            cls.ended = cls.ended or kind is _END
            if kind in (_END, _NOTHING):
                raise
            cls._keep("it is cut short" if kind is _CUT else "a damaged header")
            if kind is _CUT:
                raise
            tarfile_.offset = tarfile_.fileobj.tell() - tarfile.BLOCKSIZE
            raise _INVALID(str(error)) from None
        cls.ended = False
        return found

    @classmethod
    def _keep(cls, problem: str) -> None:
        if not cls.ended:  # behind the end there may be anything
            cls.problems.append(problem)

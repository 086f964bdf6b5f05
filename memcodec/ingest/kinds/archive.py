"""What lies in ZIP and TAR files (also gzip, bzip2 and xz ones), archives in archives too, within bounds.

Nothing is written to disk, so no name can lead anywhere; names that try are refused. Memory: one member and, for a
nested archive, that one's bytes.
"""

from __future__ import annotations

import bz2
import io
import lzma
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any, cast

from memcodec.config.units import format_count, format_size
from memcodec.errors import SourceError
from memcodec.ingest.kinds.archive_names import Names, raw_name, without_claims
from memcodec.ingest.kinds.builder import one_line
from memcodec.ingest.kinds.charsets import shown, strictly
from memcodec.ingest.kinds.limits import (
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNPACKED,
    SMALL,
    check_unpacked,
    reading,
)
from memcodec.ingest.kinds.sniff import is_archive, is_tar
from memcodec.ingest.kinds.tars import Link, tar_members, tar_names
from memcodec.ingest.kinds.torn_zip import with_directory
from memcodec.ingest.kinds.zipped import METHODS, open_zip

MAX_DEPTH = 4  #: archives in archives, the outermost counted
_STREAMS = ((b"\x1f\x8b", ".gz"), (b"BZh", ".bz2"), (b"\xfd7zXZ\0", ".xz"), (b"]\0\0", ".lzma"))
_METHODS = METHODS | {zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
_UNIX = 3  # made under Unix: the attributes have a file's mode
_PACKED = 1 << 16
_XZ_MEMORY = 1 << 28


def members(data: bytes, name: str, notes: list[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """The files in the archive ``data``: their paths in it (``inner.zip/a/b.txt``) and their bytes.

    What is left out (encrypted, damaged, beyond a bound, of an unsafe name) is said in ``notes``. Raises
    SourceError when the archive itself is damaged or a bomb.
    """
    notes = [] if notes is None else notes
    unpacking = _Unpacking(len(data), notes)
    yield from unpacking.of(data, name, "", 1)
    if not unpacking.count and not notes:
        notes.append(f"{name}: no file in it")


@dataclass
class _Unpacking:
    """What one outermost archive has cost so far."""

    packed: int
    notes: list[str]
    count: int = 0
    total: int = 0
    stopped: bool = field(default=False)

    def of(self, data: bytes, name: str, place: str, depth: int) -> Iterator[tuple[str, bytes]]:
        with reading(name, "archive"):
            source = self._zip(data, name) if _is_zip(data) else self._streamed(data, name)
            for raw, found in source:
                if self._spent(found):
                    return
                if (safe := safe_name(raw)) is None:
                    self.notes.append(f"{place}{one_line(raw)}: left out (its name leads out of the archive)")
                elif is_archive(found):
                    yield from self._nested(found, place + safe, depth)
                else:
                    yield place + safe, found

    def _nested(self, data: bytes, place: str, depth: int) -> Iterator[tuple[str, bytes]]:
        if depth == MAX_DEPTH:
            self.notes.append(f"{place}: left out (archives nested more than {MAX_DEPTH} deep)")
            return
        try:
            yield from self.of(data, place, f"{place}/", depth + 1)
        except SourceError as error:
            self.notes.append(str(error))

    def _spent(self, found: bytes) -> bool:
        """Counts a member; True when it is the one too many."""
        self.count, self.total = self.count + 1, self.total + len(found)
        small_enough = self.total <= max(SMALL, MAX_RATIO * self.packed)
        if not self.stopped and (self.count > MAX_MEMBERS or self.total > MAX_UNPACKED or not small_enough):
            limit = (
                f"{format_count(MAX_MEMBERS)} files, {format_size(MAX_UNPACKED)}, {MAX_RATIO} times its size"
            )
            self.notes.append(f"left out what is beyond the bounds of one archive ({limit})")
            self.stopped = True
        return self.stopped

    def _zip(self, data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
        is_torn = not zipfile.is_zipfile(io.BytesIO(data))
        if is_torn and not (data := with_directory(data)):
            raise SourceError(f"{name}: damaged archive: no file in it can be read")
        with _opened(data, name) as opened:
            if opened.comment.strip(b"\0 "):
                self.notes.append(f"{name}: the remark on the archive is left out")
            raws = [(info, raw_name(info)) for info in opened.infolist()]
            names = self._names((raw for _, raw in raws if isinstance(raw, bytes)), name)
            for info, raw in raws:
                path = raw if isinstance(raw, str) else names.of(raw)
                if info.is_dir():
                    continue
                if why := _unreadable(info):
                    self.notes.append(f"{name}/{one_line(path)}: left out ({why})")
                else:
                    yield from self._member(opened, info, name, path)
        if is_torn:
            raise SourceError(f"{name}: damaged archive: it is cut short; what stands before is taken")

    def _member(
        self, opened: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, path: str
    ) -> Iterator[tuple[str, bytes]]:
        try:
            found = opened.read(info)
        except Exception as error:  # zipfile and zlib fail in many ways on damaged members
            self.notes.append(f"{name}/{one_line(path)}: left out (damaged: {one_line(str(error))[:80]})")
        else:
            yield path, found

    def _streamed(self, data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
        """A tar file, packed or not, or a single packed file."""
        suffix = next((suffix for magic, suffix in _STREAMS if data.startswith(magic)), "")

        def unpacked() -> IO[bytes]:
            return cast(IO[bytes], _Unpacked(data, suffix, name, self.notes) if suffix else io.BytesIO(data))

        if suffix and not is_tar(io.BufferedReader(cast(io.RawIOBase, unpacked())).peek(512)[:512]):
            yield from self._packed(unpacked(), _unpacked_name(name, suffix))
            return
        stream = unpacked()
        names: Names | None = None
        links: list[Link] = []
        for raw, found in tar_members(stream, name, self.notes, links):
            if names is None and strictly(raw, "utf-8") is None:
                names = self._names(tar_names(unpacked()), name)
            yield names.of(raw) if names else raw.decode(), found
        if links:
            yield from self._linked(tar_members(unpacked(), name, [], []), links, name)

    def _packed(self, stream: IO[bytes], name: str) -> Iterator[tuple[str, bytes]]:
        """A single file, up to where it is damaged."""
        pieces: list[bytes] = []
        try:
            while piece := stream.read(_PACKED):
                pieces.append(piece)
        except (SourceError, zlib.error, lzma.LZMAError, OSError, EOFError):
            if pieces:
                yield name, b"".join(pieces)
            raise
        yield name, b"".join(pieces)

    def _linked(
        self, members: Iterable[tuple[bytes, bytes]], links: list[Link], name: str
    ) -> Iterator[tuple[str, bytes]]:
        """Files that are other names of those before them, as TAR stores hard links."""
        wanted = {link.target for link in links}
        found = {raw: data for raw, data in members if raw in wanted}
        names = self._names([link.name for link in links], name)
        for link in links:
            if link.target in found:
                yield names.of(link.name), found[link.target]
            else:
                self.notes.append(
                    f"{name}/{one_line(names.of(link.name))}: left out (a link to what is not in it)"
                )

    def _names(self, raws: Iterable[bytes], name: str) -> Names:
        names = Names(raws)
        if names.codec:
            self.notes.append(f"{name}: its names are decoded from {shown(names.codec)}, a guess")
        return names


def _is_zip(data: bytes) -> bool:
    """Whether ``data`` is a ZIP file, perhaps behind a program that unpacks it, and no archive that ends in one."""
    if is_tar(data[:512]) or data.startswith(tuple(magic for magic, _ in _STREAMS)):
        return False
    return data.startswith(b"PK\x03\x04") or zipfile.is_zipfile(io.BytesIO(data))


def _opened(data: bytes, name: str) -> zipfile.ZipFile:
    try:
        return open_zip(data, name)
    except SourceError as error:
        if isinstance(error.__cause__, (UnicodeDecodeError, NotImplementedError)):
            return open_zip(without_claims(data), name)
        raise


def _unreadable(info: zipfile.ZipInfo) -> str:
    """Why a member is left out; empty where it is not."""
    if info.flag_bits & 1:
        return "encrypted"
    if info.create_system == _UNIX and stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "no regular file"
    return f"packed by method {info.compress_type}" if info.compress_type not in _METHODS else ""


def safe_name(name: str) -> str | None:
    """``name`` in one form (NFC, ``/`` between folders); None when it is absolute, climbs or names nothing."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()).replace("\\", "/")
    if name.startswith("/") or "\0" in name or (len(name) > 1 and name[1] == ":"):
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return None if ".." in parts or not parts else "/".join(one_line(part) for part in parts)


def _unpacked_name(name: str, suffix: str) -> str:
    base = name.rpartition("/")[2]
    return base[: -len(suffix)] if base.lower().endswith(suffix) and len(base) > len(suffix) else base


class _Unpacked(io.RawIOBase):
    """What a gzip, bzip2 or xz stream unpacks to, piece by piece. Raises SourceError when it is a bomb or damaged."""

    def __init__(self, data: bytes, suffix: str, name: str, notes: list[str]) -> None:
        self._data, self._suffix, self._name, self._notes = memoryview(data), suffix, name, notes
        self._at = self._given = 0
        self._tail = b""
        self._unpacker = self._new()
        self._magic = next(magic for magic, suffix_ in _STREAMS if suffix_ == suffix)
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = b""
        while not found and not self._over:
            found = self._next(len(buffer))
        self._given += len(found)
        check_unpacked(self._given, len(self._data), self._name)
        buffer[: len(found)] = found
        return len(found)

    @property
    def _over(self) -> bool:
        return self._ended or (self._unpacker.eof and not self._tail and self._at >= len(self._data))

    def _next(self, size: int) -> bytes:
        if self._unpacker.eof:  # another stream may follow; padding and rubbish may not
            self._tail += bytes(self._data[self._at : self._at + _PACKED])
            self._at += _PACKED
            self._tail = self._tail.lstrip(b"\0")
            if self._tail.startswith(self._magic):
                self._unpacker = self._new()
            elif self._tail:
                self._ended = True
                if (note := f"{self._name}: what stands behind its end is left out") not in self._notes:
                    self._notes.append(note)
            return b""
        piece, self._tail = self._tail, b""
        if not piece and self._needs_input:
            piece = bytes(self._data[self._at : self._at + _PACKED])
            self._at += _PACKED
            if not piece:
                raise SourceError(f"{self._name}: damaged archive: it ends too early")
        found = bytes(self._unpacker.decompress(piece, size))
        rest = getattr(self._unpacker, "unconsumed_tail", b"")
        self._tail = self._unpacker.unused_data if self._unpacker.eof else rest
        return found

    @property
    def _needs_input(self) -> bool:
        return bool(getattr(self._unpacker, "needs_input", True))

    def _new(self) -> Any:
        if self._suffix == ".gz":
            return zlib.decompressobj(31)
        return bz2.BZ2Decompressor() if self._suffix == ".bz2" else lzma.LZMADecompressor(memlimit=_XZ_MEMORY)

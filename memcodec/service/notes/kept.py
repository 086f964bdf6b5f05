"""Updates of a note on stable storage until they are in the memory file: a file that is only appended to.

    "memcodec note 1\\n", and records: length, CRC32C (u32 each, little-endian), kind (u8), and so many bytes
    HEAD    JSON, see ``Head``
    BASE    SHA-256 of the text that the memory file has of it, or 32 zeros; the update that makes a note of that text
    UPDATE  an update
    INTENT  as BASE: what is about to be committed

The checksum is of kind and bytes. A file is made whole under another name (BASE, and what is not committed), and
renamed; then it grows. What a crash leaves of a record at its end is cut: it was never acknowledged. After a crash the
note is what all of it says together; the memory file says which INTENT became a commit.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import google_crc32c

from memcodec.errors import StorageError
from memcodec.storage.descriptors import open_file, sync, sync_data, sync_folder, write_at

SUFFIX, PARTIAL = ".note", ".partial"
LARGEST = 1 << 28  #: bytes of such a file
_MAGIC = b"memcodec note 1\n"
_RECORD = struct.Struct("<IIB")
_HEAD, _BASE, _UPDATE, _INTENT = 1, 2, 3, 4
_NONE = bytes(32)


class Base(NamedTuple):
    """A state of a note, and the SHA-256 (hexadecimal) of the text that a memory file has then; None for no text."""

    sha256: str | None
    state: bytes


class Head(NamedTuple):
    """Whose updates they are. ``file``: a path; ``target``: the uri under which it is committed; ``first``: the client
    that it begins with; ``ends``: of its document's lines."""

    file: str
    uri: str
    target: str
    first: int = 0
    ends: str = "\n"


class Read(NamedTuple):
    """What such a file says."""

    head: Head
    base: Base
    intents: list[Base]
    updates: list[bytes]


def update_record(update: bytes) -> bytes:
    """An update."""
    return _record(_UPDATE, update)


def intent_record(intent: Base) -> bytes:
    """What is about to be committed."""
    return _record(_INTENT, _packed(intent))


class Kept:
    """The file of one note. Every method raises StorageError; after one no more may be appended: make it anew."""

    def __init__(self, path: Path, descriptor: int, end: int) -> None:
        self.path = path
        self._descriptor, self._end = descriptor, end

    @classmethod
    def make(
        cls, path: Path, head: Head, base: Base, intents: Iterable[Base], updates: Iterable[bytes]
    ) -> Kept:
        """One with this in it, on stable storage, in the place of one that is there."""
        records = [
            _MAGIC,
            _record(_HEAD, json.dumps(head._asdict()).encode()),
            _record(_BASE, _packed(base)),
            *map(intent_record, intents),
            *map(update_record, updates),
        ]
        data, partial = b"".join(records), path.with_name(f".{path.name}{PARTIAL}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = open_file(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                write_at(descriptor, data, 0)
                sync(descriptor)
            finally:
                os.close(descriptor)
            partial.replace(path)
            sync_folder(path.parent)
            return cls(path, open_file(path, os.O_RDWR), len(data))
        except OSError as error:
            raise _refused(path, error) from error

    def append(self, records: Sequence[bytes]) -> None:
        """Put records behind it; on stable storage when it returns."""
        data = b"".join(records)
        try:
            write_at(self._descriptor, data, self._end)
            sync_data(self._descriptor)
        except OSError as error:
            raise _refused(self.path, error) from error
        self._end += len(data)

    def close(self) -> None:
        """Let it go, as it is."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def remove(self) -> None:
        """All of it is in the memory file, and nobody is to come back to it."""
        self.close()
        with contextlib.suppress(OSError):  # it says nothing that the memory file does not
            self.path.unlink(missing_ok=True)
            sync_folder(self.path.parent)


def read(path: Path) -> Read | None:
    """What a file says, as far as it is whole; None for one that says nothing. Raises StorageError."""
    try:
        if path.stat().st_size > LARGEST:
            raise StorageError(f"{path}: is too large for a note's updates; move it away")
        data = path.read_bytes()
    except OSError as error:
        raise _refused(path, error) from error
    head: Head | None = None
    base: Base | None = None
    intents, updates = list[Base](), list[bytes]()
    for kind, payload in _records(data):
        if kind == _HEAD:
            head = _head(payload)
        elif kind == _BASE:
            base = _unpacked(payload)
        elif kind == _INTENT:
            intents.append(_unpacked(payload))
        elif kind == _UPDATE:
            updates.append(payload)
    return Read(head, base, intents, updates) if head is not None and base is not None else None


def _records(data: bytes) -> Iterable[tuple[int, bytes]]:
    """All as far as the first that is torn."""
    at = len(_MAGIC) if data.startswith(_MAGIC) else len(data)
    while at + _RECORD.size <= len(data):
        length, checksum, kind = _RECORD.unpack_from(data, at)
        end = at + _RECORD.size + length
        if end > len(data) or google_crc32c.value(data[at + _RECORD.size - 1 : end]) != checksum:
            return
        yield kind, data[at + _RECORD.size : end]
        at = end


def _record(kind: int, payload: bytes) -> bytes:
    checksum = google_crc32c.value(bytes([kind]) + payload)
    return _RECORD.pack(len(payload), checksum, kind) + payload


def _packed(base: Base) -> bytes:
    return (bytes.fromhex(base.sha256) if base.sha256 is not None else _NONE) + base.state


def _unpacked(payload: bytes) -> Base:
    return Base(payload[:32].hex() if payload[:32] != _NONE else None, payload[32:])


def _head(payload: bytes) -> Head | None:
    try:
        said: dict[str, Any] = json.loads(payload)
        return Head(
            str(said["file"]), str(said["uri"]), str(said["target"]), int(said["first"]), said["ends"]
        )
    except (ValueError, KeyError, TypeError):
        return None


def _refused(path: Path, error: OSError) -> StorageError:
    return StorageError(f"{path}: edits of a note cannot be kept there: {error.strerror or error}")

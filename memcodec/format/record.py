"""Records: what a commit's data packets carry when their payloads are laid end to end (the commit's *stream*).

A record is one little-endian 32-bit word, its kind in the low byte and its length above, then that many bytes:

    D  the Zstandard dictionary of this commit's blocks, itself one Zstandard frame; at most one, and first
    B  a block: its number (u32), then 32 KiB of the commit's text as one Zstandard frame
    M  documents: a JSON array as one Zstandard frame, one object a document
    S  the state: what the commit changes beyond adding documents, a JSON object as one Zstandard frame (change.py)
    E  the end: a JSON object that says what the whole commit holds
    X  nothing: zeros, where something was compacted away
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from memcodec.errors import SourceError

DICTIONARY, BLOCK, DOCUMENTS, STATE, END, FILLER = b"D", b"B", b"M", b"S", b"E", b"X"
KINDS = DICTIONARY + BLOCK + DOCUMENTS + STATE + END + FILLER
WORD = struct.Struct("<I")
MAX_BODY = (1 << 24) - 1


class Record(NamedTuple):
    """A record and where in the stream it begins."""

    kind: bytes
    start: int
    body: bytes


def pack(kind: bytes, body: bytes) -> bytes:
    """One record as bytes."""
    if len(body) > MAX_BODY:
        raise SourceError(
            f"a record takes {len(body):,} bytes and {MAX_BODY:,} are the most; write less in one commit"
        )
    return WORD.pack(kind[0] | len(body) << 8) + body


def unpack(stream: bytes | bytearray | memoryview, start: int = 0) -> Iterator[Record]:
    """The whole records in a run of stream bytes whose first is stream byte ``start`` and begins a record.

    Stops at the first one that is cut short or whose kind is unknown.
    """
    view, at = memoryview(stream), 0
    while at + WORD.size <= len(view):
        (word,) = WORD.unpack_from(view, at)
        kind, length = bytes([word & 0xFF]), word >> 8
        end = at + WORD.size + length
        if end > len(view) or kind not in KINDS:
            return
        yield Record(kind, start + at, bytes(view[at + WORD.size : end]))
        at = end

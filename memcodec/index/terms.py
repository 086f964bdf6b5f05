"""The term dictionary: each term's document frequency and the place of its postings.

Terms in the order of their UTF-8 bytes, in blocks of 256, each one Zstandard frame that reads alone; a
directory of the same form names each block's first term. Block and directory, decompressed:

    text u32        bytes of text (little-endian)
    text            the terms, separated by newlines (no term holds one)
    varints         one number for each term: its document frequency, or the block's length in "terms"
    varints         one number for each term: the length of its postings, or of all the block's, in "postings"

Postings lie in the order of their terms, so the lengths alone say where.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import zstandard

from memcodec.errors import Damaged
from memcodec.index import varint
from memcodec.index.blob import Blob, BlobWriter
from memcodec.index.postings import Ints

BLOCK = 256  # terms
LEVEL = 12
MAX_BLOCK = BLOCK * (4 * 64 + 1 + 2 * varint.MAX_BYTES) + 4  # bytes: a term has at most 64 characters
MAX_DIRECTORY = 64 << 20
_CACHED_BLOCKS = 64


class Entry(NamedTuple):
    """What the dictionary knows of a term: chunks that hold it, and the extent of its list in "postings"."""

    df: int
    start: int
    length: int


class _Table(NamedTuple):
    terms: list[bytes]
    numbers: list[int]
    starts: list[int]  # running sums of the lengths, one more than there are terms


def _pack(terms: Sequence[bytes], numbers: Sequence[int], lengths: Sequence[int]) -> bytes:
    text = b"\n".join(terms)
    packed = len(text).to_bytes(4, "little") + text + varint.encode(numbers) + varint.encode(lengths)
    compressor = zstandard.ZstdCompressor(LEVEL, write_checksum=False, write_content_size=True)
    return compressor.compress(packed)


def _unpack(data: memoryview, limit: int) -> _Table:
    """Raises ValueError or ZstdError for bytes that ``_pack`` did not write or that unfold past ``limit``."""
    if not 4 <= zstandard.frame_content_size(data) <= limit:
        raise ValueError("a table of terms has an impossible size")
    packed = zstandard.ZstdDecompressor().decompress(data)
    text = 4 + int.from_bytes(packed[:4], "little")
    terms = packed[4:text].split(b"\n")
    values = varint.decode(packed[text:])
    if len(values) != 2 * len(terms):
        raise ValueError("a table of terms does not add up")
    starts = np.zeros(len(terms) + 1, np.int64)
    np.cumsum(values[len(terms) :], out=starts[1:])
    return _Table(terms, values[: len(terms)].tolist(), starts.tolist())


class TermsWriter:
    """Takes terms in the order of their bytes and lays out the sections "terms" and "terms.dir"."""

    def __init__(self) -> None:
        self._rows: list[tuple[bytes, int, int]] = []
        self._directory: list[tuple[bytes, int, int]] = []
        self._blocks = bytearray()

    def extend(self, terms: Sequence[bytes], df: Sequence[int], lengths: Sequence[int]) -> None:
        """Add terms with their document frequencies and the bytes their postings take."""
        self._rows.extend(zip(terms, df, lengths, strict=True))
        while len(self._rows) >= BLOCK:
            self._close_block()

    def _close_block(self) -> None:
        rows, self._rows = self._rows[:BLOCK], self._rows[BLOCK:]
        terms, df, lengths = zip(*rows, strict=True)
        block = _pack(terms, df, lengths)
        self._blocks += block
        self._directory.append((terms[0], len(block), sum(lengths)))

    def add_to(self, blob: BlobWriter) -> None:
        """Close the dictionary and add its sections."""
        if self._rows:
            self._close_block()
        blob.add("terms", self._blocks)
        blob.add("terms.dir", _pack(*zip(*self._directory, strict=True)) if self._directory else b"")


class Terms:
    """Looks terms up: one short span of the file each. Raises Damaged for bytes that make no sense."""

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        size = blob.size("terms.dir")
        self._directory = self._table("terms.dir", 0, size, MAX_DIRECTORY) if size else _Table([], [], [0])
        self._offsets = np.cumsum([0, *self._directory.numbers]).tolist()
        self._block = lru_cache(_CACHED_BLOCKS)(self._read_block)

    def _table(self, section: str, start: int, length: int, limit: int) -> _Table:
        try:
            return _unpack(self._blob.read(section, start, length), limit)
        except (ValueError, zstandard.ZstdError) as error:
            raise Damaged(
                f"the term dictionary cannot be read ({error}); `memcodec repair` rebuilds it"
            ) from error

    def _read_block(self, number: int) -> _Table:
        start, end = self._offsets[number : number + 2]
        return self._table("terms", start, end - start, MAX_BLOCK)

    def blocks(self) -> Iterator[tuple[list[bytes], Ints, Ints, int]]:
        """Some consecutive terms at a time, their df, their lists' lengths, and where the first of these starts."""
        for number, first in enumerate(self._directory.starts[:-1]):
            table = self._read_block(number)
            yield table.terms, np.array(table.numbers), np.diff(table.starts), first

    def lookup(self, term: str) -> Entry | None:
        """The entry of a term, or None when no chunk holds it."""
        key = term.encode()
        number = bisect_right(self._directory.terms, key) - 1
        if number < 0:
            return None
        table = self._block(number)
        row = bisect_left(table.terms, key)
        return self._entry(number, row) if row < len(table.terms) and table.terms[row] == key else None

    def _entry(self, number: int, row: int) -> Entry:
        table = self._block(number)
        start, end = table.starts[row : row + 2]
        return Entry(table.numbers[row], self._directory.starts[number] + start, end - start)

    def with_prefix(self, prefix: str) -> Iterator[tuple[str, Entry]]:
        """The terms that begin with ``prefix``, in order, with their entries."""
        key = prefix.encode()
        for number in range(max(0, bisect_right(self._directory.terms, key) - 1), len(self._directory.terms)):
            terms = self._block(number).terms
            for row in range(bisect_left(terms, key), len(terms)):
                if not terms[row].startswith(key):
                    return
                yield terms[row].decode(), self._entry(number, row)

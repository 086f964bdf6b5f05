"""The term dictionary: each term's document frequency and its list of postings.

Terms in the order of their UTF-8 bytes, in blocks. A block is one unit of the section "terms", which is sealed, so that
whoever fetches a term has its list as well:

    table u32       bytes of the table (little-endian)
    table           one Zstandard frame; decompressed:
                        text u32     bytes of text (little-endian)
                        text         the terms, separated by newlines (no term holds one)
                        varints      one number for each term: its document frequency
                        varints      one number for each term: the low bits of its counts (postings.py)
                        varints      one number for each term: the length of its list
    lists           those of all terms, in their order

The section "terms.dir", one Zstandard frame, has for each block the shortest bytes that are after the last term before
the block and not after its first, separated by newlines (R. Bayer and K. Unterauer, "Prefix B-trees", 1977).

The section "frequent" tells before anything is fetched which terms are in more than FREQUENT chunks, each of which is a
block of its own: varints, for each the number of its block, less that of the one before, and its document frequency.

Where the terms stand in their chunks is in a section beside it, if at all: positions.py.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from math import isqrt
from typing import NamedTuple

import numpy as np
import zstandard

from memcodec.errors import Damaged
from memcodec.format.arrays import Ints
from memcodec.format.blob import SEAL, Blob, BlobWriter, kept, seal
from memcodec.index.lexical import positions, varint
from memcodec.index.lexical.positions import Placed, PositionsWriter
from memcodec.index.lexical.postings import PostingLists
from memcodec.model import BlobSpan

BLOCK = 256  # terms
FREQUENT = 4096  #: chunks
LEAST, MOST = 2048, 8192  # bytes of the lists of a block, unless it is one list
LEVEL = 12
MAX_TERM = 4 * 64  #: bytes of a term
_OBJECT = 40  # bytes of an object that holds some
MAX_BLOCK = BLOCK * (4 * 64 + 1 + 3 * varint.MAX_BYTES) + 4  # bytes: a term has at most 64 characters
MAX_DIRECTORY = 64 << 20
_CACHED_BLOCKS = 256


class TermEntry(NamedTuple):
    """What the dictionary knows of a term: chunks that hold it, the low bits of its counts, where its list is."""

    df: int
    count_bits: int
    start: int
    length: int


class _Table(NamedTuple):
    terms: list[bytes]
    df: list[int]
    count_bits: list[int]
    starts: list[int]  # of the lists, one more than there are terms


def _pack(terms: Sequence[bytes], *columns: Sequence[int]) -> bytes:
    text = b"\n".join(terms)
    return _fold(b"".join([len(text).to_bytes(4, "little"), text, *map(varint.encode, columns)]))


def _fold(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(LEVEL, write_checksum=False, write_content_size=True).compress(data)


def _unpack(data: memoryview) -> tuple[list[bytes], Ints]:
    """Terms and three numbers of each. Raises ValueError or ZstdError for bytes that ``_pack`` did not write."""
    packed = _unfold(data, MAX_BLOCK)
    text = 4 + int.from_bytes(packed[:4], "little")
    if packed.count(b"\n", 4, text) >= BLOCK:
        raise ValueError("a block has too many terms")
    terms, values = packed[4:text].split(b"\n"), varint.decode(packed[text:])
    if len(packed) < 4 or len(values) != 3 * len(terms):
        raise ValueError("a table of terms does not add up")
    return terms, values.reshape(3, -1)


def _unfold(data: memoryview, limit: int) -> bytes:
    if not 0 <= zstandard.frame_content_size(data) <= limit:
        raise ValueError("a table of terms has an impossible size")
    return zstandard.ZstdDecompressor().decompress(data)


def lists_limit(chunks: int) -> int:
    """How many bytes of lists a block of a segment of so many chunks has, unless it is one list.

    Less makes the directory grow, which every cold search reads, more makes each term grow: what both take together
    is least when blocks grow like the square root of the segment.
    """
    return min(max(LEAST, 16 * isqrt(chunks)), MOST)


def _between(last: bytes, first: bytes) -> bytes:
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(last, first, strict=False)))
    return first[: same + 1]


class TermsWriter:
    """Takes terms of ``chunks`` chunks in the order of their bytes, with their lists, and lays out the dictionary.

    With ``positions`` it takes those as well, for "positions".
    """

    def __init__(self, chunks: int, *, positions: bool = False) -> None:
        self._limit = lists_limit(chunks)
        self._positions = PositionsWriter() if positions else None
        self._rows: list[tuple[bytes, int, int, int]] = []
        self._lists = bytearray()  # those of ``_rows``
        self._last = b""  # the term before them
        self._directory: list[bytes] = []
        self._frequent: list[tuple[int, int]] = []  # block and document frequency
        self._blocks = bytearray()
        self._sizes: list[int] = []

    def extend(self, terms: Sequence[bytes], lists: PostingLists, placed: Placed | None = None) -> None:
        """Add terms with their lists, and the positions of their postings."""
        if self._positions is not None and placed is not None:
            self._positions.extend(placed)
        at, columns = 0, (lists.df.tolist(), lists.count_bits.tolist(), lists.sizes.tolist())
        for term, df, count_bits, size in zip(terms, *columns, strict=True):
            if len(self._rows) == BLOCK or len(self._lists) + size > self._limit or df > FREQUENT:
                self._close_block()
            self._rows.append((term, df, count_bits, size))
            self._lists += lists.data[at : at + size]
            at += size
            if df > FREQUENT:
                self._frequent.append((len(self._sizes), df))
                self._close_block()

    def _close_block(self) -> None:
        if not self._rows:
            return
        terms, *columns = zip(*self._rows, strict=True)
        table = _pack(terms, *columns)
        unit = len(table).to_bytes(4, "little") + table + self._lists
        self._blocks += unit + seal(len(self._sizes), unit)
        self._sizes.append(len(unit) + SEAL)
        self._directory.append(_between(self._last, terms[0]))
        if self._positions is not None:
            self._positions.close_block(sum(columns[0]))
        self._rows, self._lists, self._last = [], bytearray(), terms[-1]

    def add_to(self, blob: BlobWriter) -> None:
        """Close the dictionary and add its sections."""
        self._close_block()
        blob.add("terms.dir", _fold(b"\n".join(self._directory)) if self._directory else b"", hot=True)
        blocks, df = np.array(self._frequent, np.int64).reshape(-1, 2).T
        gaps = np.diff(blocks, prepend=0)
        blob.add("frequent", varint.encode(np.stack([gaps, df], axis=1).ravel()), hot=True)
        blob.add("terms", self._blocks, self._sizes, sealed=True)
        if self._positions is not None:
            self._positions.add_to(blob)


class Terms:
    """Looks terms up: one short span of the file each. Raises Damaged for bytes that make no sense."""

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._block = kept(_CACHED_BLOCKS, self._read_block)

    @cached_property
    def _firsts(self) -> list[bytes]:
        """The directory: what the terms of each block begin with or after."""
        directory, blocks = self._blob.read("terms.dir"), self._blob.units("terms")
        try:
            text = _unfold(directory, min(MAX_DIRECTORY, blocks * (MAX_TERM + 1))) if directory else b""
        except (ValueError, zstandard.ZstdError) as error:
            raise _damaged(error) from error
        if bool(directory) != bool(blocks) or text.count(b"\n") != max(0, blocks - 1):
            raise _damaged(ValueError("directory and blocks disagree"))
        self._blob.budget.hold(len(text) + _OBJECT * blocks, "its directories of terms")
        return text.split(b"\n") if blocks else []

    def _read_block(self, number: int) -> _Table:
        unit = self._blob.unit("terms", number)
        lists = 4 + int.from_bytes(unit[:4], "little")
        try:
            terms, (df, count_bits, sizes) = _unpack(unit[4:lists])
        except (ValueError, zstandard.ZstdError) as error:
            raise _damaged(error) from error
        with self._blob.spending("terms", number, "its tables of terms") as spend:
            spend(MAX_BLOCK // BLOCK * len(terms))
        start, length = self._blob.unit_span("terms", number)
        starts = (np.cumsum(np.append(0, sizes)) + start + lists).tolist()
        if starts[-1] != start + length:
            raise _damaged(ValueError("a block does not add up"))
        return _Table(terms, df.tolist(), count_bits.tolist(), starts)

    def spans(self, term: str) -> list[BlobSpan]:
        """What is read to look a term up, and for its list."""
        number = self._number(term.encode())
        return self._blob.unit_spans("terms", number, number + 1) if number >= 0 else []

    def _number(self, key: bytes) -> int:
        """The block that would hold a term; -1: none."""
        return bisect_right(self._firsts, key) - 1

    def lookup(self, term: str) -> TermEntry | None:
        """The entry of a term, or None when no chunk holds it."""
        key = term.encode()
        number = self._number(key)
        if number < 0:
            return None
        table = self._block(number)
        row = bisect_left(table.terms, key)
        return _entry(table, row) if row < len(table.terms) and table.terms[row] == key else None

    def read(self, entry: TermEntry) -> memoryview:
        """The list of a term."""
        return self._blob.read("terms", entry.start, entry.length)

    # Blocks

    @property
    def blocks(self) -> int:
        """How many there are."""
        return len(self._firsts)

    def block(self, number: int) -> tuple[list[bytes], PostingLists]:
        """The terms of a block, with their lists."""
        terms, df, count_bits, starts = self._block(number)
        lists = self._blob.read("terms", starts[0], starts[-1] - starts[0])
        return terms, PostingLists(lists, np.array(df), np.diff(starts), np.array(count_bits))

    def find(self, term: str) -> tuple[int, int]:
        """The block of a term that is there, and its number in it."""
        number = self._number(term.encode())
        return number, self._block(number).terms.index(term.encode())

    # Prefixes

    def with_prefix(self, prefix: str) -> Iterator[tuple[str, TermEntry]]:
        """The terms that begin with ``prefix``, in order, with their entries."""
        key = prefix.encode()
        for number in self.prefix_blocks(prefix):
            table = self._block(number)
            for row in range(bisect_left(table.terms, key), len(table.terms)):
                if not table.terms[row].startswith(key):
                    return
                yield table.terms[row].decode("utf-8", "replace"), _entry(table, row)

    def prefix_blocks(self, prefix: str) -> range:
        """The blocks that may hold terms which begin with ``prefix``."""
        key = prefix.encode()
        # No UTF-8 has a byte 0xFF: this is after all terms that begin so.
        return range(max(0, self._number(key)), bisect_left(self._firsts, key + b"\xff"))

    def prefix_spans(self, prefix: str) -> list[BlobSpan]:
        """As ``spans``, of all terms that begin with ``prefix``."""
        blocks = self.prefix_blocks(prefix)
        return [span for number in blocks for span in self._blob.unit_spans("terms", number, number + 1)]

    # Frequent terms

    @cached_property
    def _frequent(self) -> dict[int, int]:
        """Of the blocks of frequent terms the document frequency, as a hint."""
        try:
            gaps, df = varint.decode(self._blob.read("frequent")).reshape(-1, 2).T
        except ValueError as error:
            raise _damaged(error) from error
        self._blob.budget.hold(4 * _OBJECT * len(gaps), "its frequent terms")
        return dict(zip(np.cumsum(gaps).tolist(), df.tolist(), strict=True))

    def at_least(self, term: str) -> int:
        """In how many chunks a term is at least, as far as is known before its block is read. It may be nowhere."""
        return self._frequent.get(self._number(term.encode()), 0)

    # Positions

    @cached_property
    def has_positions(self) -> bool:
        """Whether the section "positions" is there."""
        if positions.SECTION not in self._blob.names():
            return False
        if self._blob.units(positions.SECTION) != self.blocks:
            raise _damaged(ValueError("blocks and positions disagree"))
        return True

    def positions(self, number: int) -> memoryview:
        """The positions of a block."""
        return self._blob.unit(positions.SECTION, number)

    def position_spans(self, term: str) -> list[BlobSpan]:
        """What is read for the positions of a term, beside ``spans``."""
        number = self._number(term.encode())
        return self._blob.unit_spans(positions.SECTION, number, number + 1) if number >= 0 else []


def _entry(table: _Table, row: int) -> TermEntry:
    start, end = table.starts[row : row + 2]
    return TermEntry(table.df[row], table.count_bits[row], start, end - start)


def _damaged(error: Exception) -> Damaged:
    return Damaged(f"the term dictionary cannot be read ({error}); `repair()` rebuilds it")

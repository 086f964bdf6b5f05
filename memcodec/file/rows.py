"""Rows: integer columns in groups, each group one unit of its section that reads alone.

A group stores each column as frame-of-reference integers: a 64-bit base, the width of what is above it, and the
values in that width. Rising columns (``delta``) store differences. Section NAME holds the groups; NAME.first the first
value that each has in the table's key column, a rising one, to find a group by.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged
from memcodec.format.blob import Blob, BlobWriter, kept
from memcodec.model import BlobSpan

GROUP = 256  #: rows in a group, unless a table says otherwise
_CACHED_GROUPS = 64
_FIRST = np.dtype("<u8")
_COLUMN = struct.Struct("<QB")
Columns = npt.NDArray[np.int64]


def add_rows(
    blob: BlobWriter,
    name: str,
    columns: Sequence[npt.ArrayLike],
    delta: Sequence[bool],
    key: int = 0,
    group: int = GROUP,
) -> None:
    """Add non-negative integer columns of equal length to a blob. ``delta`` says which of them never fall."""
    table = np.array([np.asarray(column, np.int64) for column in columns], np.int64).reshape(len(columns), -1)
    packed, sizes = bytearray(), list[int]()
    for at in range(0, table.shape[1], group):
        before = len(packed)
        for column, rising in zip(table[:, at : at + group], delta, strict=True):
            packed += _pack_column(np.diff(column, prepend=0) if rising else column)
        sizes.append(len(packed) - before)
    blob.add(name, packed, sizes)
    blob.add(f"{name}.first", table[key, ::group].astype(_FIRST), hot=True)


def _pack_column(values: Columns) -> bytes:
    # The first difference is the value itself, far above the others: keep it apart.
    first, rest = int(values[0]), values[1:]
    base = int(rest.min()) if len(rest) else 0
    span = int(rest.max()) - base if len(rest) else 0
    width = next(size for size in (0, 1, 2, 4, 8) if span < 1 << (8 * size))
    body = (rest - base).astype(f"<u{width}").tobytes() if width else b""
    return struct.pack("<Q", first) + _COLUMN.pack(base, width) + body


class Rows:
    """Reads rows written by ``add_rows``: ``count`` rows of ``len(delta)`` columns."""

    def __init__(
        self, blob: Blob, name: str, count: int, delta: Sequence[bool], key: int = 0, group: int = GROUP
    ) -> None:
        self._blob, self._name, self.count, self._delta, self._key = blob, name, count, tuple(delta), key
        self._size, self.groups = group, -(-count // group)
        if blob.units(name) != self.groups or blob.size(f"{name}.first") != 8 * self.groups:
            raise Damaged(f"the table {name!r} does not have {count} rows; `repair()` rebuilds the index")

    @cached_property
    def _group(self) -> Callable[[int], Columns]:
        return kept(_CACHED_GROUPS, self._read_group)

    @cached_property
    def _first(self) -> Columns:
        """The key of each group's first row."""
        keys = self._blob.array(f"{self._name}.first", _FIRST).astype(np.int64)
        if (keys < 0).any() or (keys[1:] < keys[:-1]).any():
            raise Damaged(f"the keys of table {self._name!r} do not rise; `repair()` rebuilds the index")
        return keys

    def _read_group(self, group: int) -> Columns:
        data = self._blob.unit(self._name, group)
        rows = min(self._size, self.count - group * self._size)
        try:
            return self._unpack(data, rows)
        except (struct.error, ValueError) as error:
            raise Damaged(
                f"the table {self._name!r} cannot be read; `repair()` rebuilds the index"
            ) from error

    def _unpack(self, data: memoryview, rows: int) -> Columns:
        table, at = np.empty((len(self._delta), rows), np.int64), 0
        # Sums that overflow come out negative: no number that is added is so large that they pass by that.
        for column, rising in zip(table, self._delta, strict=True):
            (first,) = struct.unpack_from("<Q", data, at)
            base, width = _COLUMN.unpack_from(data, at + 8)
            at += 8 + _COLUMN.size
            if width not in (0, 1, 2, 4, 8) or max(first, base) >= 1 << 62:
                raise ValueError("bad column")
            column[0] = first
            column[1:] = np.frombuffer(data, f"<u{width}", rows - 1, at) if width else 0
            column[1:] += base
            at += width * (rows - 1)
            if rising:
                np.cumsum(column, out=column)
        if table.min(initial=0) < 0 or table.max(initial=0) >= 1 << 62:
            raise ValueError("bad column")
        return table

    def row(self, index: int) -> list[int]:
        """One row. Raises Damaged beyond the last."""
        if not 0 <= index < self.count:
            raise self._beyond(index)
        values: list[int] = self._group(index // self._size)[:, index % self._size].tolist()
        return values

    def span(self, start: int, end: int) -> Columns:
        """Rows ``start`` to ``end`` as an array of shape (columns, end - start)."""
        if not 0 <= start <= end <= self.count:
            raise self._beyond(end)
        self._blob.budget.fits(8 * len(self._delta) * (end - start), f"the table {self._name!r}")
        if start == end:
            return np.empty((len(self._delta), 0), np.int64)
        first, last = start // self._size, (end - 1) // self._size
        table = np.concatenate([self._group(group) for group in range(first, last + 1)], axis=1)
        return table[:, start - first * self._size : end - first * self._size]

    def _beyond(self, index: int) -> Damaged:
        return Damaged(f"the table {self._name!r} has no row {index}; `repair()` rebuilds the index")

    def find(self, key: int) -> int:
        """The last row whose key is not above ``key``; -1 when there is none."""
        group = self._group_of(key)
        if group < 0:
            return -1
        keys = self._group(group)[self._key]
        return group * self._size + int(keys.searchsorted(key, side="right")) - 1

    def _group_of(self, key: int) -> int:
        return int(self._first.searchsorted(key, side="right")) - 1

    # What is to be fetched before rows can be read

    def group_keys(self, index: int, most: int) -> tuple[int, int]:
        """Between which keys lie those of all rows in a row's group; ``most`` is above every key."""
        group = index // self._size
        return int(self._first[group]), int(self._first[group + 1]) if group + 1 < self.groups else most

    def row_spans(self, indexes: Iterable[int]) -> list[BlobSpan]:
        """The groups of rows."""
        groups = sorted({index // self._size for index in indexes if 0 <= index < self.count})
        return [span for group in groups for span in self._blob.unit_spans(self._name, group, group + 1)]

    def key_spans(self, low: int, high: int) -> list[BlobSpan]:
        """The groups in which ``find`` looks for keys from ``low`` to ``high``."""
        if not self.count:
            return []
        first, last = max(0, self._group_of(low)), max(0, self._group_of(high))
        return self._blob.unit_spans(self._name, first, last + 1)

    def all_spans(self) -> list[BlobSpan]:
        """All groups."""
        return self._blob.unit_spans(self._name, 0, self.groups)

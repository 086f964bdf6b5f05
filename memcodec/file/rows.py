"""Rows: integer columns in groups, each group one unit of its section that reads alone.

A group stores each column as frame-of-reference integers: a 64-bit base, the width of what is above it, and the
values in that width. Rising columns (``delta``) store differences. Section NAME holds the groups; NAME.first the first
value that each has in the table's key column, a rising one, to find a group by.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged
from memcodec.format.blob import Blob, BlobWriter, kept
from memcodec.model import BlobSpan

GROUP = 256  #: rows in a group, unless a table says otherwise
_CACHED_GROUPS = 1024  # as they are packed: some KiB each
_CACHED_KEYS = 256  # unpacked
_FIRST = np.dtype("<u8")
_COLUMN = struct.Struct("<QQB")  # the first value, the base, the width of what is above it
_WIDTHS = {0: "V0", 1: "u1", 2: "<u2", 4: "<u4", 8: "<u8"}
_MOST = 1 << 62
_BAD = (struct.error, ValueError)
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
    width = next(size for size in _WIDTHS if span < 1 << (8 * size))
    body = (rest - base).astype(f"<u{width}").tobytes() if width else b""
    return _COLUMN.pack(first, base, width) + body


class _Column:
    """One column of a group, packed as it stands there: any value is read without those of other columns."""

    def __init__(self, data: memoryview, at: int, rows: int, *, rising: bool) -> None:
        """The one of ``rows`` values that begins at byte ``at``. Raises ValueError, struct.error for what is none."""
        self._first, self._base, width = _COLUMN.unpack_from(data, at)
        at += _COLUMN.size
        if width not in _WIDTHS or max(self._first, self._base) >= _MOST:
            raise ValueError("bad column")
        self.end = at + width * (rows - 1)  #: the byte behind it
        self._rows, self._rising = rows, rising
        self._above: npt.NDArray[Any] | None = None
        if width:
            self._above = np.frombuffer(data, _WIDTHS[width], rows - 1, at)
            if width == 8 and rows > 1 and int(self._above.max()) >= _MOST:
                raise ValueError("bad column")

    def value(self, row: int) -> int:
        """That of a row. Raises ValueError when it is impossible."""
        above, base = self._above, self._base
        if not row:
            return int(self._first)
        if not self._rising:
            value = base + (int(above[row - 1]) if above is not None else 0)
        else:
            # Of numbers of 8 bytes a sum may not fit where numpy adds.
            more = (
                0
                if above is None
                else int(above[:row].sum())
                if above.itemsize < 8
                else sum(above[:row].tolist())
            )
            value = self._first + row * base + more
        if value >= _MOST:
            raise ValueError("bad column")
        return int(value)

    def values(self) -> Columns:
        """All. Raises ValueError when any is impossible."""
        column = np.full(self._rows, self._base, np.int64)
        column[0] = self._first
        if self._above is not None:
            column[1:] += self._above.astype(np.int64)
        # Sums that overflow come out negative: no number that is added is so large that they pass by that.
        if self._rising:
            np.cumsum(column, out=column)
        if column.min() < 0 or column.max() >= _MOST:
            raise ValueError("bad column")
        return column


def _columns(data: memoryview, rows: int, rising: Sequence[bool]) -> list[_Column]:
    found, at = list[_Column](), 0
    for each in rising:
        found.append(_Column(data, at, rows, rising=each))
        at = found[-1].end
    return found


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
    def _group(self) -> Callable[[int], list[_Column]]:
        return kept(_CACHED_GROUPS, self._read_group)

    @cached_property
    def _keys(self) -> Callable[[int], Columns]:
        return kept(_CACHED_KEYS, self._read_keys)

    def _read_keys(self, group: int) -> Columns:
        return self._values(group, self._key)

    @cached_property
    def _first(self) -> Columns:
        """The key of each group's first row."""
        keys = self._blob.array(f"{self._name}.first", _FIRST).astype(np.int64)
        if (keys < 0).any() or (keys[1:] < keys[:-1]).any():
            raise Damaged(f"the keys of table {self._name!r} do not rise; `repair()` rebuilds the index")
        return keys

    def _read_group(self, group: int) -> list[_Column]:
        rows = min(self._size, self.count - group * self._size)
        try:
            return _columns(self._blob.unit(self._name, group), rows, self._delta)
        except _BAD as error:
            raise self._unreadable() from error

    def _unreadable(self) -> Damaged:
        return Damaged(f"the table {self._name!r} cannot be read; `repair()` rebuilds the index")

    def row(self, index: int) -> list[int]:
        """One row; its neighbours are not unpacked. Raises Damaged beyond the last."""
        if not 0 <= index < self.count:
            raise self._beyond(index)
        group, row = divmod(index, self._size)
        try:
            return [column.value(row) for column in self._group(group)]
        except _BAD as error:
            raise self._unreadable() from error

    def _values(self, group: int, column: int) -> Columns:
        try:
            return self._group(group)[column].values()
        except _BAD as error:
            raise self._unreadable() from error

    def span(self, start: int, end: int) -> Columns:
        """Rows ``start`` to ``end`` as an array of shape (columns, end - start)."""
        if not 0 <= start <= end <= self.count:
            raise self._beyond(end)
        self._blob.budget.fits(8 * len(self._delta) * (end - start), f"the table {self._name!r}")
        if start == end:
            return np.empty((len(self._delta), 0), np.int64)
        first, last = start // self._size, (end - 1) // self._size
        table = np.empty((len(self._delta), end - start), np.int64)
        for number, column in enumerate(table):
            values = np.concatenate([self._values(group, number) for group in range(first, last + 1)])
            column[:] = values[start - first * self._size : end - first * self._size]
        return table

    def _beyond(self, index: int) -> Damaged:
        return Damaged(f"the table {self._name!r} has no row {index}; `repair()` rebuilds the index")

    def find(self, key: int) -> int:
        """The last row whose key is not above ``key``; -1 when there is none."""
        group = self._group_of(key)
        if group < 0:
            return -1
        return group * self._size + int(self._keys(group).searchsorted(key, side="right")) - 1

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

"""Rows: integer columns in groups of 256, each group one short span that reads alone.

A group stores each column as frame-of-reference integers: a 64-bit base, the width of what is above it, and the
values in that width. Rising columns (``delta``) store differences. Sections: NAME holds the groups, NAME.at their
offsets (u32, one more than there are groups).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged
from memcodec.index.blob import Blob, BlobWriter

GROUP = 256
_CACHED_GROUPS = 64
_OFFSET = np.dtype("<u4")
_COLUMN = struct.Struct("<QB")
Columns = npt.NDArray[np.int64]


def add_rows(blob: BlobWriter, name: str, columns: Sequence[npt.ArrayLike], delta: Sequence[bool]) -> None:
    """Add non-negative integer columns of equal length to a blob. ``delta`` says which of them never fall."""
    table = np.array([np.asarray(column, np.int64) for column in columns], np.int64).reshape(len(columns), -1)
    packed, offsets = bytearray(), [0]
    for at in range(0, table.shape[1], GROUP):
        for column, rising in zip(table[:, at : at + GROUP], delta, strict=True):
            packed += _pack_column(np.diff(column, prepend=0) if rising else column)
        offsets.append(len(packed))
    blob.add(name, packed)
    blob.add(f"{name}.at", np.array(offsets, _OFFSET))


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

    def __init__(self, blob: Blob, name: str, count: int, delta: Sequence[bool]) -> None:
        self._blob, self._name, self.count, self._delta = blob, name, count, tuple(delta)
        if blob.size(f"{name}.at") != _OFFSET.itemsize * (-(-count // GROUP) + 1):
            raise Damaged(
                f"the table {name!r} does not have {count} rows; `memcodec repair` rebuilds the index"
            )

    @cached_property
    def _group(self) -> Callable[[int], Columns]:
        return lru_cache(_CACHED_GROUPS)(self._read_group)

    @cached_property
    def _at(self) -> npt.NDArray[Any]:
        # Offsets that fall are found when a group is read: no span has fewer than no bytes.
        return self._blob.array(f"{self._name}.at", _OFFSET)

    def _read_group(self, group: int) -> Columns:
        start, end = int(self._at[group]), int(self._at[group + 1])
        data = self._blob.read(self._name, start, end - start)
        rows = min(GROUP, self.count - group * GROUP)
        try:
            return self._unpack(data, rows)
        except (struct.error, ValueError) as error:
            raise Damaged(
                f"the table {self._name!r} cannot be read; `memcodec repair` rebuilds the index"
            ) from error

    def _unpack(self, data: memoryview, rows: int) -> Columns:
        table, at = np.empty((len(self._delta), rows), np.int64), 0
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
        return table

    def row(self, index: int) -> list[int]:
        """One row. Raises IndexError beyond the last."""
        if not 0 <= index < self.count:
            raise IndexError(index)
        values: list[int] = self._group(index // GROUP)[:, index % GROUP].tolist()
        return values

    def span(self, start: int, end: int) -> Columns:
        """Rows ``start`` to ``end`` as an array of shape (columns, end - start)."""
        if not 0 <= start <= end <= self.count:
            raise IndexError((start, end))
        if start == end:
            return np.empty((len(self._delta), 0), np.int64)
        first, last = start // GROUP, (end - 1) // GROUP
        table = np.concatenate([self._group(group) for group in range(first, last + 1)], axis=1)
        return table[:, start - first * GROUP : end - first * GROUP]

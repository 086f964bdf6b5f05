from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.errors import Damaged
from memcodec.file.rows import GROUP, Rows, add_rows
from memcodec.format.blob import Blob, BlobWriter

values = st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 300), st.just(7)), max_size=3 * GROUP)


def make(table: list[tuple[int, int, int]], count: int | None = None) -> Rows:
    columns = [[row[index] for row in table] for index in range(3)]
    columns[0].sort()
    writer = BlobWriter("rows")
    add_rows(writer, "t", columns, (True, False, False))
    data = writer.to_bytes()
    blob = Blob(lambda offset, length: memoryview(data)[offset : offset + length], "rows")
    return Rows(blob, "t", len(table) if count is None else count, (True, False, False))


@given(values, st.data())
def test_rows_come_back(table: list[tuple[int, int, int]], data: st.DataObject) -> None:
    rows = make(table)
    expected = np.array([sorted(row[0] for row in table), [row[1] for row in table], [7] * len(table)])
    start = data.draw(st.integers(0, len(table)))
    end = data.draw(st.integers(start, len(table)))
    assert (rows.span(start, end) == expected[:, start:end]).all()
    if table:
        at = data.draw(st.integers(0, len(table) - 1))
        assert rows.row(at) == expected[:, at].tolist()


def test_rows_beyond_the_last_do_not_exist() -> None:
    rows = make([(1, 2, 7)] * 10)
    with pytest.raises(Damaged):
        rows.row(10)
    with pytest.raises(Damaged):
        rows.span(3, 11)


@pytest.mark.parametrize("count", [0, 300, 10_000])
def test_a_count_that_the_table_does_not_have_is_damage(count: int) -> None:
    with pytest.raises(Damaged):
        make([(1, 2, 7)] * 10, count)


def test_rows_are_compact() -> None:
    writer = BlobWriter("rows")
    add_rows(writer, "t", [np.arange(0, 950 * 10_000, 950), [1000] * 10_000], (True, False))
    assert len(writer.to_bytes()) < 10_000


def test_a_value_that_is_too_large_is_damage_however_it_is_read() -> None:
    rows = make([(1 << 61, 2, 7), (1 << 62, 2, 7)])
    assert rows.row(0)[0] == 1 << 61
    for read in (lambda: rows.row(1), lambda: rows.span(0, 2), lambda: rows.find(5 << 60)):
        with pytest.raises(Damaged):
            read()

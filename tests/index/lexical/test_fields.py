"""Numbers of some bits each, against the same written as text, digit by digit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from memcodec.index.lexical import fields

#: of each number its bits, those left empty before it, and what its digits are drawn from
_FIELDS = st.lists(st.tuples(st.integers(0, 48), st.integers(0, 70), st.integers(0, 2**48 - 1)), max_size=80)


@given(_FIELDS, st.integers(0, 70))
def test_every_number_stands_where_it_is_put(drawn: list[tuple[int, int, int]], after: int) -> None:
    digits, rows = "", []
    for width, empty, drawn_from in drawn:
        number = drawn_from & (1 << width) - 1
        digits += "0" * empty
        rows.append((number, len(digits), width))
        digits += f"{number:0{width}b}" if width else ""
    digits += "0" * after
    numbers, at, widths = np.array(rows, np.int64).reshape(-1, 3).T
    words = fields.words(len(digits))
    fields.put(words, numbers, at, widths)
    whole = digits.ljust(-(-len(digits) // 8) * 8, "0")
    assert fields.to_bytes(words, len(digits)) == bytes(
        int(whole[place : place + 8], 2) for place in range(0, len(whole), 8)
    )


def test_what_is_put_later_leaves_what_stands_there() -> None:
    words = fields.words(16)
    fields.put(words, np.array([3, 1]), np.array([0, 8]), np.array([2, 1]))
    fields.put(words, np.array([5]), np.array([4]), np.array([3]))
    assert fields.to_bytes(words, 16) == bytes([0b1100_1010, 0b1000_0000])

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.errors import SourceError
from memcodec.format import record

bodies = st.lists(st.tuples(st.sampled_from([b"D", b"B", b"M", b"E"]), st.binary(max_size=300)), max_size=8)


@given(bodies)
def test_records_come_back_with_their_places(made: list[tuple[bytes, bytes]]) -> None:
    stream = b"".join(record.pack(kind, body) for kind, body in made)
    found = list(record.unpack(stream, start=100))
    assert [(each.kind, each.body) for each in found] == made
    for each in found:
        at = each.start - 100
        assert stream[at : at + 4 + len(each.body)] == record.pack(each.kind, each.body)


@given(bodies, st.integers(1, 40))
def test_a_record_cut_short_is_not_returned(made: list[tuple[bytes, bytes]], cut: int) -> None:
    stream = b"".join(record.pack(kind, body) for kind, body in made)
    found = list(record.unpack(stream[:-cut]))
    assert [(each.kind, each.body) for each in found] == made[: len(found)]
    assert sum(4 + len(each.body) for each in found) <= max(0, len(stream) - cut)


def test_unknown_kinds_end_the_run() -> None:
    stream = record.pack(b"B", b"one") + b"Z\0\0\0" + record.pack(b"B", b"two")
    assert [each.body for each in record.unpack(stream)] == [b"one"]


def test_a_body_too_large_for_its_word_is_refused() -> None:
    with pytest.raises(SourceError, match="are the most"):
        record.pack(b"B", bytes(record.MAX_BODY + 1))

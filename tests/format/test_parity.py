from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.format import parity


def symbols(count: int, size: int, seed: int = 1) -> parity.Symbols:
    return np.random.default_rng(seed).integers(0, 256, (count, size), dtype=np.uint8)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(2, 20), st.integers(0, 2**31), st.data())
def test_any_enough_symbols_bring_back_the_rest(
    count: int, spare: int, seed: int, data: st.DataObject
) -> None:
    source = symbols(count, 48, seed)
    repair = parity.make(source, spare)
    everything = {number: row.tobytes() for number, row in enumerate([*source, *repair])}
    # Two more than there were: RaptorQ then fails about once in a million.
    kept = data.draw(st.permutations(range(count + spare)))[: count + min(2, spare)]
    found = parity.recover(count, 48, {number: everything[number] for number in kept})
    assert found is not None
    assert (found == source).all()


def test_too_few_symbols_are_none() -> None:
    source = symbols(20, 64)
    known = {number: row.tobytes() for number, row in enumerate(source) if number != 3}
    assert parity.recover(20, 64, known) is None


def test_a_group_wider_than_memory_is_worked_in_stripes_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = symbols(50, 240)
    whole = parity.make(source, 8)
    monkeypatch.setattr(parity, "STRIPE", 50 * 16)
    assert len(parity._stripes(50, 240)) > 10
    striped = parity.make(source, 8)
    assert (striped == whole).all()
    known = {number + 8: row.tobytes() for number, row in enumerate(source[8:])}
    known |= {50 + number: row.tobytes() for number, row in enumerate(striped)}
    found = parity.recover(50, 240, known)
    assert found is not None
    assert (found == source).all()


def test_repair_symbols_are_those_of_rfc_6330(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's own whole-object encoder, one source block and one sub-block, is the reference."""
    import raptorq

    source = symbols(12, 64)
    reference = raptorq.Encoder.with_defaults(source.tobytes(), 64).get_encoded_packets(5)[12:]
    assert [packet[4:] for packet in reference] == [row.tobytes() for row in parity.make(source, 5)]


@pytest.mark.parametrize(("packets", "groups"), [(1, 1), (32_768, 1), (32_769, 2), (100_000, 4)])
def test_groups_share_packets_evenly(packets: int, groups: int) -> None:
    sizes = [parity.group_size(packets, group) for group in range(parity.groups(packets))]
    assert parity.groups(packets) == len(sizes) == groups
    assert sum(sizes) == packets
    assert max(sizes) - min(sizes) <= 1

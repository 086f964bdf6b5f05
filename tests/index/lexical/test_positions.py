"""Positions: what is encoded is decoded, whole or in part, in about as few bits as there can be; damage is an error."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import Damaged
from memcodec.format.blob import Blob
from memcodec.index.lexical import positions
from memcodec.index.lexical.lengths import encode as codes_of
from memcodec.index.lexical.positions import Coded, Placed, bounds, decode, decode_each, encode
from memcodec.index.lexical.segment import CHUNK_BITS, LexicalBuilder, LexicalSegment, place_together
from memcodec.index.lexical.tokens import Analyzer

_list = st.integers(1, 300).flatmap(
    lambda length: st.tuples(st.just(length), st.sets(st.integers(0, length - 1), min_size=1, max_size=40))
)


def _placed(lists: list[tuple[int, set[int]]]) -> Placed:
    lengths = np.array([length for length, _ in lists])
    counts = np.array([len(held) for _, held in lists])
    return Placed(
        counts, bounds(codes_of(lengths)), np.array([at for _, held in lists for at in sorted(held)])
    )


@pytest.mark.slow
@given(st.lists(_list, min_size=1, max_size=30), st.integers(2, 17), st.data())
@settings(max_examples=200, deadline=None)
def test_what_is_encoded_is_decoded(
    lists: list[tuple[int, set[int]]], piece: int, data: st.DataObject
) -> None:
    placed = _placed(lists)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(positions, "_PIECE", piece)
        part = memoryview(encode(placed))
        assert decode(part, placed.counts, placed.bounds).tolist() == placed.positions.tolist()
        wanted = np.array(data.draw(st.lists(st.booleans(), min_size=len(lists), max_size=len(lists))))
        some = [at for (_, held), want in zip(lists, wanted, strict=True) if want for at in sorted(held)]
        assert decode(part, placed.counts, placed.bounds, wanted).tolist() == some


@given(st.lists(st.lists(_list, min_size=1, max_size=12), min_size=1, max_size=5), st.integers(2, 17))
@settings(max_examples=60, deadline=None)
def test_units_are_decoded_together_as_each_alone(
    units: list[list[tuple[int, set[int]]]], piece: int
) -> None:
    placed = list(map(_placed, units))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(positions, "_PIECE", piece)
        coded = [Coded(memoryview(encode(each)), each.counts, each.bounds) for each in placed]
        found = decode_each(coded)
        assert [each.tolist() for each in found] == [each.positions.tolist() for each in placed]
        for at, each in enumerate(coded):
            for wrong in (each.unit[:-1], memoryview(bytes(each.unit) + b"\0")):
                if bytes(wrong) != bytes(each.unit):
                    with pytest.raises(ValueError, match="add up"):
                        decode_each([*coded[:at], each._replace(unit=wrong), *coded[at + 1 :]])


def _by_the_description(part: bytes, counts: list[int], bounds: list[int]) -> list[int]:
    """Reads a part of one piece as docs/FORMAT.md tells, a number at a time."""
    bits = iter(f"{int.from_bytes(part):0{8 * len(part)}b}" if part else "")
    take = lambda width: int("0" + "".join(next(bits) for _ in range(width)), 2)  # noqa: E731
    found = [[0] * count for count in counts]
    lists = [
        (slot, 0, count, 0, bound - 1) for slot, (count, bound) in enumerate(zip(counts, bounds, strict=True))
    ]
    while lists:
        choices = [high - low - size + 2 for _, _, size, low, high in lists]
        widths = [choice.bit_length() - 1 for choice in choices]
        short = [(2 << width) - choice for width, choice in zip(widths, choices, strict=True)]
        numbers = [take(width) for width in widths]
        numbers = [x if x < u else 2 * x + take(1) - u for x, u in zip(numbers, short, strict=True)]
        before, after = [], []
        for x, (slot, first, size, low, high) in zip(numbers, lists, strict=True):
            half = size // 2
            found[slot][first + half] = value = low + half + x
            before.append((slot, first, half, low, value - 1))
            after.append((slot, first + half + 1, size - half - 1, value + 1, high))
        lists = [each for each in before + after if each[2]]
    assert "1" not in (rest := list(bits)) and len(rest) < 8
    return [at for each in found for at in each]


@pytest.mark.slow
@given(st.lists(_list, min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_it_is_what_the_description_of_the_format_says(lists: list[tuple[int, set[int]]]) -> None:
    placed = _placed(lists)
    counts, below, expected = (column.tolist() for column in placed)
    assert _by_the_description(encode(placed), counts, below) == expected


@pytest.mark.parametrize("length", [1, 23, 24, 39, 40, 41, 255, 65_560, 1_000_000])
def test_bounds_are_above_all_lengths_of_a_code(length: int) -> None:
    (code,) = codes_of(np.array([length]))
    (bound,) = bounds(np.array([code]))
    assert bound >= length and codes_of(np.array([bound])) == [code] != codes_of(np.array([bound + 1]))


def test_it_takes_about_as_many_bits_as_telling_which_of_all_sets_it_is() -> None:
    rng = np.random.default_rng(1)
    for length, count in [(32, 1), (136, 1), (136, 2), (136, 8), (600, 30)]:
        lists = [(length, set(rng.choice(length, count, replace=False).tolist())) for _ in range(500)]
        placed = _placed(lists)
        least = math.log2(math.comb(int(placed.bounds[0]), count))
        assert 8 * len(encode(placed)) / 500 < 1.06 * least + 0.1


def test_a_full_chunk_takes_no_bits() -> None:
    placed = Placed(np.array([31, 24]), np.array([31, 24]), np.concatenate([np.arange(31), np.arange(24)]))
    assert (
        encode(placed) == b"" and decode(memoryview(b""), *placed[:2]).tolist() == placed.positions.tolist()
    )


PLACED = _placed([(100, {3, 50, 99}), (7, {0}), (136, set(range(0, 130, 5)))])


@pytest.mark.parametrize("change", [lambda part: part[:-1], lambda part: part + b"\0", lambda part: b""])
def test_bytes_too_few_or_many_are_an_error(change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="add up"):
        decode(memoryview(change(encode(PLACED))), PLACED.counts, PLACED.bounds)


@pytest.mark.parametrize("piece", [4, 17])
def test_any_bytes_give_places_in_bounds_or_an_error(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positions, "_PIECE", piece)
    whole, rng = encode(PLACED), np.random.default_rng(2)
    last = np.cumsum(PLACED.counts) - 1
    for _ in range(300):
        data = bytearray(whole)
        data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
        try:
            found = decode(memoryview(bytes(data)), PLACED.counts, PLACED.bounds)
        except ValueError:
            continue
        assert (found >= 0).all() and (found[last] < PLACED.bounds).all()
        assert (np.delete(np.diff(found), last[:-1]) > 0).all()


@pytest.mark.parametrize("count", [8, 1 << 40])
def test_more_places_than_there_is_room_are_an_error_before_they_are_made(count: int) -> None:
    with pytest.raises(ValueError, match="more often than there is room"):
        decode(memoryview(b"\0" * 64), np.array([count]), np.array([7]))


def _segment(texts: list[str], *, kept: bool = True) -> LexicalSegment:
    builder = LexicalBuilder("none", positions=kept)
    builder.add(texts)
    data = builder.to_bytes()
    return LexicalSegment(Blob(lambda start, length: memoryview(data)[start : start + length], "test"))


@pytest.mark.slow
@given(st.lists(st.text(alphabet="abc 語言", max_size=60), max_size=12))
@settings(max_examples=100, deadline=None)
def test_a_segment_tells_where_each_term_stands(texts: list[str]) -> None:
    segment, analyzer = _segment(texts), Analyzer("none")
    tokens = [list(map(analyzer.term, analyzer.indexed(text))) for text in texts]
    for term in {term for each in tokens for term in each}:
        holding = [chunk for chunk, each in enumerate(tokens) if term in each]
        for asked in (holding, holding[::2]):
            places = segment.places(term, np.array(asked))
            found = [divmod(place, 1 << CHUNK_BITS) for place in places.tolist()]
            assert [(chunk, at) for chunk, at in found if chunk in asked] == [
                (chunk, at) for chunk in asked for at, each in enumerate(tokens[chunk]) if each == term
            ]
            assert found == sorted(found)


def test_positions_may_be_left_out() -> None:
    assert not _segment(["a b"], kept=False).has_positions and _segment([]).has_positions
    (batch,) = _segment(["a b"], kept=False).batches()
    assert batch.positions is None


def test_positions_of_other_chunks_are_damage() -> None:
    segment, other = _segment(["a b c a"]), _segment(["c a d d d d b"])
    segment.terms.positions = other.terms.positions  # type: ignore[method-assign]
    with pytest.raises(Damaged, match="repair"):
        segment.places("a", np.array([0]))


def test_places_that_are_read_together_are_those_read_alone() -> None:
    segments = [_segment(["a heron and a gull", "gull a heron"]), _segment(["heron heron", "a gull", "a"])]
    again = [_segment(["a heron and a gull", "gull a heron"]), _segment(["heron heron", "a gull", "a"])]
    wanted = [(at, term) for at in (0, 1) for term in ("heron", "gull", "a")]
    place_together((segments[at], term) for at, term in wanted)
    assert all(segment._placed for segment in segments)
    for at, term in wanted:
        everywhere = np.arange(segments[at].chunks)
        alone = again[at].places(term, everywhere)
        assert len(alone) and segments[at].places(term, everywhere).tolist() == alone.tolist()

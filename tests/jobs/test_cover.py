"""Spans as sets of chunks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from memcodec.jobs.cover import Cover, Cutter, count
from memcodec.upkeep.index import ChunkRun

spans = st.lists(
    st.builds(
        ChunkRun, st.sampled_from(["aa", "bb"]), st.integers(1, 2), st.integers(0, 30), st.integers(1, 12)
    ),
    max_size=8,
)


def chunks(given: list[ChunkRun]) -> list[tuple[str, int, int]]:
    return [(span.file, span.commit, span.first + at) for span in given for at in range(span.chunks)]


@given(spans, spans)
def test_inside_and_outside_share_a_span_out(done: list[ChunkRun], asked: list[ChunkRun]) -> None:
    cover, covered = Cover(done), set(chunks(done))
    for span in asked:
        inside, outside = chunks(list(cover.inside(span))), chunks(list(cover.outside(span)))
        assert inside == [chunk for chunk in chunks([span]) if chunk in covered]
        assert outside == [chunk for chunk in chunks([span]) if chunk not in covered]


@given(spans, st.lists(st.integers(1, 9), min_size=1))
def test_a_cutter_hands_out_every_chunk_once_in_order(asked: list[ChunkRun], sizes: list[int]) -> None:
    cutter, taken, at = Cutter(asked), list[ChunkRun](), 0
    while batch := cutter.take(sizes[at % len(sizes)]):
        assert count(batch) <= sizes[at % len(sizes)]
        taken += batch
        at += 1
    assert chunks(taken) == chunks(asked)


def test_batches_are_full_but_for_the_last() -> None:
    cutter = Cutter([ChunkRun("aa", 1, 0, 5), ChunkRun("aa", 2, 3, 4)])
    assert [count(cutter.take(4)) for _ in range(4)] == [4, 4, 1, 0]

"""The shortcut leads from a chunk to all that its text is found by; bytes that are none are damage, and never much."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import Damaged
from memcodec.file import shortcut
from memcodec.file.shortcut import Counts, Shortcut, Tables
from memcodec.format import block
from memcodec.format.blob import BlobWriter, in_memory
from memcodec.format.block import BLOCK_SIZE
from memcodec.format.budget import Budget
from memcodec.index.lexical import varint
from memcodec.model import Frame

PAYLOAD = 2000


def _tables(rng: Random, documents: int, overlap: int) -> Tables:
    chunks, starts, at = list[tuple[int, int]](), list[int](), 0
    for _ in range(documents):
        starts.append(at)
        end = at + rng.choice([0, 90, 900, 9000, 50_000])
        while at < end:
            size = min(rng.choice([100, 1000, 20_000]), end - at)
            chunks.append((at, size))
            at = at + size if at + size == end else at + max(1, size - overlap)
        at = end
    sizes = [rng.randint(20, 6000) for _ in range(-(-at // BLOCK_SIZE))]
    blocks = np.array([np.cumsum([300, *sizes])[:-1], sizes])
    return Tables(np.array(chunks, np.int64).reshape(-1, 2).T, np.array(starts), blocks)


def _frames(rng: Random, packets: int) -> list[Frame]:
    made, at = list[Frame](), 5000
    while packets > 0:
        count, length = min(packets, 3), rng.randint(4000, 4100)
        made.append(Frame(at, length, count))
        at += length + rng.choice([0, 0, 80])
        packets -= count
    return made


@given(st.randoms(use_true_random=False), st.integers(1, 40), st.sampled_from([0, 50]))
@settings(deadline=None, max_examples=60)
def test_it_leads_to_all_that_holds_a_chunk_and_hardly_more(
    rng: Random, documents: int, overlap: int
) -> None:
    tables = _tables(rng, documents, overlap)
    if not tables.blocks.size:
        return
    packets = -(-int(tables.blocks[:, -1].sum()) // PAYLOAD) + 5  # some of parity
    frames = _frames(rng, packets)
    first = np.cumsum([0, *(frame.packets for frame in frames)])[:-1]
    found = _opened(_written(tables, frames, first), tables, frames)
    starts, sizes = tables.chunks
    for chunk, (start, size) in enumerate(zip(starts.tolist(), sizes.tolist(), strict=True)):
        near = found.near(chunk)
        assert near is not None
        assert near.blocks == range(start // BLOCK_SIZE, (start + size - 1) // BLOCK_SIZE + 1)
        begin, end = tables.blocks[0, near.blocks[0]], tables.blocks[:, near.blocks[-1]].sum() - 1
        held = range(*(np.searchsorted(first, [begin // PAYLOAD, end // PAYLOAD], "right") - 1 + [0, 1]))
        assert near.frames[: len(held)] == held and len(near.frames) <= len(held) + 1
        for at, (offset, length) in zip(near.frames, near.extents, strict=True):
            assert offset == frames[at].offset and frames[at].length <= length <= frames[at].length + 80
    rows, extents = found.dictionary()
    assert rows[0] == 0 and rows[-1] == np.searchsorted(first, 300 // PAYLOAD, "right") - 1
    assert extents[0][0] == frames[0].offset


@given(st.randoms(use_true_random=False), st.integers(1, 60))
@settings(deadline=None, max_examples=60)
def test_it_leads_to_the_document_of_a_chunk(rng: Random, documents: int) -> None:
    """Of documents that are not empty, as all are that have chunks."""
    texts = [rng.choice([60, 900, 9000, 50_000]) for _ in range(documents)]
    starts = np.cumsum([0, *texts])[:-1]
    pieces = [(at, min(1000, start + size - at)) for start, size in zip(starts.tolist(), texts, strict=True)
              for at in range(start, start + size, 1000)]  # fmt: skip
    blocks = np.array([[0, 400]] * -(-sum(texts) // BLOCK_SIZE)).T
    blocks[0] = 400 * np.arange(blocks.shape[1])
    tables, frames = Tables(np.array(pieces).T, starts, blocks), [Frame(90, 50, 1 << 20)]
    found = _opened(_written(tables, frames, np.zeros(1, np.int64)), tables, frames)
    for chunk, (start, _) in enumerate(pieces):
        near = found.near(chunk)
        assert near is not None and np.searchsorted(starts, start, "right") - 1 in near.documents


def _written(tables: Tables, frames: list[Frame], first: np.ndarray) -> bytes:  # type: ignore[type-arg]
    blob = BlobWriter("test")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortcut, "LEAST", 1)
        shortcut.add(blob, tables, frames, first, PAYLOAD)
    return bytes(in_memory(blob.to_bytes(), "test").unit(shortcut.SECTION, 0))


def _opened(data: bytes, tables: Tables, frames: list[Frame]) -> Shortcut:
    counts = Counts(len(tables.chunks[0]), len(tables.documents), len(tables.blocks[0]), len(frames))
    return Shortcut(memoryview(data), counts, Budget(1 << 20))


@pytest.mark.parametrize(
    "numbers", [[], [1, 0, 1], [2, 0, 1, 0, 0, 9, 5, 0], [1, 0, 1, 0, 0, 9, 5, 0, 0, 0], [1 << 62] * 8]
)
def test_numbers_that_do_not_add_up_are_damage(numbers: list[int]) -> None:
    data = block.pack(varint.encode(numbers), 1000, "it")
    with pytest.raises(Damaged, match="shortcut"):
        Shortcut(memoryview(data), Counts(1, 1, 1, 1), Budget(1000))


def test_it_unpacks_to_no_more_than_its_numbers_take() -> None:
    data = block.pack(bytes(1 << 20), 1 << 20, "it")
    with pytest.raises(Damaged):
        Shortcut(memoryview(data), Counts(1, 1, 1, 1), Budget(1 << 20))


def test_none_is_written_for_few_blocks() -> None:
    blob = BlobWriter("test")
    blocks = np.zeros((2, shortcut.LEAST - 1), np.int64)
    shortcut.add(
        blob, Tables(np.zeros((2, 1), np.int64), np.zeros(1, np.int64), blocks), [Frame(0, 9, 1)], [0], 9
    )
    assert in_memory(blob.to_bytes(), "test").names() == ()

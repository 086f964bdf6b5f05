from __future__ import annotations

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.prose import prose
from memcodec.errors import Damaged
from memcodec.format import block


@pytest.fixture(scope="module")
def text() -> bytes:
    return prose(1, 1_500_000).encode()


def cut(text: bytes) -> list[bytes]:
    return [text[at : at + block.BLOCK_SIZE] for at in range(0, len(text), block.BLOCK_SIZE)]


def test_blocks_come_back_with_and_without_a_dictionary(text: bytes) -> None:
    blocks = cut(text)
    dictionary = block.train(blocks, len(text)).dictionary
    assert dictionary
    for shared in (b"", dictionary):
        frames = block.Compressor(shared, threads=2).compress(blocks)
        assert [block.Decompressor(shared).block(frame) for frame in frames] == blocks


def test_a_dictionary_is_used_only_when_it_pays(text: bytes) -> None:
    blocks = cut(text)
    dictionary = block.train(blocks, len(text)).dictionary
    plain = sum(map(len, block.Compressor().compress(blocks)))
    shared = sum(map(len, block.Compressor(dictionary).compress(blocks)))
    assert shared + len(block.pack(dictionary, block.MAX_DICTIONARY, "dictionaries")) < plain


def test_the_size_to_come_is_estimated(text: bytes) -> None:
    blocks = cut(text)
    for part in (blocks[:5], blocks):
        trained = block.train(part, sum(map(len, part)))
        frames = block.Compressor(trained.dictionary).compress(part)
        size = sum(map(len, frames)) + len(
            block.pack(trained.dictionary, block.MAX_DICTIONARY, "dictionaries")
        )
        assert trained.size == pytest.approx(size, rel=0.1)


def test_no_dictionary_for_little_or_random_text(text: bytes) -> None:
    import random

    noise = random.Random(1).randbytes(600_000)
    assert block.train(cut(text[:40_000]), 40_000).dictionary == b""
    assert block.train(cut(noise), len(noise)).dictionary == b""


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=2000))
def test_garbage_is_damage_or_a_block_and_nothing_else(frame: bytes) -> None:
    try:
        text = block.Decompressor().block(b"\x28\xb5\x2f\xfd" + frame)
    except Damaged:
        return
    assert len(text) <= block.BLOCK_SIZE


def test_a_decompression_bomb_is_refused_by_its_claimed_size() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(block.BLOCK_SIZE + 1))
    with pytest.raises(Damaged, match="at most"):
        block.Decompressor().block(bomb)
    unsized = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 24))
    with pytest.raises(Damaged):
        block.Decompressor().block(unsized)

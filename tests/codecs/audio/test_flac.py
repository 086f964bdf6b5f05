"""FLAC's own structures: numbers, headers, renumbered and raw frames; libFLAC is the judge."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.storage import MemorySource
from memcodec_audio import flac, runs, sound
from memcodec_audio.crc import crc16
from memcodec_audio.flac import BLOCK, RAW
from memcodec_audio.runs import RawRun

EDGES = [
    0,
    1,
    127,
    128,
    2047,
    2048,
    65535,
    65536,
    (1 << 21) - 1,
    1 << 21,
    (1 << 26) - 1,
    1 << 26,
    (1 << 31) - 1,
]


@given(st.one_of(st.integers(0, 0x10FFFF).filter(lambda n: not 0xD800 <= n < 0xE000)))
def test_numbers_are_coded_as_utf8_codes_characters(number: int) -> None:
    assert flac.coded_number(number) == chr(number).encode()


@pytest.mark.parametrize("number", EDGES)
@pytest.mark.parametrize("bits", [16, 24])
def test_headers_come_back(number: int, bits: int) -> None:
    made = flac.header(number, bits)
    assert flac.parse_header(made + b"rest") == (number, bits, len(made))
    for place in range(len(made)):
        for bit in range(8):
            changed = bytearray(made)
            changed[place] ^= 1 << bit
            parsed = flac.parse_header(bytes(changed))
            assert parsed is None or parsed.size != len(made)  # a shorter number's CRC-8 is another byte
        assert flac.parse_header(made[:place]) is None


@pytest.mark.parametrize("number", EDGES)
def test_a_renumbered_frame_is_right(number: int) -> None:
    samples = np.random.default_rng(1).integers(-9000, 9000, (1, BLOCK)).astype(np.int32)
    (frame,) = sound.encode(samples, 16, number)
    assert crc16(frame) == 0
    heard = sound.decode([frame], 1, 16)
    assert heard is not None
    assert np.array_equal(heard, samples)


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(EDGES[:-1]), st.integers(1, 5), st.sampled_from([16, 24]), st.integers(0, 9))
def test_raw_frames_carry_their_bytes_and_sound_as_them(
    number: int, count: int, bits: int, seed: int
) -> None:
    data = random.Random(seed).randbytes(count * RAW)
    frames = flac.raw_frames(number, bits, data)
    assert len(frames) == runs.size(number, count)
    heard = sound.decode([frames], count, bits)
    assert heard is not None
    assert heard.reshape(-1).astype(np.int8).tobytes() == data
    assert np.abs(heard).max() <= 128


@settings(deadline=None)
@given(st.sampled_from(EDGES[:-1]), st.integers(1, 4), st.data())
def test_any_span_of_a_run_can_be_read(number: int, count: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, count * RAW))
    end = data.draw(st.integers(start, count * RAW))
    content = random.Random(number).randbytes(count * RAW)
    source = MemorySource(b"before" + flac.raw_frames(number, 24, content) + b"after")
    run = RawRun(6, number, count)
    assert bytes(run.read(source, start, end)) == content[start:end]
    assert run.end == source.size - 5


def test_streaminfo_is_what_libsndfile_reads() -> None:
    samples = np.zeros((2, BLOCK), np.int32)
    head = flac.stream_head(24, 2 * BLOCK, last=True)
    with soundfile.SoundFile(io.BytesIO(head + b"".join(sound.encode(samples, 24, 0)))) as file:
        assert (file.samplerate, file.channels, file.subtype, file.frames) == (48000, 1, "PCM_24", 2 * BLOCK)
    assert flac.parse_info(head) == (4096, 4096, 48000, 1, 24, 2 * BLOCK)
    assert flac.parse_info(b"RIFF" + head[4:]) is None


@pytest.mark.parametrize("limit", [0, 1 << 7, 1 << 11, 1 << 16, 1 << 21, 1 << 26])
def test_a_run_knows_where_its_frames_lie(limit: int) -> None:
    for first in range(max(0, limit - 3), limit + 3):
        heads = [len(flac.raw_head(number, 16)) for number in range(first, first + 5)]
        run = runs.RawRun(100, first, 5)
        assert runs.head_size(first) == heads[0] and run.address == 100 + heads[0]
        lengths = [head + flac.RAW + 2 for head in heads]
        assert run.frames(0, 5) == [(100 + sum(lengths[:at]), lengths[at]) for at in range(5)]
        assert run.frames(2, 4) == run.frames(0, 5)[2:4] and run.end == 100 + sum(lengths)

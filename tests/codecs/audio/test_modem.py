"""The dense modem gives back what went in, and only that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec_audio.modem import _LEVELS, _MOST, _SEEDS, DenseModem, LevelModem, _scrambler

BITS = pytest.mark.parametrize("bits", [16, 24])


@BITS
def test_what_a_block_carries(bits: int) -> None:
    assert DenseModem(bits).packet_size == {16: 6135, 24: 10227}[bits]


@BITS
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_packets_come_back(bits: int, data: st.DataObject) -> None:
    modem = DenseModem(bits)
    lengths = data.draw(st.lists(st.integers(0, modem.packet_size), min_size=1, max_size=9))
    kind = data.draw(st.sampled_from(["random", "zero", "ones", "pattern"]))
    chance = np.random.default_rng(data.draw(st.integers(0, 1000)))
    source = {
        "random": chance.bytes,
        "zero": bytes,
        "ones": lambda n: b"\xff" * n,
        "pattern": lambda n: (b"ab" * n)[:n],
    }
    packets = [source[kind](length) for length in lengths]
    samples = modem.modulate(packets)
    assert samples.shape == (len(packets), 4096)
    assert modem.demodulate(samples) == packets


@BITS
def test_every_sample_fits_and_every_block_sounds_like_noise(bits: int) -> None:
    for levels in (each for each in _LEVELS if each <= _MOST[bits]):
        modem = LevelModem(bits, levels)
        samples = modem.modulate([bytes(modem.packet_size), b"", b"\xff" * modem.packet_size])
        assert np.abs(samples).max() < 1 << bits - 1
        deviation = samples.std(axis=1)
        assert deviation == pytest.approx(modem.loudness, rel=0.05)
        assert (np.abs(samples).max(axis=1) / deviation).max() < 6


@BITS
def test_small_packets_make_quiet_blocks(bits: int) -> None:
    modem = DenseModem(bits)
    packets = [bytes(each.size) for each in modem.packet_sizes]
    samples = modem.modulate([*packets, *(packet + b"\0" for packet in packets[:-1])])
    deviation = samples.std(axis=1)
    assert (deviation[1 : len(packets)] > 1.9 * deviation[: len(packets) - 1]).all()
    assert deviation[len(packets) :] == pytest.approx(deviation[1 : len(packets)], rel=0.05)


@BITS
def test_a_block_that_would_not_read_back_takes_the_next_seed(bits: int) -> None:
    modem = LevelModem(bits, _MOST[bits])
    count = 600
    chance = np.random.default_rng(2)
    packets = [chance.bytes(modem.packet_size) for _ in range(count)]
    samples = modem.modulate(packets)
    assert modem.demodulate(samples) == packets
    seeds = modem._demodulate(samples)[:, 0]
    assert 0 < np.count_nonzero(seeds) < count // 20


def test_a_packet_made_to_clip_is_scrambled_otherwise() -> None:
    modem = LevelModem(24, 20)
    # All bins at full amplitude and in phase: laid over seed 0's scrambler, the block is one click.
    click = np.full(modem.block_bytes, 0xFF, np.uint8) ^ _scrambler(0, modem.block_bytes)
    packet = click[3:].tobytes()
    samples = modem.modulate([packet])
    assert modem.demodulate(samples) == [packet]
    assert modem._demodulate(samples)[0, 0] == 1
    assert np.abs(samples).max() < 8 * samples.std()


def test_scramblers_differ() -> None:
    assert len({_scrambler(seed, 100).tobytes() for seed in range(_SEEDS)}) == _SEEDS


@BITS
def test_other_sound_is_no_packet_of_this_length(bits: int) -> None:
    modem = DenseModem(bits)
    noise = np.random.default_rng(1).integers(-1000, 1000, (50, 4096)).astype(np.int32)
    for packet in modem.demodulate(noise):
        assert packet is None or len(packet) <= modem.packet_size

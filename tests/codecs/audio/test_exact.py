"""The same samples in another file: more bits, floating point, more channels, quieter by 3 dB and rounded again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
import soundfile

from memcodec.media import registry
from memcodec.storage import MemorySource
from memcodec_audio import exact, foreign
from memcodec_audio.flac import BLOCK
from memcodec_audio.foreign import Sound
from memcodec_audio.modem import DenseModem, Wave
from tests.codecs.audio.conftest import Recorder, packets


def written(bits: int, count: int) -> tuple[list[bytes], Wave]:
    """Packets, and their samples in full scale 1."""
    modem = DenseModem(bits)
    content = packets(count, modem.packet_size)
    return content, modem.modulate(content).reshape(-1) / (1 << bits - 1)


def heard(samples: Wave) -> list[bytes]:
    """The packets in samples that begin 777 before the first block, and come in uneven pieces."""
    padded = np.concatenate([np.zeros(777), samples, np.zeros(50)]).astype(np.float32)

    def pieces() -> Iterator[Sound]:
        for at in range(0, len(padded), 10_007):
            yield padded[at : at + 10_007]

    return list(exact.dense_packets(pieces()))


@pytest.mark.parametrize("bits", [16, 24])
def test_exact_samples_in_any_scale(bits: int) -> None:
    content, samples = written(bits, 3)
    assert heard(samples) == content


@pytest.mark.parametrize("bits", [16, 24])
def test_samples_turned_over(bits: int) -> None:
    content, samples = written(bits, 3)
    assert heard(-samples) == content
    assert (
        foreign.mixed(np.stack([samples, -samples]).astype(np.float32)) == samples.astype(np.float32)
    ).all()


@pytest.mark.parametrize("step, first", [(2, 0), (2, 1), (4, 3)])
def test_samples_with_others_between_them(step: int, first: int) -> None:
    content, samples = written(16, 3)
    spread = np.repeat(samples, step).astype(np.float32)
    spread[np.arange(len(spread)) % step != first] *= np.float32(0.7)
    pieces = (spread[at : at + 10_007] for at in range(0, len(spread), 10_007))
    assert list(exact.dense_packets(exact.thinned(pieces, step, first))) == content


@pytest.mark.parametrize("rounding", [np.rint, np.floor])
@pytest.mark.parametrize("bits", [16, 24])
def test_samples_made_quieter_and_rounded_again(bits: int, rounding: np.ufunc) -> None:
    content, samples = written(bits, 24)
    scale = 1 << bits - 1
    assert heard(rounding(samples * scale * sqrt(0.5)) / scale) == content


def test_a_factor_of_15_bits() -> None:
    content, samples = written(16, 8)
    assert heard(np.floor(samples * (1 << 15) * 23170 / 32768 + 0.5) / (1 << 15)) == content


def test_one_search_reads_on_after_what_is_no_block() -> None:
    content, samples = written(16, 4)
    noise = np.rint(np.random.default_rng(5).normal(0, 3000, 3 * BLOCK + 11)) / (1 << 15)
    assert heard(np.concatenate([samples[: 2 * BLOCK], noise, samples[2 * BLOCK :]])) == content


def test_noise_holds_no_packet() -> None:
    noise = np.random.default_rng(6).normal(0, 0.1, 40 * BLOCK)
    assert heard(noise) == []
    modem = DenseModem(16)
    assert modem.demodulate_rounded(np.rint(noise[:BLOCK] * (1 << 15)), sqrt(2)) is None


def test_silent_channels_do_not_count_and_equal_ones_stay_exact() -> None:
    loud = np.random.default_rng(7).uniform(-1, 1, 100).astype(np.float32)
    quiet = np.zeros(100, np.float32)
    for channels in ([loud], [loud, loud], [loud] * 6, [quiet, quiet, loud, quiet], [quiet, loud, loud]):
        assert (foreign.mixed(np.stack(channels)) == loud).all()
    assert (foreign.mixed(np.stack([quiet, quiet])) == quiet).all()
    assert (foreign.mixed(np.stack([loud, -loud])) == loud).all()


def test_what_is_no_number_is_passed_over(tmp_path: Path) -> None:
    content, samples = written(24, 3)
    odd = np.array([np.nan, np.inf, -np.inf, 3e38, -3e38] * 50, np.float32)
    path = tmp_path / "odd.wav"
    soundfile.write(path, np.concatenate([odd, samples.astype(np.float32), odd]), 48_000, subtype="FLOAT")
    reader = registry.get("flac").open(MemorySource(path.read_bytes()))
    assert list(reader.scan()) == content
    reader.close()


@pytest.mark.slow
@pytest.mark.parametrize("bits", ["16", "24"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["-ac", "2", "-c:a", "flac", "out.flac"],
        ["-ac", "2", "-c:a", "pcm_f32le", "out.wav"],
        ["-ac", "6", "-c:a", "pcm_s24le", "out.mkv"],
        ["-c:a", "pcm_f32le", "out.wav"],
        ["-c:a", "pcm_f64le", "out.wav"],
        ["-c:a", "pcm_s24be", "out.aiff"],
        ["-c:a", "pcm_s32le", "out.wav"],
        ["-c:a", "flac", "-sample_fmt", "s32", "out.ogg"],
        ["-c:a", "alac", "out.m4a"],
        ["-c:a", "wavpack", "out.wv"],
    ],
    ids=lambda arguments: " ".join(arguments[1:]),
)
def test_what_other_programs_make_is_read(
    recording: Recorder, tmp_path: Path, bits: str, arguments: list[str]
) -> None:
    path, content = recording("dense", 5, bits=bits)
    out = tmp_path / arguments[-1]
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, *arguments[:-1], out], check=True)
    reader = registry.get("flac").open(MemorySource(out.read_bytes()))
    assert list(reader.scan()) == content
    reader.close()

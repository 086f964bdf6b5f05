"""One frame in, one frame out, and never a pixel of another frame."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from memcodec.storage import MemorySource
from memcodec_video import boxes, symbols
from memcodec_video.decode import Decoder, guess
from memcodec_video.profiles import SETTINGS

Film = Callable[[str, str, int], tuple[Path, list[bytes]]]
CODECS = ["av1", "h264", "h265", "mp4v", "vp9"]


def samples_of(path: Path) -> list[bytes]:
    """The data frames' samples; the guide's one page comes first."""
    data = path.read_bytes()
    return [data[start : start + length] for start, length in boxes.samples(MemorySource(data))][1:]


@pytest.mark.slow
@pytest.mark.parametrize("codec", CODECS)
def test_a_damaged_frame_never_shows_the_frame_before(film: Film, codec: str) -> None:
    path, packets = film(codec, "dense", 20)
    layout = SETTINGS[codec, "dense"].layout
    first, second = samples_of(path)[:2]
    own = set(packets[layout.slots : 2 * layout.slots])
    decoder, chance = Decoder(codec), random.Random(codec)
    for _ in range(12):
        assert decoder.decode(first) is not None
        start = chance.randrange(len(second))
        damaged = second[:start] + bytes(chance.choice([1, 64, len(second) - start]))
        luma = decoder.decode(damaged + second[len(damaged) :])
        if luma is not None:
            assert set(symbols.read_picture(luma, (layout,), symbols.Tries(1 << 30))) <= own
    assert decoder.decode(first) is not None


@pytest.mark.parametrize("codec", CODECS)
def test_noise_and_nothing_decode_to_none(film: Film, codec: str) -> None:
    decoder = Decoder(codec)
    for noise in (b"", b"\0", bytes(1000), random.Random(1).randbytes(1000)):
        assert decoder.decode(noise) is None
    sample = samples_of(film(codec, "dense", 20)[0])[0]
    assert decoder.decode(sample) is not None


@pytest.mark.parametrize("codec", CODECS)
def test_a_sample_tells_its_codec(film: Film, codec: str) -> None:
    assert {guess(sample) for sample in samples_of(film(codec, "dense", 20)[0])} == {codec}
    assert guess(b"") is None
    assert guess(bytes(100)) is None

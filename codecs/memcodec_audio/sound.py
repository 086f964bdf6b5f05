"""Blocks of samples to FLAC frames and back, by libsndfile. Numbering the frames is ours."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from memcodec.errors import CodecError
from memcodec_audio import flac
from memcodec_audio.flac import BLOCK
from memcodec_audio.modem import Samples

_SHIFT = {16: 16, 24: 8}  # libsndfile takes and gives samples at the top of 32 bits


def missing() -> str | None:
    """Why libsndfile cannot be used, or None when it can."""
    try:
        import soundfile  # noqa: F401
    except (ImportError, OSError) as error:
        return f"soundfile does not load: {error}; pip install soundfile"
    return None


def encode(samples: Samples, bits: int, number: int) -> list[bytes]:
    """One frame for each block of samples [n, 4096], numbered from ``number``. Raises CodecError."""
    import soundfile

    file = io.BytesIO()
    shifted = samples.reshape(-1) << _SHIFT[bits]
    soundfile.write(file, shifted, flac.RATE, format="FLAC", subtype=f"PCM_{bits}")
    stream = file.getvalue()
    return [
        flac.with_header(stream[start:end], flac.begin(place, bits), flac.begin(number + place, bits))
        for place, (start, end) in enumerate(_places(stream, len(samples), bits))
    ]


def _places(stream: bytes, count: int, bits: int) -> Iterator[tuple[int, int]]:
    """Where the frames of a stream that counts them from 0 begin and end."""
    starts = [stream.find(flac.begin(0, bits).header)]
    for number in range(1, count):
        starts.append(stream.find(flac.begin(number, bits).header, starts[-1] + 1))
    if min(starts) < 0:
        raise CodecError("libsndfile does not write blocks of 4,096 samples here; try another `codec`")
    return pairwise([*starts, len(stream)])


def decode(frames: Sequence[bytes | memoryview], count: int, bits: int) -> Samples | None:
    """The samples of ``count`` frames that follow each other [count, 4096], or None when they are damaged."""
    import soundfile

    head = flac.stream_head(bits, count * BLOCK, last=True)
    try:
        with soundfile.SoundFile(io.BytesIO(b"".join((head, *frames)))) as file:
            samples: Samples = file.read(count * BLOCK, dtype="int32")
    except (RuntimeError, ValueError):
        return None
    return samples.reshape(-1, BLOCK) >> _SHIFT[bits] if samples.shape == (count * BLOCK,) else None


def decode_each(frames: Sequence[bytes | memoryview], bits: int) -> Samples:
    """The same of frames of which some may be damaged; those are silent."""
    found = decode(frames, len(frames), bits)
    if found is not None:
        return found
    silence = np.zeros((1, BLOCK), np.int32)
    each = (decode([frame], 1, bits) for frame in frames)
    return np.concatenate([silence if one is None else one for one in each])

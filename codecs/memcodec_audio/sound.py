"""Blocks of samples to FLAC frames and back, by libsndfile. Numbering the frames is ours."""

from __future__ import annotations

import io
from collections.abc import Sequence

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
    return [
        flac.renumber(frame, number + place)
        for place, frame in enumerate(_split(file.getvalue(), len(samples), bits))
    ]


def _split(stream: bytes, count: int, bits: int) -> list[bytes]:
    """The frames of a stream that counts them from 0."""
    starts = [stream.find(flac.header(0, bits))]
    for number in range(1, count):
        starts.append(stream.find(flac.header(number, bits), starts[-1] + 1))
    if min(starts) < 0:
        raise CodecError("libsndfile does not write blocks of 4,096 samples here; try another `codec`")
    ends = [*starts[1:], len(stream)]
    return [stream[start:end] for start, end in zip(starts, ends, strict=True)]


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

"""Sound out of any file PyAV can open: re-encoded, resampled, cut, played and recorded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.media import foreign
from memcodec.media.foreign import Piece
from memcodec.storage import Source

Sound = npt.NDArray[np.float32]

# Of all sound of a file of n bytes, as samples of one channel; speech at its least is coded in twice the bytes.
_SAMPLES, _SAMPLES_A_BYTE = 1 << 22, 1 << 7
_LOUDEST = 64.0  # of full scale: what is above in a file of floating point is no sound


class Recording(NamedTuple):
    """``pieces`` of sound, mono, full scale 1; ``lossless``: each sample is as the file's encoder was given it."""

    rate: int
    lossless: bool
    pieces: Iterator[Sound]


def recording(source: Source) -> Recording | None:
    """The first audio stream of a file, or None when there is none. Damaged parts of it are left out."""
    pieces = foreign.decoded(source, f"{__name__}:_sound")
    head, _ = next(pieces, (None, b""))
    if head is None:
        return None
    sound = (np.frombuffer(data, np.float32) for _, data in pieces)
    return Recording(head["rate"], head["lossless"], sound)


def _sound(file: BinaryIO) -> Iterator[Piece]:
    """In the child: rate, whether it is lossless, then sound."""
    left = _SAMPLES + _SAMPLES_A_BYTE * file.seek(0, os.SEEK_END)
    file.seek(0)
    with foreign.stream(file, "audio") as stream:
        if stream is None or not stream.rate:
            return
        yield {"rate": stream.rate, "lossless": bool(stream.codec_context.codec.lossless)}, b""
        for frame in foreign.frames(stream):
            left -= frame.samples
            if left < 0:
                return
            yield {}, _mono(frame).tobytes()


def _mono(frame: object) -> Sound:
    samples = frame.to_ndarray()  # type: ignore[attr-defined]
    channels = frame.layout.nb_channels  # type: ignore[attr-defined]
    if samples.shape[0] != channels:  # packed: channels alternate
        samples = samples.reshape(-1, channels).T
    if samples.dtype == np.uint8:
        scaled = (samples.astype(np.float32) - 128) / 128
    elif np.issubdtype(samples.dtype, np.integer):
        scaled = samples.astype(np.float32) / np.float32(1 << 8 * samples.dtype.itemsize - 1)
    else:
        scaled = np.nan_to_num(samples.astype(np.float32), nan=0, posinf=0, neginf=0).clip(
            -_LOUDEST, _LOUDEST
        )
    return mixed(scaled)


def mixed(channels: Sound) -> Sound:
    """One channel of some [channels, n]: silent ones do not count; those that are equal, or turned over, stay exact."""
    heard = channels[channels.any(axis=1)] if len(channels) > 1 else channels
    if len(heard) < 2 or all((each == heard[0]).all() or (each == -heard[0]).all() for each in heard):
        one: Sound = heard[0] if len(heard) else channels[0]
        return one
    mean: Sound = heard.mean(axis=0)
    return mean

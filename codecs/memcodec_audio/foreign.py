"""Sound out of any file PyAV can open: re-encoded, resampled, cut, played and recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.packet import is_intact
from memcodec.media import foreign
from memcodec.media.foreign import Piece
from memcodec.media.groups import grouped
from memcodec.storage import Source
from memcodec_audio.flac import BLOCK
from memcodec_audio.modem import DenseModem

Sound = npt.NDArray[np.float32]

_EXACT = 128  # what rounding leaves of a block's mean and of its Nyquist frequency, in whole blocks' sums: 7 deviations
_LOUD = 100.0  # samples' deviation below which there is no block
_SEARCHED = 64 * BLOCK


class Recording(NamedTuple):
    """``pieces`` of sound, mono, full scale 1; ``bits`` of a sample that is exact, else 0."""

    rate: int
    bits: int
    pieces: Iterator[Sound]


def recording(source: Source) -> Recording | None:
    """The first audio stream of a file, or None when there is none. Damaged parts of it are left out."""
    pieces = foreign.decoded(source, f"{__name__}:_sound")
    head, _ = next(pieces, (None, b""))
    if head is None:
        return None
    return Recording(head["rate"], head["bits"], (np.frombuffer(data, np.float32) for _, data in pieces))


def _sound(file: BinaryIO) -> Iterator[Piece]:
    """In the child: rate and exact bits, then sound."""
    with foreign.stream(file, "audio") as stream:
        if stream is None or not stream.rate:
            return
        exact = {"s16": 16, "s32": 24}.get(stream.format.name.rstrip("p"), 0) if stream.channels == 1 else 0
        yield {"rate": stream.rate, "bits": exact}, b""
        for frame in foreign.frames(stream):
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
        scaled = samples.astype(np.float32)
    mixed: Sound = scaled[0] if channels == 1 else scaled.mean(axis=0)
    return mixed


def dense_packets(pieces: Iterator[Sound], bits: int) -> Iterator[bytes]:
    """The packets in exact samples, wherever their blocks begin."""
    modem = DenseModem(bits)
    held = np.empty(0, np.int32)
    for gathered in grouped(pieces, lambda before, _: sum(map(len, before)) < _SEARCHED):
        piece = np.concatenate(gathered)
        exact = np.rint(piece.astype(np.float64) * (1 << bits - 1)).astype(np.int32)
        held = np.concatenate([held, exact])
        end = 0
        for start in _starts(held).tolist():
            if start >= end:
                (packet,) = modem.demodulate(held[None, start : start + BLOCK])
                if packet is not None and is_intact(packet):
                    yield packet
                    end = start + BLOCK
        held = held[max(end, len(held) - BLOCK + 1) :]


def _starts(samples: npt.NDArray[np.int32]) -> npt.NDArray[np.intp]:
    """Where a block may begin: there, and hardly elsewhere, are mean and Nyquist frequency next to nothing."""
    values = samples.astype(np.float64)
    mean, energy = _window_sums(values), _window_sums(np.square(values))
    values[1::2] *= -1
    quiet = (np.abs(mean) < _EXACT) & (np.abs(_window_sums(values)) < _EXACT)
    return np.flatnonzero(quiet & (energy > BLOCK * _LOUD**2))


def _window_sums(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Of every 4,096 values that follow each other. Exact for integers."""
    sums = np.concatenate([np.zeros(1), np.cumsum(values)])
    differences: npt.NDArray[np.float64] = sums[BLOCK:] - sums[:-BLOCK]
    return differences

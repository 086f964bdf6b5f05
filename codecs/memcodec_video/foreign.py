"""Pictures out of any video file PyAV can open: remuxed, re-encoded, scaled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from memcodec.media import foreign
from memcodec.media.foreign import Piece
from memcodec.storage import Source
from memcodec_video.decode import MAX_PIXELS, luma
from memcodec_video.layout import Luma

# Of all pictures of a file of n bytes; a still one of 4K, sixty times a second, is coded in more bytes than that.
_PIXELS, _PIXELS_A_BYTE = 1 << 28, 1 << 14
_SAME = 4.0  # mean grey levels between copies of a picture; one large symbol more or less makes 14
_TURNED, _FEW = (
    96,
    24,
)  # grey levels of a module that is another; so many pixels of a sketch, or fewer, are noise


def pictures(source: Source) -> Iterator[Luma]:
    """The luma planes of the first video stream, as many as decode, without immediate repeats."""
    for head, data in foreign.decoded(source, f"{__name__}:_planes"):
        yield np.frombuffer(data, np.uint8).reshape(head["shape"])


def _are_alike(one: Luma, other: Luma) -> bool:
    """Whether two sketches are of one picture. A small symbol is a small part of it, and half of that is another."""
    difference = np.abs(np.subtract(one, other, dtype=np.int16))
    return float(difference.mean()) <= _SAME and int((difference > _TURNED).sum()) <= _FEW


def _planes(file: BinaryIO) -> Iterator[Piece]:
    """In the child."""
    left = _PIXELS + _PIXELS_A_BYTE * file.seek(0, os.SEEK_END)
    file.seek(0)
    with foreign.stream(file, "video") as stream:
        if stream is not None:
            stream.thread_type = "AUTO"
            stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
            for plane in _changes(_within(left, foreign.frames(stream))):
                yield {"shape": plane.shape}, plane.tobytes()


def _within(left: int, frames: Iterator[Any]) -> Iterator[Luma]:
    """The planes of as many frames as a file of its size shows."""
    for frame in frames:
        left -= frame.width * frame.height
        if left < 0:
            return
        yield luma(frame)


def _changes(planes: Iterator[Luma]) -> Iterator[Luma]:
    """Converters fill time with copies of a still picture, and each would cost all readers' time."""
    last: Luma | None = None
    for plane in planes:
        sketch = plane[::3, ::3]
        if last is None or last.shape != sketch.shape or not _are_alike(last, sketch):
            last = sketch
            yield plane

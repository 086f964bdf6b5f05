"""Pictures out of any video file PyAV can open: remuxed, re-encoded, scaled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from memcodec.media import foreign
from memcodec.media.foreign import Piece
from memcodec.storage import Source
from memcodec_video.decode import MAX_PIXELS, luma
from memcodec_video.layout import Luma

_SAME = 4.0  # mean grey levels between copies of a picture; one symbol more or less makes 14


def pictures(source: Source) -> Iterator[Luma]:
    """The luma planes of the first video stream, as many as decode, without immediate repeats."""
    last: Luma | None = None
    for picture in _decoded(source):
        # Converters fill time with copies of a still picture, and each would cost all readers' time.
        sketch = picture[::3, ::3]
        if last is None or last.shape != sketch.shape or _difference(last, sketch) > _SAME:
            last = sketch
            yield picture


def _difference(one: Luma, other: Luma) -> float:
    return float(np.abs(np.subtract(one, other, dtype=np.int16)).mean())


def _decoded(source: Source) -> Iterator[Luma]:
    for head, data in foreign.decoded(source, f"{__name__}:_planes"):
        yield np.frombuffer(data, np.uint8).reshape(head["shape"])


def _planes(file: BinaryIO) -> Iterator[Piece]:
    """In the child."""
    with foreign.stream(file, "video") as stream:
        if stream is not None:
            stream.thread_type = "AUTO"
            stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
            for plane in map(luma, foreign.frames(stream)):
                yield {"shape": plane.shape}, plane.tobytes()

"""A contact sheet: some frames of a file side by side, for a person to look at."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import islice

import numpy as np

from memcodec.storage import Source
from memcodec_video import boxes, foreign
from memcodec_video.layout import Luma
from memcodec_video.reader import VideoReader

COLUMNS, ROWS = 4, 2
_SIDE, _GAP, _CAPTION, _SIZE = 300, 12, 20, 14
_PAPER, _INK = 96, 255
_GUIDE = 3  # of the first frames, which are the guide; the others come evenly from the rest


def draw(source: Source) -> bytes:
    """A PNG of ``COLUMNS`` x ``ROWS`` frames, each with its number."""
    from PIL import Image, ImageDraw, ImageFont

    numbers, planes = _frames(source)
    height = ROWS * (_SIDE + _CAPTION + _GAP) + _GAP
    sheet = Image.new("L", (COLUMNS * (_SIDE + _GAP) + _GAP, height), _PAPER)
    caption, font = ImageDraw.Draw(sheet), ImageFont.load_default(_SIZE)
    for place, (number, plane) in enumerate(zip(numbers, planes, strict=True)):
        row, column = divmod(place, COLUMNS)
        left, top = _GAP + column * (_SIDE + _GAP), _GAP + row * (_SIDE + _CAPTION + _GAP)
        small = Image.fromarray(plane)
        small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
        sheet.paste(small, (left, top))
        caption.text(
            (left, top + _SIDE + _CAPTION - 5), f"frame {number + 1}", fill=_INK, font=font, anchor="ls"
        )
    file = io.BytesIO()
    sheet.save(file, "png")
    return file.getvalue()


def _frames(source: Source) -> tuple[list[int], list[Luma]]:
    wanted, reader = COLUMNS * ROWS, VideoReader(source)
    extents = list(boxes.samples(source)) if reader.config is not None else []
    if not extents:
        planes = list(islice(foreign.pictures(source), wanted))
        return list(range(len(planes))), planes
    picked = _picked(len(extents), wanted)
    found = [(number, reader.plane(extents[number])) for number in picked]
    seen = [(number, plane) for number, plane in found if plane is not None]
    return [number for number, _ in seen], [plane for _, plane in seen]


def _picked(count: int, wanted: int) -> Sequence[int]:
    if count <= wanted:
        return range(count)
    rest = np.linspace(_GUIDE + 1, count - 1, wanted - _GUIDE).astype(int).tolist()
    return [*range(_GUIDE), *rest]

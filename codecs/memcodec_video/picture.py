"""A contact sheet: frames of a file, large enough that their symbols are seen, for a person to look at.

A symbol's modules are a pixel wide: made smaller they are grey. So one frame is shown whole, every module at least a
pixel, the guide beside it, and below that corners of other frames, enlarged.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memcodec.storage import Source
from memcodec_video import boxes, foreign
from memcodec_video.layout import MIDDLE, QUIET, Luma
from memcodec_video.reader import VideoReader

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

CELL, _GAP, _CAPTION, _HEAD = (
    284,
    16,
    26,
    44,
)  # a guide page at half its size; the large frame takes 2 x 2 cells
LARGE = 2 * CELL + _GAP
_PAPER, _INK, _LIGHT = 34, 200, 255
_SIZE, _TITLE = 14, 18  # pixels, of letters
_GUIDE, _DETAILS = 1, 3  # frames that are shown: at a file's beginning, those that explain it; others


class _Shown(NamedTuple):
    """A picture in a place of the sheet, in pixels, with what is said of it."""

    left: int
    top: int
    side: int
    plane: Luma
    caption: str


def draw(source: Source) -> bytes:
    """A PNG with some frames of the file, each with its number."""
    from PIL import Image, ImageDraw, ImageFont

    with_frames = _Frames(source)
    shown = list(_placed(with_frames))
    width = 3 * CELL + 4 * _GAP
    sheet = Image.new("L", (width, max(each.top + each.side for each in shown) + _CAPTION + _GAP), _PAPER)
    pen = ImageDraw.Draw(sheet)
    _write(pen, (_GAP, 30), with_frames.title, ImageFont.load_default(_TITLE), _LIGHT)
    small = ImageFont.load_default(_SIZE)
    for each in shown:
        pen.rectangle((each.left, each.top, each.left + each.side - 1, each.top + each.side - 1), _LIGHT)
        picture = Image.fromarray(each.plane)
        picture.thumbnail((each.side, each.side), Image.Resampling.BOX)
        inner = ((each.side - length) // 2 for length in picture.size)
        sheet.paste(picture, (each.left + next(inner), each.top + next(inner)))
        _write(pen, (each.left, each.top + each.side + 18), each.caption, small, _INK)
    file = io.BytesIO()
    sheet.save(file, "png", optimize=True)
    return file.getvalue()


def _write(
    pen: ImageDraw, place: tuple[int, int], text: str, font: FreeTypeFont | ImageFont, ink: int
) -> None:
    pen.text(place, text, fill=ink, font=font, anchor="ls")


class _Frames:
    """The frames of a file, by number; of one that lost its boxes, the first pictures."""

    def __init__(self, source: Source) -> None:
        self._reader = VideoReader(source)
        config = self._reader.config
        self._extents = list(boxes.samples(source)) if config is not None else []
        self._planes = [] if self._extents else list(islice(foreign.pictures(source), 12))
        self._pixels = config.layout.pixels if config is not None and self._extents else 1
        self.count = len(self._extents) or len(self._planes)
        frames = f"{self.count:,} frames" if self._extents else "frames"
        medium = f"{config.codec} {config.profile}, " if config is not None else ""
        size = f" of {config.layout.width} x {config.layout.height} pixels" if config is not None else ""
        self.title = f"{source.name.rpartition('/')[2]}: {medium}{frames}{size}"

    def plane(self, number: int) -> Luma | None:
        """A frame; None when it is damaged."""
        return self._reader.plane(self._extents[number]) if self._extents else self._planes[number]

    def symbols(self, number: int) -> Luma | None:
        """What a frame shows, a pixel a module, without the white that no symbol fills."""
        plane = self.plane(number)
        if plane is None:
            return None
        modules = plane[self._pixels // 2 :: self._pixels, self._pixels // 2 :: self._pixels]
        rows, columns = (np.flatnonzero((modules < MIDDLE).any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return modules
        bottom, right = rows[-1] + 1 + QUIET, columns[-1] + 1 + QUIET
        return modules[:bottom, :right]


def _placed(frames: _Frames) -> Iterator[_Shown]:
    guide = min(_GUIDE, max(0, frames.count - 1))
    others = np.linspace(guide, frames.count - 1, _DETAILS + 2).astype(int).tolist() if frames.count else []
    if others:
        whole = others.pop(len(others) // 2)
        if (seen := frames.symbols(whole)) is not None:
            least = min(seen.shape)
            alone = max(seen.shape) >= 2 * least  # symbols in one row would fill little of the place
            what = ", its first symbol" if alone else ""
            large = _enlarged(seen[:least, :least] if alone else seen, LARGE)
            yield _Shown(_GAP, _HEAD, LARGE, large, f"frame {whole + 1}{what}")
    for place in range(guide):
        if (seen := frames.plane(place)) is not None:
            yield _Shown(3 * _GAP + 2 * CELL, _HEAD, CELL, seen, "frame 1: the guide")
    top = _HEAD + LARGE + _CAPTION + _GAP
    for place, number in enumerate(dict.fromkeys(others)):
        if place < _DETAILS and (seen := frames.symbols(number)) is not None:
            corner = seen[: CELL // 2, : CELL // 2]
            yield _Shown(
                _GAP + place * (CELL + _GAP),
                top,
                CELL,
                _enlarged(corner, CELL),
                f"frame {number + 1}, its corner",
            )


def _enlarged(plane: Luma, side: int) -> Luma:
    """As many times its size as fits: by a whole number, so that all modules are alike."""
    times = max(1, side // max(plane.shape))
    return np.kron(plane, np.ones((times, times), np.uint8))

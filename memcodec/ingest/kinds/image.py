"""Pictures (JPEG, PNG, TIFF, WebP, BMP, GIF, AVIF): the text that is seen in them, and what they say of themselves.

A TIFF's pages are places. Of what moves, the first picture is read.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from memcodec.errors import MissingExtra, SourceError
from memcodec.ingest.kinds import bitmaps
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.captions import captions
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.ocr import SIDE
from memcodec.ingest.kinds.recognition import Recognition

if TYPE_CHECKING:
    from PIL.Image import Image


def extract(data: bytes, name: str, recognition: Recognition) -> Extracted:
    """The picture's text. Raises SourceError; MissingExtra where it says nothing of itself and none can read it."""
    from PIL import UnidentifiedImageError

    with reading(name, "picture"):
        try:
            with bitmaps.opened(data) as image:
                return _extracted(image, recognition)
        except UnidentifiedImageError:
            raise SourceError(f"{name}: damaged picture: of no format that is known") from None
        except SourceError as error:
            raise SourceError(f"{name}: {error}") from None


def _extracted(image: Image, recognition: Recognition) -> Extracted:
    out = Builder(recognition=recognition)
    said = captions(image, gps=recognition.wanted.gps)
    for paragraph in said.paragraphs:
        out.paragraph(paragraph)
    count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    recognition.total = count
    for number in range(count):
        if count > 1:
            out.place(f"page {number + 1}")
        image.seek(number)
        out.drawn(partial(_upright, image), f"page {number + 1}" if count > 1 else "")
    if recognition.missing and not said.paragraphs:
        raise MissingExtra(recognition.missing)
    return out.build(title=said.title, author=said.author, time=said.time)


def _upright(image: Image) -> Image:
    return bitmaps.upright(image.copy(), SIDE)

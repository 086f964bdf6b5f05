"""Pictures as pixels, by Pillow, within bounds: of few formats, upright, no larger than is looked at."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

from memcodec.config.units import format_count
from memcodec.errors import SourceError
from memcodec.ingest.kinds.limits import reading

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 160_000_000  #: of a picture: A4 at 1,200 dpi has 139 million
_ENOUGH = 4  # times the side of a square: a picture's longer side before its middle is taken
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "AVIF")


@contextmanager
def opened(data: bytes) -> Iterator[Image]:
    """The picture, not yet decoded. Raises SourceError for too many pixels, and what Pillow raises."""
    from PIL import Image

    with warnings.catch_warnings(action="ignore"):  # of large and of odd pictures: the bound is ours
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            check_size(image)
            yield image


def check_size(image: Image) -> None:
    """Raises SourceError."""
    if image.width * image.height > MAX_PIXELS:
        raise SourceError(f"a picture of more than {format_count(MAX_PIXELS)} pixels; scale it down")


def upright(image: Image, side: int) -> Image:
    """A copy in RGB, on white where it is transparent, turned as its EXIF says, its sides at most ``side``."""
    from PIL import Image, ImageOps

    check_size(image)
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = _shallow(image)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def square(data: bytes, name: str, side: int) -> bytes:
    """The middle of a picture, its shorter side as long as ``side``: RGB, a byte each. Raises SourceError."""
    from PIL import Image, ImageOps

    with reading(name, "picture"), opened(data) as image:
        shown = upright(image, _ENOUGH * side)
        return ImageOps.fit(shown, (side, side), Image.Resampling.BICUBIC).tobytes()


def _shallow(image: Image) -> Image:
    """A picture of more than 8 bits a pixel, its brightest white."""
    import numpy as np
    from PIL import Image

    deep = np.asarray(image, np.float32)
    return Image.fromarray((deep * (255 / max(1.0, float(deep.max())))).clip(0, 255).astype(np.uint8))

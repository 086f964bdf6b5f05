"""Photographs and scans as grey pictures: PNG, JPEG, TIFF and PDF, of which none is trusted: a child reads them."""

from __future__ import annotations

import contextlib
import math
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from memcodec.errors import SourceError
from memcodec.isolation import child
from memcodec.share.paper.symbol import Luma
from memcodec.storage.descriptors import open_regular

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 160_000_000  #: of a picture: A4 at 1,200 dpi has 139 million
MOST_PICTURES = 2_000  #: in one file
MOST_BYTES = 1 << 30  #: of a file
PDF_DPI = 300
_PDF_PIXELS = 40_000_000  #: a page is drawn coarser where it would have more
_FORMATS = ("PNG", "JPEG", "TIFF")
_WHITE = 255


def read(path: Path) -> Iterator[Luma]:
    """Every picture in a file, [height, width]. Raises SourceError for what is none, or too large."""
    try:
        with open_regular(path) as file:
            if (size := os.fstat(file.fileno()).st_size) > MOST_BYTES:
                raise SourceError(f"{size:,} bytes are too many for a picture; scan at 300 dots an inch")
            for head, data in child.stream(f"{__name__}:_drawn_in_child", file):
                yield np.frombuffer(data, np.uint8).reshape(head["shape"])
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from error
    except child.Ended as error:
        raise SourceError(f"{path}: what draws it crashed, or took too long; scan the page again") from error


def _drawn_in_child(file: BinaryIO) -> Iterator[child.Piece]:
    """In the child."""
    is_pdf = b"%PDF-" in file.read(1024)
    file.seek(0)
    for picture in _pdf(file) if is_pdf else _images(file):
        yield {"shape": picture.shape}, picture.tobytes()


def _images(file: BinaryIO) -> Iterator[Luma]:
    """The pictures of an image file; a TIFF may have several."""
    from PIL import Image

    with _refused():
        with _quiet():
            image = Image.open(file, formats=_FORMATS)
        with image:
            for number in range(_counted(getattr(image, "n_frames", 1))):
                yield _frame(image, number)


def _frame(image: Image, number: int) -> Luma:
    with _quiet():
        image.seek(number)
        if image.width * image.height > MOST_PIXELS:
            raise _too_large()
        return _grey(image)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without Pillow's warnings of large and of odd pictures: the bound is ours, and what can be read is read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _refused() -> Iterator[None]:
    """Pillow's errors as ours."""
    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except UnidentifiedImageError as error:
        raise SourceError("not a PNG, JPEG, TIFF or PDF; convert it to one of these") from error
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise SourceError("the picture is damaged; scan or photograph the page again") from error


def _grey(image: Image) -> Luma:
    """As grey, 8 bits, on white where it is transparent."""
    from PIL import Image

    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        deep = np.asarray(image, np.float32)
        return (deep * (_WHITE / max(1.0, float(deep.max())))).clip(0, _WHITE).astype(np.uint8)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.asarray(image.convert("L"))


def _pdf(file: BinaryIO) -> Iterator[Luma]:
    """The pages of a PDF, drawn."""
    import pypdfium2

    try:
        with contextlib.closing(pypdfium2.PdfDocument(file)) as document:
            for number in range(_counted(len(document))):
                page = document[number]
                yield _drawn(page)
                page.close()
    except pypdfium2.PdfiumError as error:
        raise SourceError("the PDF cannot be drawn; is it damaged, or locked with a password?") from error


def _drawn(page: Any) -> Luma:
    width, height = page.get_size()  # points
    if not (0 < width < 1e5 and 0 < height < 1e5):
        raise _too_large()
    scale = min(PDF_DPI / 72, math.sqrt(_PDF_PIXELS / (width * height)))
    bitmap = page.render(scale=scale, grayscale=True)
    drawn = np.array(bitmap.to_numpy())
    bitmap.close()
    return drawn.reshape(drawn.shape[:2])


def _counted(count: int) -> int:
    if count > MOST_PICTURES:
        raise SourceError(f"{count:,} pages are too many; split it, {MOST_PICTURES:,} are the most")
    return count


def _too_large() -> SourceError:
    return SourceError("the picture is too large; scan at 300 dots an inch")

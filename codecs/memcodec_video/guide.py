"""The guide: a page that a person watches, of drawn text above a plain QR code that says it all."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np

from memcodec.errors import CodecError
from memcodec_video.layout import DARK, LIGHT, Layout, Luma

_MARGIN = 12
_LINE = 18  # pixels from line to line
_SIZE = 14  # pixels, of the letters
_LEAST = 2  # pixels a module: larger ones are seen better and take more bytes
_GRID = 8  # pixels
_CHARACTER = 8.2  # pixels; wider than they are on average, so that every line fits


def draw_page(texts: Sequence[str], layout: Layout) -> Luma:
    """A page as a luma plane of the layout's size: the first text in letters, for they take most of its bytes; all in
    the QR code. Raises CodecError when they are too long for it."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (layout.width, layout.height), LIGHT)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(_SIZE)
    # Two colours and nothing between: AV1's palette then takes a third of the bytes.
    draw.fontmode = "1"
    columns = int((layout.width - 2 * _MARGIN) / _CHARACTER)
    lines = [part for line in texts[0].splitlines() for part in textwrap.wrap(line, columns) or [""]]
    for number, line in enumerate(lines):
        draw.text((_MARGIN, _MARGIN + _LINE * (number + 1)), line, fill=DARK, font=font, anchor="ls")
    page: Luma = np.array(image)
    top = _MARGIN + _LINE * (len(lines) + 1)
    symbol = _symbol("\n\n".join(texts))
    pixels = min(
        (layout.height - top - _MARGIN - _GRID) // len(symbol), (layout.width - 2 * _MARGIN) // len(symbol)
    )
    pixels = min(pixels, max(_LEAST, layout.pixels))
    if pixels < _LEAST:
        raise CodecError("a guide page is too long to draw; split its text into more pages")
    # On the transform grid an enlarged symbol takes a sixth less.
    top = -(-top // _GRID) * _GRID
    left = (layout.width - len(symbol) * pixels) // 2 // _GRID * _GRID
    enlarged = np.kron(symbol, np.ones((pixels, pixels), np.uint8))
    page[top : top + len(enlarged), left : left + len(enlarged)] = enlarged
    return page


def _symbol(text: str) -> Luma:
    """The text's QR code with its quiet zone, one pixel a module."""
    import qrcode
    from qrcode.exceptions import DataOverflowError

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=4, mask_pattern=0)
    code.add_data(text.encode())
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise CodecError(
            "a guide page is too long for one QR code; split its text into more pages"
        ) from error
    return np.where(np.array(code.get_matrix(), bool), np.uint8(DARK), np.uint8(LIGHT))

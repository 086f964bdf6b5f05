"""Guide pages: frames a person watches, each a page of drawn text above the same text in a plain QR code."""

from __future__ import annotations

import textwrap

import numpy as np

from memcodec.errors import CodecError
from memcodec_video.layout import DARK, LIGHT, Layout, Luma

_MARGIN = 12
_LINE = 18  # pixels from line to line
_SIZE = 14  # pixels, of the letters
_CHARACTER = 8.2  # pixels; wider than they are on average, so that every line fits


def draw_page(text: str, layout: Layout) -> Luma:
    """The page as a luma plane of the layout's size. Raises CodecError when the text is too long for it."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (layout.width, layout.height), LIGHT)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(_SIZE)
    # Two colours and nothing between: AV1's palette then takes a third of the bytes.
    draw.fontmode = "1"
    columns = int((layout.width - 2 * _MARGIN) / _CHARACTER)
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, columns) or [""]]
    for number, line in enumerate(lines):
        draw.text((_MARGIN, _MARGIN + _LINE * (number + 1)), line, fill=DARK, font=font, anchor="ls")
    page: Luma = np.array(image)
    top = _MARGIN + _LINE * (len(lines) + 1)
    symbol = _symbol(text)
    pixels = min(
        (layout.height - top - _MARGIN) // len(symbol), (layout.width - 2 * _MARGIN) // len(symbol), 8
    )
    if pixels < 2:
        raise CodecError("a guide page is too long to draw; split its text into more pages")
    left = (layout.width - len(symbol) * pixels) // 2
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

"""Guide pages: frames a person watches, each a page of drawn text above the same text in a plain QR code."""

from __future__ import annotations

import textwrap

import numpy as np

from memcodec.errors import CodecError
from memcodec_video.layout import DARK, LIGHT, MIDDLE, Layout, Luma

_MARGIN = 12
_LINE = 18  # pixels from line to line
_SCALE = 0.45  # of OpenCV's Hershey Simplex, about 8 px a character
_CHARACTER = 8.2


def draw_page(text: str, layout: Layout) -> Luma:
    """The page as a luma plane of the layout's size. Raises CodecError when the text is too long for it."""
    import cv2

    page = np.full((layout.height, layout.width), LIGHT, np.uint8)
    columns = int((layout.width - 2 * _MARGIN) / _CHARACTER)
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, columns) or [""]]
    for number, line in enumerate(lines):
        place = (_MARGIN, _MARGIN + _LINE * (number + 1))
        cv2.putText(page, line, place, cv2.FONT_HERSHEY_SIMPLEX, _SCALE, DARK, 1, cv2.LINE_AA)
    # Two colours and nothing between: AV1's palette then takes a third of the bytes.
    page = np.where(page < MIDDLE, np.uint8(DARK), np.uint8(LIGHT))
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

"""A PDF page's text, the marks of notes parted from its words: PDFium gives "word" and a raised "1" as ``word1``."""

from __future__ import annotations

import ctypes
import re
from typing import Any

_BEHIND = re.compile(
    r"(?<=[^\W\d_]{4})\d{1,3}(?![\w.,]*\d)(?!\w)"
)  # not a unit, whose raised figure is a power
_BEFORE = re.compile(r"(?m)(?:^|(?<=[\r\n]))\d{1,3}(?=[^\W\d_]{2})")  # of the note itself
_SMALLER = 0.85  # of a raised figure, to what it hangs on


def page_text(pdfium: Any, page: Any) -> str:
    """The text in reading order; figures set smaller than the word that they touch stand in brackets."""
    textpage = page.get_textpage()
    text = str(textpage.get_text_bounded())
    found = sorted(
        [(match.span(), match.start() - 1) for match in _BEHIND.finditer(text)]
        + [(match.span(), match.end()) for match in _BEFORE.finditer(text)]
    )
    if not found or str(textpage.get_text_range()) != text:  # characters are asked for by number
        return text
    pieces, at = [], 0
    for (start, end), neighbour in found:
        if start >= at and _height(pdfium, textpage, start) < _SMALLER * _height(pdfium, textpage, neighbour):
            pieces += [text[at:start], f"[{text[start:end]}]"]
            at = end
    return "".join([*pieces, text[at:]])


def _height(pdfium: Any, textpage: Any, at: int) -> float:
    """A character's size, by the space that its font gives it; 0 where PDFium does not say."""
    box = pdfium.raw.FS_RECTF()
    index = pdfium.raw.FPDFText_GetCharIndexFromTextIndex(textpage, at)
    known = index >= 0 and pdfium.raw.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(box))
    return abs(box.top - box.bottom) if known else 0.0

"""A PDF page's text, mended where PDFium's is not what the page shows: the mark of a note stands apart from its word
("word" and a raised "1" come as ``word1``), and words written from right to left are not turned round.
"""

from __future__ import annotations

import ctypes
import re
from functools import cached_property
from typing import Any

_BEHIND = re.compile(
    r"(?<=[^\W\d_]{4})\d{1,3}(?![\w.,]*\d)(?!\w)"
)  # not a unit, whose raised figure is a power
_BEFORE = re.compile(r"(?m)(?:^|(?<=[\r\n]))\d{1,3}(?=[^\W\d_]{2})")  # of the note itself
_LEFTWARD = re.compile("[\u0590-\u05ff\u0620-\u065f\u066e-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]{2,}")
_SMALLER = 0.85  # of a raised figure, to what it hangs on
_SAMPLE = 200  # characters of a page that are asked whether the file says which letters they are
_UNKNOWN = 0.2  # of these that it does not, and the page is no text to rely on


class PageText:
    """The characters of a page. Each has a number, which is its place in ``text`` where PDFium adds none of its own."""

    def __init__(self, pdfium: Any, page: Any) -> None:
        self._raw, self._page = pdfium.raw, page.get_textpage()
        self._text = str(self._page.get_text_bounded())

    @cached_property
    def text(self) -> str:
        """In reading order; figures set smaller than the word that they touch stand in brackets."""
        text = self._text
        marks = sorted(
            [(match.span(), match.start() - 1) for match in _BEHIND.finditer(text)]
            + [(match.span(), match.end()) for match in _BEFORE.finditer(text)]
        )
        words = [match.span() for match in _LEFTWARD.finditer(text)]
        if (
            not (marks or words) or str(self._page.get_text_range()) != text
        ):  # characters are asked for by number
            return text
        edits = [
            ((start, end), f"[{text[start:end]}]")
            for (start, end), beside in marks
            if self._is_raised(start, beside)
        ]
        edits += [(span, text[slice(*span)][::-1]) for span in words if self._is_turned(*span)]
        return _edited(text, edits)

    @property
    def is_unknown(self) -> bool:
        """Whether the file does not say which letters the page's signs are: a font of its own, without their names."""
        count = self._page.count_chars()
        asked = range(0, count, max(count // _SAMPLE, 1))
        unknown = sum(bool(self._raw.FPDFText_HasUnicodeMapError(self._page, index) == 1) for index in asked)
        return unknown > _UNKNOWN * len(asked)

    def _is_raised(self, at: int, beside: int) -> bool:
        mark, word = self._box(at), self._box(beside)
        return bool(abs(mark.top - mark.bottom) < _SMALLER * abs(word.top - word.bottom))

    def _is_turned(self, start: int, end: int) -> bool:
        """Whether a word that is written leftward comes in the order of the page, left to right."""
        return bool(self._box(start).left < self._box(end - 1).left)

    def _box(self, at: int) -> Any:
        """Where a character stands, with the space that its font gives it; nowhere when PDFium does not say."""
        box = self._raw.FS_RECTF()
        index = self._raw.FPDFText_GetCharIndexFromTextIndex(self._page, at)
        if index >= 0:
            self._raw.FPDFText_GetLooseCharBox(self._page, index, ctypes.byref(box))
        return box


def _edited(text: str, edits: list[tuple[tuple[int, int], str]]) -> str:
    pieces, at = [], 0
    for (start, end), instead in sorted(edits):
        if start >= at:
            pieces += [text[at:start], instead]
            at = end
    return "".join([*pieces, text[at:]])

"""The marks that lead to notes. Set above a word, they are no part of it: they stand in brackets, ``word[1]``."""

from __future__ import annotations

import re

_MARK = re.compile(r"\d{1,3}(?:[,;–-] ?\d{1,3})*|[*†‡§¶]{1,4}")
_WORD = re.compile(r"[^\W\d_]{4}$")  # not a unit, whose raised figure is a power


def is_mark(raised: str, before: str) -> bool:
    """Whether ``raised``, set above the line behind the text ``before``, leads to a note."""
    return _MARK.fullmatch(raised.strip()) is not None and _WORD.search(before) is not None

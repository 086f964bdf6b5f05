"""Text that would steer a terminal, hide something or turn what stands around it."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

HOSTILE = (
    *map(chr, (*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x34F, 0x61C, 0x115F, 0x17B4, 0x180B, 0x180E)),
    *map(
        chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0)
    ),
    *map(chr, (0xFFF9, 0xD800, 0xDFFF, 0x1BCA0, 0x1D173, *range(0xE0000, 0xE0080), 0xE0FFF)),
)
_PAIRLESS = [each for each in HOSTILE if each != "\ud800"]  # JSON makes one character of a high and a low one
texts = st.lists(st.one_of(st.sampled_from(_PAIRLESS), st.text(max_size=4))).map("".join)


def steers(text: str) -> set[str]:
    """The characters that must not stand between ASCII letters."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs") or c in HOSTILE} - {"\n", "\t"}


MARKED = "a\x1b]0;owned\x07\x1b[2Jb\x9b2Jc\x7fd\x85e\u202ef\u2066g\u200bh\U000e0041i\u061cj\ufeffk"
"""A name or a text with one of each kind."""

"""Letters without their accents, points and vowel signs, as people type them."""

from __future__ import annotations

import unicodedata

# What decomposes into nothing simpler, and is typed so all the same (as Lucene's ASCIIFoldingFilter has it).
_PLAIN = {
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "ŧ": "t",
    "æ": "ae",
    "œ": "oe",
    "\u0640": "",
}
_LETTERS = {"й"}  # of an alphabet, though it decomposes


def without_accents(word: str) -> str:
    """A word in NFKC, its Latin, Greek, Cyrillic, Hebrew and Arabic letters bare. May be empty."""
    return word if word.isascii() else word.translate(_FOLDS)


def _is_accent(mark: str) -> bool:
    """The points of Hebrew, Arabic and Syriac, and what stands above, below or at a letter; no part of a syllable,
    as vowels and tones of Indian and Southeast Asian scripts are (Unicode, canonical combining classes)."""
    place = unicodedata.combining(mark)
    return 10 <= place <= 36 or place >= 200


class _Folds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        letter = chr(code)
        parts = unicodedata.normalize("NFD", letter)
        bare = "".join(part for part in parts if not _is_accent(part))
        if letter in _LETTERS or bare == parts:
            bare = letter
        self[code] = made = "".join(_PLAIN.get(part, part) for part in bare)
        return made


_FOLDS = _Folds()

"""Whether a text has a query's words as they are written: what stems and folded accents do not tell apart.

``C++`` and ``--verbose`` are no more than *c* and *verbose* to the index, and *José* is *Jose*. A text that holds such
a word as it stands keeps its score, one that does not loses some of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial

from memcodec.index.lexical.accents import without_accents
from memcodec.search.query import Query
from memcodec.search.query.nodes import Words, surfaces

COST = 0.9  #: the share of its score that a text loses which has none of the words as they are written
POOL = 50  #: chunks whose texts are looked at, or twice as many as are shown if that is more
_BEFORE, _BEHIND = "([{<\"'„“‘«¿¡", ".,;:!?…)]}>\"'”’»。、？！"  # of a sentence, not of the word in it
_ALONE, _CASELESS = 0.3, 0.9  # what is left where it is part of a longer word, and where capitals differ
_MORE = re.compile(r"[^\w'’-]|_|^-|-$|[^\x00-\x7f]")

Test = Callable[[str, str], float]  # of a text and of that without capitals: from 0 to 1


class Closeness:
    """Of one query, as a factor for scores: 1 for a text that has its words as they are written."""

    def __init__(self, query: Query) -> None:
        leaves = (leaf.text.split() for leaf in query.wanted if isinstance(leaf, Words))
        words = {word for each in leaves for text in each if (word := _bare(text))}
        #: whether it tells apart texts that the index does not
        self.is_special = any(map(_is_special, words))
        self._tests: list[Test] = [
            _written(each) if _is_special(each) else partial(_typed, each.casefold()) for each in words
        ]

    def __call__(self, text: str) -> float:
        if not self._tests or (text.isascii() and not self.is_special):
            return 1.0
        normal = unicodedata.normalize("NFC", text)
        seen = normal, normal.casefold()
        return 1 - COST * (1 - sum(test(*seen) for test in self._tests) / len(self._tests))


def _bare(word: str) -> str:
    """A word without the punctuation of its sentence: ``"C++",`` is ``C++``, but ``.profile`` is itself."""
    found = unicodedata.normalize("NFC", word).lstrip(_BEFORE).rstrip(_BEHIND)
    return found if (found.isascii() and found.isalnum()) or surfaces(found) else ""


def _is_special(word: str) -> bool:
    """Whether it is more than ASCII letters and digits, perhaps with hyphens or apostrophes between them."""
    return _MORE.search(word) is not None


def _written(word: str) -> Test:
    alike = word.casefold()
    exact, caseless = _pattern(word), _pattern(alike)

    def test(text: str, folded: str) -> float:
        if alike not in folded:
            return 0.0
        if exact(text):
            return 1.0
        return _CASELESS if caseless(folded) else _ALONE

    return test


def _pattern(word: str) -> Callable[[str], object]:
    """Finds a word where it is no part of a longer one: 1.2 is none of 1.2.3. Literal, so linear."""
    before = r"(?<![\w])(?<!\w[.:/-])" if word[0].isascii() else ""
    behind = r"(?!\w|[.:/-]\w)" if word[-1].isascii() else ""
    return re.compile(before + re.escape(word) + behind).search


def _typed(word: str, _text: str, folded: str) -> float:
    """A word without accents is taken to be meant so where a text has it with accents alone."""
    return float(word in folded or folded.isascii() or word not in without_accents(folded))

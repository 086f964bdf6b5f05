"""Tokens: how text becomes the terms of the lexical index, and a query becomes the same terms.

A word is a run of letters and digits with the marks and joiners inside it (Unicode general categories L, N,
M). Everything else separates, the underscore and the apostrophe too: ``PyObject_Call`` is two words. Scripts
written without spaces between words (Han, Kana, Thai, Lao, Khmer, Myanmar), and Hangul, whose words carry
their particles, give overlapping pairs of graphemes instead; a lone grapheme is a term by itself. A term is
the word cut to 64 characters, NFKC-normalised, case-folded and stemmed. There are no stop words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from operator import add
from typing import TYPE_CHECKING, Any

from memcodec.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, VERSION = "words", 1  # a change to any term of any text needs a new version
DEFAULT_LANGUAGE, NO_STEMMING = "english", "none"
MAX_TERM = 64  # characters: longer tokens are data, not words, and two that share their start are one term

_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_JOINERS = "\u00ad\u200c\u200d"  # soft hyphen, zero-width non-joiner and joiner: they stand inside words
_NO_JOINERS = dict.fromkeys(map(ord, _JOINERS))
_DENSE = (  # code blocks of the scripts that give pairs
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff"
)
_any_dense = re.compile(f"[{_DENSE}]").search


def languages() -> tuple[str, ...]:
    """Every language setting: "none" (no stemming) and the Snowball algorithms."""
    import Stemmer

    return (NO_STEMMING, *Stemmer.algorithms())


class Analyzer:
    """Cuts text into terms for one language setting. Raises ConfigError for one Snowball lacks."""

    def __init__(self, language: str = DEFAULT_LANGUAGE) -> None:
        if language not in languages():
            raise ConfigError(f"no stemmer for language {language!r}; choose one of {', '.join(languages())}")
        self.language = language
        self._stemmer: Any = None
        if language != NO_STEMMING:
            import Stemmer

            self._stemmer = Stemmer.Stemmer(language, 0)

    def tokens(self, text: str) -> list[str]:
        """The terms of ``text`` in order, repeats included."""
        return list(map(self.term, self.surfaces(text)))

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """The same terms with where each stands: ``(start, end, term)``, character offsets. Pairs overlap."""
        return [(start, end, self.term(text[start:end])) for start, end in self._places(text)]

    def surfaces(self, text: str) -> list[str]:
        """The tokens before ``term`` makes them terms. Takes time linear in the text."""
        if text.isascii():
            return text.translate(_ASCII).split()
        if not _any_dense(text):
            return list(self._words.findall(text))
        found: list[str] = []
        for run in chain.from_iterable(map(self._runs.findall, self._words.findall(text))):
            units = self._units(run)
            found += map(add, units, units[1:]) if len(units) > 1 else units
        return found

    def term(self, surface: str) -> str:
        """The term of one token: at most 64 characters, never empty."""
        word = surface[:MAX_TERM]
        if word.isascii():
            word = word.lower()
        else:
            word = unicodedata.normalize("NFKC", word.translate(_NO_JOINERS)).casefold()
            word = unicodedata.normalize("NFKC", word)[:MAX_TERM]
        if self._stemmer is None:
            return word
        # A stemmer may eat a whole word or, in some languages, lengthen one.
        return str(self._stemmer.stemWord(word))[:MAX_TERM] or word

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        for match in self._words.finditer(text):
            start, end = match.span()
            for run in self._runs.finditer(text, start, end):
                units, at = self._units(run[0]), run.start()
                if len(units) == 1:
                    yield run.span()
                for one, two in pairwise(units):
                    yield at, at + len(one) + len(two)
                    at += len(one)

    def _units(self, run: str) -> list[str]:
        # What pairs are made of; a run of one unit stands alone.
        return list(self._graphemes.findall(run)) if _any_dense(run) else [run]

    # The third-party pattern engine knows the Unicode properties; plain ASCII text never needs it.
    @cached_property
    def _words(self) -> Any:
        import regex

        return regex.compile(rf"[\p{{L}}\p{{N}}][\p{{L}}\p{{N}}\p{{M}}{_JOINERS}]*")

    @cached_property
    def _runs(self) -> Any:
        import regex

        attached = rf"\p{{M}}{_JOINERS}"
        return regex.compile(rf"[{_DENSE}][{_DENSE}{attached}]*|[^{_DENSE}]+")

    @cached_property
    def _graphemes(self) -> Any:
        import regex

        return regex.compile(r"\X")


#: the analyser of a language: loading a stemmer takes a moment
analyzer = lru_cache(8)(Analyzer)

"""Tokens: how text becomes the terms of the lexical index, and a query becomes the same terms.

A word is a run of letters and digits with the marks and joiners inside it (Unicode general categories L, N,
M). Everything else separates, the underscore and the apostrophe too: ``PyObject_Call`` is two words. Scripts
written without spaces between words (Han, Kana, Thai, Lao, Khmer, Myanmar), and Hangul, whose words carry
their particles, give overlapping pairs of graphemes instead; a lone grapheme is a term by itself. A term is the word
cut to 64 characters, NFKC-normalised, case-folded, without accents (accents.py) and stemmed (stems.py). Accents go
first in languages whose stems do not need them, last in others.

Behind the terms of a text stand more that it is found by: of words that have another stem when they are typed without
accents, and of the last grapheme of each run that gives pairs, so that every grapheme is what some term begins with.
There are no stop words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from operator import add
from typing import TYPE_CHECKING, Any, NamedTuple

from memcodec.errors import ConfigError
from memcodec.index.lexical.accents import without_accents
from memcodec.index.lexical.stems import NO_STEMMING, VERSIONS, differs, installed, languages, stem_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, VERSION = "words", 2  # a change to any term of any text needs a new version
FIRST = 1  #: the version that left accents, had no term for a run's end, and does not tell whose stems it has
DEFAULT_LANGUAGE = "english"
_GRAPHEME = 16  # characters, and more in none that is looked for alone
MAX_TERM = 64  # characters: longer tokens are data, not words, and two that share their start are one term

_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_JOINERS = "\u00ad\u200c\u200d"  # soft hyphen, zero-width non-joiner and joiner: they stand inside words
_NO_JOINERS = dict.fromkeys(map(ord, _JOINERS))
_DENSE = (  # code blocks of the scripts that give pairs
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff"
)
_any_dense = re.compile(f"[{_DENSE}]").search


# Of these a stemmer loses nothing when accents are taken off first: 99 of 100 pairs of words that it takes for one it
# still does. Of others, French or Polish, up to four in ten are lost.
_BARE = set(
    f"{NO_STEMMING} danish dutch earlymodernenglish english estonian finnish german greek indonesian lovins norwegian"
    " porter russian sesotho swedish".split()
)


class Analysis(NamedTuple):
    """How an index got its terms: what a query must do to find them. ``stemmer``: Snowball's version."""

    language: str
    version: int
    stemmer: str

    @property
    def rule(self) -> Analysis:
        """The same for all that give the same terms."""
        if self.language == NO_STEMMING or (self.stemmer in VERSIONS and not differs(self.language)):
            return self._replace(stemmer=VERSIONS[-1])
        return self


def analysis_of(language: str) -> Analysis:
    """As an index is made now."""
    return Analysis(language, VERSION, installed()).rule


class Analyzer:
    """Cuts text into terms by one rule. Raises ConfigError for a language Snowball lacks, and as ``stem_of``."""

    def __init__(self, language: str | Analysis = DEFAULT_LANGUAGE) -> None:
        name = language if isinstance(language, str) else language.language
        if name not in languages():
            raise ConfigError(f"no stemmer for language {name!r}; choose one of {', '.join(languages())}")
        self.analysis = analysis_of(language) if isinstance(language, str) else language
        self.language, version, stemmer = self.analysis
        self._stem = stem_of(self.language, stemmer)
        self._has_accents, self._has_more = version == FIRST, version != FIRST
        self._typed = lru_cache(1 << 14)(self._without_accents)

    def tokens(self, text: str) -> list[str]:
        """The terms of ``text`` in order, repeats included."""
        return list(map(self.term, self.surfaces(text)))

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """The same terms with where each stands: ``(start, end, term)``, character offsets. Pairs overlap."""
        return [(start, end, self.term(text[start:end])) for start, end in self._places(text)]

    def indexed(self, text: str) -> list[str]:
        """What stands for a text in an index: its surfaces, then others by which it is found as well.

        These are words as they are typed without accents, where their stem is another one then, and the last grapheme
        of each run that gives pairs.
        """
        found = self.surfaces(text)
        if self._has_more and not text.isascii():
            if self.language not in _BARE:
                found += list(filter(None, map(self._typed, found)))
            found += self._ends(text) if _any_dense(text) else []
        return found

    def _without_accents(self, surface: str) -> str:
        """A token as it is typed without its accents, if that has another term; "" otherwise."""
        typed = "" if surface.isascii() else self.plain(surface)
        return typed if typed and self.term(typed) != self.term(surface) else ""

    def _ends(self, text: str) -> list[str]:
        runs = chain.from_iterable(map(self._runs.findall, self._words.findall(text)))
        return [units[-1] for units in map(self._units, runs) if len(units) > 1]

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
        word = self._bare(surface)
        if self._stem is None:
            return word
        # A stemmer may eat a whole word or, in some languages, lengthen one.
        stem = self._stem(word)
        if not self._has_accents and not stem.isascii():
            stem = without_accents(stem)
        return stem[:MAX_TERM] or word

    def plain(self, surface: str) -> str:
        """A token that is not stemmed: what its term and those of longer words begin with."""
        word = self._bare(surface)
        return word if self._has_accents or word.isascii() else without_accents(word) or word

    def _bare(self, surface: str) -> str:
        word = surface[:MAX_TERM]
        if word.isascii():
            return word.lower()
        word = unicodedata.normalize("NFKC", word.translate(_NO_JOINERS)).casefold()
        word = unicodedata.normalize("NFKC", word)[:MAX_TERM]
        if self._has_accents or self.language not in _BARE:
            return word
        return without_accents(word)[:MAX_TERM] or word

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


def gives_pairs(text: str) -> bool:
    """Whether any of it is in a script that gives pairs of graphemes instead of words."""
    return _any_dense(text) is not None


def is_lone(surface: str) -> bool:
    """Whether a token is one grapheme of a script that gives pairs: in a longer run it begins a pair, or ends it."""
    if not _any_dense(surface) or len(surface) > _GRAPHEME:
        return False
    return len(analyzer(NO_STEMMING)._units(surface)) == 1


#: the analyser of a rule: loading a stemmer takes a moment
analyzer = lru_cache(16)(Analyzer)

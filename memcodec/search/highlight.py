"""Snippets: the stretch of a chunk that best shows why it matched, and where in it the words stand."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from memcodec.index.lexical.tokens import Analyzer, is_lone
from memcodec.search.pattern import pattern
from memcodec.search.query import Query
from memcodec.search.query.nodes import Beginning, Phrase, Words, prefix, surfaces

if TYPE_CHECKING:
    from memcodec.search.results import Results

WIDTH = 200  # characters of text
CUT = "…"  # stands where text was left out
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")  # a stored escape sequence must not reach a terminal


class Snippet(NamedTuple):
    """One line of text, and the ``(start, end)`` character spans in it that match; they do not overlap."""

    text: str
    spans: list[tuple[int, int]]


class Highlighter:
    """Finds in texts what was looked for, as ``find`` does."""

    def __init__(self, find: Callable[[str], list[Mark]]) -> None:
        self._find = find

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The stretches of a text that match, in order; they may overlap."""
        return [(start, end) for start, end, _ in self._find(text)]

    def snippet(self, text: str) -> Snippet:
        """The stretch that best shows why a text matched."""
        return excerpt(text, self._find(text))


def highlighter(results: Results) -> Highlighter:
    """Of what a search looked for: words and phrases, or a pattern."""
    if results.mode in ("exact", "regex"):
        spans = pattern(results.query, is_regex=results.mode == "regex")
        return Highlighter(lambda text: [Mark(*span, "") for span in spans(text)])
    analyzer = Analyzer(results.language)
    return Highlighter(lambda text: marks(text, results.parsed, analyzer))


def snippet(text: str, query: str | Query, analyzer: Analyzer, width: int = WIDTH) -> Snippet:
    """The stretch of at most ``width`` characters with the most different words and phrases of ``query``.

    It begins and ends between words where it can; blanks and control characters fold into one space, and "…"
    marks each end that was cut. Without a match it is the beginning of ``text``.
    """
    return excerpt(text, marks(text, query, analyzer), width)


def excerpt(text: str, matches: Sequence[Mark], width: int = WIDTH) -> Snippet:
    """As ``snippet``, of matches in their order."""
    low, high = _densest(matches, width)
    start, end = _widen(text, low, high, width)
    inside = _merged(
        [(max(left, start), min(right, end)) for left, right, _ in matches if left < end and right > start]
    )
    return _fold(text, start, end, inside)


def _densest(matches: Sequence[Mark], width: int) -> tuple[int, int]:
    """First match to last of the stretch with the most different terms, then most matches, then earliest."""
    best, span = (0, 0), (0, 0)
    held: Counter[str] = Counter()
    first = 0
    for last, (_, end, term) in enumerate(matches):
        held[term] += 1
        while first < last and end - matches[first][0] > width:
            held[matches[first][2]] -= 1
            first += 1
        value = (len(+held), last - first + 1)
        if value > best:
            best, span = value, (matches[first][0], end)
    return span


def _widen(text: str, low: int, high: int, width: int) -> tuple[int, int]:
    """``width`` characters around the matches, less what it takes to begin and end between words."""
    high = min(high, low + width)
    start = max(0, low - (width - (high - low)) // 3)  # what follows a match says more than what precedes it
    end = min(len(text), start + width)
    start = max(0, end - width)
    return _begin(text, start, low), _finish(text, high, end)


def _begin(text: str, start: int, low: int) -> int:
    if start == 0 or text[start - 1].isspace():
        return start
    gap = next((at for at in range(start, low) if text[at].isspace()), None)
    if gap is not None:
        return gap + 1
    while start < low and unicodedata.category(text[start])[0] == "M":
        start += 1
    return start


def _finish(text: str, high: int, end: int) -> int:
    if end == len(text) or text[end].isspace():
        return end
    gap = next((at for at in range(end - 1, high - 1, -1) if text[at].isspace()), None)
    if gap is not None:
        return gap
    while end > high and unicodedata.category(text[end])[0] == "M":
        end -= 1
    return end


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _fold(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> Snippet:
    out = CUT if start > 0 else ""
    found, at = [], start
    for left, right in spans:
        out += _BLANK.sub(" ", text[at:left])
        found.append((len(out), len(out) + right - left))
        out += text[left:right]
        at = right
    return Snippet(out + _BLANK.sub(" ", text[at:end]) + (CUT if end < len(text) else ""), found)


Token = tuple[int, int, str]


class Mark(NamedTuple):
    """A stretch of text, in characters, and what of the query it is."""

    start: int
    end: int
    what: str


def marks(text: str, query: str | Query, analyzer: Analyzer) -> list[Mark]:
    """Where a query is found in a text, in its order; they may overlap. A ``str`` is plain words."""
    wanted = query.wanted if isinstance(query, Query) and not query.is_plain else None
    if wanted is None:
        plain = query.text if isinstance(query, Query) else query
        words, begins, phrases = surfaces(plain), tuple[str, ...](), list[list[str]]()
    else:
        words = tuple(each for leaf in wanted if isinstance(leaf, Words) for each in surfaces(leaf.text))
        begins = tuple(prefix(leaf, analyzer) for leaf in wanted if isinstance(leaf, Beginning))
        phrases = [_terms(leaf, analyzer) for leaf in wanted if isinstance(leaf, Phrase)]
    terms = set(map(analyzer.term, words))
    tokens = analyzer.spans(text)
    found = [Mark(*each) for each in tokens if each[2] in terms or (begins and each[2].startswith(begins))]
    for lone in filter(is_lone, words):
        found += _graphemes(text, lone)
    for phrase in phrases:
        found += _phrases(tokens, phrase)
    return sorted(set(found))


def _graphemes(text: str, lone: str) -> Iterator[Mark]:
    """Where a grapheme stands that words are not told apart by."""
    at = text.find(lone)
    while at >= 0:
        yield Mark(at, at + len(lone), lone)
        at = text.find(lone, at + len(lone))


def _terms(leaf: Words | Phrase, analyzer: Analyzer) -> list[str]:
    return [analyzer.term(each) for each in surfaces(leaf.text)]


def _phrases(tokens: Sequence[Token], phrase: Sequence[str]) -> Iterator[Mark]:
    for at, token in enumerate(tokens):
        if token[2] == phrase[0] and [each[2] for each in tokens[at : at + len(phrase)]] == list(phrase):
            yield Mark(token[0], tokens[at + len(phrase) - 1][1], " ".join(phrase))

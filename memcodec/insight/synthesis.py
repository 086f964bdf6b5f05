"""Synthesis: sentences that answer a query, or sum up what there is, as the documents say them, each with its place.

The passages come from a search; their sentences of prose are candidates, and those are taken that cover most of what
the passages speak of and differ from each other (summary.py). Nothing is worded anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import log
from typing import Literal, NamedTuple

from memcodec.errors import ConfigError
from memcodec.file.filter import Filter
from memcodec.file.reader import Reader
from memcodec.index.lexical.accents import without_accents
from memcodec.index.lexical.tokens import DEFAULT_LANGUAGE, Analyzer, analyzer
from memcodec.insight import stopwords, summary
from memcodec.insight.sentences import sentences
from memcodec.insight.summary import Candidate
from memcodec.insight.values import Cite, Statement, Synthesis
from memcodec.model import Hit
from memcodec.search.corpus import Indexes
from memcodec.search.engine import Searcher

Kind = Literal["summary", "insights", "timeline"]
PASSAGES, WORDS = 30, 200
MOST_PASSAGES, MOST_WORDS = 200, 5000
_ALIKE = 0.8  # of the terms of the shorter of two sentences: they say the same
_LINE_ENDS = re.compile(r"\n")
_BEGINS = re.compile(
    r"[.!?…][\"'”’»)\]]{0,3}\s{1,40}(?=[\"'“‘«(\[`*]{0,3}[^\W\d_a-z])|\n[ \t]{0,40}\n"
)  # a sentence
_MONTHS = "january february march april may june july august september october november december".split()
_YEAR = r"(?:1[5-9]|20)\d\d"
_DATE = re.compile(
    rf"\b(?:(?P<iso>{_YEAR}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)"
    rf"|(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{'|'.join(_MONTHS)})\s+"
    rf"(?:(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?(?P<year>{_YEAR})"
    rf"|(?:in|since|until|by|of|from)\s+(?P<alone>{_YEAR}))\b",
    re.I,
)


class Said(NamedTuple):
    """A sentence as a candidate, and where it stands."""

    candidate: Candidate
    cite: Cite
    hit: Hit


class Words:
    """The content words of texts, as the index has them, and how rare they are in it."""

    def __init__(self, indexes: Indexes) -> None:
        lexical = indexes.lexical
        self._analyzer: Analyzer = analyzer(lexical[0][1].analyses[0] if lexical else DEFAULT_LANGUAGE)
        self._indexes = indexes
        self._stops = stopwords.terms_of(self._analyzer.language) | stopwords.terms_of("english")
        self._term = lru_cache(1 << 16)(self._analyzer.term)
        self.rarity = lru_cache(1 << 16)(self._rarity)

    def __call__(self, text: str) -> tuple[str, ...]:
        """The terms of the content words of a text, in order."""
        found = (self._term(each) for each in self._analyzer.surfaces(text))
        return tuple(each for each in found if len(each) > 1 and without_accents(each) not in self._stops)

    def _rarity(self, term: str) -> float:
        chunks = max(1, sum(segment.chunks for _, segment in self._indexes.lexical))
        held = sum(entry.df for _, segment in self._indexes.lexical if (entry := segment.lookup(term)))
        return log(1 + chunks / (1 + held))


def synthesis(
    readers: Sequence[Reader],
    searcher: Searcher,
    query: str,
    kind: Kind = "summary",
    only: Filter | None = None,
    words: int = WORDS,
    passages: int = PASSAGES,
) -> Synthesis:
    """What the passages that answer a query say, in at most ``words`` words. Raises ConfigError."""
    check(query, kind, words, passages)
    results = searcher.search(query, passages, only=only)
    measure = Words(Indexes(readers))
    said = list(spoken(results, measure))
    asked = frozenset(measure(results.parsed.text or query))
    weight = _weights(said, measure, asked)
    if kind == "insights":
        made = _insights(said, weight, words, asked, measure)
    else:
        made = (_timeline if kind == "timeline" else _summary)(said, weight, words)
    notes = [*results.notes]
    if not results:
        notes.append("no passage answers the query")
    elif not made:
        notes.append("the passages that answer hold no sentences of prose")
    return Synthesis(query, kind, tuple(made), len(results), notes=tuple(notes))


def check(query: str, kind: str, words: int, passages: int) -> None:
    """Raises ConfigError for what cannot be meant."""
    if not query.strip():
        raise ConfigError("the query is empty; say what it is about")
    if kind not in ("summary", "insights", "timeline"):
        raise ConfigError(f"type {kind!r}: must be summary, insights or timeline")
    if not 1 <= words <= MOST_WORDS:
        raise ConfigError(f"words {words}: must be from 1 to {MOST_WORDS:,}")
    if not 1 <= passages <= MOST_PASSAGES:
        raise ConfigError(f"passages {passages}: must be from 1 to {MOST_PASSAGES}")


def spoken(hits: Sequence[Hit], measure: Words) -> Iterator[Said]:
    """The sentences of some hits, those that say the same once."""
    told = list[frozenset[str]]()
    best = max((hit.score for hit in hits), default=1.0) or 1.0
    for hit in hits:
        size = max(1, hit.document.size)
        # A chunk may begin and end within a sentence: what is cut off there is no sentence.
        lines = hit.text.split("\n")
        for each in sentences(_whole(hit)):
            terms = measure(each.text)
            held = frozenset(terms)
            if not held or any(len(held & other) >= _ALIKE * min(len(held), len(other)) for other in told):
                continue
            told.append(held)
            line = hit.line.first + min(each.line, len(lines) - 1)
            cite = Cite(hit.file, hit.chunk, hit.document.uri, line, hit.document.id)
            worth = 0.5 + 0.5 * hit.score / best
            yield Said(
                Candidate(each.text, terms, len(each.text.split()), hit.start / size, each.place == 0, worth),
                cite,
                hit,
            )


def _whole(hit: Hit) -> str:
    """A chunk's text from where its first whole sentence begins, after as many lines as are left out."""
    begun = hit.text.lstrip()[:1]
    if hit.start == 0 or begun.isupper():
        return hit.text
    cut = (_BEGINS if begun.islower() else _LINE_ENDS).search(hit.text)
    if cut is None:
        return "" if begun.islower() else hit.text
    return "\n" * hit.text.count("\n", 0, cut.end()) + hit.text[cut.end() :]


def _weights(said: Sequence[Said], measure: Words, asked: frozenset[str]) -> dict[str, float]:
    headings = {
        term: 1.0
        for each in said
        for heading in (each.hit.document.title, *each.hit.path)
        for term in measure(heading)
    }
    return summary.weights([each.candidate for each in said], measure.rarity, headings, asked)


def _summary(said: Sequence[Said], weight: dict[str, float], words: int) -> list[Statement]:
    chosen = summary.choose([each.candidate for each in said], weight, words)
    return [Statement(said[at].candidate.text, (said[at].cite,)) for at in chosen]


def _insights(
    said: Sequence[Said], weight: dict[str, float], words: int, asked: frozenset[str], measure: Words
) -> list[Statement]:
    """Sentences that bring what was asked together with what the passages speak of most beside it."""
    heavy = [
        term for term, _ in sorted(weight.items(), key=lambda item: (-item[1], item[0])) if term not in asked
    ]
    found, used, room = list[Statement](), set[int](), words
    for term in heavy[:60]:
        holding = [
            at
            for at, each in enumerate(said)
            if at not in used and term in each.candidate.terms and asked & set(each.candidate.terms)
        ]
        if not holding:
            continue
        best = max(holding, key=lambda at: (_density(said[at].candidate, weight), -at))
        if said[best].candidate.words > room:
            continue
        used.add(best)
        room -= said[best].candidate.words
        both = tuple(sorted(asked & set(said[best].candidate.terms)))
        about = tuple(_as_written(said[best], each, measure) for each in (*both, term))
        found.append(Statement(said[best].candidate.text, (said[best].cite,), about=about))
    return found


def _density(candidate: Candidate, weight: dict[str, float]) -> float:
    held = sum(weight.get(term, 0.0) for term in set(candidate.terms))
    return held / float(max(8, candidate.words) ** summary.CHARGED)


def _as_written(said: Said, term: str, measure: Words) -> str:
    """The word of a sentence that a term comes from."""
    return next(
        (word.lower() for word in re.findall(r"\w+", said.candidate.text) if term in measure(word)), term
    )


def _timeline(said: Sequence[Said], weight: dict[str, float], words: int) -> list[Statement]:
    """Sentences in the order of the dates that they tell, or of their documents."""
    dated = [at for at, each in enumerate(said) if date_in(each.candidate.text)]
    rest = [at for at in range(len(said)) if at not in set(dated)]
    room, chosen = words, list[int]()
    for some in (dated, rest):
        if some is rest and chosen:
            break
        picked = summary.choose([said[at].candidate for at in some], weight, room)
        chosen += [some[at] for at in picked]
    made = [
        Statement(
            said[at].candidate.text,
            (said[at].cite,),
            time=date_in(said[at].candidate.text) or f"{said[at].hit.document.time:%Y-%m-%d}",
        )
        for at in chosen
    ]
    return sorted(made, key=lambda each: (each.time, each.cites))


def date_in(text: str) -> str:
    """The first date that a sentence tells, as far as it does: 1998, 1998-04, 1998-04-03."""
    match = _DATE.search(text)
    if match is None:
        return ""
    if match["iso"] or match["alone"]:
        return str(match["iso"] or match["alone"])
    month, day = _MONTHS.index(match["month"].lower()) + 1, match["day"] or match["day2"]
    return f"{match['year']}-{month:02}" + (f"-{int(day):02}" if day and 1 <= int(day) <= 31 else "")

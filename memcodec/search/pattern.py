"""Texts that hold a string as it stands, or match a regular expression, in the order of the files.

Expressions are those of RE2, which takes time linear in the text whatever they are (R. Cox, "Regular Expression
Matching in the Wild", 2010). The words inside a string tell which chunks may hold it; others are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from memcodec.errors import ConfigError
from memcodec.file.places import ChunkPlace
from memcodec.format.arrays import Mask
from memcodec.search.corpus import Indexes
from memcodec.search.fusion import Ranked
from memcodec.search.passages import Candidate
from memcodec.search.query.nodes import surfaces

LONGEST = 4096  #: characters of a pattern
_MEMORY = 16 << 20  # bytes that an expression may take
_AT_ONCE = 64  # chunks

Spans = Callable[[str], Iterator[tuple[int, int]]]  # where a pattern stands in a text, in characters


def pattern(text: str, *, is_regex: bool) -> Spans:
    """What finds a string, or an expression. Raises ConfigError for one that cannot be read, or is empty."""
    if not text or len(text) > LONGEST:
        raise ConfigError(f"a pattern has from 1 to {LONGEST:,} characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigError("the pattern is not Unicode text") from None
    return _expression(text) if is_regex else _string(text)


def _string(text: str) -> Spans:
    def spans(within: str) -> Iterator[tuple[int, int]]:
        at = within.find(text)
        while at >= 0:
            yield at, at + len(text)
            at = within.find(text, at + len(text))

    return spans


def _expression(text: str) -> Spans:
    import re2

    options: Any = re2.Options()
    options.max_mem, options.log_errors = _MEMORY, False
    try:
        compiled = re2.compile(text, options)
    except re2.error as error:
        why = error.args[0].decode("utf-8", "replace") if error.args else "it cannot be read"
        raise ConfigError(f"regular expression: {why}; the syntax is RE2's") from None
    return lambda within: (found.span() for found in compiled.finditer(within) if found.end() > found.start())


def scan(
    indexes: Indexes, spans: Spans, string: str | None, allowed: Sequence[Mask | None], k: int
) -> list[Candidate]:
    """The first ``k`` chunks that a match begins in. ``string``: what all of them hold, if that is known."""
    return list(islice(_found(indexes, spans, _words_inside(string or ""), allowed), k))


def _found(
    indexes: Indexes, spans: Spans, words: Sequence[str], allowed: Sequence[Mask | None]
) -> Iterator[Candidate]:
    holding = _holding(indexes, words)
    for number, ((_, run), mask) in enumerate(zip(indexes.runs, allowed, strict=True)):
        chosen = np.ones(run.record.chunks, np.bool_) if mask is None else mask
        chunks = np.flatnonzero(chosen & holding[number] if number in holding else chosen).tolist()
        for at in range(0, len(chunks), _AT_ONCE):
            yield from _matching(indexes, number, chunks[at : at + _AT_ONCE], spans)


def _matching(indexes: Indexes, number: int, chunks: Sequence[int], spans: Spans) -> Iterator[Candidate]:
    """The chunks of a run that a match begins in; it may end in the next one."""
    last = indexes.runs[number][1].record.chunks - 1
    wanted = sorted({each for chunk in chunks for each in (chunk, min(chunk + 1, last))})
    ranked = [Ranked(number, chunk, 1.0) for chunk in wanted]
    places = dict(zip(wanted, indexes.places(ranked), strict=True))
    mine = [Ranked(number, chunk, 1.0) for chunk in chunks]
    windows = [_window(places[chunk], places[min(chunk + 1, last)]) for chunk in chunks]
    for each, window, text in zip(mine, windows, indexes.texts(mine, windows), strict=True):
        place, following = places[each.chunk], places[min(each.chunk + 1, last)]
        data = text.encode()
        own = data[: place.end - place.start].decode()
        until = following.start - place.start if window.end > place.end else len(data)
        if any(len(text[:start].encode()) < until for start, _ in spans(text)):
            yield Candidate(each, place, own)


def _window(place: ChunkPlace, following: ChunkPlace) -> ChunkPlace:
    """A chunk together with the one behind it in its document."""
    same = place.segment is following.segment and place.stored.start == following.stored.start
    return place._replace(end=following.end) if same and following.end > place.end else place


def _words_inside(string: str) -> list[str]:
    """The words of a string that are whole words wherever it stands: not those that it begins or ends in."""
    words = list(surfaces(string))
    first = 0 if _separates(string[:1]) else 1
    return words[first : len(words) - (0 if _separates(string[-1:]) else 1)]


def _separates(character: str) -> bool:
    return character.isascii() and not character.isalnum() and bool(character)


def _holding(indexes: Indexes, words: Sequence[str]) -> dict[int, Mask]:
    """Of runs with a lexical index the chunks that hold all words, each itself or the one behind it."""
    if not words:
        return {}
    collection = indexes.collection
    holding = np.ones_like(collection.live)
    for found in collection.postings(list(dict.fromkeys(collection.words(words)))):
        mine = np.zeros_like(holding)
        mine[found.chunks] = True
        mine[found.chunks[found.chunks > 0] - 1] = True
        holding &= mine
    bases = collection.bases
    return {
        number: holding[bases[place] : bases[place + 1]] for place, (number, _) in enumerate(indexes.lexical)
    }

"""How concepts are called: as documents write them most often, looked up where they stand."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from memcodec.errors import Damaged
from memcodec.format.arrays import Ints
from memcodec.index.lexical.accents import without_accents
from memcodec.insight.concepts import Concepts
from memcodec.insight.corpus import Corpus
from memcodec.insight.marks import Words

_LOOKED_AT = 9  # places where a name stands


def names(corpus: Corpus, found: Concepts) -> list[str]:
    """A name for each concept; no two are the same."""
    places: list[list[tuple[int, int]]] = [[] for _ in found.terms]
    known = np.zeros(corpus.chunks, np.bool_)
    known[list(found.marks.texts)] = True
    chunk = corpus.chunk_of[found.occurrences.place].astype(np.int64)
    at = found.occurrences.place - corpus.starts[chunk]
    order = np.lexsort((found.occurrences.place, ~known[chunk], found.occurrences.concept))
    ends = np.searchsorted(found.occurrences.concept[order], np.arange(len(found.terms) + 1))
    for concept in range(len(found.terms)):
        mine = order[ends[concept] : ends[concept + 1]]
        few = (
            mine[:: max(1, len(mine) // _LOOKED_AT)][:_LOOKED_AT]
            if known[chunk[mine]].all()
            else mine[:_LOOKED_AT]
        )
        places[concept] = list(zip(chunk[few].tolist(), at[few].tolist(), strict=True))
    texts = _texts(corpus, found, places)
    spans = {number: corpus.analyzer.spans(text) for number, text in texts.items()}
    made, taken = list[str](), set[str]()
    for words, own in zip(found.terms, places, strict=True):
        written = Counter(
            name
            for number, first in own
            if number in texts and (name := _written(texts[number], spans[number], first, words))
        )
        name = _best(written) or " ".join(words)
        if name.casefold() in taken:
            name = " ".join(words) if " ".join(words) not in taken else f"{name} ({' '.join(words)})"
        taken.add(name.casefold())
        made.append(name)
    return made


def written(corpus: Corpus, words: Words, places: Ints) -> str:
    """How one name is written where it stands."""
    few = places[:: max(1, len(places) // _LOOKED_AT)][:_LOOKED_AT]
    chunks = corpus.chunk_of[few].astype(np.int64)
    found = Counter[str]()
    for chunk, first in zip(chunks.tolist(), (few - corpus.starts[chunks]).tolist(), strict=True):
        with contextlib.suppress(Damaged):
            text = next(corpus.texts([chunk])).indexed
            found[_written(text, corpus.analyzer.spans(text), first, words)] += 1
    del found[""]
    return _best(found) or " ".join(words)


def _texts(corpus: Corpus, found: Concepts, places: Sequence[Sequence[tuple[int, int]]]) -> dict[int, str]:
    """The chunks that places are in: those of the sample are at hand, of others one is read for each concept."""
    texts = found.marks.texts
    wanted = {number for own in places for number, _ in own if number in texts}
    lacking = sorted({own[0][0] for own in places if own and own[0][0] not in texts})
    made = {number: texts[number] for number in sorted(wanted)}
    for number in lacking:
        try:
            made[number] = next(corpus.texts([number])).indexed
        except Damaged:
            continue
    return made


def _written(text: str, spans: Sequence[tuple[int, int, str]], first: int, words: Words) -> str:
    """How a name is written there; nothing where it breaks off, or the index counts otherwise."""
    last = first + len(words) - 1
    here = tuple(without_accents(term) or term for _, _, term in spans[first : last + 1])
    if here != words:
        return ""
    name = " ".join(text[spans[first][0] : spans[last][1]].split())
    return name if len(name) <= 60 and all(each.isalnum() or each in " -_./'’:" for each in name) else ""


def _best(written: Counter[str]) -> str:
    """The most frequent way; in lower case if one in three begins so, for capitals may be those of a sentence or a
    heading, and all in capitals only if few are not.
    """
    if not written:
        return ""
    folded, total = Counter[str](), sum(written.values())
    for name, count in written.items():
        folded[name.casefold()] += count
    most = min(folded, key=lambda each: (-folded[each], each))
    mine = {name: count for name, count in written.items() if name.casefold() == most}
    if 3 * sum(count for name, count in written.items() if name.islower()) >= total:
        return most
    mixed = {name: count for name, count in mine.items() if not name.isupper()}
    if 3 * sum(mixed.values()) >= sum(mine.values()):
        mine = mixed
    return min(mine, key=lambda each: (-mine[each], each))

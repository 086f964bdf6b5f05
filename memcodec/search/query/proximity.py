"""Words that belong together: rows of a query's words, which count beside the words that they are made of.

Each two neighbours of a query, in this order, are a feature of their own (D. Metzler and W. B. Croft, "A Markov Random
Field Model for Term Dependencies", SIGIR 2005). What stands between blanks with punctuation inside, as ``1.10.1`` or
``std::vector``, is one as a whole.
"""

from __future__ import annotations

from itertools import pairwise

from memcodec.index.lexical.bm25 import LexicalIndex
from memcodec.index.lexical.tokens import is_lone
from memcodec.index.lexical.words import Run, Stems
from memcodec.search.query.nodes import Beginning, Phrase, Query, Words, surfaces

NEIGHBOURS = 0.3  #: what two neighbours count, beside a word; benchmarks/answers.py says why
WHOLE = 0.5  #: what a word with punctuation inside counts as a row, beside each of its tokens
MOST = 16  #: words of a query that rows are made of
_APOSTROPHES = "'’"


def rows(collection: LexicalIndex, query: Query) -> dict[Run, float]:
    """The rows of a query's words, each with what it counts."""
    if not any(segment.has_positions for segment in collection.segments):
        return {}
    found, words = dict[Run, float](), list[Stems]()
    for leaf in query.wanted[:MOST]:
        tokens = () if isinstance(leaf, Beginning) else surfaces(leaf.text)[:MOST]
        stems = collection.stems(tokens)
        if len(stems) > 1 and _is_whole(leaf):
            found[Run(tuple(stems), always=True)] = WHOLE
        words += [() if is_lone(one) else stem for one, stem in zip(tokens, stems, strict=True)] or [()]
    wholes = {run.words for run in found}
    for pair in pairwise(words[:MOST]):
        if all(pair) and pair not in wholes:
            found[Run(pair)] = found.get(Run(pair), 0.0) + NEIGHBOURS
    return found


def _is_whole(leaf: Words | Phrase | Beginning) -> bool:
    """Whether it is a word with punctuation inside. An apostrophe is a letter here."""
    return isinstance(leaf, Words) and not any(each in leaf.text for each in _APOSTROPHES)

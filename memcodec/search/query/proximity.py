"""Words that belong together: rows of a query's words, which count beside the words that they are made of.

Each two neighbours of a query, in this order, are a feature of their own (D. Metzler and W. B. Croft, "A Markov Random
Field Model for Term Dependencies", SIGIR 2005). What stands between blanks with punctuation inside, as ``1.10.1`` or
``std::vector``, is one as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from memcodec.index.lexical.bm25 import LexicalIndex
from memcodec.index.lexical.tokens import is_lone
from memcodec.index.lexical.words import Run
from memcodec.search.query.nodes import Beginning, Query, Words, surfaces

NEIGHBOURS = 0.3  #: what two neighbours count, beside a word; benchmarks/answers.py says why
WHOLE = 0.5  #: what a word with punctuation inside counts as a row, beside each of its tokens
MOST = 16  #: words of a query that rows are made of
_APOSTROPHES = "'’"


def rows(collection: LexicalIndex, query: Query) -> dict[Run, float]:
    """The rows of a query's words, each with what it counts."""
    if not any(segment.has_positions for segment in collection.segments):
        return {}
    found: dict[Run, float] = {
        Run(tuple(collection.stems(whole)), always=True): WHOLE for whole in _wholes(query)
    }
    wholes = {run.words for run in found}
    words = _words(query)
    stems = zip(words, collection.stems(words), strict=True)
    for (one, first), (other, second) in pairwise(stems):
        if one and other and (first, second) not in wholes:
            pair = Run((first, second))
            found[pair] = found.get(pair, 0.0) + NEIGHBOURS
    return found


def _wholes(query: Query) -> Iterator[tuple[str, ...]]:
    """The tokens of words with punctuation inside. An apostrophe is a letter here."""
    for leaf in query.wanted[:MOST]:
        if isinstance(leaf, Words) and not any(each in leaf.text for each in _APOSTROPHES):
            tokens = surfaces(leaf.text)[:MOST]
            if len(tokens) > 1:
                yield tokens


def _words(query: Query) -> list[str]:
    """The first tokens of a query in their order; "" for what stands in no row."""
    leaves = query.wanted[:MOST]
    found = [
        each for leaf in leaves for each in ([""] if isinstance(leaf, Beginning) else surfaces(leaf.text))
    ]
    return ["" if is_lone(each) else each for each in found[:MOST]]

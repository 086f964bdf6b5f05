"""Which sentences sum a text up: those that together cover what it speaks of, chosen one after the other.

The value of a choice is the weight of the terms that it covers, a term that is covered twice counting little more than
once (H. Lin and J. Bilmes, "A Class of Submodular Functions for Document Summarization", 2011); sentences are charged
for their length. A term weighs by how often it stands in the text and how rare it is elsewhere, and more where headings
or the query have it; a sentence more where it begins a paragraph and where it stands early.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import log
from typing import NamedTuple

REPEATED = 0.6  # what a term is worth that is covered already, each time
CHARGED = 0.6  # the power of its length that a sentence is charged with
HEADED = 4.0  # times: a term of a heading
ASKED = 4.0  # times: a term of the query
EARLY = 0.5  # more, at the very beginning of a document
OPENS = 0.1  # more, for the first of a paragraph
_FEW_WORDS = 8  # shorter sentences are charged as if they had so many


class Candidate(NamedTuple):
    """A sentence that may be chosen: its terms (content words, stemmed), its words, how early it stands (from 0, the
    beginning of its document, to 1), and whether it opens a paragraph. ``worth``: how much its passage answers.
    """

    text: str
    terms: tuple[str, ...]
    words: int
    early: float
    opens: bool
    worth: float = 1.0


def weights(
    candidates: Sequence[Candidate],
    rarity: Callable[[str], float],
    headings: Mapping[str, float],
    asked: frozenset[str],
) -> dict[str, float]:
    """What each term is worth. ``headings``: how much of them each has, from 0 to 1."""
    often = Counter(term for each in candidates for term in set(each.terms))
    return {
        term: (1 + log(count))
        * rarity(term)
        * (1 + (HEADED - 1) * headings.get(term, 0.0))
        * (ASKED if term in asked else 1.0)
        for term, count in often.items()
        if count > 1 or term in asked or term in headings
    }


def choose(candidates: Sequence[Candidate], weight: Mapping[str, float], budget: int) -> list[int]:
    """The numbers of the sentences to take, of at most ``budget`` words in all, the most telling first."""
    covered: Counter[str] = Counter()
    chosen, left, room = list[int](), set(range(len(candidates))), budget
    terms = [frozenset(each.terms) & weight.keys() for each in candidates]
    charge = [max(_FEW_WORDS, each.words) ** CHARGED for each in candidates]
    bonus = [(1 + EARLY * (1 - each.early)) * (1 + OPENS * each.opens) * each.worth for each in candidates]
    bound = [
        sum(weight[term] for term in terms[at]) * bonus[at] / charge[at] for at in range(len(candidates))
    ]
    order = sorted(left, key=lambda at: (-bound[at], at))
    while order:
        # Gains only fall as more is covered: the first whose gain is as large as the next one's bound is the best.
        best, gain = -1, 0.0
        for at in order:
            if bound[at] <= gain:
                break
            if candidates[at].words > room:
                continue
            value = sum(weight[term] * REPEATED ** covered[term] for term in terms[at])
            bound[at] = value * bonus[at] / charge[at]
            if bound[at] > gain:
                best, gain = at, bound[at]
        if best < 0:
            break
        chosen.append(best)
        room -= candidates[best].words
        covered.update(terms[best])
        order = sorted(
            (at for at in order if at != best and candidates[at].words <= room),
            key=lambda at: (-bound[at], at),
        )
    return chosen

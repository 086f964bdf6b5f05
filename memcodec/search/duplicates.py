"""Texts that say the same: as sets of shingles, compared by their Jaccard coefficient.

A. Broder, "On the resemblance and containment of documents", SEQUENCES 1997. The sets are compared as they are: of
the some hundred texts that a search looks at, estimates by MinHash would be slower and less exact.
"""

from __future__ import annotations

from memcodec.search.query.nodes import surfaces

SHINGLE = 3  #: words
NEAR = 0.9  #: the least coefficient of near-duplicates

Shingles = frozenset[tuple[str, ...]]


def shingles(text: str) -> Shingles:
    """The runs of words of a text, whatever stands between them and in whatever case; a short text is one run."""
    words = [surface.casefold() for surface in surfaces(text)] or text.split()
    if len(words) <= SHINGLE:
        return frozenset([tuple(words)])
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def are_near(one: Shingles, other: Shingles) -> bool:
    """Whether two texts are near-duplicates."""
    fewer, more = sorted((len(one), len(other)))
    if fewer < NEAR * more:
        return False
    both = len(one & other)
    return both >= NEAR * (len(one) + len(other) - both)

"""Passages: neighbouring chunks of one document made one, and of texts that say the same the best one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from memcodec.file.places import ChunkPlace
from memcodec.search.fusion import Ranked
from memcodec.search.query.nodes import surfaces

SHINGLE = 3  #: words
NEAR = 0.9  #: the least coefficient of near-duplicates
Shingles = frozenset[tuple[str, ...]]


class Candidate(NamedTuple):
    """A chunk that may be shown: how it ranks, where it lies, and its text."""

    ranked: Ranked
    place: ChunkPlace
    text: str


@dataclass(slots=True)
class Passage:
    """A stretch of a document: its chunks, the best one first. ``folded``: passages like it that are not shown."""

    members: list[Candidate]
    folded: list[Passage] = field(default_factory=list)
    seen: list[Shingles] = field(default_factory=list)  # what the members say, when that is asked

    @property
    def best(self) -> Candidate:
        """The chunk that made it a hit."""
        return self.members[0]

    @property
    def place(self) -> ChunkPlace:
        """All of it."""
        places = [each.place for each in self.members]
        return places[0]._replace(
            start=min(each.start for each in places),
            end=max(each.end for each in places),
            first_line=min(each.first_line for each in places),
            last_line=max(each.last_line for each in places),
        )

    def touches(self, candidate: Candidate) -> bool:
        """Whether a chunk stands beside one of its own in the same document, or overlaps it."""
        return any(_are_neighbours(each, candidate) for each in self.members)

    def says(self, what: Shingles) -> bool:
        """Whether one of its chunks says the same."""
        return any(are_near(each, what) for each in self.seen)

    def take(self, other: Passage) -> None:
        """Become one with a passage that ranks lower."""
        self.members += other.members
        self.folded += other.folded
        self.seen += other.seen


def collect(candidates: Iterable[Candidate], k: int, *, merge: bool, fold: bool) -> list[Passage]:
    """The first ``k`` passages of candidates, the best first, and all better than the next one that goes into them."""
    kept = list[Passage]()
    for each in candidates:
        what = shingles(each.text) if fold else frozenset()
        made = Passage([each], seen=[what] if fold else [])
        if merge and _join(kept, made):
            continue
        twin = next((passage for passage in kept if passage.says(what)), None) if fold else None
        if twin is not None:
            if not _join(twin.folded, made):
                twin.folded.append(made)
        elif len(kept) == k:
            break
        else:
            kept.append(made)
    return kept


def _join(passages: list[Passage], made: Passage) -> bool:
    """Have the best passage that it touches take it, and any others that it then joins to that one."""
    touched = [each for each in passages if each.touches(made.best)]
    if not touched:
        return False
    touched[0].take(made)
    for other in touched[1:]:
        touched[0].take(other)
        passages[:] = [each for each in passages if each is not other]
    return True


def _are_neighbours(one: Candidate, other: Candidate) -> bool:
    if one.place.segment is not other.place.segment or one.place.stored.start != other.place.stored.start:
        return False
    beside = one.ranked.run == other.ranked.run and abs(one.ranked.chunk - other.ranked.chunk) == 1
    return beside or (one.place.start <= other.place.end and other.place.start <= one.place.end)


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

"""What is new of the documents that are handed in, under which uris, and what they take the place of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from memcodec.file.places import FoundDocument
from memcodec.file.reader import Reader
from memcodec.file.renames import content, marked_as
from memcodec.file.roots import Home, Roots, identity, known, numbered_uri
from memcodec.ingest.item import Item
from memcodec.model import Document, Root

_AHEAD = 2  # uris that are looked up before it is known that the ones before them are taken


@dataclass(slots=True)
class Arrivals:
    """``fresh`` items are to be stored and ``replaced`` documents to be dropped; the rest is told.

    ``elsewhere`` counts the replaced ones that came from another place; ``uris`` has one for each item handed in.
    """

    fresh: list[Item] = field(default_factory=list)
    replaced: list[FoundDocument] = field(default_factory=list)
    unchanged: int = 0
    elsewhere: int = 0
    notes: list[str] = field(default_factory=list)
    uris: list[str] = field(default_factory=list)


def arrivals(before: Reader | None, items: Sequence[Item], roots: Roots | None = None) -> Arrivals:
    """Compare items with what a file holds, and with its ``roots`` if others have asked these before.

    Raises ConfigError for a root that cannot be what it is said to be.
    """
    return _Arriving(before, items, roots or Roots(known(before) if before is not None else ())).sorted()


@dataclass(frozen=True, slots=True)
class _Placed:
    """An item under its uri, and the root it belongs to: none for what was handed over as text."""

    item: Item
    home: Home | None

    def is_version_of(self, document: Document) -> bool:
        """Whether the two are one document: of one root and path there, or of any place if one of them has none."""
        if self.home is None or self.item.root is None or document.root is None:
            return not self.item.anew
        return document.root.base == self.item.root.base and identity(document.root) in self.home.identities

    def is_from_elsewhere(self, document: Document) -> bool:
        """Whether it comes from another place than an older version of it."""
        mine, its = self.item.root, document.root
        if mine is None or its is None:
            return mine is not its
        return self.home is not None and not self.home.is_known


class _Arriving:
    """One batch on its way in."""

    def __init__(self, before: Reader | None, items: Sequence[Item], roots: Roots) -> None:
        self._before, self._items, self._roots = before, items, roots
        self._there: dict[str, list[FoundDocument]] = {}
        self._batch: dict[str, _Placed] = {}  # the last one of each uri

    def sorted(self) -> Arrivals:
        made, placed = Arrivals(), self._placed()
        fresh: dict[tuple[str, str], _Placed] = {}
        for each in placed:
            key = each.item.uri, each.item.identity
            if key in fresh or self._is_there(each):
                made.unchanged += 1
            else:
                fresh[key] = each
        replaced = self._replaced(fresh.values())
        made.elsewhere = sum(each.is_from_elsewhere(found.document) for found, each in replaced.values())
        again = self._unrecorded(placed, fresh.values())
        made.unchanged -= len(again)
        replaced |= self._replaced(again)
        made.fresh = [self._marked(each) for each in (*fresh.values(), *again)]
        made.replaced = [found for found, _ in replaced.values()]
        made.notes = [*self._roots.notes, *_told(made.elsewhere)]
        made.uris = [each.item.uri for each in placed]
        return made

    def _replaced(self, fresh: Iterable[_Placed]) -> dict[tuple[int, int], tuple[FoundDocument, _Placed]]:
        """The documents that are replaced, each once, and by what."""
        return {
            (found.segment.number, found.ordinal): (found, each)
            for each in fresh
            for found in self._versions(each)
        }

    def _unrecorded(self, placed: Iterable[_Placed], fresh: Iterable[_Placed]) -> list[_Placed]:
        """The smallest document of each root that the file does not know yet and of which nothing is new.

        It is stored again: where a root lies stands in its documents alone.
        """
        told = {each.item.root._replace(base="") for each in fresh if each.item.root is not None}
        smallest: dict[object, _Placed] = {}
        for each in placed:
            root = each.item.root
            if root is None or not root.name or self._roots.holds(root):
                continue
            place = root._replace(base="")
            if place not in told:
                smallest[place] = min(smallest.get(place, each), each, key=lambda one: one.item.total)
        return list(smallest.values())

    def _marked(self, each: _Placed) -> Item:
        """A file's new version, with what people marked the old ones with."""
        item = each.item
        for found in self._versions(each) if each.home is not None else ():
            item = marked_as(found.document, item) if found.document.root is not None else item
        return item

    def _is_there(self, each: _Placed) -> bool:
        return each.item.identity in {content(found.document) for found in self._versions(each)}

    def _versions(self, each: _Placed) -> list[FoundDocument]:
        """The documents in the file that it is a new version of."""
        return [found for found in self._at(each.item.uri) if each.is_version_of(found.document)]

    # Uris

    def _placed(self) -> list[_Placed]:
        homes = [self._home(item) for item in self._items]
        self._look_up(
            uri for item, home in zip(self._items, homes, strict=True) for uri in _likely(item, home)
        )
        return [self._enter(item, home) for item, home in zip(self._items, homes, strict=True)]

    def _home(self, item: Item) -> tuple[Home, str] | None:
        """An item's root, and its path from there; of a member of an archive, with that below the archive's."""
        if item.spot is None:
            return None
        home, below = self._roots.home(item.spot)
        return home, below + item.uri.removeprefix(item.spot.uri)

    def _enter(self, item: Item, found: tuple[Home, str] | None) -> _Placed:
        if found is None:
            uri = next(filter(self._is_unused, numbered_uri(item.uri))) if item.anew else item.uri
            placed = _Placed(item if uri == item.uri else replace(item, uri=uri), None)
        else:
            placed = self._rooted(item, *found)
        self._batch[placed.item.uri] = placed
        return placed

    def _is_unused(self, uri: str) -> bool:
        return uri not in self._batch and not self._at(uri)

    def _rooted(self, item: Item, home: Home, rest: str) -> _Placed:
        """Under the uri it has in the file, or else the first that no other place has."""
        for root in home.rows:
            made = _Placed(replace(item, uri=root.base + rest, root=root), home)
            if any(each.document.root is not None for each in self._versions(made)):
                break
        else:
            candidates = (
                _Placed(replace(item, uri=each.base + rest, root=each), home) for each in home.candidates()
            )
            made = next(filter(self._is_free, candidates))
        if self._is_own(made):  # of one name with another in its archive
            uris = (_Placed(replace(made.item, uri=uri), home) for uri in numbered_uri(made.item.uri))
            made = next(each for each in uris if self._is_free(each) and not self._is_own(each))
        return made

    def _is_free(self, each: _Placed) -> bool:
        """Whether no document of another place has its uri."""
        other = self._batch.get(each.item.uri)
        if other is not None and (other.item.root is None or not _is_one(each.item.root, other.item.root)):
            return False
        return all(each.is_version_of(found.document) for found in self._at(each.item.uri))

    def _is_own(self, each: _Placed) -> bool:
        """Whether another document of the same root has its uri, in this batch."""
        other = self._batch.get(each.item.uri)
        return other is not None and other.item.identity != each.item.identity

    # What is there

    def _look_up(self, uris: Iterable[str]) -> None:
        new = frozenset(uris) - self._there.keys()
        self._there |= {uri: [] for uri in new}
        for found in self._before.named(new) if self._before is not None and new else ():
            self._there[found.document.uri].append(found)

    def _at(self, uri: str) -> list[FoundDocument]:
        if uri not in self._there:
            self._look_up([uri])
        return self._there[uri]


def _likely(item: Item, found: tuple[Home, str] | None) -> Iterable[str]:
    if found is None:
        return [item.uri]
    home, rest = found
    return [root.base + rest for root in islice(home.candidates(), len(home.rows) + _AHEAD)]


def _is_one(one: Root | None, other: Root) -> bool:
    return one is not None and (identity(one), one.base) == (identity(other), other.base)


def _told(elsewhere: int) -> list[str]:
    what = "1 document" if elsewhere == 1 else f"{elsewhere:,} documents"
    return [f"replaced {what} that came from another place"] if elsewhere else []

"""Which document a file on this machine is: the law of uris, by the roots that a memory file knows.

A root is a folder that was named, or a lone file. What it is known by is a keyed digest of its real path, so that no
path stands in a file; the uris of its documents are its ``base`` and the path below it. A file belongs to the nearest
root above it, whatever was named to get there. So a document keeps its uri, and no two places share one.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import PurePath, PurePosixPath

from memcodec.errors import ConfigError
from memcodec.file.reader import Reader
from memcodec.ingest.names import to_uri
from memcodec.ingest.spot import Named, Spot
from memcodec.model import Document, Root

Identity = tuple[str, str]


def identity(root: Root) -> Identity:
    """What makes two roots one: a folder's name and key, a lone file's place."""
    return (root.name, root.key) if root.name else ("", root.digest + root.key)


def known(reader: Reader) -> list[Root]:
    """The roots of all documents that a file holds, those of its past too, in the order they came."""
    kept = (root for entry in reader.entries for root in entry.roots)
    return list(dict.fromkeys(chain(kept, reader.roots())))


def kept(rows: Iterable[Root], held: Iterable[Root], documents: Iterable[Document]) -> tuple[Root, ...]:
    """What a file that is made again must keep of folders' ``rows`` beside its documents, which ``held`` those.

    All of them, if some places of a folder or the order would else be lost; none of a folder without documents.
    """
    live = {identity(each.root) for each in documents if each.root is not None and each.root.name}
    wanted, told = ([*dict.fromkeys(row for row in some if identity(row) in live)] for some in (rows, held))
    return () if wanted == told else tuple(wanted)


def names(roots: Iterable[Root]) -> dict[Identity, str]:
    """What the folders among ``roots`` are called: after a merge two of one name may be there; one gets a number."""
    each_once = list(dict.fromkeys(identity(root) for root in roots if root.name))
    first = {folded(name): (name, key) for name, key in reversed(each_once)}
    found, taken = {each: each[0] for each in first.values()}, set(first)
    for each in each_once:
        if each not in found:
            found[each] = next(name for name in numbered(each[0]) if folded(name) not in taken)
            taken.add(folded(found[each]))
    return {each: found[each] for each in each_once}


def told_apart(reader: Reader, documents: Sequence[Document]) -> Iterator[Document]:
    """The documents, their roots named as ``names`` does."""
    called = names(known(reader)) if any(each.root is not None for each in documents) else {}
    if all(key[0] == name for key, name in called.items()):
        yield from documents
        return
    for each in documents:
        name = called.get(identity(each.root)) if each.root is not None else None
        yield replace(each, root=each.root._replace(name=name)) if each.root is not None and name else each


def folded(name: str) -> str:
    """A name as systems compare it that tell no case apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def numbered(name: str) -> Iterator[str]:
    """``notes``, ``notes-2``, ``notes-3`` ..."""
    return chain([name], (f"{name}-{number}" for number in count(2)))


def numbered_uri(uri: str) -> Iterator[str]:
    """``work/a.md``, ``work/a-2.md`` ..."""
    path = PurePosixPath(uri)
    stem = uri.removesuffix(path.suffix)
    return chain([uri], (f"{stem}-{number}{path.suffix}" for number in count(2)))


def digest(key: str, path: str) -> str:
    """What a file keeps of a real path (docs/FORMAT.md, "Roots")."""
    name = os.fsencode(os.path.normcase(path))
    return hashlib.blake2b(name, digest_size=16, key=bytes.fromhex(key)).hexdigest()


@dataclass(frozen=True, slots=True)
class Home:
    """A root as a file meets it: a row for each ``base`` that it has, and the place that these rows are of.

    ``is_known``: the memory file knew the place before. ``spare``, for uris that are taken: what a folder is called; of
    a lone file its uris, with more and more of its path.
    """

    rows: tuple[Root, ...]
    place: str
    identities: frozenset[Identity]
    is_known: bool
    spare: tuple[str, ...]

    def candidates(self) -> Iterator[Root]:
        """What a new document's root may be: the first whose uri is free."""
        first, bases = self.rows[0], {row.base for row in self.rows}
        more = (f"{name}/" for name in numbered(self.spare[0])) if first.name else self._lone()
        return chain(self.rows, (first._replace(base=base) for base in more if base not in bases))

    def _lone(self) -> Iterator[str]:
        return chain(self.spare, numbered_uri(self.spare[0]))


class Roots:
    """The roots that a memory file knows, and those that come with what is added."""

    def __init__(self, rows: Iterable[Root]) -> None:
        self.notes: list[str] = []
        rows = list(rows)
        self._held = frozenset(rows)
        self._keys = dict.fromkeys(row.key for row in rows) or {os.urandom(16).hex(): None}
        self._at: dict[tuple[str, str], list[Root]] = {}
        self._bases: dict[Identity, dict[str, None]] = {}  # of a root, wherever it lies
        self._add(rows)
        self._places = frozenset(self._at)
        self._called = names(rows)
        self._named = {folded(name): each for each, name in self._called.items()}
        self._near: dict[str, Home | None] = {}
        self._begun: set[Named] = set()

    def holds(self, root: Root) -> bool:
        """Whether the memory file has had just this root."""
        return root in self._held

    def home(self, spot: Spot) -> tuple[Home, str]:
        """The root that a file belongs to, and its path from there. Raises ConfigError."""
        source = spot.source
        if source.folder:
            self.begin(source)
        lone = self._lone(spot)
        if lone is not None:
            return lone, ""
        near = self._nearest(os.path.dirname(spot.path), keep=source.keep)  # noqa: PTH120
        if near is None:
            return self._new_lone(spot), ""
        return near, _below(spot.path, near.place)

    def at(self, path: str) -> Home | None:
        """The root that a folder or file is itself, by its real path."""
        rows = self._rows_at(path)
        return self._home(rows, path, keep=False) if rows else None

    def above(self, path: str) -> tuple[Home, str] | None:
        """The root that a path belongs to, which need not be there any more, and the uri of the path below it."""
        near = self.at(path) or self._nearest(path, keep=False)
        return (near, _below(path, near.place)) if near is not None else None

    def begin(self, source: Named) -> None:
        """See to it that a folder lies in a root. Raises ConfigError."""
        if source not in self._begun:
            self._begin(source)

    # Folders

    def _begin(self, source: Named) -> None:
        """See to it that a folder lies in a root."""
        near = self._nearest(source.folder, keep=source.keep)
        wanted = self._named.get(folded(source.root)) if source.root else None
        if near is None:
            self._add([self._again(source, wanted) if wanted else self._new(source)])
            self._near.clear()
        elif source.root and wanted not in near.identities:
            raise ConfigError(
                f"root {source.root!r}: the folder {source.name} is in the file already, as the root {near.spare[0]!r} "
                "or within it; a root keeps its name"
            )
        self._begun.add(source)

    def _new(self, source: Named) -> Root:
        wanted = source.root or source.name
        name = next(name for name in numbered(wanted) if folded(name) not in self._named)
        base = f"{name}/" if any("" in bases for bases in self._bases.values()) else ""
        if name != wanted:
            self.notes.append(
                f"{wanted}: the file has another folder of this name; the documents of this one are in {name}/ "
                f"(if it is the same one in a new place, say so with `root` {wanted})"
            )
        key = next(iter(self._keys))
        self._called[name, key] = name
        self._named[folded(name)] = name, key
        return Root(name, base, key, digest(key, source.folder))

    def _again(self, source: Named, wanted: Identity) -> Root:
        """A root that has moved, or lies on another machine too."""
        name, key = wanted
        return Root(name, next(iter(self._bases[wanted])), key, digest(key, source.folder))

    def _nearest(self, folder: str, *, keep: bool) -> Home | None:
        """The root that a folder is, or that is nearest above it."""
        passed = list[str]()
        found: Home | None = None
        while folder not in self._near:
            passed.append(folder)
            rows = [row for row in self._rows_at(folder) if row.name]
            parent = os.path.dirname(folder)  # noqa: PTH120
            if rows or parent == folder:
                found = self._home(rows, folder, keep=keep) if rows else None
                break
            folder = parent
        else:
            found = self._near[folder]
        self._near |= dict.fromkeys(passed, found)
        return found

    # Lone files

    def _lone(self, spot: Spot) -> Home | None:
        rows = [row for row in self._rows_at(spot.path) if not row.name]
        return self._home(rows, spot.path, keep=spot.source.keep) if rows else None

    def _new_lone(self, spot: Spot) -> Home:
        key = next(iter(self._keys))
        row = Root("", spot.uri, key, digest(key, spot.path))
        self._add([row])
        return self._home([row], spot.path, keep=spot.source.keep)

    # Both

    def _add(self, rows: Iterable[Root]) -> None:
        for row in rows:
            self._at.setdefault((row.key, row.digest), []).append(row)
            self._bases.setdefault(identity(row), {})[row.base] = None

    def _rows_at(self, path: str) -> list[Root]:
        return [row for key in self._keys for row in self._at.get((key, digest(key, path)), ())]

    def _home(self, rows: list[Root], place: str, *, keep: bool) -> Home:
        first = rows[0]
        path = to_uri(place) if keep else next((row.path for row in rows if row.path), "")
        identities = dict.fromkeys(map(identity, rows))
        bases = dict.fromkeys(base for each in identities for base in self._bases[each])
        return Home(
            tuple(first._replace(base=base, path=path) for base in bases),
            place,
            frozenset(identities),
            (first.key, first.digest) in self._places,
            (self._called[identity(first)],) if first.name else _lone_uris(place),
        )


def _below(path: str, place: str) -> str:
    return to_uri(path[len(place.rstrip(os.sep)) + 1 :].replace(os.sep, "/"))


def _lone_uris(path: str) -> tuple[str, ...]:
    """The uris that a lone file may have: its name, with more and more of the folders above it."""
    whole = PurePath(path)
    parts = [to_uri(part) for part in whole.parts if part != whole.anchor]
    return tuple("/".join(parts[at:]) for at in range(len(parts) - 1, -1, -1))

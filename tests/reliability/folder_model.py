"""What a memory file must hold, as plain lists: the laws of docs/CLI.md, and nothing of the program's own.

A file on disk is known by its place; a place belongs to the nearest root above it. Documents are kept in the order that
they came; one whose uri cannot be told beforehand, because the plain one is taken, has none until it is seen.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True, eq=False)
class Root:
    """A folder that was named, or with the name "" a lone file; ``owner``: who named it."""

    name: str
    base: str
    owner: str = "me"


@dataclass(frozen=True, eq=False)
class Doc:
    """A document; ``rest`` is its path below its root. ``tags`` are None where several would be right."""

    root: Root | None
    rest: str
    data: bytes
    uri: str | None
    tags: dict[str, str] | None
    mtime: int = 0

    @property
    def called(self) -> str:
        """The name of its root."""
        return self.root.name if self.root is not None else ""


@dataclass(frozen=True)
class Change:
    """What a command did: documents that came, those that they replace, those that went; what stayed."""

    new: list[Doc] = field(default_factory=list)
    changed: list[tuple[Doc, Doc]] = field(default_factory=list)
    renamed: list[tuple[Doc, Doc]] = field(default_factory=list)
    removed: list[Doc] = field(default_factory=list)
    unchanged: int = 0

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.renamed or self.removed)


@dataclass
class Model:
    """A memory file: its documents, and the roots that it knows with their places."""

    docs: list[Doc] = field(default_factory=list)
    places: list[tuple[Root, str]] = field(default_factory=list)

    def copy(self) -> Model:
        """As it is now."""
        return Model([*self.docs], [*self.places])

    def of(self, owner: str) -> Model:
        """The same, of somebody else's folders."""
        theirs = {root: replace(root, owner=owner) for root, _ in self.places}
        docs = [replace(doc, root=theirs[doc.root] if doc.root is not None else None) for doc in self.docs]
        return Model(docs, [(theirs[root], place) for root, place in self.places])

    # Places

    def shown(self) -> dict[Root, str]:
        """What the folders are called: of two with one name, in any case, the later has a number."""
        roots = list(dict.fromkeys(root for root, _ in self.places if root.name))
        first = {folded(root.name): root for root in reversed(roots)}
        names = {root: root.name for root in first.values()}
        for root in roots:
            if root not in names:
                names[root] = self._free_name(root.name, {*map(folded, names.values())})
        return names

    def _free_name(self, name: str, taken: set[str]) -> str:
        return next(each for each in numbered(name) if folded(each) not in taken)

    def home(self, path: str) -> tuple[Root, str] | None:
        """The root of a file, or of a folder, and the path from there."""
        lone = [root for root, place in self.places if place == path and not root.name]
        if lone:
            return lone[0], ""
        at = {place: root for root, place in reversed(self.places) if root.name and root.owner == "me"}
        above = next((place for place in [path, *map(str, Path(path).parents)] if place in at), None)
        return (at[above], os.path.relpath(path, above)) if above is not None else None

    def begin(self, folder: str, name: str | None) -> None:
        """A folder is named, with ``--as``."""
        if self.home(folder) is not None:
            return
        shown = self.shown()
        known = [root for root in shown if name and folded(shown[root]) == folded(name)]
        if known:
            self.places.append((known[0], folder))
            return
        own = self._free_name(name or Path(folder).name, {*map(folded, shown.values())})
        has_first = any(root.name and not root.base for root, _ in self.places)
        self.places.append((Root(own, f"{own}/" if has_first else ""), folder))

    # What comes in

    def append(
        self, sources: list[str], name: str | None = None, tags: dict[str, str] | None = None
    ) -> Change:
        """``append``, or ``encode`` of an empty model."""
        change = self._compared(sources, name, tags or {}, replaces_notes=True)
        self._apply(change)
        return change

    def sync(self, sources: list[str], name: str | None = None) -> Change:
        """``sync --allow-empty``."""
        before = [*self.docs]
        change = self._compared(sources, name, {}, replaces_notes=False)
        here = {self.home(path): Path(path).read_bytes() for path in found(sources)}
        done = {old for old, _ in change.changed}
        gone = [doc for doc in before if doc not in done and self._covered(doc, sources)]
        gone = [doc for doc in gone if here.get((doc.root or Root("", ""), doc.rest)) != doc.data]
        change = self._renamed(replace(change, removed=gone))
        self._apply(change)
        return change

    def note(self, data: bytes, uri: str | None, tags: dict[str, str] | None = None) -> Change:
        """``append -`` or ``append --text``."""
        there = [doc for doc in self.docs if uri is not None and doc.uri == uri]
        if any(doc.data == data for doc in there):
            return Change(unchanged=1)
        new = Doc(None, "", data, uri, tags or {})
        change = Change([] if there else [new], [(doc, new) for doc in there])
        self._apply(change)
        return change

    def _compared(
        self, sources: list[str], name: str | None, tags: dict[str, str], *, replaces_notes: bool
    ) -> Change:
        change, unchanged, compared = Change(), 0, set[str]()
        for source in sources:
            if Path(source).is_dir() and any(found([source])):  # the file knows none of which nothing came
                self.begin(source, name)
            for path in found([source]):
                if path in compared and not replaces_notes:
                    continue  # `sync` compares a file once, `append` counts each
                compared.add(path)
                home = self.home(path)
                if home is None:
                    home = Root("", Path(path).name), ""
                    self.places.append((home[0], path))
                root, rest = home
                arrived = [
                    new
                    for new in (*change.new, *(new for _, new in change.changed))
                    if new.root is root and new.rest == rest
                ]
                data, mtime = Path(path).read_bytes(), Path(path).stat().st_mtime_ns
                old = [doc for doc in self.docs if doc.root is root and doc.rest == rest]
                uri = root.base + rest
                if not old and replaces_notes and not any(doc.uri == uri and doc.root for doc in self.docs):
                    old = [doc for doc in self.docs if doc.uri == uri and doc.root is None]
                if arrived or any(doc.data == data for doc in old):
                    unchanged += 1
                elif old:
                    marks = [doc.tags for doc in old if doc.root is not None and doc.tags is not None]
                    new = Doc(root, rest, data, old[0].uri, {**(marks[0] if marks else {}), **tags}, mtime)
                    change.changed.extend((doc, new) for doc in old)
                else:
                    arriving = {new.uri for new in change.new}
                    taken = uri in arriving or any(doc.uri == uri for doc in self.docs)
                    change.new.append(Doc(root, rest, data, None if taken else uri, tags, mtime))
        return replace(change, unchanged=unchanged)

    def _covered(self, doc: Doc, sources: list[str]) -> bool:
        """Whether a document is of what is mirrored."""
        for root, place in self.places:
            if root is not doc.root:
                continue
            for source in sources:
                if not root.name and (
                    place == source or (below(place, source) and Path(place).parent.is_dir())
                ):
                    return True
                if root.name and (place == source or (below(place, source) and Path(place).is_dir())):
                    return True
                if root.name and below(source, place) and self.home(source) is not None:
                    near, rest = self.home(source) or (None, "")
                    if near is root and (doc.rest == rest or below(doc.rest, rest)):
                        return True
        return False

    def _renamed(self, change: Change) -> Change:
        """Documents that went and came with one content: their tags go on, where that can mean one alone."""
        gone, came, pairs = [*change.removed], [*change.new], list[tuple[Doc, Doc]]()
        for same_name in (True, False):
            for new in [*came]:
                some = [doc for doc in gone if new.data and doc.data == new.data and doc.root is not None]
                some = [
                    doc
                    for doc in some
                    if not same_name
                    or Path(doc.rest or doc.uri or "").name == Path(new.rest or new.uri or "").name
                ]
                if some:
                    gone.remove(some[0])
                    came.remove(new)
                    is_sure = sum(doc.data == new.data for doc in change.removed) == 1
                    pairs.append((some[0], replace(new, tags=some[0].tags if is_sure else None)))
        return Change(came, change.changed, pairs, gone, change.unchanged)

    def _apply(self, change: Change) -> None:
        left = {*change.removed, *(old for old, _ in (*change.changed, *change.renamed))}
        self.docs = [doc for doc in self.docs if doc not in left]
        came = [*change.new, *(new for _, new in (*change.changed, *change.renamed))]
        self.docs += dict.fromkeys(came)

    # What else is done

    def forget(self, *docs: Doc) -> None:
        """``forget``."""
        self.docs = [doc for doc in self.docs if doc not in docs]

    def tag(self, doc: Doc, key: str, value: str) -> None:
        """``tag``."""
        self.docs.remove(doc)
        self.docs.append(
            replace(doc, tags={**(doc.tags or {}), key: value} if doc.tags is not None else None)
        )

    def compact(self) -> None:
        """``compact``: roots without documents are forgotten, all places of the others known."""
        live = {doc.root for doc in self.docs}
        self.places = [(root, place) for root, place in self.places if root in live]

    def merge(self, other: Model) -> None:
        """``merge`` with a file that somebody else made, and ``compact``."""
        docs: dict[tuple[str | None, bytes, str], Doc] = {}
        for doc in (*self.docs, *other.docs):
            docs.setdefault((doc.uri, doc.data, folded(doc.called)), doc)
        self.docs = [*docs.values()]
        self.places = [*dict.fromkeys([*self.places, *other.places])]
        self.compact()


def found(sources: Iterable[str]) -> Iterator[str]:
    """The files in sources, a folder's by the bytes of their names."""
    for source in map(Path, sources):
        if source.is_file():
            yield str(source)
        elif source.is_dir():
            yield from map(str, _walked(source))


def _walked(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name)):
        if not each.is_symlink():
            yield from _walked(each) if each.is_dir() else [each]


def below(path: str, folder: str) -> bool:
    """Whether a path lies in a folder."""
    return path.startswith(f"{folder}/")


def folded(name: str) -> str:
    """A name, whatever its case and composition."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def numbered(name: str) -> Iterator[str]:
    """A name, and the same with numbers."""
    yield name
    number: Callable[[int], str] = lambda at: f"{name}-{at}"  # noqa: E731
    yield from map(number, range(2, 1000))

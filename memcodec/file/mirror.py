"""What a memory file lacks to mirror its sources: what is new there, changed, renamed and gone.

A file on disk is told by its root and its path there, as ``file.roots`` has it; its content by the SHA-256 of its
bytes, which is not taken again of a file that looks as it did (``file.recall``). Only documents of the roots, or the
parts of them, that are named here are ever dropped.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from memcodec.config.settings import Ingest
from memcodec.errors import ConfigError, SourceError
from memcodec.file.arrivals import Arrivals, arrivals
from memcodec.file.reader import FoundDocument, Reader
from memcodec.file.recall import Recall, remembered
from memcodec.file.roots import Home, Identity, Roots, digest, identity, known
from memcodec.ingest.files import RawFile
from memcodec.ingest.item import Item, Reason, Rejected, checked_tags
from memcodec.ingest.kinds import is_archive
from memcodec.ingest.loaders import Loader
from memcodec.ingest.names import from_uri, to_uri
from memcodec.ingest.spot import named_folder
from memcodec.ingest.walk import FAILURES, Skipped, files, leave_out, load
from memcodec.model import Commit, CommitReport, Document, FilePath, Progress, Root, silent

#: files that are there and are not looked at because the options say so: their documents stay as they are
_LEFT_OUT = frozenset(
    {
        Reason.HIDDEN,
        Reason.IGNORED,
        Reason.NOT_INCLUDED,
        Reason.TOO_LARGE,
        Reason.TOO_DEEP,
        Reason.LINK,
        Reason.LOOP,
    }
)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What ``sync`` did, or with ``dry_run`` would do, to a file; false when there is nothing to do.

    ``new``, ``changed``, ``removed`` and ``kept`` are uris, ``renamed`` pairs of an old one and a new one. ``kept``
    documents stay as they are though their files are there and were not read: they cannot be, or the options leave them
    out. So many files were ``scanned``, ``read`` bytes of them were read. ``size``: bytes of the memory file now.
    ``sources``: what was mirrored.
    """

    file: str
    commit: Commit | None
    new: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    unchanged: int
    scanned: int
    read: int
    size: int
    notes: tuple[str, ...]
    skipped: Skipped
    sources: tuple[str, ...]
    dry_run: bool

    def __bool__(self) -> bool:
        """Whether anything was to be done."""
        return bool(self.new or self.changed or self.renamed or self.removed)

    @property
    def written(self) -> int:
        """Bytes that the file grew by."""
        return self.commit.size if self.commit is not None else 0


@dataclass(frozen=True, slots=True)
class Rules:
    """How to mirror: what to take from folders, and what may be dropped.

    ``allow_empty``: also all that came from a folder in which there is nothing now. ``delete_excluded``: also documents
    whose files the options leave out.
    """

    options: Ingest
    tags: Mapping[str, str] = field(default_factory=dict)
    root: str | None = None
    allow_empty: bool = False
    delete_excluded: bool = False


@dataclass(slots=True)
class Plan:
    """What to store and what to drop, and what is told of that."""

    fresh: list[Item]
    drop: list[FoundDocument]
    new: list[str]
    changed: list[str]
    renamed: list[tuple[str, str]]
    removed: list[str]
    kept: list[str]
    unchanged: int
    scanned: int
    read: int
    notes: list[str]
    skipped: Skipped
    sources: list[str]
    rows: list[Root]
    recalls: list[Recall]

    def report(self, written: CommitReport, *, dry_run: bool) -> SyncReport:
        """What came of it."""
        return SyncReport(
            written.file,
            written.commit,
            tuple(self.new),
            tuple(self.changed),
            tuple(self.renamed),
            tuple(self.removed),
            tuple(self.kept),
            self.unchanged,
            self.scanned,
            self.read,
            written.size,
            (*self.notes, *written.notes),
            self.skipped,
            tuple(self.sources),
            dry_run,
        )

    def remember(self) -> None:
        """Keep what was learnt of the files, for the next time."""
        rows = [*self.rows, *(item.root for item in self.fresh if item.root is not None)]
        for recall in self.recalls:
            recall.save(rows)


def plan(
    before: Reader | None, sources: Sequence[FilePath], rules: Rules, progress: Progress | None = None
) -> Plan:
    """Compare sources, or else the folders and files that are remembered, with what a file holds.

    Raises SourceError for one that cannot be read, ConfigError when that would drop all that came from a folder that is
    empty or gone, or when no source is known.
    """
    mirror = _Mirror(before, rules, progress or silent)
    named = [os.fspath(source) for source in sources]
    if "-" in named:
        raise ConfigError("-: standard input is no folder that could be mirrored; name folders and files")
    for source in named or mirror.remembered():
        mirror.take(source)
    return mirror.planned()


@dataclass(frozen=True, slots=True)
class _Held:
    """A document in the state that has a root; ``rest`` is its path there."""

    found: FoundDocument
    rest: str

    @property
    def document(self) -> Document:
        return self.found.document

    @property
    def place(self) -> tuple[int, int]:
        return self.found.segment.number, self.found.ordinal

    def is_of(self, sha256: str, options: Ingest) -> bool:
        """Whether it is what a file of this SHA-256 gives."""
        document = self.document
        lacks = options.keep_originals and document.extracted and document.original is None
        return not lacks and sha256 == (document.source or _content(document))


@dataclass(slots=True)
class _Source:
    """A source that was walked: the documents that it may drop, by their uris below it, and what it left out."""

    name: str
    skipped: Skipped = field(default_factory=Skipped)
    regions: list[tuple[str, _Held]] = field(default_factory=list)
    taken: int = 0
    may_be_empty: bool = False


class _Mirror:
    """One comparison under way."""

    def __init__(self, before: Reader | None, rules: Rules, progress: Progress) -> None:
        self._before, self._rules, self._progress = before, rules, progress
        rows = known(before) if before is not None else []
        self._roots, self._rows = Roots(rows), rows
        self._skipped = Skipped()
        self._loader = Loader(rules.options, checked_tags(rules.tags), self._skipped.notes)
        self._held: dict[Identity, list[_Held]] = {}
        self._at: dict[tuple[Identity, str], list[_Held]] = {}
        for found in before.documents() if before is not None else ():
            self._enter(found)
        self._visited: set[str] = set()
        self._sources: list[_Source] = []
        self._recalls: list[Recall] = []
        self._items: list[Item] = []
        self._seen: dict[tuple[int, int], _Held] = {}
        self._told: dict[
            str, RawFile
        ] = {}  # the smallest file of each place that the memory file does not know
        self._scanned = self._read = 0
        self._opened: set[str] = set()
        self._notes: list[str] = []

    def _enter(self, found: FoundDocument) -> None:
        root = found.document.root
        if root is None:
            return
        held = _Held(found, found.document.uri[len(root.base) :].lstrip("/"))
        mine = identity(root)
        self._held.setdefault(mine, []).append(held)
        paths = [held.rest, *_above(held.rest)] if found.document.source else [held.rest]
        for path in paths:
            self._at.setdefault((mine, path), []).append(held)

    # Sources

    def remembered(self) -> list[str]:
        """Where the roots lie of which there are documents. Raises ConfigError when that is known of none."""
        places = remembered(self._rows)
        found, unknown = list[str](), list[Identity]()
        for mine in self._held:
            paths = [places[row] for row in self._rows if identity(row) == mine and row in places]
            if paths:
                found.append(next((path for path in reversed(paths) if os.path.lexists(path)), paths[-1]))
            else:
                unknown.append(mine)
        lacking = [f"root {name!r}" for name, _ in unknown if name]
        lacking += [f"{sum(not name for name, _ in unknown):,} lone files"] * any(
            not name for name, _ in unknown
        )
        what = f"{', '.join(lacking)}: not known where on this machine; name the folder once, to have it mirrored"
        if not found:
            raise ConfigError(what if lacking else "no folder was taken into this file yet; name one")
        self._notes += [what] * bool(lacking)
        return sorted(found, key=len)  # a folder before what lies in it

    def take(self, name: str) -> None:
        """Look at one source."""
        path = os.path.realpath(name)
        source = _Source(name)
        self._sources.append(source)
        if os.path.lexists(path):
            self._walk(source, path)
        else:
            self._take_missing(source, path)

    def _take_missing(self, source: _Source, path: str) -> None:
        """A source that is not there: a file that was deleted, or a folder, perhaps of a disk that is not there."""
        found = self._roots.above(path)
        if found is not None:
            source.regions += self._region(found[0], found[1], "")
        if not source.regions:
            raise SourceError(
                f"{source.name}: no such file or folder, and nothing of it is in the memory file"
            )
        was_file = any(not rest for rest, _ in source.regions) or is_archive(path)
        source.may_be_empty = was_file and os.path.isdir(os.path.dirname(path))  # noqa: PTH112, PTH120

    def _walk(self, source: _Source, path: str) -> None:
        rules, folders, homes = self._rules, list[str](), dict[str, Home]()
        recall = Recall(path)
        self._recalls.append(recall)
        if os.path.isdir(path):  # noqa: PTH112
            self._roots.begin(named_folder(source.name, rules.root, keep=rules.options.keep_paths))
        for file in files([source.name], rules.options, source.skipped, rules.root, folders=folders):
            assert file.spot is not None
            home, rest = self._roots.home(file.spot)
            homes[home.place] = home
            if file.spot.path not in self._visited:
                self._visited.add(file.spot.path)
                self._look_at(file, home, rest, source, recall)
            else:
                source.taken += 1
        if found := self._roots.above(path):
            homes[found[0].place] = found[0]
        homes |= {each: own for each in folders if (own := self._roots.at(each)) is not None}
        for home in homes.values():
            inside = home.place == path or home.place.startswith(path.rstrip(os.sep) + os.sep)
            below = to_uri(home.place[len(path.rstrip(os.sep)) + 1 :].replace(os.sep, "/")) if inside else ""
            prefix = "" if inside else to_uri(path[len(home.place.rstrip(os.sep)) + 1 :].replace(os.sep, "/"))
            source.regions += self._region(home, prefix, below)
        source.regions += self._lone_in(folders, path)

    def _region(self, home: Home, prefix: str, below: str) -> Iterator[tuple[str, _Held]]:
        """The documents of a root from ``prefix`` on, each with its path below a source that has the root ``below``."""
        start = f"{prefix}/" if prefix else ""
        for mine in home.identities:
            for held in self._held.get(mine, ()):
                if held.rest == prefix or held.rest.startswith(start):
                    rest = held.rest.removeprefix(start) if held.rest != prefix else ""
                    yield "/".join(filter(None, (below, rest))), held

    def _lone_in(self, folders: Sequence[str], path: str) -> Iterator[tuple[str, _Held]]:
        """Documents of lone files that lay in these folders and were not met."""
        for held in [each for mine, some in self._held.items() if not mine[0] for each in some]:
            root = held.document.root
            if root is None or held.place in self._seen:
                continue
            name = from_uri(PurePosixPath(root.base).name)
            for folder in folders:
                place = os.path.join(folder, name)  # noqa: PTH118
                if digest(root.key, place) == root.digest:
                    below = place[len(path.rstrip(os.sep)) + 1 :]
                    yield to_uri(below.replace(os.sep, "/")), held

    # Files

    def _look_at(self, file: RawFile, home: Home, rest: str, source: _Source, recall: Recall) -> None:
        self._scanned += 1
        held = [each for mine in home.identities for each in self._at.get((mine, rest), ())]
        sha256 = self._sha256(file, source, recall) if held else ""
        if sha256 is None:
            return
        if held and all(each.is_of(sha256, self._rules.options) for each in held):
            self._seen |= {each.place: each for each in held}
            self._tell(file, home)
            source.taken += 1
            return
        items = self._loaded(file, source)
        if items and file.spot is not None and file.look is not None:
            recall.keep(file.spot.path, file.look, items[0].source or items[0].identity)
            source.taken += 1
        self._items += items

    def _sha256(self, file: RawFile, source: _Source, recall: Recall) -> str | None:
        """That of the file's bytes, which are read if it does not look as it did; None when they cannot be."""
        assert file.spot is not None and file.look is not None
        if known := recall.sha256(file.spot.path, file.look):
            return known
        made = hashlib.sha256()
        try:
            for piece in file.read():
                made.update(piece)
        except OSError as error:
            refused = Rejected(Reason.UNREADABLE, f"cannot be read: {error.strerror or error}")
            leave_out(refused, file.uri, self._rules.options, source.skipped)
            return None
        self._count(file)
        recall.keep(file.spot.path, file.look, made.hexdigest())
        return made.hexdigest()

    def _loaded(self, file: RawFile, source: _Source) -> list[Item]:
        self._count(file)
        return [replace(item, anew=True) for item in load(file, self._loader, source.skipped)]

    def _count(self, file: RawFile) -> None:
        """Bytes that were read, each file's once."""
        if file.spot is not None and file.look is not None:
            if file.spot.path not in self._opened:
                self._read += file.look.size
            self._opened.add(file.spot.path)
            self._progress("collect", self._read, 0)

    def _tell(self, file: RawFile, home: Home) -> None:
        """Where a root lies stands in its documents alone: of a place that is new to the file one is stored again."""
        if home.is_known or not home.rows[0].name or file.look is None:
            return
        told = self._told.get(home.place)
        if told is None or told.look is None or file.look.size < told.look.size:
            self._told[home.place] = file

    # What comes of it

    def planned(self) -> Plan:
        """What is to be done."""
        for file in self._told.values():
            self._items += self._loaded(file, self._sources[-1])
        made = arrivals(self._before, self._items, self._roots)
        replaced = {each.document.uri for each in made.replaced}
        new = [item for item in made.fresh if item.uri not in replaced]
        gone, kept = self._gone(made)
        renamed = _renamed([each.document for _, each in gone], new)
        self._check_emptied(gone, {old.id for old, _ in renamed.values()})
        moved = {old.id for old, _ in renamed.values()}
        fresh = [renamed[item.uri][1] if item.uri in renamed else item for item in made.fresh]
        for source in self._sources:
            self._skipped.update(source.skipped)
        told = {item.uri for item in made.fresh} | {*made.uris}
        return Plan(
            fresh,
            [*made.replaced, *(each.found for _, each in gone)],
            [item.uri for item in new if item.uri not in renamed],
            [item.uri for item in made.fresh if item.uri in replaced],
            [(old.uri, uri) for uri, (old, _) in renamed.items()],
            [each.document.uri for _, each in gone if each.document.id not in moved],
            [each.document.uri for each in kept],
            made.unchanged + sum(each.document.uri not in told for each in self._seen.values()),
            self._scanned,
            self._read,
            [*self._notes, *made.notes],
            self._skipped,
            [source.name for source in self._sources],
            self._rows,
            self._recalls,
        )

    def _gone(self, made: Arrivals) -> tuple[list[tuple[_Source, _Held]], list[_Held]]:
        """Documents whose files are gone, with the source they were in; and those that stay unseen."""
        arrived = {*made.uris}
        done = {(each.segment.number, each.ordinal) for each in made.replaced} | self._seen.keys()
        gone: dict[tuple[int, int], tuple[_Source, _Held]] = {}
        kept: dict[tuple[int, int], _Held] = {}
        for source in self._sources:
            for rest, held in source.regions:
                if held.place in done or held.document.uri in arrived:
                    continue
                if self._stays(rest, source.skipped):
                    kept[held.place] = held
                else:
                    gone[held.place] = source, held
        return [each for place, each in gone.items() if place not in kept], list(kept.values())

    def _stays(self, rest: str, skipped: Skipped) -> bool:
        reasons = {skipped.places.get(path) for path in (rest, *_above(rest))} - {None}
        return any(
            reason in FAILURES or (reason in _LEFT_OUT and not self._rules.delete_excluded)
            for reason in reasons
        )

    def _check_emptied(self, gone: Sequence[tuple[_Source, _Held]], renamed: set[str]) -> None:
        lost = [(source, held) for source, held in gone if held.document.id not in renamed]
        for source in self._sources:
            count = sum(each is source for each, _ in lost)
            if count and not source.taken and not source.may_be_empty and not self._rules.allow_empty:
                what = "1 document" if count == 1 else f"{count:,} documents"
                raise ConfigError(
                    f"{source.name}: nothing is there, and {what} came from it; is its disk connected? "
                    "`allow_empty=True` drops them"
                )


def _renamed(gone: Sequence[Document], new: Sequence[Item]) -> dict[str, tuple[Document, Item]]:
    """New items that have the content of a document that is gone, by uri, with what they keep of it."""
    left: dict[str, list[Document]] = {}
    for document in gone:
        if document.size:
            left.setdefault(_content(document), []).append(document)
    made: dict[str, tuple[Document, Item]] = {}
    for same_name in (True, False):
        for item in new:
            choice = left.get(item.identity, ()) if item.uri not in made else ()
            for old in choice:
                if not same_name or PurePosixPath(old.uri).name == PurePosixPath(item.uri).name:
                    left[item.identity].remove(old)
                    made[item.uri] = old, _continued(old, item)
                    break
    return made


def _continued(old: Document, item: Item) -> Item:
    """An item with what a document of the same content was marked with."""
    was_named = old.title == PurePosixPath(old.uri).name
    return replace(
        item,
        title=item.title if was_named else old.title,
        tags={**old.tags, **item.tags},
        author=item.author or old.author,
        language=item.language or old.language,
    )


def _content(document: Document) -> str:
    return document.original.sha256 if document.original is not None else document.sha256


def _above(uri: str) -> Iterator[str]:
    """The folders that a uri lies in, the nearest first, and the whole itself as ""."""
    while uri:
        uri = uri.rpartition("/")[0]
        yield uri

"""What a memory file lacks to mirror its sources: what is new there, changed, renamed and gone.

A file on disk is told by its root and its path there, as ``file.roots`` has it; its content by the SHA-256 of its
bytes, which is not taken again of a file that looks as it did (``file.recall``). Only documents of the roots, or the
parts of them, that are named here are ever dropped.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from memcodec.errors import ConfigError, SourceError
from memcodec.file.arrivals import Arrivals, arrivals
from memcodec.file.held import Held, HeldDocuments, above, path_below
from memcodec.file.reader import Reader
from memcodec.file.recall import Recall, remembered
from memcodec.file.renames import content, renamed
from memcodec.file.roots import Home, Identity, Roots, identity, known, names
from memcodec.file.sync import Plan, Rules
from memcodec.ingest.files import RawFile
from memcodec.ingest.item import Item, Reason, Rejected, checked_tags
from memcodec.ingest.kinds import is_archive
from memcodec.ingest.loaders import Loader
from memcodec.ingest.spot import named_folder
from memcodec.ingest.walk import FAILURES, Skipped, files, leave_out, load
from memcodec.model import FilePath, Progress, silent
from memcodec.version import __version__

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


@dataclass(slots=True)
class _Source:
    """A source that was walked: the documents that it may drop, by their uris below it, and what it left out."""

    name: str
    skipped: Skipped = field(default_factory=Skipped)
    regions: list[tuple[str, Held]] = field(default_factory=list)
    taken: int = 0
    may_be_empty: bool = False


class _Mirror:
    """One comparison under way."""

    def __init__(self, before: Reader | None, rules: Rules, progress: Progress) -> None:
        self._before, self._rules, self._progress = before, rules, progress
        self._rows = known(before) if before is not None else []
        self._roots, self._held = Roots(self._rows), HeldDocuments(before)
        self._skipped, self._notes = Skipped(), list[str]()
        self._loader = Loader(rules.options, checked_tags(rules.tags), self._skipped.notes)
        self._sources: list[_Source] = []
        self._recalls: list[Recall] = []
        self._items: list[Item] = []
        self._seen: dict[tuple[int, int], Held] = {}
        self._smallest: dict[str, RawFile] = {}  # of each place that the memory file does not know
        self._visited, self._opened = set[str](), set[str]()
        self._scanned = self._read = 0

    # Sources

    def remembered(self) -> list[str]:
        """Where the roots lie; of those without documents, where that is. Raises ConfigError when none is known."""
        places = remembered(self._rows)
        found, unknown = list[str](), list[Identity]()
        for mine in dict.fromkeys(map(identity, self._rows)):
            paths = [places[row] for row in self._rows if identity(row) == mine and row in places]
            there = next((path for path in reversed(paths) if os.path.lexists(path)), None)
            is_held = mine in self._held.by_root
            if there is not None or (paths and is_held):
                found.append(there or paths[-1])
            elif is_held:
                unknown.append(mine)
        called = names(self._rows)
        is_sealed = self._before is not None and self._before.seal is not None
        told = _unknown([called.get(each, "") for each in unknown], is_sealed=is_sealed)
        if not found:
            raise ConfigError(told or "no folder was taken into this file yet; name one")
        self._notes += [told] * bool(told)
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
            source.regions += self._held.below(*found)
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
            if file.spot.path in self._visited:
                source.taken += 1
            else:
                self._visited.add(file.spot.path)
                self._look_at(file, home, rest, source, recall)
        if found := self._roots.above(path):
            homes[found[0].place] = found[0]
        homes |= {each: own for each in folders if (own := self._roots.at(each)) is not None}
        for home in homes.values():
            is_inside = home.place == path or home.place.startswith(path.rstrip(os.sep) + os.sep)
            prefix, lead = "", ""
            if is_inside:
                lead = path_below(home.place, path)
            else:
                prefix = path_below(path, home.place)
            source.regions += self._held.below(home, prefix, lead)
        source.regions += self._held.lone_in(folders, path, self._seen)

    # Files

    def _look_at(self, file: RawFile, home: Home, rest: str, source: _Source, recall: Recall) -> None:
        self._scanned += 1
        if self._held.at(home, rest):
            self._compare(file, home, rest, source, recall)
            return
        assert file.spot is not None and file.look is not None
        if recall.refused(file.spot.path, file.look, self._how) and file.spot.source.folder:
            source.skipped.add(Reason.BINARY, file.uri)
            return
        self._count(file)
        items = list(load(file, self._loader, source.skipped))
        self._take_in(file, items, source, recall)

    def _compare(self, file: RawFile, home: Home, rest: str, source: _Source, recall: Recall) -> None:
        """A file of which there are documents."""
        held = self._held.at(home, rest)
        assert file.spot is not None and file.look is not None
        sha256 = recall.sha256(file.spot.path, file.look) or self._sha256(file, source)
        if not sha256:
            return
        if not all(each.is_of(sha256, self._rules.options) for each in held):
            items = self._loaded(file, source)
            if not _are_equal(file, rest, items, held):
                self._take_in(file, items, source, recall)
                return
            sha256 = held[0].source  # other bytes, of which the same is taken
        recall.keep(file.spot.path, file.look, sha256)
        self._seen |= {each.place: each for each in held}
        source.taken += 1
        self._tell(file, home)

    def _take_in(self, file: RawFile, items: Sequence[Item], source: _Source, recall: Recall) -> None:
        assert file.spot is not None and file.look is not None
        if items:
            recall.keep(file.spot.path, file.look, items[0].source or items[0].identity)
            source.taken += 1
        elif source.skipped.places.get(file.uri) == Reason.BINARY:
            recall.refuse(file.spot.path, file.look, self._how)
        self._items += [replace(item, anew=True) for item in items]

    def _sha256(self, file: RawFile, source: _Source) -> str:
        """That of the file's bytes; "" when they cannot be read."""
        made = hashlib.sha256()
        try:
            for piece in file.read():
                made.update(piece)
        except OSError as error:
            refused = Rejected(Reason.UNREADABLE, f"cannot be read: {error.strerror or error}")
            leave_out(refused, file.uri, self._rules.options, source.skipped)
            return ""
        self._count(file)
        return made.hexdigest()

    def _loaded(self, file: RawFile, source: _Source) -> list[Item]:
        """The documents in a file that had some: what became of it is told, and stops nothing."""
        items = list[Item]()
        for found in self._loader.load(file):
            if isinstance(found, Item):
                items.append(found)
            else:
                leave_out(found, file.uri, self._rules.options, source.skipped)
        return items

    @property
    def _how(self) -> str:
        """What decides whether a file is one that can be taken in."""
        return f"{__version__} {self._rules.options.transcribe}"

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
        told = self._smallest.get(home.place)
        if told is None or told.look is None or file.look.size < told.look.size:
            self._smallest[home.place] = file

    # What comes of it

    def planned(self) -> Plan:
        """What is to be done."""
        for file in self._smallest.values():
            self._count(file)
            self._items += [replace(item, anew=True) for item in self._loaded(file, self._sources[-1])]
        made = arrivals(self._before, self._items, self._roots)
        replaced = {each.document.uri for each in made.replaced}
        new = [item for item in made.fresh if item.uri not in replaced]
        gone, kept = self._gone(made)
        moves = renamed([each.document for _, each in gone], new)
        self._check_emptied(gone, {old.id for old, _ in moves.values()})
        moved = {old.id for old, _ in moves.values()}
        fresh = [moves[item.uri][1] if item.uri in moves else item for item in made.fresh]
        for source in self._sources:
            self._skipped.update(source.skipped)
        told = {item.uri for item in made.fresh} | {*made.uris}
        return Plan(
            fresh,
            [*made.replaced, *(each.found for _, each in gone)],
            [item.uri for item in new if item.uri not in moves],
            [item.uri for item in made.fresh if item.uri in replaced],
            [(old.uri, uri) for uri, (old, _) in moves.items()],
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

    def _gone(self, made: Arrivals) -> tuple[list[tuple[_Source, Held]], list[Held]]:
        """Documents whose files are gone, with the source they were in; and those that stay unseen."""
        arrived = {(uri, item.identity) for uri, item in zip(made.uris, self._items, strict=True)}
        done = {(each.segment.number, each.ordinal) for each in made.replaced} | self._seen.keys()
        gone: dict[tuple[int, int], tuple[_Source, Held]] = {}
        kept: dict[tuple[int, int], Held] = {}
        for source in self._sources:
            for rest, held in source.regions:
                if held.place in done or (held.document.uri, content(held.document)) in arrived:
                    continue  # a file has one version: others are there after a merge with an older copy
                if self._stays(rest, source.skipped):
                    kept[held.place] = held
                else:
                    gone[held.place] = source, held
        return [each for place, each in gone.items() if place not in kept], list(kept.values())

    def _stays(self, rest: str, skipped: Skipped) -> bool:
        reasons = {skipped.places.get(path) for path in (rest, *above(rest))} - {None}
        return any(
            reason in FAILURES or (reason in _LEFT_OUT and not self._rules.delete_excluded)
            for reason in reasons
        )

    def _check_emptied(self, gone: Sequence[tuple[_Source, Held]], renamed: set[str]) -> None:
        lost = [(source, held) for source, held in gone if held.document.id not in renamed]
        for source in self._sources:
            count = sum(each is source for each, _ in lost)
            if count and not source.taken and not source.may_be_empty and not self._rules.allow_empty:
                what = "1 document" if count == 1 else f"{count:,} documents"
                raise ConfigError(
                    f"{source.name}: nothing is there, and {what} came from it; is its disk connected? "
                    "`allow_empty=True` drops them"
                )


def _are_equal(file: RawFile, rest: str, items: Sequence[Item], held: Sequence[Held]) -> bool:
    """Whether the documents in a file are those that there are, though its bytes are others."""
    found = sorted((item.uri.removeprefix(file.uri).lstrip("/"), item.identity) for item in items)
    there = sorted((each.rest.removeprefix(rest).lstrip("/"), content(each.document)) for each in held)
    return found == there


def _unknown(names: Sequence[str], *, is_sealed: bool) -> str:
    """That it is not known where these roots lie; lone files have no name."""
    lone = sum(not name for name in names)
    lacking = [f"root {name!r}" for name in names if name] + [f"{lone:,} lone files"] * bool(lone)
    if not lacking:
        return ""
    if is_sealed:
        why = "of a sealed file it is not remembered where; name the folder each time, to have it mirrored"
    else:
        why = "not known where on this machine; name the folder once, to have it mirrored"
    return f"{', '.join(lacking)}: {why}"

"""Many memory files into one: frames are copied as they stand, indexes carried over, identical documents kept once."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, compress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from memcodec.arguments import checked
from memcodec.config.settings import Options, Settings
from memcodec.errors import ConfigError, Damaged, NotFound, StorageError
from memcodec.file.commit import CommitWriter, check_frames
from memcodec.file.content import ChangeContent
from memcodec.file.decided import sealing_of
from memcodec.file.fold_policy import NewIndex, kept_of
from memcodec.file.index_run import IndexRun
from memcodec.file.journal.settled import settled
from memcodec.file.phases import Overall
from memcodec.file.pictures import joined
from memcodec.file.reader import Reader
from memcodec.file.roots import folded, kept, known
from memcodec.file.segment import SegmentReader
from memcodec.file.state import changes
from memcodec.file.writer import Writer
from memcodec.format.arrays import Mask
from memcodec.format.change import StateChange, Stream
from memcodec.format.commit import Change, CommitRecord, Origin, SegmentRecord
from memcodec.media import registry
from memcodec.model import FilePath, Progress, Root, silent
from memcodec.seal.asked import sealing_for, unlocked
from memcodec.storage import Place, PlaceLike, RamFile
from memcodec.storage.attributes import granted_by
from memcodec.storage.open import check_apart, place_of
from memcodec.upkeep.convert import carry
from memcodec.upkeep.statements import signed_ids

if TYPE_CHECKING:
    from memcodec.seal.sealing import Sealing

Name = tuple[str, int]  #: of a stream: file id and commit, as its packets say


@dataclass(slots=True)
class MergeReport:
    """What ``merge`` made of ``files``: the new ``file``, its medium, and its ``size`` in bytes.

    ``conflicts`` documents share a uri with another of different content; both are kept. Segments were ``copied`` frame
    by frame, or ``carried``: their packets encoded again.
    """

    file: str
    files: int
    codec: str = ""
    profile: str = ""
    size: int = 0
    documents: int = 0
    duplicates: int = 0
    conflicts: int = 0
    copied: int = 0
    carried: int = 0


@dataclass(slots=True)
class _Merged:
    """A segment that goes into the new file, under a name, and which of its documents are in the state there."""

    name: Name
    reader: Reader
    segment: SegmentReader
    live: Mask
    ids: list[str]

    @property
    def alive(self) -> set[str]:
        """The ids of the live documents."""
        return set(compress(self.ids, self.live))

    def revive(self, names: Collection[str]) -> None:
        """Make just these documents the live ones."""
        self.live = np.array([name in names for name in self.ids], np.bool_)


@dataclass(slots=True)
class _Plan:
    """The segments to take, by the names of their streams in the new file, in order.

    ``first``: for each document, the number of the first file in whose state it is.
    """

    taken: dict[Name, _Merged] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    def add(self, reader: Reader, segment: SegmentReader, number: int) -> None:
        """Take a file's segment. Of two copies, the one stays that has less of what is in neither's state any more."""
        ids = [stored.document.id for stored in segment.catalogue.all_documents()]
        live = np.ones(len(ids), np.bool_) if segment.dead is None else ~segment.dead
        new, old = _Merged(segment.stream, reader, segment, live, ids), self.taken.get(segment.stream)
        for name in new.alive:
            self.first.setdefault(name, number)
        if old is not None:
            alive = old.alive | new.alive
            whole = [each for each in (old, new) if alive.issubset(each.ids)]
            if not whole:  # each was compacted and lacks what the other has: they are two streams from now on
                new.name = os.urandom(4).hex(), segment.record.commit
            elif min(whole, key=lambda each: len(each.ids)) is old:
                old.revive(alive)
                return
            else:  # behind those of its own file, so that the indexes over several segments still fit
                new.revive(alive)
                del self.taken[old.name]
        self.taken[new.name] = new

    def settle(self, report: MergeReport, signed: Collection[str] = ()) -> None:
        """Keep identical documents once, as the first file has them, and let go of segments without any.

        Those that are ``signed``, by their ids, are all kept, before others: their signatures are over them alone.
        """
        live = [
            (taken, ordinal, stored.document)
            for taken in self.taken.values()
            for ordinal, stored in enumerate(taken.segment.catalogue.all_documents())
            if taken.live[ordinal]
        ]
        seen: dict[str, dict[tuple[str, str], set[str]]] = {}
        for taken, ordinal, document in sorted(
            live, key=lambda each: (each[2].id not in signed, self.first[each[2].id])
        ):
            versions = seen.setdefault(document.uri, {})
            key = document.sha256, folded(document.root.name) if document.root is not None else ""
            held = versions.setdefault(key, set())
            if document.id in held or (held and document.id not in signed):
                taken.live[ordinal] = False
                report.duplicates += document.id not in held
            else:
                held.add(document.id)
        report.documents = sum(int(taken.live.sum()) for taken in self.taken.values())
        report.conflicts = sum(len(each) for each in seen.values() if len({sha256 for sha256, _ in each}) > 1)
        self.taken = {name: taken for name, taken in self.taken.items() if taken.live.any()}

    def change(self, segments: Sequence[SegmentRecord]) -> StateChange:
        """The state of the new file with these segments, as its media tells it."""
        # A document may stand in several streams, by one id. It is in the state if it is there in one of them.
        alive = set[str]().union(*(taken.alive for taken in self.taken.values()))
        drop = {name: None for taken in self.taken.values() for name in taken.ids if name not in alive}
        streams = tuple(Stream(each.file, each.commit, each.void) for each in segments)
        return StateChange("merge", drop=tuple(drop), streams=streams)

    def dropped(self) -> tuple[Change, ...]:
        """The documents that are carried along but not in the state."""
        gone = (np.flatnonzero(~taken.live).tolist() for taken in self.taken.values())
        return changes(dict(enumerate(gone)))

    def roots(self, readers: Sequence[Reader]) -> tuple[Root, ...]:
        """What is to be kept of the files' folders beside the documents."""
        held = (root for taken in self.taken.values() for root in taken.segment.catalogue.roots())
        stored = (
            each
            for taken in self.taken.values()
            for each in compress(taken.segment.catalogue.all_documents(), taken.live)
        )
        return kept(chain.from_iterable(map(known, readers)), held, (each.document for each in stored))

    def origins(self, readers: Sequence[Reader]) -> tuple[Origin, ...]:
        """Which of it came from which file, and where that had it from."""
        found: dict[Origin, None] = {}
        for reader in readers:
            found |= dict.fromkeys(origin for entry in reader.entries for origin in entry.origins)
            mine = [taken for taken in self.taken.values() if taken.reader is reader]
            documents = sum(int(taken.live.sum()) for taken in mine)
            name = Path(reader.source.name).name
            found[Origin(name, reader.record.file, reader.record.commit, len(mine), documents)] = None
        return tuple(found)


@checked
def merge(
    files: Sequence[PlaceLike],
    out: PlaceLike,
    *,
    settings: Settings | None = None,
    force: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    seal: Sequence[str] = (),
    passphrase: str | None = None,
    unlock: FilePath | Sequence[FilePath] | None = None,
) -> MergeReport:
    """Write the memories in ``files`` to a new file ``out``, as they are now; their own past stays behind.

    Where codec and configuration agree, frames are copied; else packets are encoded as they are. Documents of one uri
    and content are kept once, as the first file has them, unless they are of roots of two names; of one uri and several
    contents, or signed ones, all. A document that is dropped in one file and not in another is kept. Without
    ``settings`` the first file's codec and profile are taken, as far as the name of ``out`` allows. ``dry_run``: only
    tell; the report has no size.

    ``seal`` and ``passphrase`` seal the new file (as of ``create``), ``unlock`` has the secret keys to the old ones;
    where all of them are sealed with one key, the new file is sealed so, too.

    Raises Damaged when part of a file is lost: ``repair`` it first. NotFound when there is no document at all,
    ConfigError when files are sealed with several keys and nobody is named whom the new one is for.
    """
    new, places = place_of(out), [place_of(file) for file in files]
    check_apart("merge", new, *places)
    with contextlib.ExitStack() as stack:
        unique = {place.key: place for place in places}.values()
        keys = stack.enter_context(unlocked(unlock))
        readers = [stack.enter_context(settled(place, keys=keys, use="copy")) for place in unique]
        sealing = sealing_for(seal, passphrase) or _same_seal(readers)
        report, plan = MergeReport(new.name, len(files)), _Plan()
        for number, reader in enumerate(readers):
            for segment in reader.segments:
                if segment.documents:
                    plan.add(reader, segment, number)
        plan.settle(report, signed_ids(readers))
        if not plan.taken:
            raise NotFound("no document in any of these files; there is nothing to merge")
        settings = _settings_like(readers[0], new, settings)
        report.codec, report.profile = settings.encode.codec, settings.encode.profile
        if dry_run:
            _preview(new, settings, plan, readers, report, sealing, force=force)
            return report
        rights = [granted_by(reader.source) for reader in readers]
        total = sum(taken.segment.record.stream for taken in plan.taken.values())
        overall = Overall(progress or silent, "merge", total)
        writing = Writer.create(new, settings, force=force, progress=overall, rights=rights, sealing=sealing)
        stack.enter_context(contextlib.closing(writing))
        _write(writing, plan, readers, report, overall)
        report.size = writing.size
        return report


def _preview(
    new: Place,
    settings: Settings,
    plan: _Plan,
    readers: Sequence[Reader],
    report: MergeReport,
    sealing: Sealing | None,
    *,
    force: bool,
) -> None:
    """Count what would be copied and what carried; the new file is begun in RAM, for the codec to tell."""
    if new.path is not None and new.path.exists() and not force:
        raise StorageError(f"{new.name}: exists already; use `force=True` to replace it")
    with contextlib.closing(Writer.create(RamFile(), settings)) as writing:
        accepted = {id(reader): writing.accepts(reader) for reader in readers}
    for taken in plan.taken.values():
        is_copied = accepted[id(taken.reader)] and taken.name == taken.segment.stream and _is_intact(taken)
        is_copied = is_copied and _is_sealed_so(taken, sealing)
        report.copied, report.carried = report.copied + is_copied, report.carried + (not is_copied)


def _is_intact(taken: _Merged) -> bool:
    try:
        check_frames(taken.reader, taken.segment)
    except Damaged:
        return False
    return True


def _settings_like(first: Reader, out: Place, settings: Settings | None) -> Settings:
    """The settings given, or those of the first file; what they leave to the codec is as in that, too."""
    if settings is None:
        codec = registry.for_file(out.name, first.record.codec)
        settings = Settings().with_options(codec=codec, profile=first.record.profile)
    encode = settings.encode
    if (encode.codec, encode.profile) != (first.record.codec, first.record.profile):
        return settings
    return settings.with_options(**cast("Options", {**first.media.options, **encode.options}))


def _write(
    writing: Writer, plan: _Plan, readers: Sequence[Reader], report: MergeReport, overall: Overall
) -> None:
    accepted = {id(reader): writing.accepts(reader) for reader in readers}
    writing.events = max(reader.record.events for reader in readers)

    def work(writer: CommitWriter) -> CommitRecord:
        for taken in plan.taken.values():
            overall.begin(taken.segment.record.stream)
            is_alike = accepted[id(taken.reader)] and _is_sealed_so(taken, writing.sealing)
            is_copied = is_alike and _copied(writer, taken)
            if not is_copied:
                carry(writer, taken.segment, taken.name)
            report.copied, report.carried = report.copied + is_copied, report.carried + (not is_copied)
        overall.end()
        for index in _indexes(plan, readers):
            writer.index(index)
        writer.add(ChangeContent(plan.change(writer.segments), writer.options))
        alive = {name for taken in plan.taken.values() for name in taken.alive}
        writer.pictures(joined((each for reader in readers for each in reader.pictures), alive))
        entry = writer.entry("merge", added=report.documents)
        origins, roots = plan.origins(readers), plan.roots(readers)
        return writer.finish(replace(entry, drop=plan.dropped(), origins=origins, roots=roots))

    writing.write(work)


def _same_seal(readers: Sequence[Reader]) -> Sealing | None:
    """What files are sealed with that are all sealed with one key. Raises ConfigError when they differ."""
    seals = {reader.seal.commitment if reader.seal is not None else b"" for reader in readers}
    if len(seals) > 1:
        raise ConfigError(
            "some of these files are sealed, and not with one key: say for whom to seal the new one, by "
            "`seal='age1...'` or `passphrase='...'`"
        )
    return sealing_of(readers[0])


def _is_sealed_so(taken: _Merged, sealing: Sealing | None) -> bool:
    """Whether a segment is sealed as the new file is."""
    return taken.segment.record.key == (sealing.key.name.hex() if sealing is not None else "")


def _copied(writer: CommitWriter, taken: _Merged) -> bool:
    """Copy a segment's frames; not when some are damaged, parity is for those, or their packets go by another name."""
    if taken.name != taken.segment.stream:
        return False
    try:
        writer.copy(taken.reader, taken.segment)
    except Damaged:
        return False
    return True


def _indexes(plan: _Plan, readers: Sequence[Reader]) -> Iterator[NewIndex]:
    """The indexes of the segments taken, in their order."""
    order = {id(taken.segment): place for place, taken in enumerate(plan.taken.values())}
    found: list[tuple[int, NewIndex]] = []
    for reader in readers:
        for run in reader.indexes:
            taken = [id(segment) in order for segment in run.segments]
            places = [order[id(segment)] for segment in compress(run.segments, taken)]
            if places:
                found.append((places[0], _kept(run, taken)))
    return (index for _, index in sorted(found, key=lambda each: each[0]))


def _kept(run: IndexRun, taken: Sequence[bool]) -> NewIndex:
    """The run's index, if needed without the chunks of segments that are not taken."""
    mask = np.repeat(taken, [segment.record.chunks for segment in run.segments])
    return kept_of(run, sum(taken), None if mask.all() else mask)

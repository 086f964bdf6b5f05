"""A new memory file from whatever a damaged, stripped or re-encoded one still holds. The old one is only read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from memcodec.arguments import checked
from memcodec.config.settings import Settings
from memcodec.errors import Damaged, MemcodecError, NotAMemoryFile, Sealed, WrongKey
from memcodec.file.places import FoundDocument
from memcodec.file.reader import read_file
from memcodec.file.writer import Writer
from memcodec.format.budget import Budget
from memcodec.format.change import StateChange
from memcodec.media import registry
from memcodec.media.contract import PROFILES, Codec, Profile
from memcodec.media.reader import first_to_find
from memcodec.model import Loss, Progress, Rights, silent
from memcodec.storage import Place, PlaceLike, Source
from memcodec.storage.attributes import granted_by
from memcodec.storage.open import check_apart, place_of
from memcodec.upkeep import keyless
from memcodec.upkeep.salvage import (
    Described,
    Key,
    SalvagedCommit,
    Streams,
    gathered,
    is_sealed,
    read_streams,
)
from memcodec.upkeep.waiting import Waiting, salvage_journal

if TYPE_CHECKING:
    from memcodec.seal.keyring import Keyring
    from memcodec.seal.sealing import Sealing


@dataclass(slots=True)
class RepairReport:
    """What came back, in the new ``file`` of ``size`` bytes.

    ``lost`` data packets did not read; parity brought back ``recovered`` of the ``packets``. ``losses`` are documents
    that did not come back, ``unnamed`` counts those of which not even a name is left.
    """

    file: str
    codec: str
    profile: str
    commits: int = 0
    documents: int = 0
    packets: int = 0
    lost: int = 0
    recovered: int = 0
    losses: list[Loss] = field(default_factory=list)
    unnamed: int = 0
    notes: list[str] = field(default_factory=list)
    size: int = 0
    sealed: bool = False  #: it is sealed, and no key was given: nothing of its documents was seen

    @property
    def complete(self) -> bool:
        """Every document the media speaks of came back."""
        return not self.losses and not self.unnamed and (not self.sealed or self.lost == self.recovered)


@checked
def repair(
    file: PlaceLike,
    out: PlaceLike,
    *,
    settings: Settings | None = None,
    codec: str | None = None,
    profile: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> RepairReport:
    """Read every packet the media of ``file`` still holds and write what they say to a new file ``out``.

    Needs no index and no boxes. The new file has the old one's codec and profile unless others are named, or the name
    of ``out`` ends as another codec's files do; the rest of how it is written comes from ``settings``. Raises Damaged
    when there is no whole document left.

    A sealed file is sealed again with the same key. Without a key its packets are kept as they are, with those that
    parity brings back, and its index is left to who repairs it with the key. Raises WrongKey for keys of others.
    """
    place, new = place_of(file), place_of(out)
    check_apart("repair", new, place)
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(contextlib.closing(place.open()))
        account = Budget(source.size, (settings or Settings()).read.max_memory)
        streams, sealing, keys = gathered(_scan(source), progress or silent), None, None
        if any(map(is_sealed, streams.values())):
            found = _unlocked(place, source, streams, stack)
            if found is None:
                return _kept(source, streams, new, settings or Settings(), codec, profile, force=force)
            keys, sealing = found.keys, found
        commits = read_streams(streams, account, _described(place, keys), progress or silent, keys)
        waiting = salvage_journal(source) if keys is None else Waiting()
        if any(commit.items for commit in commits):
            return rebuild(
                commits,
                new,
                settings=settings,
                codec=codec,
                profile=profile,
                force=force,
                progress=progress,
                rights=[granted_by(source)],
                waiting=waiting,
                sealing=sealing,
            )
        raise Damaged(f"{place.name}: no document could be saved; its frames hold no readable packets of one")


def _unlocked(place: Place, source: Source, streams: Streams, stack: contextlib.ExitStack) -> Sealing | None:
    """The keys of a sealed file, and what it is sealed with; None when no key was given. Raises WrongKey."""
    from memcodec.seal.keyring import Keyring
    from memcodec.seal.sealing import Sealing

    keys, found, refused = Keyring(), None, list[Sealed]()
    stack.callback(keys.close)
    for seal in keyless.seals_of(source, streams):
        try:
            key = keys.unlock(seal, source.name)
            found = found or Sealing(key, keys, ())
        except Sealed as error:
            refused.append(error)
    if found is None and any(isinstance(each, WrongKey) for each in refused):
        raise refused[0]
    if found is not None:
        with (
            contextlib.suppress(MemcodecError),
            contextlib.closing(read_file(place, journal=False, keys=keys, use="any")) as old,
        ):
            return found._replace(names=old.record.recipients)
    return found


def _kept(
    source: Source,
    streams: Streams,
    out: Place,
    settings: Settings,
    codec: str | None,
    profile: str | None,
    *,
    force: bool,
) -> RepairReport:
    """As much as can be done without the key."""
    told = keyless.medium_of(source)
    codec = codec or registry.for_file(out.name, told[0] if told else settings.encode.codec)
    profile = profile or (told[1] if told else settings.encode.profile)
    made = keyless.keep_sealed(
        source,
        streams,
        keyless.seals_of(source, streams),
        out,
        codec=codec,
        profile=cast(Profile, profile),
        options=settings.encode.options,
        share=settings.encode.parity / 100,
        force=force,
    )
    report = RepairReport(out.name, codec, profile, made.streams, 0, made.packets, made.lost, made.recovered)
    report.size, report.sealed = made.size, True
    report.notes.append(
        "sealed, and no key was given: its packets are whole, and who has the key makes its index with repair"
    )
    return report


def rebuild(
    commits: Sequence[SalvagedCommit],
    out: PlaceLike,
    *,
    settings: Settings | None = None,
    codec: str | None = None,
    profile: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
    rights: Iterable[Rights | None] = (),
    waiting: Waiting | None = None,
    sealing: Sealing | None = None,
) -> RepairReport:
    """Write what was salvaged to a new file ``out``, no more open than ``rights``; the rest as ``repair`` has it.

    ``waiting``: of the journal, which no media holds. ``sealing``: what it is to be sealed with.
    """
    new = place_of(out)
    plan = _plan(settings or Settings(), commits, new, codec, profile)
    report = RepairReport(new.name, plan.encode.codec, plan.encode.profile)
    file_id = _file_id(commits)
    writing = Writer.create(
        new,
        plan,
        force=force,
        progress=progress,
        file_id=file_id,
        hold=True,
        rights=rights,
        sealing=sealing,
    )
    with contextlib.closing(writing):
        rewriting = _Rewriting(writing)
        for commit in commits:
            _tally(report, commit)
            rewriting.write(commit)
        if waiting is not None and waiting.commit is not None:
            writing.events = waiting.events
            report.documents += rewriting.write(waiting.commit)
            writing.notes.append(waiting.note)
        writing.publish()
        report.notes, report.size = list(dict.fromkeys(writing.notes)), writing.size
    return report


def _file_id(commits: Sequence[SalvagedCommit]) -> bytes:
    """The id of the file: its first commit has it, or the merge or compaction that it began with."""
    begun = (commit for commit in commits if commit.change is not None and commit.change.streams)
    return next(begun, commits[0]).file_id


def _described(place: Place, keys: Keyring | None = None) -> dict[Key, Described]:
    """What the file's index tells of its commits, as far as it is whole: the media alone must do without."""
    found: dict[Key, Described] = {}
    with (
        contextlib.suppress(MemcodecError),
        contextlib.closing(read_file(place, journal=False, keys=keys, use="any")) as reader,
    ):
        for segment in reader.segments:
            with contextlib.suppress(MemcodecError):
                key = bytes.fromhex(segment.record.file), segment.record.commit
                catalogue = segment.catalogue
                found[key] = Described(
                    list(catalogue.remaining_documents()),
                    catalogue.dictionary_remains(),
                    catalogue.dictionary_spares(),
                )
    return found


def _scan(source: Source) -> Iterator[bytes]:
    """Every packet in the file, by the codec that knows it, or else by the first of the others that finds any."""
    candidates = [registry.get(name) for name in registry.names()]
    with contextlib.suppress(NotAMemoryFile):
        candidates.insert(0, registry.detect(source))  # the others too: sound may come in any container
    return first_to_find(_packets(candidate, source) for candidate in dict.fromkeys(candidates))


def _packets(codec: Codec, source: Source) -> Iterator[bytes]:
    with contextlib.closing(codec.open(source)) as media:
        yield from media.scan()


def _plan(
    base: Settings, commits: Sequence[SalvagedCommit], out: Place, codec: str | None, profile: str | None
) -> Settings:
    known = registry.names(), PROFILES  # a forged record may say anything
    told = next(
        (each for each in reversed(commits) if each.codec in known[0] and each.profile in known[1]), None
    )
    codec = codec or registry.for_file(out.name, told.codec if told else base.encode.codec)
    profile = profile or (told.profile if told else base.encode.profile)
    return replace(base, encode=replace(base.encode, codec=codec, profile=profile))


def _tally(report: RepairReport, commit: SalvagedCommit) -> None:
    report.commits += 1
    report.documents += len(commit.items)
    report.packets += commit.packets
    report.lost += commit.lost
    report.recovered += commit.recovered
    report.losses += commit.losses
    report.unnamed += commit.unnamed


class _Rewriting:
    """Writes salvaged commits one after the other; their changes find the documents by id."""

    def __init__(self, writing: Writer) -> None:
        self._writing = writing
        self._places: dict[str, tuple[int, int]] = {}  # segment and ordinal of each document written
        self._segments = self._number = 0

    def write(self, commit: SalvagedCommit) -> int:
        """One commit; how many documents are new in it. Numbers rise: merged streams may each have counted from 1. No
        document comes twice.
        """
        new = [
            (item, name)
            for item, name in zip(commit.items, commit.ids, strict=True)
            if name not in self._places
        ]
        items, ids = [item for item, _ in new], [name for _, name in new]
        change = commit.change or StateChange("add")
        drop, revive = self._found(change.drop), self._found(change.revive)
        if not (items or drop or revive):
            return 0
        self._number = max(self._number + 1, commit.number)
        if items:
            self._writing.add(items, drop, revive, ids=ids, time=commit.time, number=self._number)
        else:
            self._writing.change(change.kind, drop, revive, time=commit.time, number=self._number)
        self._places |= {name: (self._segments, ordinal) for ordinal, name in enumerate(ids)}
        self._segments += 1
        return len(items)

    def _found(self, ids: Iterable[str]) -> list[FoundDocument]:
        """The documents of these ids, as far as they were saved."""
        places = [self._places[name] for name in ids if name in self._places]
        before = self._writing.before if places else None
        if before is None:
            return []
        found = ((before.segments[number], ordinal) for number, ordinal in places)
        return [FoundDocument(segment, at, segment.catalogue.document(at)) for segment, at in found]

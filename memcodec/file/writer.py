"""The writing side of a memory file: the media it goes to, and what to do when a commit fails."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from memcodec.config import units
from memcodec.config.settings import Settings
from memcodec.errors import ConfigError, Damaged, MemcodecError, ModelError, StorageError
from memcodec.file import recall
from memcodec.file.arrivals import Arrivals, arrivals
from memcodec.file.commit import CommitWriter
from memcodec.file.content import ChangeContent, CommitOptions, Indexing, NewContent, is_searched
from memcodec.file.dictionary import Dictionary
from memcodec.file.history import of_entry
from memcodec.file.journal.contents import contents, microseconds_of
from memcodec.file.journal.limits import LIMITS, is_small
from memcodec.file.journal.put import put, texts_of
from memcodec.file.pictures import PictureVectors, renamed
from memcodec.file.places import FoundDocument
from memcodec.file.reader import BROKEN, Reader
from memcodec.file.roots import known
from memcodec.file.sight import see
from memcodec.file.state import changes
from memcodec.format import guide
from memcodec.format.change import StateChange
from memcodec.format.commit import OLDEST, Change, CommitRecord
from memcodec.format.journal import Note, pack_note, pack_text
from memcodec.index.lexical.segment import LexicalBuilder, LexicalSegment
from memcodec.ingest.item import Item
from memcodec.media import registry
from memcodec.media.contract import MediaWriter, Profile
from memcodec.media.groups import batched
from memcodec.model import Commit, CommitReport, Progress, Rights, silent
from memcodec.models import embedding
from memcodec.storage import LocalTarget, PlaceLike, Target
from memcodec.storage.attributes import close_as
from memcodec.storage.open import place_of

if TYPE_CHECKING:
    from memcodec.seal.keyring import Keyring
    from memcodec.seal.sealing import Sealing

NO_MODEL = "none"
_EMBED_BATCH = 1024


class Seen(NamedTuple):
    """What a model saw in documents of another file: their ``ids`` there, in the order in which they are written."""

    ids: Sequence[str]
    vectors: Sequence[PictureVectors]


class Writer:
    """Writes commits to one file, new or not. Holds the file's lock as long as it lives. One thread at a time."""

    def __init__(
        self,
        target: Target,
        settings: Settings,
        before: Reader | None = None,
        *,
        progress: Progress | None = None,
        file_id: bytes | None = None,
        hold: bool = False,
        sealing: Sealing | None = None,
    ) -> None:
        if sealing is not None and settings.encode.index == "background":
            raise ConfigError(
                "vectors of a sealed file are not made in the background, where its key is not: use `index='now'`"
            )
        self.sealing = sealing
        self._own_keys: Keyring | None = None
        self.settings, self.notes = settings, list[str]()
        self.unchanged, self._arrived = 0, Arrivals()
        self._target, self._before, self._hold = target, before, hold
        self._codec = registry.get(settings.encode.codec)
        # An unknown language is told now, not after the media is written.
        LexicalBuilder(settings.index.language)
        self._progress = progress or silent
        self._file_id = bytes.fromhex(before.record.file) if before else file_id or os.urandom(4)
        self.is_continued = before is not None
        self.is_named_exactly = (
            self.is_continued
        )  #: whether the settings have a model's identity, not its name
        self.stands = before is not None  #: whether there is a commit in the target
        self.events = before.record.events if before else 0  #: that the file was given so far
        self._last: Commit | None = None  # what the last commit did
        self._notes_too = False  # whether ``before`` shows what stands in the journal
        self._media: MediaWriter | None = None

    @classmethod
    def create(
        cls,
        file: PlaceLike,
        settings: Settings,
        *,
        force: bool = False,
        locked: bool = False,
        progress: Progress | None = None,
        file_id: bytes | None = None,
        hold: bool = False,
        rights: Iterable[Rights | None] = (),
        sealing: Sealing | None = None,
    ) -> Writer:
        """Begin a new file. It shows when it is published: after the first commit, unless ``hold``.

        It is no more open than these ``rights``, and those of files that its documents come from. ``sealing``: it is to
        be sealed so.
        """
        target = place_of(file).create(replace=force, locked=locked)
        try:
            close_as(target, rights)
            return cls(target, settings, progress=progress, file_id=file_id, hold=hold, sealing=sealing)
        except BaseException:
            target.close()
            raise

    @classmethod
    def append(
        cls,
        file: PlaceLike,
        settings: Settings,
        *,
        wait: float = 0.0,
        progress: Progress | None = None,
        fold: bool = True,
        keys: Keyring | None = None,
    ) -> Writer:
        """Continue a file after its last commit; what an interrupted one left behind that is cut off.

        Codec, profile, language and model are the file's. What stands in its journal is folded into a commit first, or,
        without ``fold``, when something else than a journal's is written. ``keys`` open a sealed file. Raises
        StorageError when another process writes to it, and ConfigError for a file that is not sealed when keys were
        given for it: it may be one that somebody put there in the place of the sealed one.
        """
        target, own = place_of(file).reopen(wait=wait), None
        try:
            if keys is None:
                from memcodec.seal.keyring import Keyring

                keys = own = Keyring()
            before = Reader(target.source(), journal=not fold, keys=keys)
            before.check_unmoved()
            if keys.was_given and not before.sealed:
                raise ConfigError(
                    f"{target.name}: is not sealed, and a key was given to write to it: everybody could read what is "
                    "added; leave the key out if that is meant"
                )
            made = cls(
                target, settings_of(before, settings), before, progress=progress, sealing=sealing_of(before)
            )
            made._own_keys = own
            made._notes_too = not fold
            made._cut_torn_tail()
            if fold:
                made.fold()
            return made
        except BaseException:
            target.close()
            if own is not None:
                own.close()
            raise

    def _read(self, *, journal: bool) -> Reader:
        """The file as it is."""
        keys = self.sealing.keys if self.sealing is not None else None
        return Reader(self._target.source(), journal=journal, keys=keys, use="any")

    def fold(self) -> CommitRecord | None:
        """Write what stands in the file's journal as a commit. None when there is nothing in it.

        Raises Damaged when a part of it cannot be read.
        """
        before = self.before
        journal = before.media.journal if before is not None else None
        if before is None or journal is None or not journal.groups:
            return None
        if before.waiting.count or before.waiting.damage:  # it shows the journal as if it were folded
            before.close()
            before = self._before = self._read(journal=False)
        found = contents(journal, self._file_id)
        if found.damage:
            raise Damaged(f"{self._target.name}: {found.damage}")
        events = journal.groups[-1].following
        self.events = max(self.events, events)
        drop = [
            each for each in before.named(found.drop) if each.document.id in found.drop[each.document.uri]
        ]
        last = found.commits[-1].number if found.commits else before.record.commit
        number = max(last, before.record.commit + 1)
        if not found.items and not drop:
            return None
        return self.add(found.items, drop, ids=[item.id for item in found.items], number=number)

    def renew(self) -> CommitRecord:
        """Write a commit that changes nothing, in the newest format."""

        def write(writer: CommitWriter) -> CommitRecord:
            kept = self._before.state.indexes if self._before is not None else ()
            return writer.seal(writer.entry("index"), kept)

        return self.write(write)

    def _cut_torn_tail(self) -> None:
        before = self.before
        torn = before.media.torn if before is not None else 0
        if before is not None and before.media.broken:
            raise Damaged(f"{self._target.name}: {BROKEN}")
        if torn:
            self._target.cut(self._target.size - torn)
            self.notes.append(f"cut {units.format_size(torn)} that an interrupted commit left at the end")

    @property
    def name(self) -> str:
        """The file's name, as it may be shown."""
        return self._target.name

    @property
    def size(self) -> int:
        """Bytes of the file so far."""
        return self._target.size

    def report(self, made: CommitRecord | None, forgotten: Sequence[FoundDocument] = ()) -> CommitReport:
        """What came of the last write, ``made`` by it; notes that were told once are not told again."""
        documents = tuple(each.stored.document for each in forgotten)
        told = CommitReport(
            self.name,
            self._last if made is not None else None,
            self.unchanged,
            self.size,
            tuple(self.notes),
            documents,
            self._arrived.elsewhere,
            tuple(self._arrived.uris),
        )
        self.unchanged, self.notes, self._arrived = 0, [], Arrivals()
        return told

    @property
    def before(self) -> Reader | None:
        """The file as last committed; None before the first commit."""
        if self._before is None and self.stands:
            self._before = self._read(journal=self._notes_too)
        return self._before

    # Commits

    def commit(self, items: Sequence[Item]) -> CommitRecord | None:
        """Write items as one commit: what is new, and new versions in the place of old ones (``file.arrivals``).

        None when there is nothing new; ``unchanged`` counts what was left out for that.
        """
        self._arrived = found = arrivals(self.before, items)
        if found.fresh and not self._takes_note(found.fresh) and self.fold() is not None:
            self._arrived = found = arrivals(self.before, items)
        self.unchanged = found.unchanged
        self.notes += found.notes
        if not found.fresh:
            return None
        if self._takes_note(found.fresh):
            return self._note(found)
        rows = known(self.before) if self.before is not None else []
        made = self.add(found.fresh, found.replaced)
        if self.sealing is None:  # what it is made of is told nowhere else
            recall.note(found.fresh, rows)
        return made

    def _takes_note(self, items: Sequence[Item]) -> bool:
        """Whether these go to the journal: they are small, and older releases refuse the file already."""
        before = self._before
        if before is None or not isinstance(self._target, LocalTarget) or not self._target.published:
            return False
        if self.sealing is not None:  # sealed files have no journal
            return False
        if before.media.carrier is None:
            return False
        return self.settings.encode.journal and before.record.format > OLDEST and is_small(items)

    def _note(self, found: Arrivals) -> CommitRecord:
        """Write documents to the journal: there they are a commit, too. The record that the journal stands behind."""
        before, target = self._before, self._target
        assert before is not None and isinstance(target, LocalTarget)
        journal, carrier = before.media.journal, before.media.carrier
        assert journal is not None and carrier is not None
        replaced = [each.document for each in found.replaced]
        uris = {each.uri for each in replaced}
        changed = sum(item.uri in uris for item in found.fresh)
        number, added, time = before.commit + 1, len(found.fresh) - changed, datetime.now(UTC)
        records = [pack_note(Note(number, added, changed)), *map(pack_text, texts_of(found.fresh, replaced))]
        rows, size = known(before), target.size
        event = journal.groups[-1].following if journal.groups else before.record.events
        put(target, journal, carrier, records, number=event, time=microseconds_of(time))
        if self.settings.encode.durability == "strict":
            target.sync_data()
        elif self.settings.encode.durability == "batched":
            target.sync_soon()
        self._last = Commit(number, time, "add", added, changed, 0, target.size - size)
        recall.note(found.fresh, rows)
        self._forget_before()
        if LIMITS.is_reached(journal, before.waiting.count + len(found.fresh)):
            self._before = Reader(target.source())
            self.fold()
        return before.record

    def replace(self, items: Sequence[Item], drop: Sequence[FoundDocument]) -> CommitRecord | None:
        """Write one commit that stores items and drops documents; None when there are neither."""
        if items:
            return self.add(items, drop)
        return self.change("forget", drop) if drop else None

    def add(
        self,
        items: Sequence[Item],
        drop: Sequence[FoundDocument] = (),
        revive: Sequence[FoundDocument] = (),
        *,
        ids: Sequence[str] | None = None,
        time: datetime | None = None,
        number: int | None = None,
        seen: Seen | None = None,
    ) -> CommitRecord:
        """Write a commit of documents, with ``ids`` if they have some already, that drops or revives others.

        ``seen``: vectors of those that are pictures, as far as there are some.
        """
        self._close_as(items)
        encode = self.settings.encode
        indexes = self._indexes() if any(map(is_searched, items)) else (None, None)
        indexing = Indexing(encode.chunk_size, encode.overlap, *indexes)
        uris = {found.document.uri for found in drop}
        changed = sum(item.uri in uris for item in items)
        gone = len(uris - {item.uri for item in items})
        dictionary = Dictionary(items)
        if self._media is None and self._before is None:
            dictionary.begin()  # while the guide is drawn and encoded

        def write(writer: CommitWriter) -> CommitRecord:
            change = StateChange("add", _ids(drop), _ids(revive))
            content = NewContent(items, writer.options, indexing, change, ids, dictionary=dictionary)
            writer.add(content)
            names = [stored.document.id for stored in content.catalogue.stored]
            carried = renamed(seen.vectors, dict(zip(names, seen.ids, strict=True))) if seen else []
            writer.pictures([*carried, *self._seen(list(zip(names, items, strict=True)), drop, carried)])
            entry = writer.entry("add", len(items) - changed + len(revive), changed, gone)
            return writer.finish(replace(entry, drop=places(drop), revive=places(revive)))

        return self.write(write, time=time, number=number)

    def _seen(
        self,
        named: Sequence[tuple[str, Item]],
        drop: Sequence[FoundDocument],
        given: Sequence[PictureVectors],
    ) -> list[PictureVectors]:
        """The vectors of the items that are pictures, but for those ``given``: of dropped documents that show the
        same, or new ones.
        """
        has = {name for part in given for name in part.documents}
        shown = {
            name: item
            for name, item in named
            if item.type == "image" and item.original is not None and name not in has
        }
        old = {
            each.original.sha256: each.id for found in drop if (each := found.document).original is not None
        }
        same = {name: old[item.identity] for name, item in shown.items() if item.identity in old}
        carried = renamed(self._before.pictures, same) if self._before is not None and same else []
        known = {name for part in carried for name in part.documents}
        fresh = [(name, item) for name, item in shown.items() if name not in known]
        if self.settings.ingest.image_model == NO_MODEL:
            return carried
        return [*carried, *see(self.settings.ingest.image_model, fresh, self.notes, self._progress)]

    def _close_as(self, items: Sequence[Item]) -> None:
        """A new file is no more open than those that its documents come from."""
        if not self._target.published:
            close_as(self._target, {item.rights for item in items})

    def change(
        self,
        kind: str,
        drop: Sequence[FoundDocument] = (),
        revive: Sequence[FoundDocument] = (),
        *,
        time: datetime | None = None,
        number: int | None = None,
    ) -> CommitRecord:
        """Write a commit that drops documents from the state, or brings dropped ones back."""
        change = StateChange(kind, _ids(drop), _ids(revive))

        def write(writer: CommitWriter) -> CommitRecord:
            writer.add(ChangeContent(change, writer.options))
            entry = writer.entry(kind, added=len(revive), removed=len(drop))
            return writer.finish(replace(entry, drop=places(drop), revive=places(revive)))

        return self.write(write, time=time, number=number)

    def write(
        self,
        work: Callable[[CommitWriter], CommitRecord],
        *,
        time: datetime | None = None,
        number: int | None = None,
    ) -> CommitRecord:
        """Write one commit: ``work`` does it. If it fails, the file is what it was before."""
        before = self.before
        assert before is None or not before.waiting.items, "a journal is folded before a commit is written"
        size = self._target.size
        try:
            media = self._opened()
            media.committed = False
            writer = CommitWriter(media, self._target, self._options(media, size, time, number), before)
            made = work(writer)
            if not self._hold:
                self.publish()
        except BaseException as error:
            self._undo(size, error)
            raise
        self.stands = True
        if writer.sealed is not None:
            self._last = of_entry(writer.sealed, self._target.size)
        self._forget_before()
        return made

    def _options(
        self, media: MediaWriter, size: int, time: datetime | None, number: int | None
    ) -> CommitOptions:
        encode, before = self.settings.encode, self._before
        last = before.record.commit if before is not None else 0
        return CommitOptions(
            file_id=self._file_id,
            # Copies of one file may grow apart: what each adds must not pass for the other's.
            # And nothing is sealed twice under one key: that is made of this, too.
            stream_id=os.urandom(4) if before is not None or self.sealing is not None else self._file_id,
            commit=number or last + 1,
            begin=before.end if before is not None else media.head,
            time=time or datetime.now(UTC),
            codec=encode.codec,
            profile=encode.profile,
            parity=encode.parity / 100,
            progress=self._progress,
            events=self.events,
            sealing=self.sealing,
        )

    def _undo(self, size: int, error: BaseException) -> None:
        """After a failed commit: the file goes back to its last byte before it, unless its record is in already."""
        media, self._media = self._media, None
        kept = media is not None and media.committed and self._target.published
        if media is not None:
            media.close()
        if not kept:
            with contextlib.suppress(MemcodecError):  # the next writer cuts it then
                self._target.cut(size if self.stands else 0)
            return
        self.stands = True
        self._forget_before()
        if isinstance(error, StorageError):
            raise StorageError(
                f"{error}; the commit is in the file, but the disk has not confirmed it: check the disk"
            ) from error

    def _forget_before(self) -> None:
        if self._before is not None:
            self._before.close()
            self._before = None

    def publish(self) -> None:
        """Show the file under its name. Done after every commit unless ``hold``."""
        self._forget_before()  # Windows renames no file that is read
        self._target.publish()

    def accepts(self, source: Reader) -> bool:
        """Whether that file's frames may be copied into this one as they are."""
        return self._opened().accepts(source.source)

    def _opened(self) -> MediaWriter:
        if self._media is None:
            if self._before is not None:
                self._media = self._codec.reopen(self._target)
            else:
                self._media = self._begun()
        return self._media

    def _begun(self) -> MediaWriter:
        encode = self.settings.encode
        profile = cast(Profile, encode.profile)
        media = self._codec.create(self._target, profile, encode.options)
        media.write_guide(guide.pages(self._file_id, encode.codec, profile, self._codec.guide(profile)))
        return media

    # Indexes

    def _indexes(self) -> tuple[LexicalBuilder | None, Callable[[Iterable[str], int], bytes] | None]:
        if self.settings.encode.index == "none":
            return None, None
        index = self.settings.index
        lexical = LexicalBuilder(index.language, positions=index.positions)
        if self.settings.index.model == NO_MODEL or self.settings.encode.index == "background":
            return lexical, None
        if not embedding.available():
            self.notes.append("lexical index only: semantic search needs pip install 'memcodec[semantic]'")
            return lexical, None
        if self.is_named_exactly:
            try:
                embedding.load_exact(self.settings.index.model)
            except ModelError as error:
                self.notes.append(f"lexical index only: {error}")
                return lexical, None
        return lexical, self._embed

    def _embed(self, texts: Iterable[str], total: int) -> bytes:
        from memcodec.index.vectors import segment

        # Only the identity of a model stands in a file: it is not trusted to be a path or a download.
        load = embedding.load_exact if self.is_named_exactly else embedding.load
        tell = self._progress
        tell("vectors", 0, total)
        embedder = load(self.settings.index.model)

        def embedded(before: int, count: int) -> None:
            tell("vectors", before + count, total)

        def batches() -> Iterator[np.ndarray]:
            done = 0
            for batch in batched(texts, _EMBED_BATCH):
                yield embedder.embed(batch, tell=partial(embedded, done))
                done += len(batch)
            tell("arrange", 0, 0)

        dimensions, precision = embedder.dimensions, embedder.precision
        return segment.build(
            batches(),
            model=embedder.model,
            precision=precision,
            dimensions=dimensions,
            bits=self.settings.index.vectors,
        )

    def close(self) -> None:
        """Release file and lock. A file that was never published leaves nothing behind."""
        self._forget_before()
        if self._media is not None:
            self._media.close()
            self._media = None
        self._target.close()
        if self._own_keys is not None:
            self._own_keys.close()


def sealing_of(before: Reader) -> Sealing | None:
    """What a file is sealed with, if it is."""
    if before.seal is None or before.keys is None:
        return None
    from memcodec.seal.sealing import Sealing

    return Sealing(before.keys.key(before.seal.name), before.keys, before.record.recipients)


def settings_of(before: Reader, settings: Settings) -> Settings:
    """The settings, with what the file has decided already."""
    record, options = before.record, before.media.options
    encode = replace(
        settings.encode,
        codec=record.codec,
        profile=record.profile,
        bits=options.get("bits", "auto"),
        rate=options.get("rate", "auto"),
    )
    language, model = settings.index.language, settings.index.model
    kept, runs = settings.index.vectors, before.lasting_indexes[::-1]
    if (blob := next(filter(None, (run.lexical for run in runs)), None)) is not None:
        language = LexicalSegment(blob).language
    if any(segment.record.chunks for segment in before.lasting):
        model, kept = next(filter(None, (run.vector_kind for run in runs)), (NO_MODEL, kept))
    index = replace(settings.index, language=language, model=model, vectors=kept)
    return replace(settings, encode=encode, index=index)


def _ids(found: Iterable[FoundDocument]) -> tuple[str, ...]:
    return tuple(each.document.id for each in found)


def places(found: Iterable[FoundDocument]) -> tuple[Change, ...]:
    """Documents as a commit's entry names them."""
    ordinals: dict[int, list[int]] = {}
    for each in found:
        ordinals.setdefault(each.segment.number, []).append(each.ordinal)
    return changes(ordinals)

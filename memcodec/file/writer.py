"""The writing side of a memory file: what documents that are added, replaced and dropped become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memcodec.config.settings import Settings
from memcodec.errors import ConfigError, Damaged
from memcodec.file import recall
from memcodec.file.arrivals import Arrivals, arrivals
from memcodec.file.commit import CommitWriter
from memcodec.file.content import ChangeContent, Indexing, NewContent, is_searched
from memcodec.file.decided import sealing_of, settings_of
from memcodec.file.dictionary import Dictionary
from memcodec.file.indexing import NO_MODEL, indexing
from memcodec.file.journal.contents import contents
from memcodec.file.journal.limits import LIMITS, is_small
from memcodec.file.journal.noting import note, takes_notes
from memcodec.file.pictures import PictureVectors, renamed
from memcodec.file.places import FoundDocument, changes_of, ids_of
from memcodec.file.reader import Reader
from memcodec.file.roots import known
from memcodec.file.sight import Seen, vectors_of
from memcodec.file.transactions import Transactions
from memcodec.format.change import StateChange
from memcodec.format.commit import CommitRecord
from memcodec.index.lexical.segment import LexicalBuilder
from memcodec.ingest.item import Item
from memcodec.model import CommitReport, Progress, Rights
from memcodec.storage import PlaceLike, Target
from memcodec.storage.attributes import close_as
from memcodec.storage.open import place_of

if TYPE_CHECKING:
    from memcodec.seal.keyring import Keyring
    from memcodec.seal.sealing import Sealing


class Writer(Transactions):
    """Writes documents to one file, new or not. Holds the file's lock as long as it lives. One thread at a time."""

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
        super().__init__(
            target, settings, before, progress=progress, file_id=file_id, hold=hold, sealing=sealing
        )
        # An unknown language is told now, not after the media is written.
        LexicalBuilder(settings.index.language)
        self.is_named_exactly = before is not None  #: the settings have a model's identity, not its name
        self.unchanged, self._arrived = 0, Arrivals()

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

    # Commits

    def commit(self, items: Sequence[Item]) -> CommitRecord | None:
        """Write items as one commit: what is new, and new versions in the place of old ones (``file.arrivals``).

        None when there is nothing new; ``unchanged`` counts what was left out for that.
        """
        self._arrived = found = arrivals(self.before, items)
        if found.fresh and not self._takes_notes(found.fresh) and self.fold() is not None:
            self._arrived = found = arrivals(self.before, items)
        self.unchanged = found.unchanged
        self.notes += found.notes
        if not found.fresh:
            return None
        if self._takes_notes(found.fresh):
            return self._note(found)
        rows = known(self.before) if self.before is not None else []
        made = self.add(found.fresh, found.replaced)
        if self.sealing is None:  # what it is made of is told nowhere else
            recall.note(found.fresh, rows)
        return made

    def _takes_notes(self, items: Sequence[Item]) -> bool:
        return is_small(items) and takes_notes(self._target, self._before, self.settings.encode)

    def _note(self, found: Arrivals) -> CommitRecord:
        """Write documents to the journal. The record that the journal stands behind."""
        before, target, encode = self._before, self._target, self.settings.encode
        assert before is not None and takes_notes(target, before, encode)
        journal, rows = before.media.journal, known(before)
        assert journal is not None
        self._last = note(target, before, found, encode, datetime.now(UTC))
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
        cut = self._indexing() if any(map(is_searched, items)) else Indexing()
        uris = {found.document.uri for found in drop}
        changed = sum(item.uri in uris for item in items)
        gone = len(uris - {item.uri for item in items})
        dictionary = Dictionary(items)
        if self._media is None and self._before is None:
            dictionary.begin()  # while the guide is drawn and encoded

        def write(writer: CommitWriter) -> CommitRecord:
            change = StateChange("add", ids_of(drop), ids_of(revive))
            content = NewContent(items, writer.options, cut, change, ids, dictionary=dictionary)
            writer.add(content)
            names = [stored.document.id for stored in content.catalogue.stored]
            new = dict(zip(names, items, strict=True))
            carried = renamed(seen.vectors, dict(zip(names, seen.ids, strict=True))) if seen else []
            writer.pictures([*carried, *self._pictures(new, drop, carried)])
            entry = writer.entry("add", len(items) - changed + len(revive), changed, gone)
            return writer.finish(replace(entry, drop=changes_of(drop), revive=changes_of(revive)))

        return self.write(write, time=time, number=number)

    def _indexing(self) -> Indexing:
        exactly = self.is_named_exactly
        return indexing(self.settings, self.notes, self._progress, exactly=exactly)

    def _pictures(
        self, named: Mapping[str, Item], drop: Sequence[FoundDocument], given: Sequence[PictureVectors]
    ) -> list[PictureVectors]:
        """The vectors of items that are pictures, by the ids of their documents, but for those ``given``."""
        model = self.settings.ingest.image_model
        folder = None if model == NO_MODEL else model
        has = {name for part in given for name in part.documents}
        others = {name: item for name, item in named.items() if name not in has}
        return vectors_of(self._before, others, drop, folder, self.notes, self._progress)

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
        change = StateChange(kind, ids_of(drop), ids_of(revive))

        def write(writer: CommitWriter) -> CommitRecord:
            writer.add(ChangeContent(change, writer.options))
            entry = writer.entry(kind, added=len(revive), removed=len(drop))
            return writer.finish(replace(entry, drop=changes_of(drop), revive=changes_of(revive)))

        return self.write(write, time=time, number=number)

"""``Memory``: one memory file as Python sees it. ``readable.py`` has what it can be asked; here is what changes it."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from memcodec.arguments import Number, checked
from memcodec.config.settings import Ingest, Settings
from memcodec.errors import ConfigError, NotFound, StorageError
from memcodec.file import history
from memcodec.file.filter import Filter, choose, need_condition
from memcodec.file.places import FoundDocument
from memcodec.file.reader import CACHE, Reader, read_file
from memcodec.format.commit import CommitRecord
from memcodec.ingest.item import Item, text_item
from memcodec.jobs import Options
from memcodec.memory.signatures import Signatures
from memcodec.model import Commit, CommitReport, Document, FilePath, Progress
from memcodec.storage import PlaceLike
from memcodec.storage.open import local_path, place_of
from memcodec.storage.remote.source import SpanCache

# What is not done is not loaded: the method that needs one of these imports it.
if TYPE_CHECKING:
    from memcodec.file.arrivals import Arrivals
    from memcodec.file.journal.ledger import Ledger
    from memcodec.file.sync import Rules, SyncReport
    from memcodec.file.writer import Writer
    from memcodec.ingest.walk import Skipped
    from memcodec.jobs.client import JobHandle
    from memcodec.seal.keyring import Keyring
    from memcodec.upkeep.compact import CompactReport
    from memcodec.upkeep.sign import SignReport


class Memory(Signatures):
    """A memory file, made by ``create`` or ``open``. Use it in a ``with``: its end commits what was added.

    ``len``, iteration and ``in`` (by id, uri or ``Document``) are over the documents of its state. After ``close``, or
    the end of the ``with``, every method raises Closed.

    For many threads at once. What reads sees the state that was committed when the call began, to its end, and waits
    for no write. ``add`` waits for no commit either: a commit stores what had been added when it began, and what is
    added meanwhile waits for the next. Writes take turns. ``close`` waits for a write that is under way; nothing can
    be added from the moment that the end of a ``with`` begins, so that whatever ``add`` took is committed by it.

    In a child of a fork it opens the file again by itself; if it was being written, which goes on in the parent alone,
    it is closed there. It can be pickled if nothing was added that is not committed and its file can be opened by
    another process; the copy opens that file there, a sealed one with what that process was told opens it.
    """

    def __init__(
        self,
        file: PlaceLike,
        writing: Writer | None,
        cache: int = CACHE,
        *,
        as_of: int | datetime | None = None,
        spans: SpanCache | None = None,
        wait: float = 0.0,
        settings: Settings | None = None,
        progress: Progress | None = None,
        keys: Keyring | None = None,
    ) -> None:
        super().__init__(
            place_of(file, spans),
            writing,
            cache,
            as_of=as_of,
            settings=settings,
            progress=progress,
            keys=keys,
        )
        self.last_report: CommitReport | None = None  #: of the last write, the one at a ``with``'s end too
        self._wait = wait

    def _continued(self) -> Writer:
        from memcodec.file.writer import Writer

        return Writer.append(
            self.place,
            self._settings,
            wait=self._wait,
            progress=self._progress,
            fold=False,
            keys=self._keys,
        )

    def __reduce__(self) -> tuple[Callable[..., Memory], tuple[object, ...]]:
        self._handle.check_open()
        if not self._handle.is_idle():
            raise ConfigError(
                f"{self.name}: is being written; commit and close it before it goes to another process"
            )
        return _opened_again, (self.place, self.as_of, self._cache, self._wait, self._settings)

    # Writing

    @checked
    def add(
        self,
        text: str | bytes,
        *,
        title: str | None = None,
        uri: str | None = None,
        tags: Mapping[str, str] | None = None,
        time: datetime | None = None,
    ) -> str:
        """Add a document; it is stored at the next commit. Returns its id, which from then on ``document``, ``read``
        and ``Filter(documents=...)`` take; it is the old one when the file has the document as it is.

        Its uri is made of the text's hash unless given. The text is kept as it is given; of a terminal's codes in it,
        search sees what their reader saw. Raises SourceError when it is not valid Unicode.
        """
        item = text_item(text, title=title, uri=uri, tags=tags, time=time)
        self._check_newest()
        return self._handle.add_one(item)

    @checked
    def add_path(
        self,
        *sources: FilePath,
        options: Ingest | None = None,
        tags: Mapping[str, str] | None = None,
        root: str | None = None,
    ) -> Skipped:
        """Add files and folders; they are stored at the next commit. Returns what was left out, and why.

        What is taken is as ``options`` say, or else the settings. A document is known by where it lies: what the file
        has of that folder or file is brought up to date, from whatever working directory it is named, and others have
        uris of their own. ``root`` names the root that the one folder among ``sources`` is, for one that has moved.
        """
        from memcodec.ingest.walk import Skipped, walk

        skipped = Skipped()
        self.add_items(walk(sources, options or self._settings.ingest, skipped, tags, root))
        return skipped

    @checked
    def add_items(self, items: Iterable[Item]) -> None:
        """Add documents that a loader has read: all of them, or none when the loader fails."""
        self._check_newest()
        self._handle.begin_adding()
        self._handle.add(list(items))

    @checked
    def preview(self, items: Iterable[Item]) -> CommitReport:
        """What a commit of these would do, in ``CommitReport.planned``; nothing is written, and no lock is taken."""
        from memcodec.file.arrivals import arrivals

        given = list(items)
        if self._handle.is_new:
            return _previewed(CommitReport(self.name, None), arrivals(None, given), 1)
        with self._handle.reading("write") as reader:
            return _previewed(self._unwritten(), arrivals(reader, given), reader.commit + 1)

    @checked
    def commit(self, *, seal_to: Sequence[str] = ()) -> CommitReport:
        """Write what was added; the report is false when nothing of it is new. After this it is on stable storage.

        A document that is in the file already, by uri and content, is left out; one of a known uri and other content
        takes the old one's place. What comes from files is known by where it lies (``add_path``);
        ``CommitReport.elsewhere`` counts what was replaced by something from another place. What another thread's
        commit has taken is stored when this one returns, too.

        ``seal_to`` seals a file that is sealed for these recipients, too, from this commit on, which is written for
        that alone if nothing is new; they read what was written before as well, as it is sealed with the same key.
        """
        with self._handle.alone():
            self._handle.check_open()
            return self._commit(seal_to)

    def _commit(self, seal_to: Sequence[str] = ()) -> CommitReport:
        is_wider = False
        if seal_to:
            from memcodec.upkeep.recipients import seal_too

            self._check_newest()
            is_wider = seal_too(self._handle.writer(), seal_to)
        written = self._handle.commit()
        if written is None:
            return self._unwritten()
        writing, made = written
        return self._done(writing, writing.renew() if made is None and is_wider else made)

    def _unwritten(self, forgotten: tuple[Document, ...] = ()) -> CommitReport:
        with self._handle.reading("any") as reader:
            return CommitReport(self.name, None, size=reader.source.size, forgotten=forgotten)

    @checked
    def sync(
        self,
        *sources: FilePath,
        options: Ingest | None = None,
        tags: Mapping[str, str] | None = None,
        root: str | None = None,
        dry_run: bool = False,
        allow_empty: bool = False,
        delete_excluded: bool = False,
    ) -> SyncReport:
        """Have this memory mirror its sources, in one commit: what is new, changed or renamed there, and what is gone.

        ``sources`` are folders and files, and unless given those that this machine remembers. What is taken from them
        is as ``add_path`` has it. Only documents that came from them are dropped, as ``forget`` drops them. Those stay
        whose file is there and cannot be read, or, unless ``delete_excluded``, is left out by the options. A file that
        was renamed is told by its content, and keeps its tags and title. ``dry_run``: only tell.

        Raises SourceError for a source that cannot be read, ConfigError, unless ``allow_empty``, when it would drop all
        that came from a folder that is empty or gone, as one is whose disk is not connected.
        """
        from memcodec.file import mirror
        from memcodec.file.sync import Rules

        rules = Rules(options or self._settings.ingest, tags or {}, root, allow_empty, delete_excluded)
        if dry_run:
            return self._mirrored(sources, rules)
        with self._writing() as writing:
            plan = mirror.plan(writing.before, sources, rules, self._progress)
            made = writing.replace(plan.fresh, plan.drop)
            if writing.sealing is None:  # what a sealed file is made of is told nowhere else
                plan.remember()
            return plan.report(self._done(writing, made), dry_run=False)

    def _mirrored(self, sources: Sequence[FilePath], rules: Rules) -> SyncReport:
        from memcodec.file import mirror

        if self._handle.is_new:
            unwritten = CommitReport(self.name, None)
            return mirror.plan(None, sources, rules).report(unwritten, dry_run=True)
        with self._handle.reading("write") as reader:
            plan = mirror.plan(reader, sources, rules, self._progress)
            return plan.report(self._unwritten(), dry_run=True)

    @checked
    def forget(self, only: Filter, *, dry_run: bool = False) -> CommitReport:
        """Drop the documents that a filter takes. ``dry_run``: only tell which, in ``CommitReport.forgotten``.

        They stay in the file's history, and their bytes in the file, until it is compacted. Raises NotFound when
        none is meant, ConfigError for a filter without a condition.
        """
        need_condition(only)
        if dry_run:
            with self._handle.reading("write") as reader:
                gone = tuple(each.stored.document for each in choose(reader, only))
                number, now = reader.commit + 1, datetime.now(UTC)
                return replace(
                    self._unwritten(gone), planned=Commit(number, now, "forget", 0, 0, len(gone), 0)
                )
        with self._writing() as writing:
            chosen = choose(self._state_of(writing), only)
            return self._done(writing, writing.change("forget", drop=chosen), chosen)

    @checked
    def tag(
        self,
        only: Filter,
        *,
        tags: Mapping[str, str] | None = None,
        untag: Collection[str] = (),
        title: str | None = None,
        author: str | None = None,
        language: str | None = None,
    ) -> CommitReport:
        """Set and take away what the documents that a filter takes are marked with.

        They become new versions, with new ids; their text is stored again. Those that are so already are left alone. An
        empty title, author or language takes the old one's place too. Raises NotFound when none is meant, ConfigError
        for a filter without a condition.
        """
        from memcodec.upkeep import tag as tagging

        need_condition(only)
        marks = tagging.Marks(tags or {}, untag, title, author, language)
        with self._writing() as writing:
            chosen = choose(self._state_of(writing), only)
            return self._done(writing, tagging.retag(writing, chosen, marks))

    @checked
    def sign(
        self, key: FilePath, *, passphrase: str | Callable[[], str] | None = None, note: str = ""
    ) -> SignReport:
        """Sign the documents of the file with the Ed25519 key in a file of OpenSSH's or minisign's (docs/SIGNED.md).

        The signature is kept in the file, in the place of the key's older ones; none is written when the key has
        signed just these documents. ``passphrase`` is the key's, or gives it when it is needed. ``note``: one line that
        is signed, too. Raises Damaged when a text is lost, NotFound without documents, ConfigError for a key that
        cannot be used, MissingExtra without `sealed`.
        """
        from memcodec.signing.keys import signing_key
        from memcodec.upkeep.sign import sign

        self._handle.check_open()
        found = signing_key(key, lambda: _passphrase(passphrase, key))
        with self._writing() as writing:
            made = sign(writing, self._state_of(writing), found, note, self._progress)
            return self._signed(found, made, self._done(writing, made.made))

    @checked
    def rollback(self, commit: Number) -> CommitReport:
        """Bring an old commit's state back, in a new commit; none is written when it is the state already.

        Raises NotFound.
        """
        # Folding the journal, which comes before any change, leaves nothing of the states within it.
        old_state = contextlib.closing(read_file(self.place, as_of=commit, keys=self._keys))
        with old_state as old, self._writing() as writing:
            drop, revive = history.difference(self._state_of(writing), old)
            made = writing.change("rollback", drop, revive) if drop or revive else None
            return self._done(writing, made)

    @checked
    def compact(
        self, out: PlaceLike | None = None, *, force: bool = False, recode: bool = False
    ) -> CompactReport:
        """Rewrite the file without what is no longer in it, in its place or to ``out``: its history is gone then.

        ``recode`` compresses old commits again, together, where that makes them smaller. Nothing may be pending. The
        new file is verified before it replaces the old.
        """
        from memcodec.upkeep.compact import compact

        with self._handle.alone():
            self._handle.release("compacting")
            self._handle.drop()  # Windows replaces no file that is read
            try:
                return compact(
                    self.place,
                    out,
                    settings=self._settings,
                    wait=self._wait,
                    force=force,
                    recode=recode,
                    progress=self._progress,
                    keys=self._keys,
                )
            finally:
                self._handle.drop()  # it is another file now

    @checked
    def index_background(
        self, *, model: str | None = None, rebuild: bool = False, options: Options | None = None
    ) -> JobHandle:
        """Have vectors made by processes that outlive this one; the handle tells how far they are.

        ``model`` is the file's own unless named, or else the settings'; ``rebuild`` makes all vectors again.
        Raises StorageError when the state folder cannot be used, MissingExtra without `semantic`.
        """
        from memcodec.jobs.client import enqueue

        with self._handle.reading("write") as reader:
            if reader.sealed:
                raise ConfigError(
                    f"{self.name}: is sealed, and jobs in the background have no key; its vectors are made as it is "
                    "written"
                )
        with self._handle.alone():
            self._handle.release("indexing")  # or the job would wait for its lock
            default = self._settings.index.model
            return enqueue(
                local_path(self.place), model=model, default=default, rebuild=rebuild, options=options
            )

    @checked
    def ledger(self, durability: str = "batched") -> Ledger:
        """The events of this file, to be read and added to by many processes at once; close it.

        They stand in the file's journal until they are folded into a commit (docs/JOURNAL.md). ``durability``: "strict"
        has each write on stable storage before it returns, "batched" within 100 ms, "none" when the system likes.
        What is added to this memory and not committed holds the file's lock: commit it first. A new file begins with
        an empty commit then. What is read-only or far away can be read.
        """
        from memcodec.file.journal.ledger import FileLedger

        self._handle.check_open()
        if self._handle.is_new:
            with self._writing() as writing:
                self._done(writing, writing.change("add"))
        with self._handle.reading("write") as reader:
            if reader.sealed:
                raise StorageError(f"{self.name}: is sealed, and sealed files have no journal")
        self._handle.release("opening a ledger")
        opened = self._handle.take()
        return FileLedger(self.place, self._settings, durability=durability, wait=self._wait, opened=opened)

    @checked
    def fold(self) -> CommitReport:
        """Make a commit of what stands in the file's journal; the report is false when nothing does."""
        with self._handle.alone():
            self._handle.release("folding")
            from memcodec.file.journal import folding

            report = self.last_report = folding.fold(
                self.place, self._settings, wait=self._wait, progress=self._progress
            )
            self._handle.drop()
            self._searching = None
            return report

    def _state_of(self, writing: Writer) -> Reader:
        if writing.before is None:
            raise NotFound(f"{self.name}: nothing was committed yet")
        return writing.before

    def _done(
        self, writing: Writer, made: CommitRecord | None, forgotten: Sequence[FoundDocument] = ()
    ) -> CommitReport:
        """After a write: what came of it, and the lock of a file that was opened is let go."""
        report = self.last_report = writing.report(made, forgotten)
        self._handle.done(writing, changed=made is not None)
        self._searching = None
        return report

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Writer]:
        """The writer, for this thread alone."""
        self._check_newest()
        with self._handle.alone():
            writing = self._handle.writer()
            if writing.fold() is not None:
                self._handle.drop()
            yield writing

    def _check_newest(self) -> None:
        self._handle.check_open()
        if self.as_of is not None:
            raise ConfigError(
                f"{self.name}: opened as of an old commit; open it without `as_of` to change it"
            )

    # Its end, and how it shows

    def close(self) -> None:
        """Release the file, for good. What was added and not committed is dropped, with a ResourceWarning.

        A write of another thread ends first; calls that read go on to their end.
        """
        self._warn(self._close())

    def _close(self) -> int:
        dropped = self._handle.close()
        self._searching = None
        if self._keys is not None:
            self._keys.close()
        return dropped

    def _warn(self, dropped: int) -> None:
        if dropped:
            what = "1 document was" if dropped == 1 else f"{dropped:,} documents were"
            told = f"{self.name}: {what} added and never committed"
            warnings.warn(told, ResourceWarning, stacklevel=3, source=self)

    def __del__(self) -> None:
        """As of an open file that nobody holds any more: what it holds is let go, and what that loses is told."""
        if "_handle" in vars(self) and not self._handle.closed and not self._handle.is_idle():
            self._warn(self._close())

    def __enter__(self) -> Memory:
        self._handle.check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit what was added; after an exception drop it: the file stays what it was at the last commit."""
        try:
            if kind is None:
                with self._handle.alone():
                    if self._handle.end_adding():
                        self._commit()
        finally:
            self._close()  # what is dropped here, an exception tells of


def _passphrase(given: str | Callable[[], str] | None, key: FilePath) -> str:
    if given is None:
        raise ConfigError(f"{key}: has a passphrase; give `passphrase`")
    return given if isinstance(given, str) else given()


def _previewed(unwritten: CommitReport, found: Arrivals, number: int) -> CommitReport:
    replaced = {each.document.uri for each in found.replaced}
    changed = sum(item.uri in replaced for item in found.fresh)
    planned = Commit(number, datetime.now(UTC), "add", len(found.fresh) - changed, changed, 0, 0)
    return replace(
        unwritten,
        unchanged=found.unchanged,
        notes=tuple(found.notes),
        elsewhere=found.elsewhere,
        uris=tuple(found.uris),
        planned=planned if found.fresh else None,
    )


def _opened_again(
    place: PlaceLike, as_of: int | datetime | None, cache: int, wait: float, settings: Settings
) -> Memory:
    """A memory that was pickled, in the process that it came to."""
    memory = Memory(place, None, cache, as_of=as_of, wait=wait, settings=settings)
    memory.reader_for("any")  # opened now, so that errors come now
    return memory

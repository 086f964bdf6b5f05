"""What a memory file can be asked: search, its documents, its history, what became of its bytes."""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, Unpack

from memcodec.arguments import Count, Number, checked
from memcodec.config.settings import Settings
from memcodec.config.units import format_size
from memcodec.errors import Changed, ConfigError, MemcodecError
from memcodec.file import document as reading
from memcodec.file import history, notebook, roots
from memcodec.file.filter import Filter, select
from memcodec.file.handle import Handle
from memcodec.file.history import Diff
from memcodec.file.notebook import Documents
from memcodec.file.reader import BROKEN, Reader, read_file
from memcodec.file.shared import Shared
from memcodec.memory.insights import Insights, Looked, compared
from memcodec.model import Commit, Document, FilePath, Hit, Progress, Use
from memcodec.process import fork
from memcodec.search.query import Query
from memcodec.search.results import Mode, Results, SearchOptions, Shown
from memcodec.storage import Place, PlaceLike, RamFile
from memcodec.storage.open import LocalPlace, check_apart, place_of
from memcodec.storage.remote.log import RequestLog

# What is not done is not loaded: the method that needs one of these imports it.
if TYPE_CHECKING:
    from memcodec.file.cache import Cache
    from memcodec.file.info import Info
    from memcodec.file.restore import RestoreReport
    from memcodec.file.writer import Writer
    from memcodec.insight.values import TopicDiff
    from memcodec.seal.keyring import Keyring
    from memcodec.search.engine import Searcher
    from memcodec.search.late import Lateness
    from memcodec.upkeep.branch import BranchReport
    from memcodec.upkeep.capsule import CapsuleReport
    from memcodec.upkeep.verify import VerifyReport

T = TypeVar("T")


def lateness_of(settings: Settings, *places: Place, sealed: bool = False) -> Lateness:
    """What becomes of chunks without vectors. Only of plain files may the cache folder hold what their texts say."""
    from memcodec.search.late import Lateness

    keep = not sealed and all(isinstance(each, LocalPlace) for each in places)
    return Lateness(settings.search.late, settings.index.model, keep)


class Readable(Insights):
    """The part of ``Memory`` that reads. Each call sees the state that was committed when it began, to its end."""

    def __init__(
        self,
        place: Place,
        writing: Writer | None,
        cache: int,
        *,
        as_of: int | datetime | None,
        settings: Settings | None,
        progress: Progress | None,
        keys: Keyring | None = None,
    ) -> None:
        self.place, self.as_of = place, as_of
        self._keys = keys
        self.name = place.name  #: as it may be shown
        self._cache, self._settings, self._progress = cache, settings or Settings(), progress
        self._allowed = settings.read.max_memory if settings is not None else None
        self._handle = Handle(self.name, self._opened, self._continued, writing)
        self._searching: tuple[Reader, Searcher] | None = None
        self._embedded: Cache[bytes] | None = None  # vectors of texts in the journal, for the next searcher
        self._lock = threading.Lock()  # of the searcher
        fork.watch(self, Readable._in_child)

    def _opened(self) -> Reader:
        made = read_file(
            self.place, self._cache, self.as_of, memory=self._allowed, keys=self._keys, use="any"
        )
        self._keys = self._keys or made.records.hand_over()  # what opened it once need not be asked for again
        return made

    def _continued(self) -> Writer:
        raise NotImplementedError  # whoever writes says how

    def _in_child(self) -> None:
        fork.keep(self._searching)
        self._searching, self._embedded, self._lock = None, None, threading.Lock()

    @property
    def path(self) -> Path | None:
        """The file's path on this machine; None for one that lies elsewhere."""
        return self.place.path

    @property
    def reader(self) -> Reader:
        """The file as last committed. Raises NotFound when nothing was committed yet, NotAllowed as ``reader_for``.

        It is open until this memory commits, is refreshed or closed: for one thread, which does these itself.
        """
        return self.reader_for("copy")

    @checked
    def reader_for(self, use: Use) -> Reader:
        """``reader``, for one use: "search", "show", "list", "restore", "understand", "copy" or "write"; "any" hands
        out nothing of the texts. Raises NotAllowed when it is a capsule that does not allow it.
        """
        with self._handle.reading(use) as reader:
            return reader

    def warnings(self) -> list[str]:
        """That an older state is read, if the newest commit is damaged."""
        with self._handle.reading("any") as reader:
            return [f"{self.name}: {BROKEN}; this is the state before it"] if reader.media.broken else []

    def refresh(self) -> bool:
        """Look whether there is a newer state, and read that from now on; tells whether there was.

        Far away that is one small request; what was read of the old state is still good if it did not change.
        """
        old = self._handle.take()
        try:
            if not old.item.source.changed():
                return False
            new = self._opened()
            if (new.version, new.source.size) == (old.item.version, old.item.source.size):
                new.close()
                return False
            self._handle.drop(old, new)
            self._searching = None
            return True
        finally:
            old.release()

    @checked
    def search(
        self,
        query: str | Query,
        k: Count = 10,
        mode: Mode = "hybrid",
        only: Filter | None = None,
        **options: Unpack[SearchOptions],
    ) -> Results:
        """The ``k`` best chunks for a query (docs/QUERIES.md), with their text, of the documents that ``only`` takes.

        ``options`` make passages of them, and more (``search.results.SearchOptions``). A file far away that was
        replaced is opened again. Raises ConfigError for a query that cannot be read.
        """
        state = self._handle.take()
        try:
            state.item.check("search")
            return self._searcher(state.item).search(query, k, mode, only, **options)
        except Changed:
            self._handle.drop(state)
        finally:
            state.release()
        with self._handle.reading("search") as reader:
            return self._searcher(reader).search(query, k, mode, only, **options)

    @checked
    def search_pictures(
        self, query: Shown, k: Count = 10, only: Filter | None = None, *, model: str | None = None
    ) -> Results:
        """The ``k`` pictures that show what ``query`` says, or that are like it if it is a picture: a path, or bytes.

        ``model`` is the folder of the CLIP model that saw them; else the settings' ``ingest.image_model``. Raises
        ModelError, MissingExtra; SourceError for a picture that cannot be read.
        """
        from memcodec.search import pictures

        with self._handle.reading("search") as reader:
            return pictures.search([reader], query, model or self._settings.ingest.image_model, k, only)

    def _searcher(self, reader: Reader) -> Searcher:
        from memcodec.search.engine import Searcher
        from memcodec.search.late import known

        with self._lock:
            if self._searching is None or self._searching[0] is not reader:
                self._embedded = self._embedded or known()
                lateness = lateness_of(self._settings, self.place, sealed=reader.sealed)
                self._searching = reader, Searcher([reader], lateness=lateness, known=self._embedded)
            return self._searching[1]

    @contextlib.contextmanager
    def _looking(self) -> Iterator[Looked]:
        with self._handle.reading("understand") as reader:
            yield Looked([reader], self._searcher(reader))

    @checked
    def get(self, chunk: Number) -> Hit:
        """One chunk by its number, as a hit of rank 0. Raises NotFound."""
        with self._handle.reading("show") as reader:
            place = reader.chunk(chunk)
            (text,) = reader.texts([place])
            return reading.hit(place, chunk, text, reader.source.name)

    @checked
    def around(self, chunk: Number, count: Number = 1) -> list[Hit]:
        """A chunk, and up to ``count`` before and after it in its document, in their order. Raises NotFound."""
        with self._handle.reading("show") as reader:
            return reading.around(reader, chunk, count)

    @checked
    def document(self, name: Document | str) -> Document:
        """The document of that uri or id, or the one whose id begins so (four digits), or whose uri a glob matches.

        Raises NotFound when there is none, ConfigError, which names them, when there are several.
        """
        with self._handle.reading("list", "show", "restore") as reader:
            return reading.find(reader, name).stored.document

    @checked
    def read(self, document: Document | str) -> str:
        """A document's text, its SHA-256 checked. Raises as ``document``, and Damaged when part of it is lost."""
        with self._handle.reading("show") as reader:
            return reading.decoded(reading.find(reader, document))

    @checked
    def read_bytes(self, document: Document | str, *, original: bool = False) -> bytes:
        """A document's text as bytes, or those of the file that the text was taken from, checked against their SHA-256.

        Raises as ``read``, and NotFound for an ``original`` that was not kept.
        """
        with self._handle.reading("restore" if original else "show") as reader:
            found = reading.find(reader, document)
            return reading.original(found) if original else reading.text(found)

    @checked
    def lines(self, document: Document | str) -> Iterator[str]:
        """The lines of a document's text without their ends, read as they are asked for. Raises as ``read``."""
        return self._while_open("show", lambda reader: reading.lines(reading.find(reader, document)))

    @checked
    def documents(self, only: Filter | None = None) -> Documents:
        """The documents, or those that a filter takes, oldest first: in the order in which they came.

        Raises NotFound for one that the filter names, by id, uri or glob, and that is not there.
        """
        if self._handle.is_new:
            return Documents([])
        with self._handle.reading("list", "restore") as reader:
            found = [each.stored.document for each in select(reader, only)]
            return Documents(roots.told_apart(reader, found))

    @checked
    def timeline(self, only: Filter | None = None) -> Documents:
        """The documents, or those that a filter takes, by their time. Raises as ``documents``."""
        return Documents(sorted(self.documents(only), key=lambda each: each.time))

    def log(self) -> list[Commit]:
        """What each commit did, oldest first."""
        with self._handle.reading("any") as reader:
            return history.log(reader)

    @checked
    def diff(self, a: Number | datetime, b: Number | datetime | None = None) -> Diff:
        """What changed between two states, by commit or time; ``b``: the newest unless given. Raises NotFound."""
        self._handle.check_open()
        with (
            contextlib.closing(read_file(self.place, as_of=a, keys=self._keys, use="list")) as old,
            contextlib.closing(read_file(self.place, as_of=b, keys=self._keys, use="list")) as new,
        ):
            return history.diff(old, new)

    @checked
    def topic_diff(self, a: Number | datetime, b: Number | datetime | None = None) -> TopicDiff:
        """How what two states speak of differs, by commit or time, beyond chance; ``b``: the newest unless given.

        Raises NotFound, and as ``topics``.
        """
        self._handle.check_open()
        with (
            contextlib.closing(read_file(self.place, as_of=a, keys=self._keys, use="understand")) as old,
            contextlib.closing(read_file(self.place, as_of=b, keys=self._keys, use="understand")) as new,
        ):
            return compared([old], [new], (f"commit {old.record.commit}", f"commit {new.record.commit}"))

    @checked
    def branch(self, commit: Number | datetime, out: PlaceLike, *, force: bool = False) -> BranchReport:
        """Write a new file ``out`` that stopped at an old commit: everything up to it, byte for byte."""
        from memcodec.upkeep.branch import branch

        self._handle.check_open()
        return branch(self.place, commit, out, force=force, keys=self._keys)

    @checked
    def capsule(
        self,
        out: PlaceLike,
        *,
        to: Sequence[str] = (),
        passphrase: str | None = None,
        query: str | None = None,
        only: Filter | None = None,
        expires: datetime | str | None = None,
        allow: str | Sequence[str] | None = None,
        note: str = "",
        settings: Settings | None = None,
        codec: str | None = None,
        profile: str | None = None,
        force: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> CapsuleReport:
        """Write some documents to a new file ``out``, sealed ``to`` somebody, as of ``create`` (docs/SEALED.md).

        ``query``, by its words, and ``only`` choose; of a memory opened as of an old state, that may be all. Rules are
        sealed in, which honest readers keep: ``expires``, the last moment at which it is to be read, or a date as
        people write it; ``allow``, what for, by default "search,show,list" (also restore, understand, copy); ``note``,
        for who reads it. ``settings``: language and model are the file's own. ``dry_run``: only tell which documents.

        Raises ConfigError when nothing says which documents or for whom, NotFound when there is none, Damaged when a
        text is lost, NotAllowed of a capsule that may not be copied.
        """
        from memcodec.upkeep.capsule import capsule, chosen, rules_of

        rules, new = rules_of(allow, expires, note), place_of(out)
        check_apart("capsule", new, self.place)
        with self._handle.reading("copy") as reader:
            ids = self._answering(reader, query, only) if query is not None else None
            found = chosen(reader, only, ids, is_past=self.as_of is not None)
            return capsule(
                reader,
                found,
                new,
                rules,
                to=to,
                passphrase=passphrase,
                settings=settings,
                codec=codec,
                profile=profile,
                force=force,
                dry_run=dry_run,
                progress=progress or self._progress,
            )

    def _answering(self, reader: Reader, query: str, only: Filter | None) -> set[str]:
        """The ids of the documents that the words of a query find."""
        found = self._searcher(reader).search(query, max(1, reader.chunks), "lexical", only)
        if found.mode != "lexical":
            raise ConfigError(f"{self.name}: has no index of words; choose by a condition, not by a query")
        return {each.document.id for each in found}

    @checked
    def save(self, out: PlaceLike, *, force: bool = False) -> None:
        """Write the file as it is read here to another place, up to its last commit.

        Raises StorageError when ``out`` exists and not ``force``, ConfigError when it is the file itself.
        """
        from memcodec.upkeep.branch import copy

        new = place_of(out)
        check_apart("save", new, self.place)
        with self._handle.reading("any") as reader:
            copy(reader, new, force=force)

    def to_bytes(self) -> bytes:
        """The file as ``save`` writes it. All of it is in memory."""
        file = RamFile()
        self.save(file)
        return file.to_bytes()

    @checked
    def restore(
        self,
        folder: FilePath,
        only: Filter | None = None,
        *,
        force: bool = False,
        progress: Progress | None = None,
    ) -> RestoreReport:
        """Write the documents, or those that a filter takes, below a folder, byte for byte. Raises NotFound."""
        from memcodec.file.restore import restore

        with self._handle.reading("restore") as reader:
            return restore(reader, Path(folder), only, force=force, progress=progress or self._progress)

    def info(self) -> Info:
        """What is inside, and where every byte went."""
        from memcodec.file.info import describe

        with self._handle.reading("any") as reader:
            return describe(reader)

    @checked
    def verify(self, *, deep: bool = False, progress: Progress | None = None) -> VerifyReport:
        """Check every part; ``deep`` decodes every frame and hashes every document."""
        from memcodec.storage.remote.readahead import ReadAhead
        from memcodec.upkeep.verify import verify

        progress = progress or self._progress
        with self._handle.reading("any") as reader:
            if not reader.source.far:
                return verify(reader, deep=deep, progress=progress)
            # all of it comes: in large pieces
            whole = Reader(ReadAhead(reader.source), self._cache, self.as_of, keys=reader.keys, use="any")
            with contextlib.closing(whole.media):
                return verify(whole, deep=deep, progress=progress)

    def requests(self) -> RequestLog | None:
        """Every request that was sent for a file far away, and the totals; None for one of this machine."""
        with self._handle.reading("any") as reader:
            return reader.source.requests

    def __len__(self) -> int:
        if self._handle.is_new:
            return 0
        with self._handle.reading("any") as reader:
            return sum(segment.documents for segment in reader.segments)

    def __iter__(self) -> Iterator[Document]:
        if self._handle.is_new:
            return iter(())
        return self._while_open("list", lambda reader: (each.stored.document for each in reader.documents()))

    def __contains__(self, document: object) -> bool:
        if self._handle.is_new or not isinstance(document, Document | str):
            return False
        with self._handle.reading("list", "show", "restore") as reader:
            return reading.holds(reader, document)

    def _while_open(self, use: Use, begin: Callable[[Reader], Iterator[T]]) -> Iterator[T]:
        """Items of the state as it is now, whatever is committed meanwhile, till this memory is closed."""
        state: Shared[Reader] = self._handle.take()

        def each(items: Iterator[T]) -> Iterator[T]:
            for item in items:
                yield item
                self._handle.check_open()

        try:
            state.item.check(use)
            begun = each(begin(state.item))
        except BaseException:
            state.release()
            raise
        weakref.finalize(begun, state.release).atexit = False  # it may never be run, or not to its end
        return begun

    def __repr__(self) -> str:
        return f"<Memory {self.name}: {self._summary()}>"

    def _summary(self) -> str:
        if self._handle.closed:
            return "closed"
        try:
            with self._handle.reading("any") as reader:
                return f"{len(self):,} documents, commit {reader.commit:,}"
        except MemcodecError as error:
            return str(error)

    def _repr_html_(self) -> str:
        """A table, in a notebook."""
        rows = [("state", self._summary())]
        with contextlib.suppress(MemcodecError), self._handle.reading("any") as reader:
            record, size = reader.record, reader.source.size
            rows += [("media", f"{record.codec} {record.profile}"), ("size", format_size(size))]
        return notebook.table(self.name, ("", ""), rows)

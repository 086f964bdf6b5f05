"""Collection: many memory files as one, for many threads at once, and as new as they are where they lie."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeVar, Unpack

from memcodec.arguments import Count, Number, checked
from memcodec.collection.files import Files, discover
from memcodec.config.settings import Settings
from memcodec.config.units import format_size
from memcodec.errors import Changed, ConfigError, MemcodecError, NotFound
from memcodec.file import notebook
from memcodec.file.filter import Filter, check_names, resolved
from memcodec.file.notebook import Documents
from memcodec.ingest.item import Item
from memcodec.memory import Memory
from memcodec.memory.insights import Insights, Looked, compared
from memcodec.model import Commit, CommitReport, Document, FilePath, Hit
from memcodec.search.query import Query
from memcodec.search.results import Mode, Results, SearchOptions, Shown
from memcodec.storage import Place, PlaceLike
from memcodec.storage.remote.log import RequestLog
from memcodec.storage.remote.source import SpanCache

if TYPE_CHECKING:
    from memcodec.file.info import Info
    from memcodec.file.journal.ledger import Ledger
    from memcodec.insight.values import TopicDiff
    from memcodec.search.news import Following

_SHOWN = 3  # files that ``repr`` names

T = TypeVar("T")


class Added(NamedTuple):
    """What ``Collection.add_items`` did: the commit's report, and every document as it is in the file."""

    report: CommitReport
    documents: list[Document]


class Collection(Insights):
    """Memory files, each wherever ``memcodec.open`` opens one, or all those in a folder.

    What others add to them is found by the next call. It has the verbs of a ``Memory``; those about one document or
    chunk take ``file``, which may be left out where it is clear. A file is named by the name it was given with, as
    ``names`` has it: of a URL, nothing secret. ``as_of``: all files as they were then. ``notes`` tell of media in a
    folder that are no memory files. ``unlock`` opens those that are sealed, as of ``memcodec.open``. Use it in a
    ``with``, or ``close`` it; after that every method raises Closed. Raises what ``memcodec.open`` raises, and
    ConfigError without a file or for two of one name.

    For many threads at once: each call sees every file as last committed when it began, to its end, and waits for no
    write; ``add_items`` of one collection take turns. In a child of a fork, and where it was pickled to, it opens the
    files again.
    """

    @checked
    def __init__(
        self,
        files: PlaceLike | Iterable[PlaceLike],
        *,
        as_of: Number | datetime | None = None,
        settings: Settings | None = None,
        spans: SpanCache | None = None,
        unlock: FilePath | Sequence[FilePath] | None = None,
    ) -> None:
        found = discover(files, spans)
        self.notes = found.notes
        self._files = Files(found.places, as_of, settings or Settings(), unlock)

    def __reduce__(self) -> tuple[Callable[..., Collection], tuple[object, ...]]:
        self._files.check_open()
        return _opened_again, (self._files.places(), self._files.as_of, self._files.settings)

    @property
    def names(self) -> list[str]:
        """The files, each once."""
        return self._files.names

    def warnings(self) -> list[str]:
        """Of each file whose newest commit is damaged, that an older state is read."""
        return [text for _, each in self._each(None, lambda memory: memory.warnings()) for text in each]

    # Reading

    @checked
    def search(
        self,
        query: str | Query,
        k: Count = 10,
        mode: Mode = "hybrid",
        only: Filter | None = None,
        *,
        file: str | None = None,
        **options: Unpack[SearchOptions],
    ) -> Results:
        """The ``k`` best chunks of all files, or of one. As ``Memory.search``."""
        try:
            return self._search(query, k, mode, only, file, **options)
        except Changed:  # far away, and replaced meanwhile
            self._files.doubt()
            return self._search(query, k, mode, only, file, **options)

    def _search(
        self,
        query: str | Query,
        k: int,
        mode: Mode,
        only: Filter | None,
        file: str | None,
        **options: Unpack[SearchOptions],
    ) -> Results:
        with self._files.reading(file) as opened:
            for each in opened:
                each.memory.reader_for("search")
            return self._files.searcher(opened).search(query, k, mode, only, **options)

    @checked
    def search_pictures(
        self,
        query: Shown,
        k: Count = 10,
        only: Filter | None = None,
        *,
        model: str | None = None,
        file: str | None = None,
    ) -> Results:
        """The ``k`` pictures of all files, or of one. As ``Memory.search_pictures``."""
        from memcodec.search import pictures

        with self._files.reading(file) as opened:
            readers = [each.memory.reader_for("search") for each in opened]
            return pictures.search(readers, query, model or self._files.settings.ingest.image_model, k, only)

    @contextlib.contextmanager
    def _looking(self) -> Iterator[Looked]:
        with self._files.reading(None) as opened:
            yield Looked(
                [each.memory.reader_for("understand") for each in opened], self._files.searcher(opened)
            )

    @checked
    def topic_diff(self, files: PlaceLike | Iterable[PlaceLike]) -> TopicDiff:
        """How what these files speak of differs from what others do, beyond chance. Raises as ``topics``."""
        with (
            self._looking() as old,
            Collection(files, settings=self._files.settings) as others,
            others._looking() as new,
        ):
            return compared(old.readers, new.readers, (", ".join(self.names), ", ".join(others.names)))

    @checked
    def follow(
        self,
        query: str | Query,
        k: Count = 10,
        mode: Mode = "hybrid",
        only: Filter | None = None,
        **options: Unpack[SearchOptions],
    ) -> Following:
        """Hits in what is added after what was last read, as it comes: each once, ``k`` for each commit at most.

        A note is a commit. Of a run of an agent, which grows, a passage comes again when it has grown. It waits
        for them, and ends with the collection. Raises StorageError when a file is gone.
        """
        from memcodec.search.news import Following

        files = self._files
        with files.reading(None, newest=False) as opened:
            states = {each.memory.name: each for each in opened}
            for each in opened:
                each.take()
        return Following(
            states,
            open_one=files.open,
            ask=lambda searcher, commits: searcher.search(query, k * commits, mode, only, **options),
            pause=files.pause,
            is_over=lambda: files.is_closed,
        )

    @checked
    def get(self, chunk: Number, *, file: str | None = None) -> Hit:
        """One chunk by its number, as a hit of rank 0. Raises NotFound."""
        with self._files.reading(self._files.one(file)) as (opened,):
            return opened.memory.get(chunk)

    @checked
    def around(self, chunk: Number, count: Number = 1, *, file: str | None = None) -> list[Hit]:
        """A chunk, and up to ``count`` before and after it in its document. Raises NotFound."""
        with self._files.reading(self._files.one(file)) as (opened,):
            return opened.memory.around(chunk, count)

    @checked
    def document(self, name: Document | str, *, file: str | None = None) -> Document:
        """The document of that uri or id, or the one whose id begins so or whose uri a glob matches, in whatever file.

        Raises NotFound when there is none, ConfigError when there are several, or several files have one.
        """
        return self._with(name, file, lambda memory, found: found)

    @checked
    def file_of(self, document: Document | str, *, file: str | None = None) -> str:
        """The name of the file that has a document. Raises as ``document``."""
        return self._with(document, file, lambda memory, found: memory.name)

    @checked
    def read(self, document: Document | str, *, file: str | None = None) -> str:
        """A document's text, checked against its SHA-256. Raises as ``document``, and Damaged."""
        return self._with(document, file, lambda memory, found: memory.read(found))

    @checked
    def read_bytes(
        self, document: Document | str, *, original: bool = False, file: str | None = None
    ) -> bytes:
        """A document's text as bytes, or those of the file it was taken from. Raises as ``Memory.read_bytes``."""
        return self._with(document, file, lambda memory, found: memory.read_bytes(found, original=original))

    def _with(self, document: Document | str, file: str | None, work: Callable[[Memory, Document], T]) -> T:
        """What comes of a document in the file that has it; the same document in several files is one."""
        found, misses = list[tuple[Memory, Document]](), list[NotFound]()
        with self._files.reading(file) as opened:
            for each in opened:
                try:
                    found.append((each.memory, each.memory.document(document)))
                except NotFound as error:
                    misses.append(error)
            if not found:
                raise misses[0]
            if len({one.id for _, one in found}) > 1:
                several = ", ".join(memory.name for memory, _ in found)
                raise ConfigError(f"{document!r}: several files have one; say which: {several}")
            return work(*found[0])

    def _each(self, file: str | None, ask: Callable[[Memory], T]) -> list[tuple[str, T]]:
        """What the files answer, by their names."""
        with self._files.reading(file) as opened:
            return [(each.memory.name, ask(each.memory)) for each in opened]

    @checked
    def documents(self, only: Filter | None = None, *, file: str | None = None) -> Documents:
        """The documents of all files, or of one, file by file, oldest first.

        Raises NotFound for one that the filter names, by id, uri or glob, and that is in none of them.
        """
        return Documents(document for _, each in self.listing(only, file=file) for document in each)

    @checked
    def listing(self, only: Filter | None = None, *, file: str | None = None) -> list[tuple[str, Documents]]:
        """As ``documents``, with the name of each file."""
        found = self._each(file, lambda memory: memory.documents())
        if not only:
            return found
        everything = [document for _, each in found for document in each]
        where = ", ".join(name for name, _ in found)
        only = resolved(only, everything, where)
        check_names(everything, only, where)
        return [(name, Documents(filter(only.accepts, each))) for name, each in found]

    @checked
    def log(self, *, file: str | None = None) -> list[Commit]:
        """What each commit of a file did, oldest first."""
        ((_, commits),) = self._each(self._files.one(file), Memory.log)
        return commits

    def info(self) -> list[Info]:
        """What is inside each file, and where every byte went."""
        return [found for _, found in self._each(None, lambda memory: memory.info())]

    def requests(self) -> list[tuple[str, RequestLog | None]]:
        """Of each file, every request that was sent for it, and the totals; None for one of this machine."""
        with self._files.reading(None, newest=False) as opened:
            return [(each.memory.name, each.memory.requests()) for each in opened]

    def __len__(self) -> int:
        return sum(count for _, count in self._each(None, len))

    def __iter__(self) -> Iterator[Document]:
        return iter(self.documents())

    def __contains__(self, document: object) -> bool:
        return any(found for _, found in self._each(None, lambda memory: document in memory))

    @checked
    def at(self, as_of: Number | datetime, *, file: str | None = None) -> Collection:
        """These files, or one of them, as they were at a commit or time. Raises NotFound where there is none."""
        self._files.check_open()
        files = self._files
        return Collection(files.places(file), as_of=as_of, settings=files.settings, unlock=files.unlock)

    # Writing

    @checked
    def add_items(self, items: Sequence[Item], *, file: str | None = None) -> Added:
        """Commit documents to a file of this machine, at once; searches go on meanwhile.

        Raises StorageError for one far away, or when another process holds it for long.
        """
        with self._files.changed(file, "added to") as memory:
            memory.add_items(items)
            report = memory.commit()
            there = {
                (found.stored.document.uri, found.stored.document.sha256): found.stored.document
                for found in memory.reader.named(report.uris)
            }
        return Added(report, [there[uri, item.sha256] for uri, item in zip(report.uris, items, strict=True)])

    @checked
    def forget(self, only: Filter, *, file: str | None = None, dry_run: bool = False) -> CommitReport:
        """Drop documents of a file of this machine, as ``Memory.forget``. Raises StorageError as ``add_items``."""
        with self._files.changed(file, "forgotten by") as memory:
            return memory.forget(only, dry_run=dry_run)

    @checked
    def ledger(self, durability: str = "batched", *, file: str | None = None) -> Ledger:
        """The events of a file, as ``Memory.ledger``; close it."""
        with self._files.reading(self._files.one(file)) as (opened,):
            return opened.memory.ledger(durability)

    def close(self) -> None:
        """Release the files, for good: as soon as nobody reads them."""
        self._files.close()

    def __enter__(self) -> Collection:
        self._files.check_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        names = self.names
        files = ", ".join(names) if len(names) <= _SHOWN else f"{len(names):,} files"
        if self._files.is_closed:
            return f"<Collection {files}: closed>"
        try:
            return f"<Collection {files}: {len(self):,} documents>"
        except MemcodecError as error:
            return f"<Collection {files}: {error}>"

    def _repr_html_(self) -> str:
        """A table of the files, in a notebook."""
        if self._files.is_closed:
            return notebook.table("Collection, closed", ("file",), [(name,) for name in self.names])
        rows = self._each(None, _row)
        return notebook.table("Collection", ("file", "documents", "commit", "size"), [row for _, row in rows])


def _opened_again(places: Sequence[Place], as_of: int | datetime | None, settings: Settings) -> Collection:
    """A collection that was pickled, in the process that it came to."""
    return Collection(places, as_of=as_of, settings=settings)


def _row(memory: Memory) -> tuple[str, ...]:
    reader = memory.reader_for("any")
    commit, size = reader.commit, reader.source.size
    return memory.name, f"{len(memory):,}", f"{commit:,}", format_size(size)

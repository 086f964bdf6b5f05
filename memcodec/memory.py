"""Memory: a memory file as Python sees it. The public face of the library."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Unpack

from memcodec.config.settings import Encode, Index, Ingest, Settings
from memcodec.errors import Changed, ConfigError, NotFound
from memcodec.file import history
from memcodec.file.history import Diff
from memcodec.file.info import Info, describe
from memcodec.file.reader import CACHE, Reader, read_file
from memcodec.file.restore import RestoreReport, restore
from memcodec.file.writer import Writer
from memcodec.format.commit import CommitRecord
from memcodec.ingest.item import Item, text_item
from memcodec.ingest.walk import Skipped, walk
from memcodec.media import registry
from memcodec.model import Commit, Document, FilePath, Hit, Line, Progress, Section, section_at
from memcodec.models import embedding
from memcodec.search.engine import Searcher
from memcodec.search.filters import Filter
from memcodec.search.results import Mode, Results, SearchOptions
from memcodec.storage import PlaceLike, RamFile
from memcodec.storage.open import check_apart, local_path, place_of
from memcodec.storage.remote.source import SpanCache
from memcodec.upkeep import tag as tagging
from memcodec.upkeep.branch import branch, copy
from memcodec.upkeep.compact import CompactReport, compact
from memcodec.upkeep.tag import Marks
from memcodec.upkeep.verify import VerifyReport, verify

if TYPE_CHECKING:
    from memcodec.jobs import JobHandle, Options

__all__ = ["FilePath", "Memory", "create", "open"]


def create(
    file: PlaceLike | None = None,
    *,
    codec: str | None = None,
    profile: str = "dense",
    bits: str = "auto",
    rate: str = "auto",
    index: str = "now",
    parity: float = 10.0,
    chunk_size: int = 1000,
    overlap: int = 50,
    language: str = "english",
    model: str = embedding.DEFAULT,
    force: bool = False,
    progress: Progress | None = None,
) -> Memory:
    """Begin a new memory file. It appears, complete, at the first commit: ``commit()``, or the end of a ``with``.

    ``file`` is a path, the URL of an object in an S3 bucket, or a binary file object that is empty and can be read and
    written (docs/INTEGRATIONS.md). Without one the file lives in RAM: ``Memory.to_bytes`` takes it out, ``Memory.save``
    writes it elsewhere.

    Without ``codec`` the file's name decides: AV1 for ``.mp4``, FLAC for ``.flac``. ``bits`` ("16", "24") and ``rate``
    ("normal", "low": of the robust profile) are for sound. ``parity`` is in percent of the data. ``index`` is "now",
    "none" or "background": the lexical index now, vectors later, by ``index_background``. ``model`` names the embedding
    model, "none" leaves vectors out. Raises StorageError when the file exists and not ``force``, CodecError without
    such a codec.
    """
    place = place_of(file) if file is not None else RamFile()
    codec = codec or registry.for_file(place.name, Encode().codec)
    encode = Encode(codec, profile, bits, rate, index, parity, chunk_size, overlap)
    settings = Settings(encode=encode, index=Index(language, model))
    return Memory(place, Writer.create(place, settings, force=force, progress=progress))


def open(  # noqa: A001 - memcodec.open
    file: PlaceLike,
    *,
    as_of: int | datetime | None = None,
    cache: int = CACHE,
    spans: SpanCache | None = None,
    wait: float = 0.0,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Memory:
    """Open a memory file, to read it and to add to it.

    ``file`` is a path, the URL of one far away (http, https, s3, gs, az), its bytes, a binary file object, or any
    object with ``get_bytes(offset, length)`` and ``size`` (docs/INTEGRATIONS.md). What you opened you close.

    ``spans`` keeps on disk what is fetched from afar. ``as_of`` is a commit's number or a time: the file as it was
    then, for reading alone. ``cache`` bounds the bytes of text kept in memory. ``add`` takes the file's lock, waiting
    up to ``wait`` seconds for it, until ``commit`` or ``close``; what is added is written as ``settings`` say, but
    codec, profile, language and model are the file's.

    Raises StorageError when there is no such file, NotAMemoryFile when it is something else, NotFound without such a
    commit.
    """
    memory = Memory(
        file,
        None,
        cache,
        as_of=as_of,
        spans=spans,
        wait=wait,
        settings=settings or Settings(),
        progress=progress,
    )
    memory.reader  # noqa: B018 - opened now, so that errors come now
    return memory


class Memory:
    """A memory file, made by ``create`` or ``open``. Use it in a ``with``: its end commits what was added."""

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
    ) -> None:
        self.place, self.as_of = place_of(file, spans), as_of
        self.name = self.place.name  #: as it may be shown
        self._writing, self._cache = writing, cache
        self._wait, self._settings, self._progress = wait, settings or Settings(), progress
        self._reader: Reader | None = None
        self._searcher: Searcher | None = None
        self._lock = threading.Lock()
        self.unchanged = 0  #: documents that the last commit left out because the file has them
        self.notes: list[
            str
        ] = []  #: what the user should know about it (an index that could not be made, say)

    @property
    def path(self) -> Path | None:
        """The file's path on this machine; None for one that lies elsewhere."""
        return self.place.path

    # Writing

    def add(
        self,
        text: str | bytes,
        *,
        title: str | None = None,
        uri: str | None = None,
        tags: Mapping[str, str] | None = None,
        time: datetime | None = None,
    ) -> None:
        """Add a document; it is stored at the next commit. Raises SourceError when it is not valid Unicode."""
        self._writer().pending.append(text_item(text, title=title, uri=uri, tags=tags, time=time))

    def add_path(
        self, *sources: FilePath, options: Ingest | None = None, tags: Mapping[str, str] | None = None
    ) -> Skipped:
        """Add files and folders; they are stored at the next commit. Returns what was left out, and why."""
        skipped = Skipped()
        self.add_items(walk(sources, options, skipped, tags))
        return skipped

    def add_items(self, items: Iterable[Item]) -> None:
        """Add documents that a loader has read."""
        self._writer().pending.extend(items)

    def commit(self) -> Commit | None:
        """Write what was added; None when nothing of it is new. After this it is on stable storage.

        A document that is in the file already, by uri and content, is left out; one of a known uri and other content
        takes the old one's place.
        """
        self.unchanged = 0
        if self._writing is None:
            return None
        made = self._writing.commit()
        return self._done(self._writing, made)

    def forget(
        self,
        ids: Sequence[str] = (),
        path: str | None = None,
        tags: Mapping[str, str] | None = None,
        before: datetime | None = None,
    ) -> Commit:
        """Drop the documents that meet all the conditions given: id, glob of the uri, tags, time before.

        They stay in the file's past, and their bytes in the file, until it is compacted. Raises NotFound when none is
        meant.
        """
        writing = self._writer()
        chosen = history.choose(self._state_of(writing), ids, path, tags, before)
        made = self._done(writing, writing.change("forget", drop=chosen))
        assert made is not None, "there was something to forget"
        return made

    def tag(
        self,
        documents: Sequence[str] = (),
        path: str | None = None,
        *,
        tags: Mapping[str, str] | None = None,
        untag: Collection[str] = (),
        title: str | None = None,
        author: str | None = None,
        language: str | None = None,
    ) -> Commit | None:
        """Set and take away what documents, by id or uri, or by glob of the uri, are marked with; None if they are so.

        They become new versions, with new ids; their text is stored again. An empty title, author or language takes
        the old one's place too. Raises NotFound when there is no such document.
        """
        marks, writing = Marks(tags or {}, untag, title, author, language), self._writer()
        chosen = tagging.choose(self._state_of(writing), documents, path)
        return self._done(writing, tagging.retag(writing, chosen, marks))

    def matching(
        self,
        ids: Sequence[str] = (),
        path: str | None = None,
        tags: Mapping[str, str] | None = None,
        before: datetime | None = None,
    ) -> list[Document]:
        """The documents that ``forget`` would drop. Raises NotFound when there is none."""
        return [found.stored.document for found in history.choose(self.reader, ids, path, tags, before)]

    def rollback(self, commit: int) -> Commit | None:
        """Bring an old commit's state back, in a new commit; None when it is the state already. Raises NotFound."""
        writing = self._writer()
        with contextlib.closing(read_file(self.place, as_of=commit)) as old:
            drop, revive = history.difference(self._state_of(writing), old)
        made = writing.change("rollback", drop, revive) if drop or revive else None
        return self._done(writing, made)

    def compact(self, out: PlaceLike | None = None, *, force: bool = False) -> CompactReport:
        """Write the file anew without what is no longer in it, in its place or to ``out``: its past is gone then.

        Nothing may be pending. The new file is verified before it replaces the old.
        """
        if self._writing is not None:
            if self._writing.pending:
                raise ConfigError(f"{self.name}: commit what was added before compacting")
            self._writing.close()
            self._writing = None
        self._forget()  # it is another file then; and Windows replaces none that is read
        return compact(
            self.place,
            out,
            settings=self._settings,
            wait=self._wait,
            force=force,
            progress=self._progress,
        )

    def index_background(
        self, *, model: str | None = None, rebuild: bool = False, options: Options | None = None
    ) -> JobHandle:
        """Have vectors made by processes that outlive this one; the handle tells how far they are.

        ``model`` is the file's own unless named, or else the settings'; ``rebuild`` drops the vectors there are.
        Raises StorageError when the state folder cannot be used, MissingExtra without `semantic`.
        """
        from memcodec.jobs import enqueue

        default = self._settings.index.model
        if self._writing is not None:
            if self._writing.pending:
                raise ConfigError(f"{self.name}: commit what was added before indexing")
            default = self._writing.settings.index.model
            self._writing.close()  # or the job would wait for its lock
            self._writing = None
        return enqueue(local_path(self.place), model=model, default=default, rebuild=rebuild, options=options)

    def _state_of(self, writing: Writer) -> Reader:
        if writing.before is None:
            raise NotFound(f"{self.name}: nothing was committed yet")
        return writing.before

    def _done(self, writing: Writer, made: CommitRecord | None) -> Commit | None:
        """After a commit: what it was, and the lock of a file that was opened is let go."""
        self.unchanged, self.notes = writing.unchanged, writing.notes
        if writing.is_continued:
            writing.close()
            self._writing = None
        if made is None:
            return None
        self._forget()
        return writing.last

    def _writer(self) -> Writer:
        if self.as_of is not None:
            raise ConfigError(f"{self.name}: opened as of an old commit; open it without as_of to change it")
        if self._writing is None:
            self._writing = Writer.append(
                self.place, self._settings, wait=self._wait, progress=self._progress
            )
        return self._writing

    # Reading

    @property
    def reader(self) -> Reader:
        """The file as last committed."""
        if self._reader is None:
            self._reader = read_file(self.place, self._cache, self.as_of)
        return self._reader

    def refresh(self) -> bool:
        """Look whether there is a newer state, and read that from now on; tells whether there was.

        Far away that is one small request; what was read of the old state is still good if it did not change.
        """
        old = self.reader
        if not old.source.changed():
            return False
        new = read_file(self.place, self._cache, self.as_of)
        if (new.record, new.source.size) == (old.record, old.source.size):
            new.close()
            return False
        self._forget()
        self._reader = new
        return True

    def search(
        self,
        query: str,
        k: int = 10,
        mode: Mode = "hybrid",
        filters: Filter | None = None,
        **options: Unpack[SearchOptions],
    ) -> Results:
        """The ``k`` best chunks for a query (docs/QUERIES.md), with their text, of documents that ``filters`` takes.

        ``options`` make passages of them, and more (``search.results.SearchOptions``). A file far away that was
        replaced is opened anew. Raises ConfigError for a query that cannot be read.
        """
        try:
            return self._search(query, k, mode, filters, **options)
        except Changed:
            self._forget()
            return self._search(query, k, mode, filters, **options)

    def _search(
        self, query: str, k: int, mode: Mode, filters: Filter | None, **options: Unpack[SearchOptions]
    ) -> Results:
        with self._lock:
            if self._searcher is None:
                self._searcher = Searcher([self.reader])
            searcher = self._searcher
        return searcher.search(query, k, mode, filters, **options)

    def get(self, chunk: int) -> Hit:
        """One chunk by its number, as a hit of rank 0. Raises NotFound."""
        place = self.reader.chunk(chunk)
        (text,) = self.reader.texts([place])
        line, document = Line(place.first_line, place.last_line), place.stored.document
        section = section_at(document.sections, place.start) or Section(0)
        name, span = self.reader.source.name, (place.start, place.end)
        return Hit(0, 0.0, name, document, chunk, *span, line, text, section.path, section.place)

    def documents(self) -> Iterator[Document]:
        """Every document, oldest first."""
        return (found.stored.document for found in self.reader.documents())

    def log(self) -> list[Commit]:
        """What each commit did, oldest first."""
        return history.log(self.reader)

    def timeline(self, since: datetime | None = None, until: datetime | None = None) -> list[Document]:
        """The documents by their time, ``since`` and ``until`` included."""
        return history.timeline(self.reader, since, until)

    def diff(self, a: int | datetime, b: int | datetime | None = None) -> Diff:
        """What changed between two states, by commit or time; ``b``: the newest unless given. Raises NotFound."""
        with (
            contextlib.closing(read_file(self.place, as_of=a)) as old,
            contextlib.closing(read_file(self.place, as_of=b)) as new,
        ):
            return history.diff(old, new)

    def branch(self, commit: int | datetime, out: PlaceLike, *, force: bool = False) -> None:
        """Write a new file ``out`` that stopped at an old commit: everything up to it, byte for byte."""
        branch(self.place, commit, out, force=force)

    def save(self, out: PlaceLike, *, force: bool = False) -> None:
        """Write the file as it is read here to another place, up to its last commit.

        Raises StorageError when ``out`` exists and not ``force``, ConfigError when it is the file itself.
        """
        new = place_of(out)
        check_apart("save", new, self.place)
        copy(self.reader, new, force=force)

    def to_bytes(self) -> bytes:
        """The file as ``save`` writes it. All of it is in memory."""
        file = RamFile()
        self.save(file)
        return file.to_bytes()

    def restore(
        self,
        folder: FilePath,
        pattern: str | None = None,
        *,
        force: bool = False,
        progress: Progress | None = None,
    ) -> RestoreReport:
        """Write the documents (those whose uri matches the glob) below a folder, byte for byte."""
        return restore(self.reader, Path(folder), pattern, force=force, progress=progress)

    def info(self) -> Info:
        """What is inside, and where every byte went."""
        return describe(self.reader)

    def verify(self, *, deep: bool = False, progress: Progress | None = None) -> VerifyReport:
        """Check every part; ``deep`` decodes every frame and hashes every document."""
        return verify(self.reader, deep=deep, progress=progress)

    def _forget(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = self._searcher = None

    def close(self) -> None:
        """Release the file. What was added and not committed is dropped."""
        self._forget()
        if self._writing is not None:
            self._writing.close()
            self._writing = None

    def __enter__(self) -> Memory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self.close()

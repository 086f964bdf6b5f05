"""Memory: a memory file as Python sees it. The public face of the library."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import cast

import numpy as np

from memcodec import codec as codecs_
from memcodec import embed, guide
from memcodec.codec import MediaWriter, Profile
from memcodec.config import Encode, Index, Ingest, Settings
from memcodec.content import CommitOptions, Content, Indexing, NewContent, Progress
from memcodec.errors import MemcodecError
from memcodec.format.commit import CommitRecord
from memcodec.index.lexical import LexicalBuilder
from memcodec.info import Info, describe
from memcodec.ingest.item import Item, text_item
from memcodec.ingest.walk import Skipped, walk
from memcodec.model import Document, Hit, Line
from memcodec.reader import CACHE, Reader
from memcodec.restore import RestoreReport, restore
from memcodec.search.engine import Searcher
from memcodec.search.results import Mode, Results
from memcodec.storage import LocalSource, LocalTarget
from memcodec.verify import VerifyReport, verify
from memcodec.writer import write_commit

FilePath = str | os.PathLike[str]
NO_MODEL = "none"
_EMBED_BATCH = 1024


def create(
    path: FilePath,
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
    model: str = embed.DEFAULT,
    force: bool = False,
    progress: Progress | None = None,
) -> Memory:
    """Begin a new memory file. It appears, complete, at the first commit: ``commit()``, or the end of a ``with``.

    Without ``codec`` the file's name decides: AV1 for ``.mp4``, FLAC for ``.flac``. ``bits`` ("16", "24") and ``rate``
    ("normal", "low": of the robust profile) are for sound. ``parity`` is in percent of the data; ``index`` is "now" or
    "none"; ``model`` names the embedding model, "none" leaves vectors out. Raises StorageError when the file exists and
    not ``force``, CodecError without such a codec.
    """
    codec = codec or codecs_.for_file(os.fspath(path), Encode().codec)
    encode = Encode(codec, profile, bits, rate, index, parity, chunk_size, overlap)
    settings = Settings(encode=encode, index=Index(language, model))
    return Memory(Path(path), Writing(Path(path), settings, force=force, progress=progress))


def open(path: FilePath, *, cache: int = CACHE) -> Memory:  # noqa: A001 - memcodec.open
    """Open a memory file for reading. ``cache`` bounds the bytes of text kept in memory.

    Raises StorageError when there is no such file, NotAMemoryFile when it is something else.
    """
    memory = Memory(Path(path), None, cache)
    memory.reader  # noqa: B018 - opened now, so that errors come now
    return memory


class Memory:
    """A memory file, made by ``create`` or ``open``. Use it in a ``with``: its end commits what was added."""

    def __init__(self, path: Path, writing: Writing | None, cache: int = CACHE) -> None:
        self.path = path
        self._writing, self._cache = writing, cache
        self._reader: Reader | None = None
        self._searcher: Searcher | None = None

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

    def commit(self) -> CommitRecord | None:
        """Write what was added; None when there was nothing. After this it is on stable storage."""
        made = self._writer().commit()
        self._forget()
        return made

    @property
    def notes(self) -> list[str]:
        """What the user should know about the last commit (an index that could not be made, say)."""
        return self._writing.notes if self._writing is not None else []

    def _writer(self) -> Writing:
        if self._writing is None:
            raise MemcodecError(f"{self.path}: opened for reading; memcodec.create() makes files to add to")
        return self._writing

    # Reading

    @property
    def reader(self) -> Reader:
        """The file as last committed."""
        if self._reader is None:
            self._reader = Reader(LocalSource(self.path), self._cache)
        return self._reader

    def search(self, query: str, k: int = 10, mode: Mode = "hybrid") -> Results:
        """The ``k`` best chunks for a query, with their text."""
        if self._searcher is None:
            self._searcher = Searcher([self.reader])
        return self._searcher.search(query, k, mode)

    def get(self, chunk: int) -> Hit:
        """One chunk by its number, as a hit of rank 0. Raises NotFound."""
        place = self.reader.chunk(chunk)
        (text,) = self.reader.texts([place])
        line = Line(place.first_line, place.last_line)
        return Hit(
            0, 0.0, self.reader.source.name, place.stored.document, chunk, place.start, place.end, line, text
        )

    def documents(self) -> Iterator[Document]:
        """Every document, oldest first."""
        return (found.stored.document for found in self.reader.documents())

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

    def __enter__(self) -> Memory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._writing is not None:
                self._writing.commit()
        finally:
            self.close()


class Writing:
    """The writing side: what is pending, and the media it goes to."""

    def __init__(
        self,
        path: Path,
        settings: Settings,
        *,
        force: bool = False,
        progress: Progress | None = None,
        file_id: bytes | None = None,
        hold: bool = False,
    ) -> None:
        self.settings, self.pending, self.notes = settings, list[Item](), list[str]()
        self._codec = codecs_.get(settings.encode.codec)
        LexicalBuilder(
            settings.index.language
        )  # an unknown language is told now, not after the media is written
        self._progress: Progress = progress or (lambda stage, done, total: None)
        self._file_id = file_id or os.urandom(4)
        self._hold = hold
        self._commit = 0
        self._target = LocalTarget.create(path, replace=force)
        self._media: MediaWriter | None = None

    def commit(
        self, *, time: datetime | None = None, number: int | None = None, ids: list[str] | None = None
    ) -> CommitRecord | None:
        """Write what is pending as one commit."""
        if not self.pending:
            return None
        encode, items = self.settings.encode, self.pending
        self.pending = []
        indexing = Indexing(encode.chunk_size, encode.overlap, *self._indexes())
        return self.write(lambda options: NewContent(items, options, indexing, ids), time=time, number=number)

    def write(
        self,
        content: Callable[[CommitOptions], Content],
        *,
        time: datetime | None = None,
        number: int | None = None,
    ) -> CommitRecord:
        """Write one commit of the content that is made for it."""
        encode = self.settings.encode
        begin, media = self._target.size, self._opened()
        begin = max(begin, media.head)
        self._commit = number or self._commit + 1
        options = CommitOptions(
            file_id=self._file_id,
            commit=self._commit,
            begin=begin,
            time=time or datetime.now(UTC),
            codec=encode.codec,
            profile=encode.profile,
            parity=encode.parity / 100,
            progress=self._progress,
        )
        made = write_commit(media, self._target, content(options), options)
        if not self._hold:
            self.publish()
        return made

    def publish(self) -> None:
        """Show the file under its name. Done after every commit unless ``hold``."""
        self._target.publish()

    def _opened(self) -> MediaWriter:
        if self._media is None:
            encode = self.settings.encode
            profile = cast(Profile, encode.profile)
            self._media = self._codec.create(self._target, profile, encode.options)
            medium = self._codec.guide(profile)
            self._media.write_guide(guide.pages(self._file_id, encode.codec, profile, medium))
        return self._media

    def _indexes(self) -> tuple[LexicalBuilder | None, Callable[[Iterable[str], int], bytes] | None]:
        if self.settings.encode.index == "none":
            return None, None
        lexical = LexicalBuilder(self.settings.index.language)
        if self.settings.index.model == NO_MODEL:
            return lexical, None
        if not embed.available():
            self.notes.append("lexical index only: semantic search needs pip install 'memcodec[semantic]'")
            return lexical, None
        return lexical, self._embed

    def _embed(self, texts: Iterable[str], total: int) -> bytes:
        from memcodec.index import vectors

        embedder = embed.load(self.settings.index.model)

        def batches() -> Iterator[np.ndarray]:
            done = 0
            for batch in _batches(texts, _EMBED_BATCH):
                yield embedder.embed(batch)
                done += len(batch)
                self._progress("vectors", done, total)

        dimensions, precision = embedder.dimensions, embedder.precision
        return vectors.build(batches(), model=embedder.model, precision=precision, dimensions=dimensions)

    def close(self) -> None:
        if self._media is not None:
            self._media.close()
        self._target.close()


def _batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch

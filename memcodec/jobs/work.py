"""Indexes one memory file: finds the chunks without vectors, has them embedded, keeps what is done, commits it.

Nothing but the file says what is to be done, and it is asked again after every commit: others may append to it, compact
it or index it meanwhile. A crash at any point costs the batches that were under way.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from memcodec.errors import MemcodecError, ModelError, NotFound, StorageError
from memcodec.jobs.cover import Cover, Cutter, count
from memcodec.jobs.job import NO_KEY, Options
from memcodec.jobs.pool import Cluster, Executors, Here, Poisoned, Pool, Processes
from memcodec.jobs.spool import Spool, Vectors
from memcodec.process.scratch import Scratch
from memcodec.storage import lock
from memcodec.storage.descriptors import open_file
from memcodec.upkeep.keyless import refuse_sealed

if TYPE_CHECKING:
    from memcodec.file.reader import Reader
    from memcodec.models.embedding.embedder import Embedder
    from memcodec.upkeep.index import ChunkRun

T = TypeVar("T")

NO_MODEL = "none"  #: as a model: the lexical index alone
FIRST, LEAST, MOST = 64, 32, 1024  #: chunks in a batch: in the first, at least, at most
SECONDS = 3.0  #: what a batch should take
SHARE = 0.1  #: of the chunks: no commit before so many are done
SPOOLED = 128_000  #: chunks: a commit when so many are done, whatever their share
LITTLE = 256  #: chunks that are embedded in this process when no workers are asked for
_PATIENCE = 5.0  # seconds to wait for another writer before looking around
_STUCK = 3  # rounds without a vector before giving up


class Gone(MemcodecError):
    """The memory file was moved or deleted."""


class Stopped(Exception):
    """Nobody wants the work any more."""


class Watch(Protocol):
    """Who is told how the work goes. Any of it may raise Stopped."""

    def began(self, done: int, total: int) -> None:
        """A round begins: chunks that have vectors, and all of them."""

    def went_on(self, done: int, total: int) -> None:
        """The same, as it goes on."""

    def indexed(self, done: int, total: int) -> None:
        """Before that: chunks that are in the lexical index now, of those that it lacked."""

    def note(self, text: str) -> None:
        """Something worth a line in a log."""

    def tick(self) -> None:
        """Called twice a second."""

    def committing(self) -> contextlib.AbstractContextManager[None]:
        """Around every commit of vectors."""

    def was_rebuilt(self, model: str) -> None:
        """This model's vectors are in the place of the old ones: from now on it is work like any other."""


@dataclass(frozen=True, slots=True)
class IndexPlan:
    """What is to be done: chunks without vectors, of ``total``, with this model; or all of them ``anew``."""

    missing: list[ChunkRun]
    total: int
    model: str = ""
    precision: str = ""
    anew: bool = False


# One file


def index_now(path: Path, model: str | None, rebuild: bool, options: Options, watch: Watch) -> int:
    """Index a file before returning; how many chunks got vectors. Needs no state folder."""
    path = path.absolute()
    refuse_sealed(path, NO_KEY)
    todo = None if model == NO_MODEL else count(_missing(path, anew=rebuild))
    with Scratch() as folder:
        pool = Pool(executors(options, todo))
        try:
            return index(path, model, rebuild, Path(folder) / "spool", pool, options, watch)
        finally:
            pool.close()


def executors(options: Options, chunks: int | None = None) -> Executors:
    """Where to run: in this process when there are few chunks, and no number of workers is asked for."""
    if chunks == 0:
        return Here()
    if options.cluster:
        return Cluster(options.cluster)
    if chunks is not None and chunks <= LITTLE and not options.workers:
        return Here()
    return Processes(options.workers, options.nice)


def index(
    path: Path, model: str | None, rebuild: bool, spool: Path, pool: Pool, options: Options, watch: Watch
) -> int:
    """Give every chunk its place in the lexical index, and a vector; how many got one.

    Raises Gone, Poisoned, Stopped and MemcodecError.
    """
    with _there(path):
        _index_lexical(path, options.language, watch)
        if model == NO_MODEL:
            return 0
        made = failed = 0
        while (todo := plan(path, model, anew=rebuild)).missing:
            round_ = _Round(path, todo, Spool(spool, todo.model), pool, options, watch)
            covered = round_.run()
            made, failed = made + covered, 0 if covered or (todo.anew and round_.embedded) else failed + 1
            if failed == _STUCK:
                raise StorageError(f"{path}: chunks lack vectors after {failed} rounds; run `verify()`")
            if rebuild and covered:
                rebuild, model = False, todo.model
                watch.was_rebuilt(model)
        watch.went_on(todo.total, todo.total)
        return made


def _index_lexical(path: Path, language: str, watch: Watch) -> None:
    from memcodec.index.lexical.segment import LexicalSegment
    from memcodec.upkeep import index as indexing

    with _reading(path) as reader:
        lacking = any(run.lexical is None and run.record.chunks for run in reader.indexes)
        theirs = (
            LexicalSegment(blob).language for run in reader.indexes if (blob := run.lexical) is not None
        )
        language = next(theirs, language)
    if lacking:
        made = _when_free(
            path,
            watch,
            lambda: indexing.index_lexical(
                path, language, wait=_PATIENCE, progress=lambda stage, done, total: watch.indexed(done, total)
            ),
        )
        watch.note(f"committed the lexical index of {made:,} chunks")


def plan(path: Path, model: str | None, *, anew: bool = False) -> IndexPlan:
    """Look into the file. ``model`` is a name or an identity; None is the file's, or the default.

    ``anew``: all its vectors are to be made again. Raises ModelError when they are of another model, and not ``anew``.
    """
    from memcodec.upkeep import index as indexing

    with _reading(path) as reader:
        theirs, total = _model_of(reader), indexing.coverage(reader)[1]
        anew = anew and theirs is not None
        missing = indexing.everything(reader) if anew else indexing.missing(reader)
    if (
        not anew
        and None not in (model, theirs)
        and model != theirs
        and (named := _load(model).model) != theirs
    ):
        raise ModelError(
            f"{path}: its vectors are of {theirs}, not of {named}; add `rebuild=True` to rebuild them"
        )
    if not missing:
        return IndexPlan([], total)
    embedder = _load(model or theirs) if anew else _load(theirs or model)
    return IndexPlan(missing, total, embedder.model, embedder.precision, anew)


def _model_of(reader: Reader) -> str | None:
    return next((model for run in reversed(reader.indexes) if (model := run.model) is not None), None)


def _load(model: str | None) -> Embedder:
    """By name or folder, or by identity: a file is not trusted to name a folder or a download."""
    from memcodec.models import embedding

    if model is not None and "@" in model and any(each.model == model for each in embedding.models()):
        return embedding.load_exact(model)
    return embedding.load(model or embedding.DEFAULT)


def _missing(path: Path, *, anew: bool = False) -> list[ChunkRun]:
    from memcodec.upkeep import index as indexing

    with _reading(path) as reader:
        return indexing.everything(reader) if anew else indexing.missing(reader)


def embed_batch(
    path: Path, model: str, threads: int | None, spans: Sequence[ChunkRun]
) -> tuple[Vectors, float]:
    """What a worker does: the vectors, and the seconds it took."""
    from memcodec.upkeep import index as indexing

    began = time.monotonic()
    vectors = indexing.embed_batch(path, spans, model, threads=threads)
    return vectors, time.monotonic() - began


class _Round:
    """All that was missing when it began."""

    def __init__(
        self, path: Path, todo: IndexPlan, spool: Spool, pool: Pool, options: Options, watch: Watch
    ) -> None:
        self._path, self._plan, self._spool, self._pool = path, todo, spool, pool
        self._options, self._watch = options, watch
        there = Cover(spool.spans)
        self._left = [part for span in todo.missing for part in there.outside(span)]
        self._spooled = count(todo.missing) - count(self._left)
        self._before = todo.total - count(todo.missing)
        self._covered, self._size, self._last = 0, options.batch or FIRST, time.monotonic()
        self.embedded = 0  #: chunks

    @property
    def _done(self) -> int:
        return self._before + self._covered + self._spooled

    def run(self) -> int:
        """Embed and commit; how many chunks got vectors: fewer than planned when the file was changed meanwhile."""
        self._watch.began(self._done, self._plan.total)
        try:
            self._embed()
        except Poisoned as error:
            self._commit()
            if not isinstance(error.error, NotFound):  # else its chunks are gone: look again
                raise
            self._watch.note("the file was compacted in the meantime")
            return self._covered
        except (KeyboardInterrupt, MemcodecError):
            with contextlib.suppress(MemcodecError, OSError):
                self._commit_if_free()
            raise
        self._commit()
        return self._covered

    def _embed(self) -> None:
        cutter = Cutter(self._left)
        task = partial(embed_batch, self._path, self._plan.model, self._pool.threads)
        batches = iter(lambda: cutter.take(self._size), [])
        for batch, (vectors, seconds) in self._pool.run(task, batches, self._watch.tick):
            self._spool.add(batch, vectors)
            self._spooled += len(vectors)
            self.embedded += len(vectors)
            self._adapt(len(vectors), seconds)
            self._watch.went_on(self._done, self._plan.total)
            if self._is_due:
                self._commit_if_free()

    def _adapt(self, chunks: int, seconds: float) -> None:
        if not self._options.batch:
            self._size = min(MOST, max(LEAST, round(chunks * SECONDS / max(seconds, 1e-3))))

    @property
    def _is_due(self) -> bool:
        """Whether so much is done that it is worth a commit of its own. New vectors for old ones come all at once."""
        if self._plan.anew:
            return False
        enough = self._spooled >= SHARE * self._plan.total
        rested = time.monotonic() - self._last >= self._options.every
        return ((enough and rested) or self._spooled >= SPOOLED) and self._done < self._plan.total

    def _commit_if_free(self) -> None:
        self._last = time.monotonic()
        if not is_locked(self._path):
            self._commit()

    def _commit(self) -> None:
        """Bring what is kept into the file, as soon as other writers let it."""
        self._commit_lacking()
        if self._covered or not self._plan.anew:
            self._spool.clear()  # by now nothing maps its files: Windows removes none that is mapped
            self._spooled = 0

    def _commit_lacking(self) -> None:
        """Only chunks that still lack vectors."""
        lacking = Cover(_missing(self._path, anew=self._plan.anew))
        results = [
            (part, vectors[part.first - span.first :][: part.chunks])
            for span, vectors in self._spool.results()
            for part in lacking.inside(span)
        ]
        if results:
            self._covered += _when_free(self._path, self._watch, lambda: self._write(results))

    def _write(self, results: Sequence[tuple[ChunkRun, Vectors]]) -> int:
        from memcodec.upkeep import index as indexing

        todo = self._plan
        with self._watch.committing():
            covered = indexing.commit_vectors(
                self._path,
                results,
                model=todo.model,
                precision=todo.precision,
                bits=self._options.bits,
                anew=todo.anew,
                wait=_PATIENCE,
            )
        if covered:
            self._watch.note(f"committed the vectors of {covered:,} chunks")
        return covered


# The file and its other users


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[Reader]:
    from memcodec.file.reader import read_file

    with contextlib.closing(read_file(path, journal=False)) as reader:
        yield reader


@contextlib.contextmanager
def _there(path: Path) -> Iterator[None]:
    """Tell a file that is gone from other troubles."""
    try:
        yield
    except (MemcodecError, Poisoned, OSError) as error:
        if path.exists():
            raise
        raise Gone(f"{path}: no such file: moved or deleted; if moved, index it where it is now") from error


def is_locked(path: Path) -> bool:
    """Whether another process writes to the file."""
    fd = open_file(path, os.O_RDONLY)
    try:
        return lock.is_held(fd)
    finally:
        os.close(fd)


def _when_free(path: Path, watch: Watch, work: Callable[[], T]) -> T:
    """Do what needs the file's lock, however long others hold it. Another error is final when it comes twice."""
    errors, told = 0, False
    while True:
        try:
            return work()
        except StorageError as error:
            errors = 0 if is_locked(path) else errors + 1
            if errors > 1:
                raise
            if not errors and not told:
                watch.note(f"waiting: {error}")
                told = True
        watch.tick()

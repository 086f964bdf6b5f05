"""Enqueue a memory file for indexing, wait for its job, cancel it; and see that a supervisor is there to work on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import BinaryIO

from memcodec.arguments import Seconds, checked
from memcodec.config import folders
from memcodec.errors import MissingExtra, StorageError
from memcodec.jobs.job import NO_KEY, Job, Options
from memcodec.jobs.presence import LOG, SPOOL, is_there, take_lock
from memcodec.jobs.store import DATABASE, Store
from memcodec.process import children
from memcodec.storage.descriptors import open_file
from memcodec.upkeep.keyless import refuse_sealed

_PAUSE = 0.1  # seconds between two looks at jobs that are waited for
_SOON = 0.02  # seconds between two looks whether the one that was started has begun
_LONGEST_LOG = 1 << 20  # bytes
_LOOK = 1.0  # seconds between two looks for the supervisor
_STARTS = 10  # supervisors that may go without having done anything, before that is an error

Seen = Callable[[list[Job]], None]


class JobHandle:
    """An indexing job, from any process. Every answer is read again."""

    def __init__(self, number: int, folder: Path | None = None) -> None:
        self.id, self._folder = number, folder

    def status(self) -> Job:
        """How it is. Raises NotFound once it was pruned."""
        with Store(self._folder) as store:
            return store.get(self.id)

    @checked
    def wait(self, timeout: Seconds | None = None, progress: Callable[[int, int], None] | None = None) -> Job:
        """Wait until it has ended, or ``timeout`` seconds; how it is then (``is_open`` when time was up).

        ``progress`` is called with the chunks that have vectors, and all of them.
        """

        def seen(jobs: list[Job]) -> None:
            if progress is not None:
                progress(jobs[0].done, jobs[0].total)

        with Store(self._folder) as store:
            return wait(store, [self.id], timeout, seen)[0]

    def cancel(self) -> bool:
        """Stop it; what is committed stays. False when it had ended."""
        with Store(self._folder) as store:
            return store.cancel(self.id)


def enqueue(
    path: str | os.PathLike[str],
    *,
    model: str | None = None,
    default: str | None = None,
    rebuild: bool = False,
    options: Options | None = None,
    folder: Path | None = None,
) -> JobHandle:
    """Have a file indexed by other processes, after this one's end too.

    Without ``model`` it is the file's; if that has none, ``default``; ``rebuild`` makes all vectors again. A file with
    an open job gets no second one: that job sees to what is new. Raises StorageError when the state folder cannot
    be used, or there is no such file; MissingExtra without `semantic`.
    """
    name, real = os.fspath(path), Path(path).resolve()
    if not real.is_file():
        raise StorageError(f"{name}: no such file; `create()` makes one")
    refuse_sealed(real, NO_KEY)  # those processes have none
    check(model or default, folder)
    if model is None and not has_vectors(real):
        model, given = default, False
    else:
        given = model is not None
    if model is not None and Path(model).is_dir():
        model = str(Path(model).absolute())
    with Store(folder) as store:
        job = store.add(str(real), model, rebuild, options or Options(), strict=given)
        look_after(store)
        return JobHandle(job.id, folder)


def has_vectors(path: Path) -> bool:
    """Whether a file has a model of its own already."""
    from memcodec.file.reader import read_file

    with contextlib.closing(read_file(path, journal=False)) as reader:
        return any(index.vectors for index in reader.state.indexes)


def check(model: str | None, folder: Path | None = None) -> None:
    """Before work that ends in ``enqueue``: raises what it would raise for this user and machine."""
    from memcodec.models import embedding

    if model != "none" and not embedding.available():
        raise MissingExtra(
            "vectors need pip install 'memcodec[semantic]'; `model='none'` makes the lexical index alone"
        )
    Store(folder).close()


def look_after(store: Store) -> bool:
    """Start a supervisor if there are jobs and none is at work: it was killed, say. Whether one was started."""
    if not store.jobs(only_open=True) or is_there(store.folder):
        return False
    with os.fdopen(open_file(store.folder / LOG, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+b") as log:
        if log.tell() > _LONGEST_LOG:
            log.truncate(0)
        began = log.seek(0, os.SEEK_END)
        process = _started(store.folder.absolute(), log)
        while process.poll() is None and not is_there(store.folder):
            time.sleep(_SOON)
        if process.returncode:
            log.seek(began)
            said = log.read().decode(errors="replace").strip().splitlines()
            why = said[-1] if said else f"status {process.returncode}"
            raise StorageError(f"the process that works on jobs cannot be started: {why}")
    return True


def _started(folder: Path, log: BinaryIO) -> subprocess.Popen[bytes]:
    """A supervisor that outlives this process, its terminal and its session."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    process = children.start(
        "-m",
        "memcodec.jobs.supervisor",
        str(folder),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        creationflags=flags,
    )
    # Nothing is left of it when it ends before this process does.
    threading.Thread(target=process.wait, daemon=True).start()
    return process


def wait(
    store: Store, jobs: Collection[int], timeout: float | None = None, seen: Seen | None = None
) -> list[Job]:
    """Wait until these jobs have ended, or ``timeout`` seconds; how they are then.

    ``seen`` is called ten times a second. A supervisor that is gone is replaced. Raises NotFound, and StorageError when
    supervisors do not stay.
    """
    deadline = time.monotonic() + timeout if timeout is not None else None
    looked, starts, before = 0.0, 0, list[tuple[str, int]]()
    while True:
        found = [store.get(number) for number in jobs]
        if seen is not None:
            seen(found)
        now = time.monotonic()
        if not any(job.is_open for job in found) or (deadline is not None and now >= deadline):
            return found
        state = [(job.state.value, job.done) for job in store.jobs()]
        if state != before:
            starts, before = 0, state
        if now - looked >= _LOOK:
            looked, starts = now, starts + look_after(store)
            if starts >= _STARTS:
                raise StorageError(f"the process that works on jobs does not stay; see {store.folder / LOG}")
        time.sleep(_PAUSE if deadline is None else max(0.0, min(_PAUSE, deadline - now)))


def working() -> list[Job]:
    """The jobs that wait or are worked on. Makes no state folder where there is none."""
    if not (folders.state() / DATABASE).is_file():
        return []
    with Store() as store:
        return store.jobs(only_open=True)


def clear() -> None:
    """Forget jobs that have ended, with what they left in the state folder; open ones keep what is theirs.

    Raises StorageError when the state folder cannot be used.
    """
    if not (folders.state() / DATABASE).is_file():
        return
    with Store() as store:
        store.clear()
        if (held := take_lock(store.folder, 0.0)) is not None:  # as long nobody works on a job
            with os.fdopen(held):
                _clear_folder(store)


def _clear_folder(store: Store) -> None:
    theirs = {str(job.id) for job in store.jobs(only_open=True)}
    for spool in (store.folder / SPOOL).glob("*"):
        if spool.name not in theirs:
            shutil.rmtree(spool, ignore_errors=True)
    if not theirs:
        (store.folder / LOG).unlink(missing_ok=True)

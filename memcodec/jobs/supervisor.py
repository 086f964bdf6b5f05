"""The process that works on the queue: started when a job is enqueued and none is there, gone when there is no work.

    python -m memcodec.jobs.supervisor FOLDER

It takes the supervisor's lock, or leaves at once when another has it. ``client.py`` starts it as a process of its own
session, so that it outlives the terminal and the command that started it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from memcodec.errors import MemcodecError, StorageError
from memcodec.jobs.job import Job, JobState, Options
from memcodec.jobs.presence import LOG, SPOOL, sign, take_lock
from memcodec.jobs.store import KEPT, TRIES, Store

if TYPE_CHECKING:
    from memcodec.jobs.pool import Pool

IDLE = 10.0  #: seconds without a job after which it leaves
_PAUSE = 0.25  # seconds between two looks at the queue
_TRY = 2.0  # seconds to try for the lock: others may hold it for a moment, to see whether it is free


class Supervisor:
    """Takes jobs one after the other. The workers stay for the next one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._store = Store(folder)
        self._pools: dict[tuple[int, int, str | None], Pool] = {}

    def drain(self) -> None:
        """Work until there has been nothing to do for ``IDLE`` seconds."""
        try:
            since = time.monotonic()
            while time.monotonic() - since < IDLE:
                job = self._store.take()
                if job is None:
                    time.sleep(_PAUSE)
                    continue
                self._work(job)
                since = time.monotonic()
            self._store.prune(keep=KEPT)
        finally:
            for pool in self._pools.values():
                pool.close()

    def _work(self, job: Job) -> None:
        """One job, to its end."""
        from memcodec.jobs.pool import Poisoned
        from memcodec.jobs.work import Gone, Stopped

        spool = self.folder / SPOOL / str(job.id)
        try:
            self._index(job, spool)
        except Stopped:
            self._store.log(job.id, "stopped: cancelled")
        except Gone as error:
            self._end(job, JobState.MISSING, str(error))
        except Poisoned as error:
            self._end(job, JobState.FAILED, f"failed {error.tries} times: {error}")
        except (MemcodecError, OSError) as error:
            self._end(job, JobState.FAILED, str(error))
        except Exception as error:
            traceback.print_exc()
            self._end(job, JobState.FAILED, f"{type(error).__name__}: {error}; see {self.folder / LOG}")
        shutil.rmtree(spool, ignore_errors=True)

    def _index(self, job: Job, spool: Path) -> None:
        from memcodec.jobs.work import Stopped, index

        if job.tries >= TRIES:
            raise StorageError(
                f"the process died {job.tries} times while committing; see {self.folder / LOG}"
            )
        self._store.log(job.id, f"taken up by PID {os.getpid()}")
        watch = _JobWatch(self._store, job)
        while self._store.is_running(job.id):
            self._store.look(job.id)
            pool = self._pool(job.options)
            index(Path(job.path), watch.model, watch.rebuild, spool, pool, job.options, watch)
            if self._store.finish(job.id, JobState.DONE):
                self._store.log(job.id, "done")
                return
        raise Stopped

    def _pool(self, options: Options) -> Pool:
        from memcodec.jobs.pool import Pool
        from memcodec.jobs.work import executors

        key = options.workers, options.nice, options.cluster
        if key not in self._pools:
            self._pools[key] = Pool(executors(options))
        return self._pools[key]

    def _end(self, job: Job, state: JobState, why: str) -> None:
        if self._store.finish(job.id, state, why):
            self._store.log(job.id, f"{state}: {why}")


class _JobWatch:
    """Writes down how a job goes, and ends it when it is cancelled."""

    def __init__(self, store: Store, job: Job) -> None:
        self._store, self._job = store, job
        self.model, self.rebuild = job.model, job.rebuild

    def began(self, done: int, total: int) -> None:
        self._store.start(self._job.id, done, total)
        self._store.log(self._job.id, f"{done:,} of {total:,} chunks have vectors")

    def indexed(self, done: int, total: int) -> None:
        """A job counts chunks with vectors."""

    def went_on(self, done: int, total: int) -> None:
        self._store.progress(self._job.id, done, total)

    def note(self, text: str) -> None:
        self._store.log(self._job.id, text)

    def tick(self) -> None:
        from memcodec.jobs.work import Stopped

        if not self._store.is_running(self._job.id):
            raise Stopped

    @contextlib.contextmanager
    def committing(self) -> Iterator[None]:
        """A commit that takes this process down is not begun for ever."""
        self._store.set_tries(self._job.id, self._store.get(self._job.id).tries + 1)
        try:
            yield
        finally:
            self._store.set_tries(self._job.id, 0)

    def was_rebuilt(self, model: str) -> None:
        self.model, self.rebuild = model, False
        self._store.set_rebuilt(self._job.id, model)


def main() -> None:
    """Drain the queue. A job that came while the lock was given up is not left behind."""
    folder = Path(sys.argv[1])
    held = take_lock(folder, _TRY)
    while held is not None:
        sign(held)
        Supervisor(folder).drain()
        os.close(held)
        with Store(folder) as store:
            waiting = store.jobs(only_open=True)
        held = take_lock(folder, _TRY) if waiting else None


if __name__ == "__main__":
    main()

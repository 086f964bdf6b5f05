"""Queue and status of indexing jobs: one SQLite database in the user's state folder, shared by all processes.

A job is taken by a supervisor, which gives signs of life (``beat``) while it works; every change it makes is bound to
its still owning the job. Whoever holds the supervisor's lock may take the jobs of one that is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from memcodec.errors import NotFound, StorageError

DATABASE = "jobs.db"
SCHEMA = 1
LEASE = 30.0  #: seconds a sign of life is good for
TRIES = 3  #: times a batch, or a commit, may take its process down
KEPT = 1000  #: ended jobs that are remembered
_BUSY = 30.0  # seconds to wait for another process's transaction

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    model TEXT,
    rebuild INTEGER NOT NULL,
    options TEXT NOT NULL,
    state TEXT NOT NULL,
    again INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    base INTEGER NOT NULL DEFAULT 0,
    created REAL NOT NULL,
    started REAL,
    updated REAL NOT NULL,
    ended REAL,
    error TEXT,
    owner TEXT,
    lease REAL
);
CREATE UNIQUE INDEX IF NOT EXISTS open_jobs ON jobs (path) WHERE state IN ('queued', 'running');
CREATE TABLE IF NOT EXISTS log (
    job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    time REAL NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS log_of ON log (job);
"""


class JobState(StrEnum):
    """Where a job is. ``missing``: its file is not there any more."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    MISSING = "missing"


OPEN = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Options:
    """How a job is worked on.

    ``workers`` processes (0: one a core), of niceness ``nice``; ``batch`` chunks at a time (0: some seconds' worth);
    no commit sooner than ``every`` seconds after the last; ``cluster``: a Dask scheduler's address; ``language``: of
    the lexical index, and ``bits`` of a number of a vector, if the file has none.
    """

    workers: int = 0
    nice: int = 0
    batch: int = 0
    every: float = 30.0
    cluster: str | None = None
    language: str = "english"
    bits: int = 8


@dataclass(frozen=True, slots=True)
class Job:
    """One file to be indexed. ``done`` and ``total`` count chunks; times are seconds since 1970.

    ``base`` chunks were done when the run began that began at ``started``: what the rate is taken from.
    """

    id: int
    path: str
    model: str | None
    rebuild: bool
    options: Options
    state: JobState
    tries: int
    done: int
    total: int
    base: int
    created: float
    started: float | None
    updated: float
    ended: float | None
    error: str | None
    owner: str | None
    lease: float | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or is worked on."""
        return self.state in OPEN

    @property
    def rate(self) -> float | None:
        """Chunks a second since this run began; None before the first of them."""
        if self.started is None or self.done <= self.base or self.updated <= self.started:
            return None
        return (self.done - self.base) / (self.updated - self.started)

    @property
    def left(self) -> float | None:
        """Seconds left at that rate."""
        return (self.total - self.done) / self.rate if self.rate and self.is_open else None

    @property
    def is_stalled(self) -> bool:
        """Whether whoever works on it has given no sign of life for long."""
        return self.state == JobState.RUNNING and (self.lease or 0) < time.time()

    def to_json(self) -> dict[str, Any]:
        """It in JSON's types."""
        times = {name: _iso(getattr(self, name)) for name in ("created", "started", "updated", "ended")}
        speed = {"rate": _rounded(self.rate), "left": _rounded(self.left), "stalled": self.is_stalled}
        shown = {
            name: value for name, value in asdict(self).items() if name not in ("base", "lease", "owner")
        }
        return {**shown, **times, **speed}


def state_folder() -> Path:
    """Where the user's state is kept (XDG Base Directory Specification 0.8: a relative path is ignored)."""
    chosen = os.environ.get("XDG_STATE_HOME", "")
    home = Path(chosen) if os.path.isabs(chosen) else Path(os.path.expanduser("~/.local/state"))  # noqa: PTH111, PTH117
    return home / "memcodec"


class Store:
    """The queue. Every method is one short transaction. Raises StorageError when the state folder cannot be used."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or state_folder()
        with self._told():
            _make_private(self.folder)
            self._database = sqlite3.connect(
                self.folder / DATABASE, timeout=_BUSY, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._database.close()
                raise

    def _prepare(self) -> None:
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA foreign_keys = ON")
        self._database.execute("PRAGMA synchronous = NORMAL")
        version = self._database.execute("PRAGMA user_version").fetchone()[0]
        if version == SCHEMA:
            return
        if version:
            raise StorageError(f"{self.folder / DATABASE}: of another release of memcodec; remove it")
        self._database.execute("PRAGMA journal_mode = WAL")
        with self._changing():
            for statement in _TABLES.split(";"):
                self._database.execute(statement)
            self._database.execute(f"PRAGMA user_version = {SCHEMA}")

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise _unusable(self.folder, str(error)) from error
            raise StorageError(
                f"{self.folder / DATABASE}: {error}; remove it, the memory files know what is to be done"
            ) from error
        except OSError as error:
            raise _unusable(self.folder, error.strerror or str(error)) from error

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """A transaction that others wait for from its begin, so that what it read stays true until its end."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Release the database."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Anyone's

    def add(
        self, path: str, model: str | None, rebuild: bool, options: Options, *, strict: bool = True
    ) -> Job:
        """Enqueue a file; if it has an open job, that one looks at the file once more.

        Raises StorageError when that one does something else: for ``strict``, another model too.
        """
        now = time.time()
        with self._told(), self._changing():
            row = self._one("SELECT * FROM jobs WHERE path = ? AND state IN ('queued', 'running')", path)
            if row is not None:
                _refuse_other(_job(row), model if strict else None, rebuild)
                self._database.execute("UPDATE jobs SET again = 1 WHERE id = ?", (row["id"],))
                return _job(row)
            cursor = self._database.execute(
                "INSERT INTO jobs (path, model, rebuild, options, state, created, updated)"
                " VALUES (?, ?, ?, ?, 'queued', ?, ?)",
                (path, model, rebuild, json.dumps(asdict(options)), now, now),
            )
            return self._get(int(cursor.lastrowid or 0))

    def get(self, number: int) -> Job:
        """A job. Raises NotFound."""
        with self._told():
            return self._get(number)

    def find(self, path: str) -> Job:
        """The newest job of a file. Raises NotFound."""
        with self._told():
            row = self._one("SELECT * FROM jobs WHERE path = ? ORDER BY id DESC LIMIT 1", path)
        if row is None:
            raise NotFound(f"{path}: no job for it; `memcodec jobs list` shows all of them")
        return _job(row)

    def jobs(self, *, only_open: bool = False) -> list[Job]:
        """All jobs, oldest first."""
        where = " WHERE state IN ('queued', 'running')" if only_open else ""
        with self._told():
            return [_job(row) for row in self._database.execute(f"SELECT * FROM jobs{where} ORDER BY id")]

    def cancel(self, number: int) -> bool:
        """Cancel a job; False when it has ended already. Whoever works on it stops by itself."""
        return self._end(number, JobState.CANCELLED, None, "")

    def log(self, number: int, text: str) -> None:
        """Add a line to a job's log."""
        with self._told():
            self._database.execute("INSERT INTO log VALUES (?, ?, ?)", (number, time.time(), text))

    def lines(self, number: int) -> list[tuple[float, str]]:
        """A job's log: times and texts."""
        with self._told():
            rows = self._database.execute(
                "SELECT time, text FROM log WHERE job = ? ORDER BY rowid", (number,)
            )
            return [(row["time"], row["text"]) for row in rows]

    def prune(self, before: float | None = None, keep: int = 0) -> list[int]:
        """Forget ended jobs, but for the last ``keep`` of them and those that ended after ``before``."""
        with self._told(), self._changing():
            rows = self._database.execute(
                "SELECT id FROM jobs WHERE state NOT IN ('queued', 'running') AND ended < ?"
                " ORDER BY id DESC LIMIT -1 OFFSET ?",
                (before if before is not None else float("inf"), keep),
            )
            gone = [int(row["id"]) for row in rows]
            self._database.executemany("DELETE FROM jobs WHERE id = ?", [(each,) for each in gone])
        return gone[::-1]

    # The supervisor's

    def take(self, owner: str) -> Job | None:
        """The next job: one that a supervisor before this one left, or the oldest in the queue.

        Only who holds the supervisor's lock may call it: the others' owners are gone then.
        """
        now = time.time()
        with self._told(), self._changing():
            row = self._one(
                "SELECT * FROM jobs WHERE state = 'queued' OR (state = 'running' AND owner != ?)"
                " ORDER BY state = 'queued', id LIMIT 1",
                owner,
            )
            if row is None:
                return None
            self._database.execute(
                "UPDATE jobs SET state = 'running', owner = ?, lease = ?, started = ?, updated = ?, base = done,"
                " error = NULL WHERE id = ?",
                (owner, now + LEASE, now, now, row["id"]),
            )
            return self._get(row["id"])

    def beat(self, owner: str) -> None:
        """A sign of life."""
        with self._told():
            self._database.execute(
                "UPDATE jobs SET lease = ? WHERE owner = ? AND state = 'running'",
                (time.time() + LEASE, owner),
            )

    def is_mine(self, number: int, owner: str) -> bool:
        """Whether the job still runs, and is this owner's: not cancelled, for one."""
        with self._told():
            row = self._one(
                "SELECT 1 FROM jobs WHERE id = ? AND owner = ? AND state = 'running'", number, owner
            )
        return row is not None

    def progress(self, number: int, owner: str, done: int, total: int) -> None:
        """How far a job is, in chunks."""
        self._update(number, owner, "done = ?, total = ?, updated = ?", done, total, time.time())

    def start(self, number: int, owner: str, done: int, total: int) -> None:
        """The same when work begins: rates are counted from here."""
        now = time.time()
        change = "done = ?, total = ?, base = ?, started = ?, updated = ?"
        self._update(number, owner, change, done, total, done, now, now)

    def set_rebuilt(self, number: int, owner: str, model: str) -> None:
        """The old vectors are out of the file: the job goes on like any other."""
        self._update(number, owner, "rebuild = 0, model = ?", model)

    def set_tries(self, number: int, owner: str, tries: int) -> None:
        """How often the commit that follows was begun and has not ended."""
        self._update(number, owner, "tries = ?", tries)

    def look(self, number: int, owner: str) -> bool:
        """Before a job looks at its file: whether it was asked to since it last did."""
        with self._told():
            cursor = self._database.execute(
                "UPDATE jobs SET again = 0 WHERE id = ? AND owner = ? AND again = 1", (number, owner)
            )
            return cursor.rowcount > 0

    def finish(self, number: int, owner: str, state: JobState, error: str | None = None) -> bool:
        """End a job; False, and it goes on, when it is to look at its file once more (or is not the owner's)."""
        condition = "AND owner = ?" + (" AND again = 0" if state == JobState.DONE else "")
        return self._end(number, state, error, condition, owner)

    # Within a transaction

    def _end(self, number: int, state: JobState, error: str | None, condition: str, *values: object) -> bool:
        now = time.time()
        with self._told():
            cursor = self._database.execute(
                "UPDATE jobs SET state = ?, error = ?, updated = ?, ended = ?, owner = NULL, lease = NULL"
                f" WHERE id = ? AND state IN ('queued', 'running') {condition}",
                (state, error, now, now, number, *values),
            )
            return cursor.rowcount > 0

    def _update(self, number: int, owner: str, change: str, *values: object) -> None:
        with self._told():
            self._database.execute(
                f"UPDATE jobs SET {change} WHERE id = ? AND owner = ? AND state = 'running'",
                (*values, number, owner),
            )

    def _get(self, number: int) -> Job:
        row = self._one("SELECT * FROM jobs WHERE id = ?", number)
        if row is None:
            raise NotFound(f"no job {number}; `memcodec jobs list` shows all of them")
        return _job(row)

    def _one(self, query: str, *values: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._database.execute(query, values).fetchone()
        return row


def _iso(time: float | None) -> str | None:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds") if time is not None else None


def _rounded(number: float | None) -> float | None:
    return round(number, 1) if number is not None else None


def _job(row: sqlite3.Row) -> Job:
    values = {each.name: row[each.name] for each in fields(Job)}
    known = {each.name for each in fields(Options)}
    options = {name: value for name, value in json.loads(row["options"]).items() if name in known}
    values |= {
        "options": Options(**options),
        "state": JobState(row["state"]),
        "rebuild": bool(row["rebuild"]),
    }
    return Job(**values)


def _refuse_other(job: Job, model: str | None, rebuild: bool) -> None:
    if rebuild or model not in (None, job.model):
        raise StorageError(
            f"{job.path}: job {job.id} is indexing it otherwise; wait for it, or cancel it: "
            f"memcodec jobs cancel {job.id}"
        )


def _make_private(folder: Path) -> None:
    """The folder, for the user alone. It says which files a process of the user's is to change."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        raise StorageError(
            f"{folder}: belongs to another user; set XDG_STATE_HOME to a folder of yours, or use --index now"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(13, "Permission denied")


def _unusable(folder: Path, why: str) -> StorageError:
    return StorageError(
        f"{folder}: background jobs cannot be kept here ({why}); set XDG_STATE_HOME to a folder of yours, "
        "or use --index now"
    )

"""Queue and status of indexing jobs: one SQLite database in the user's state folder, shared by all processes.

Jobs are taken and worked on by whoever holds the supervisor's lock (``presence.py``), and by nobody else. So a job that
runs while nobody holds it was left behind, and the next holder takes it up again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

from memcodec.config import folders
from memcodec.errors import ConfigError, NotFound, StorageError
from memcodec.jobs.job import Job, JobState, Options
from memcodec.jobs.presence import is_there
from memcodec.storage.descriptors import open_file

DATABASE = "jobs.db"
SCHEMA = 1
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
    error TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS open_jobs ON jobs (path) WHERE state IN ('queued', 'running');
CREATE TABLE IF NOT EXISTS log (
    job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    time REAL NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS log_of ON log (job);
"""


class Store:
    """The queue. Every method is one short transaction. Raises StorageError when the state folder cannot be used."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or _state_folder()
        with self._told():
            _make_private(self.folder)
            _make_private_file(self.folder / DATABASE)
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
                _refuse_other(self._job(row), model if strict else None, rebuild)
                self._database.execute("UPDATE jobs SET again = 1 WHERE id = ?", (row["id"],))
                return self._job(row)
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
        return self._job(row)

    def jobs(self, *, only_open: bool = False) -> list[Job]:
        """All jobs, oldest first."""
        where = " WHERE state IN ('queued', 'running')" if only_open else ""
        with self._told():
            rows = self._database.execute(f"SELECT * FROM jobs{where} ORDER BY id").fetchall()
        return [self._job(row) for row in rows]

    def cancel(self, number: int) -> bool:
        """Cancel a job; False when it has ended already. Whoever works on it stops by itself."""
        return self._end(number, JobState.CANCELLED, None)

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

    def clear(self) -> None:
        """Forget all jobs that have ended, and give back the room they took; what open ones need stays."""
        self.prune()
        with self._told():
            self._database.execute("VACUUM")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # For whoever holds the supervisor's lock

    def take(self) -> Job | None:
        """The next job: one that a supervisor before this one left, or the oldest in the queue."""
        now = time.time()
        with self._told(), self._changing():
            row = self._one(
                "SELECT id FROM jobs WHERE state IN ('queued', 'running') ORDER BY state = 'queued', id LIMIT 1"
            )
            if row is None:
                return None
            self._database.execute(
                "UPDATE jobs SET state = 'running', started = ?, updated = ?, base = done, error = NULL WHERE id = ?",
                (now, now, row["id"]),
            )
            return self._get(row["id"])

    def is_running(self, number: int) -> bool:
        """Whether the job is still to be worked on: not cancelled, for one."""
        with self._told():
            return self._one("SELECT 1 FROM jobs WHERE id = ? AND state = 'running'", number) is not None

    def progress(self, number: int, done: int, total: int) -> None:
        """How far a job is, in chunks."""
        self._update(number, "done = ?, total = ?, updated = ?", done, total, time.time())

    def start(self, number: int, done: int, total: int) -> None:
        """The same when work begins: rates are counted from here."""
        now = time.time()
        change = "done = ?, total = ?, base = ?, started = ?, updated = ?"
        self._update(number, change, done, total, done, now, now)

    def set_rebuilt(self, number: int, model: str) -> None:
        """The new vectors are in the file: the job goes on like any other."""
        self._update(number, "rebuild = 0, model = ?", model)

    def set_tries(self, number: int, tries: int) -> None:
        """How often the commit that follows was begun and has not ended."""
        self._update(number, "tries = ?", tries)

    def look(self, number: int) -> bool:
        """Before a job looks at its file: whether it was asked to since it last did."""
        with self._told():
            cursor = self._database.execute("UPDATE jobs SET again = 0 WHERE id = ? AND again = 1", (number,))
            return cursor.rowcount > 0

    def finish(self, number: int, state: JobState, error: str | None = None) -> bool:
        """End a job; False when it has ended already, or is to look at its file once more and goes on."""
        return self._end(number, state, error, "AND again = 0" if state == JobState.DONE else "")

    # Within a transaction

    def _end(self, number: int, state: JobState, error: str | None, condition: str = "") -> bool:
        now = time.time()
        with self._told():
            cursor = self._database.execute(
                "UPDATE jobs SET state = ?, error = ?, updated = ?, ended = ?"
                f" WHERE id = ? AND state IN ('queued', 'running') {condition}",
                (state, error, now, now, number),
            )
            return cursor.rowcount > 0

    def _update(self, number: int, change: str, *values: object) -> None:
        with self._told():
            self._database.execute(
                f"UPDATE jobs SET {change} WHERE id = ? AND state = 'running'", (*values, number)
            )

    def _get(self, number: int) -> Job:
        row = self._one("SELECT * FROM jobs WHERE id = ?", number)
        if row is None:
            raise NotFound(f"no job {number}; `memcodec jobs list` shows all of them")
        return self._job(row)

    def _one(self, query: str, *values: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._database.execute(query, values).fetchone()
        return row

    def _job(self, row: sqlite3.Row) -> Job:
        known = {each.name for each in fields(Options)}
        options = {name: value for name, value in json.loads(row["options"]).items() if name in known}
        values = {each.name: row[each.name] for each in fields(Job) if each.name in row.keys()}  # noqa: SIM118
        values |= {
            "options": Options(**options),
            "state": JobState(row["state"]),
            "rebuild": bool(row["rebuild"]),
            "is_stalled": row["state"] == JobState.RUNNING and not is_there(self.folder),
        }
        return Job(**values)


def _refuse_other(job: Job, model: str | None, rebuild: bool) -> None:
    if rebuild or model not in (None, job.model):
        raise StorageError(
            f"{job.path}: job {job.id} is indexing it otherwise; wait for it, or cancel it: "
            f"memcodec jobs cancel {job.id}"
        )


def _state_folder() -> Path:
    try:
        return folders.state()
    except ConfigError as error:
        raise StorageError(f"background jobs cannot be kept: {error}, or use `index='now'`") from None


def _make_private(folder: Path) -> None:
    """The folder, for the user alone. It says which files a process of the user's is to change."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32" and folder.stat().st_uid != os.geteuid():
        raise StorageError(
            f"{folder}: belongs to another user; set XDG_STATE_HOME to a folder of yours, or use `index='now'`"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(13, "Permission denied")
    if sys.platform != "win32" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def _make_private_file(path: Path) -> None:
    """A file for the user alone, before SQLite opens it; those that SQLite puts beside it get its mode."""
    try:
        os.close(open_file(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        # Not by a descriptor: to close one of a database gives up this process's locks on it.
        if sys.platform != "win32" and path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _unusable(folder: Path, why: str) -> StorageError:
    return StorageError(
        f"{folder}: background jobs cannot be kept here ({why}); set XDG_STATE_HOME to a folder of yours, "
        "or use `index='now'`"
    )

"""Spans of far files, kept on disk for the next process: a cache that may vanish at any moment and never lies.

One SQLite database in a folder of the user's own. Not here: what is worth keeping, and for how long it is right. The
caller's key names a file and its version, so nothing in here ever grows old.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import google_crc32c

from memcodec.errors import StorageError
from memcodec.process import fork
from memcodec.storage import lock
from memcodec.storage.descriptors import NOFOLLOW

NAME = "spans.sqlite"
_LAYOUT = 0x6D637331  # "mcs1": another application's database, or an older layout, is not ours
_PAGE = 4096
_LOCK_WAIT = 2.0  # seconds to wait for another process that opens or drops the database
_BUSY = 0.5  # seconds to wait for another process that writes to it
_LARGEST = 16  # a span takes at most this fraction of the limit: one must not push out all others
_SCHEMA = f"""
PRAGMA page_size = {_PAGE};
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
BEGIN IMMEDIATE;
CREATE TABLE spans (
    id INTEGER PRIMARY KEY, key BLOB NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    used INTEGER NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE INDEX by_place ON spans (key, start, end);
CREATE INDEX by_use ON spans (used);
PRAGMA application_id = {_LAYOUT};
COMMIT;
"""
_FIND = """
SELECT id, start, crc, data FROM spans
WHERE key = ? AND start BETWEEN ? AND ? AND end >= ? AND length(data) <= ? ORDER BY start DESC LIMIT 1
"""
_TOUCH = "UPDATE spans SET used = (SELECT max(used) + 1 FROM spans) WHERE id = ?"
_INSERT = """
INSERT INTO spans (key, start, end, used, crc, data)
VALUES (?, ?, ?, (SELECT ifnull(max(used), 0) + 1 FROM spans), ?, ?)
"""
_OLDEST = "DELETE FROM spans WHERE id = (SELECT id FROM spans ORDER BY used LIMIT 1)"

T = TypeVar("T")


class DiskCache:
    """Spans by key and offset in ``folder``: at most ``limit`` bytes of disk, the least recently used dropped first.

    For many processes and threads; any of them may be killed at any moment. Whatever is wrong with the folder or what
    is in it (damage, other owners, no room, no rights), ``get`` finds nothing then and ``put`` keeps nothing: neither
    raises.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder, self.limit = folder, limit
        self._path = folder / NAME
        self._largest = limit // _LARGEST
        # The write-ahead log holds one span more than its bound, twice at worst while readers look at its beginning.
        self._pages = max(0, limit - 2 * self._largest) // _PAGE
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        fork.watch(self, DiskCache._in_child)

    def _in_child(self) -> None:
        # A connection must not be used, nor closed, in a child of the process that opened it (SQLite, "How To
        # Corrupt An SQLite Database File", section 2.6): the child leaves it as it is.
        fork.keep(self._database)
        self._database, self._lock = None, threading.Lock()

    def __reduce__(self) -> tuple[type[DiskCache], tuple[Path, int]]:
        return DiskCache, (self.folder, self.limit)

    def get(self, key: str, offset: int, length: int) -> bytes | None:
        """``length`` bytes from ``offset``, when a span that was put holds them all; None otherwise."""
        return self._guarded(lambda database: self._get(database, _hashed(key), offset, offset + length))

    def put(self, key: str, offset: int, data: bytes) -> None:
        """Keep ``data``, which begins at ``offset``. A span larger than a sixteenth of the limit is not kept."""
        if 0 < len(data) <= self._largest:
            self._guarded(lambda database: self._put(database, _hashed(key), offset, bytes(data)))

    def close(self) -> None:
        """Release the database; the next ``get`` or ``put`` opens it again."""
        with self._lock:
            self._close()

    def clear(self) -> None:
        """Remove all that is kept. Other processes go on without what they had."""
        with self._lock:
            self._drop()

    def _get(self, database: sqlite3.Connection, key: bytes, start: int, end: int) -> bytes | None:
        place = (key, max(0, end - self._largest), start, end, self._largest)
        found = database.execute(_FIND, place).fetchone()
        if found is None:
            return None
        number, first, crc, data = found
        if crc != _checksum(key, first, data):
            raise sqlite3.DatabaseError("a span's checksum fails")
        # Not worth waiting for another writer: then it stays as old as it is.
        with contextlib.suppress(sqlite3.OperationalError):
            database.execute("PRAGMA busy_timeout = 0")
            database.execute(_TOUCH, (number,))
        return bytes(data[start - first : end - first])

    def _put(self, database: sqlite3.Connection, key: bytes, start: int, data: bytes) -> None:
        end = start + len(data)
        database.execute(f"PRAGMA busy_timeout = {int(_BUSY * 1000)}")
        with _transaction(database):
            place = (key, max(0, end - self._largest), start, end, self._largest)
            if database.execute(_FIND, place).fetchone() is not None:
                return
            database.execute(
                "DELETE FROM spans WHERE key = ? AND start BETWEEN ? AND ? AND end <= ?",
                (key, start, end, end),
            )
            database.execute(_INSERT, (key, start, end, _checksum(key, start, data), data))
            self._make_room(database)
        if _pragma(database, "page_count") > self._pages:  # a smaller limit than the last time
            # Gives a page back at each step; ``execute`` takes but one.
            database.executescript("PRAGMA incremental_vacuum")

    def _make_room(self, database: sqlite3.Connection) -> None:
        while _pragma(database, "page_count") - _pragma(database, "freelist_count") > self._pages:
            if not database.execute(_OLDEST).rowcount:
                return

    def _guarded(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do it, or nothing; a broken database is dropped, and the next call starts over."""
        with self._lock:
            try:
                return work(self._opened())
            except sqlite3.OperationalError as error:
                # Locked by another process, no room, no rights: the next time may be better.
                if _is_broken(error):
                    self._drop()
                return None
            except (sqlite3.Error, TypeError, OverflowError):  # damage may give a column any type
                self._drop()
                return None
            except (OSError, StorageError):
                return None

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            with self._alone():
                self._database = self._connect()
        return self._database

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process opens or drops the database meanwhile."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = self.folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or (sys.platform != "win32" and status.st_uid != os.getuid()):
            raise StorageError(f"{self.folder}: is not a folder of this user; name another for the cache")
        if status.st_mode & 0o077:
            self.folder.chmod(0o700)
        fd = lock.open_locked(self.folder / "lock", _LOCK_WAIT, os.O_RDWR | os.O_CREAT | NOFOLLOW)
        try:
            yield
        finally:
            os.close(fd)

    def _connect(self) -> sqlite3.Connection:
        if self._path.is_symlink():
            self._unlink()
        database = sqlite3.connect(self._path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        try:
            database.execute("PRAGMA trusted_schema = OFF")
            if not _pragma(database, "schema_version"):
                database.executescript(_SCHEMA)
            if _pragma(database, "application_id") != _LAYOUT:
                raise sqlite3.DatabaseError("not a cache of ours")
            # What a power cut breaks is found out by the checksums.
            database.execute("PRAGMA synchronous = OFF")
            database.execute(f"PRAGMA wal_autocheckpoint = {max(1, self._largest // _PAGE // 2)}")
            database.execute(f"PRAGMA journal_size_limit = {self._largest}")
            # Reading tells damage of the first pages, and takes hold of the log that belongs to this database.
            database.execute("SELECT max(used) FROM spans").fetchone()
        except BaseException:
            database.close()
            raise
        return database

    def _drop(self) -> None:
        self._close()
        with contextlib.suppress(OSError, StorageError), self._alone():
            self._unlink()

    def _unlink(self) -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            self._path.with_name(NAME + suffix).unlink(missing_ok=True)

    def _close(self) -> None:
        if self._database is not None:
            with contextlib.suppress(sqlite3.Error):
                self._database.close()
        self._database = None


def _hashed(key: str) -> bytes:
    """A key in so few bytes, and without what a URL may tell."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _checksum(key: bytes, start: int, data: bytes) -> int:
    """Of a span's bytes and its place: one that stands under another's name is wrong too."""
    head = google_crc32c.value(key + start.to_bytes(8, "little"))
    return int(google_crc32c.extend(head, data))


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])


@contextlib.contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _is_broken(error: sqlite3.OperationalError) -> bool:
    """Whether the database is at fault: a table that is missing, say; not a lock, the disk or the user's rights."""
    return getattr(error, "sqlite_errorcode", 0) in (
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_SCHEMA,
        sqlite3.SQLITE_CANTOPEN_ISDIR,
    )

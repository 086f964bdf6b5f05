"""Which commit record a file is read by; the keys that open it where it is sealed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from memcodec.errors import Damaged, Forged, NotAMemoryFile, NotFound, StorageError
from memcodec.file.claims import check_record
from memcodec.file.state import entries_of
from memcodec.format import budget, commit
from memcodec.format.budget import MAX_TABLE
from memcodec.format.cipher import RECORD
from memcodec.format.commit import CommitRecord, Entry
from memcodec.format.documents import parse_time
from memcodec.media.contract import MediaReader
from memcodec.storage import Source

if TYPE_CHECKING:
    from memcodec.format.envelope import Seal
    from memcodec.seal.keyring import Keyring
    from memcodec.seal.rules import Rules

_RETRIES = 5
_KEPT = 1 << 16  # bytes: longer records are parsed each time they are read
T = TypeVar("T")

_known = lru_cache(32)(commit.parse)  # it never changes, and one process opens one file again and again


class Records:
    """The commit records of a file. ``keys`` open those that are sealed, or else what this process was told.

    Close it: keys that it made itself are wiped, others let go.
    """

    def __init__(self, media: MediaReader, keys: Keyring | None = None) -> None:
        self.media, self.keys, self._holds = media, keys, keys is not None
        if keys is not None:
            keys.hold()
        self._owned: Keyring | None = None
        self.seal: Seal | None = None  #: of a sealed file, where its key is
        self.rules: Rules | None = None  #: of a capsule
        self.is_newest = True  #: whether the newest commit was found, with the journal behind it

    def find(self, as_of: int | datetime | None) -> tuple[CommitRecord, int]:
        """The commit record to read by, and where that commit ends in the file."""
        for data, end in zip(self.media.commits(), self.media.ends(), strict=True):
            newest = self.parsed(data)
            if as_of is None or self._is_behind(newest, as_of):
                return newest, end
            self.is_newest = False
            found = self._find_old(newest, end, as_of)
            if found is None:
                raise NotFound(f"{self.media.source.name}: no commit {_words(as_of)}; `log()` lists them")
            return found
        raise NotAMemoryFile(
            f"{self.media.source.name}: no complete commit in it; if it held one, `repair()` reads the media"
        )

    def _is_behind(self, newest: CommitRecord, as_of: int | datetime) -> bool:
        """Whether what is meant stands in the journal behind the newest commit, if anywhere."""
        if self.media.journal is None or not self.media.journal.groups:
            return False
        if isinstance(as_of, datetime):
            return as_of.astimezone(UTC) >= parse_time(newest.time)
        return as_of > newest.commit

    def _find_old(
        self, newest: CommitRecord, end: int, as_of: int | datetime
    ) -> tuple[CommitRecord, int] | None:
        """An old commit's record. The newest one's entries tell where it ends."""
        after = end
        for entry in reversed(list(entries_of(newest, self.media))):
            if _is_within(entry.commit, entry.time, as_of):
                if isinstance(as_of, int) and entry.commit != as_of:
                    return None
                return self._record_ending(after, entry), after
            after = entry.begin
        return None

    def _record_ending(self, end: int, entry: Entry) -> CommitRecord:
        data = self.media.commit_ending(end)
        record = self.parsed(data) if data is not None else None
        if record is None or record.commit != entry.commit:
            raise Damaged(
                f"{self.media.source.name}: the record of commit {entry.commit} is damaged; the newest state is whole"
            )
        return record

    def parsed(self, data: bytes) -> CommitRecord:
        """A commit record whose blobs lie inside the file."""
        parse = _known if len(data) <= _KEPT else commit.parse
        if commit.is_envelope(data):
            data, parse = self._unsealed(data), commit.parse  # nothing of what was sealed is kept
        elif self.seal is not None:
            raise Forged(f"{self.media.source.name}: a commit that is not sealed stands in a sealed file")
        try:
            record = parse(data)
        except NotAMemoryFile as error:  # a part of one, or of another format
            raise type(error)(f"{self.media.source.name}: {error}") from error
        check_record(record, self.media.source.size)
        return record

    def _unsealed(self, data: bytes) -> bytes:
        """A commit record that is sealed. Raises Sealed, Forged."""
        from memcodec.format import envelope  # few files are sealed
        from memcodec.seal.keyring import Keyring

        outer, name = envelope.parse(data), self.media.source.name
        if self.keys is None:
            self.keys = self._owned = Keyring()
        key = self.keys.unlock(outer.seal, name)
        self.seal = self.seal or outer.seal
        self.rules = self.rules or key.rules
        self.media.keys = self.keys
        if not outer.record:
            raise Damaged(
                f"{name}: was repaired without its key and has no index; `repair()` it again, with the key"
            )
        opened = key.cipher(RECORD, outer.salt).open(0, outer.record, outer.about, f"the record of {name}")
        plain = budget.unpack(opened, MAX_TABLE, "commit record")
        self.keys.take(commit.parse(plain).keys)
        return plain

    def check_journal(self) -> None:
        """Raises Forged for what nobody who knows the key of a sealed file writes."""
        journal = self.media.journal
        if self.seal is not None and journal is not None and journal.groups:
            raise Forged(
                f"{self.media.source.name}: a journal that is not sealed stands behind a sealed commit"
            )

    def hand_over(self) -> Keyring | None:
        """The keys that it made itself, to be kept for the next reader of this file; None where it made none."""
        keys, self._owned = self._owned, None
        if keys is not None:
            keys.hold()
            self._holds = True
        return keys

    def close(self) -> None:
        if self._owned is not None:
            self._owned.close()
        if self._holds and self.keys is not None:
            self._holds = False
            self.keys.release()


def _is_within(number: int, time: str, as_of: int | datetime) -> bool:
    if isinstance(as_of, datetime):
        return parse_time(time) <= as_of.astimezone(UTC)
    return number <= as_of


def _words(as_of: int | datetime | None) -> str:
    return f"at or before {as_of.isoformat()}" if isinstance(as_of, datetime) else str(as_of)


def retried(opening: Callable[[], Source], read: Callable[[Source], T]) -> T:
    """What is read of what ``opening`` gives; it is opened again when a writer cuts a torn tail off meanwhile."""
    for left in range(_RETRIES, -1, -1):
        source = opening()
        try:
            return read(source)
        except BaseException as error:
            source.close()
            if not (left and isinstance(error, StorageError)):
                raise
    raise AssertionError

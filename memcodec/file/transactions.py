"""A memory file held for writing: a commit is written whole, or the file is what it was before."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from memcodec.config import units
from memcodec.config.settings import Settings
from memcodec.errors import ConfigError, Damaged, MemcodecError, StorageError
from memcodec.file.commit import CommitWriter
from memcodec.file.content import CommitOptions
from memcodec.file.history import of_entry
from memcodec.file.reader import BROKEN, Reader
from memcodec.format import guide
from memcodec.format.commit import CommitRecord
from memcodec.media import registry
from memcodec.media.contract import MediaWriter, Profile
from memcodec.model import Commit, Progress, silent
from memcodec.storage import Target

if TYPE_CHECKING:
    from memcodec.seal.keyring import Keyring
    from memcodec.seal.sealing import Sealing


class Transactions:
    """The commits that one process writes to one file, new or not, whose lock it has. One thread at a time."""

    def __init__(
        self,
        target: Target,
        settings: Settings,
        before: Reader | None = None,
        *,
        progress: Progress | None = None,
        file_id: bytes | None = None,
        hold: bool = False,
        sealing: Sealing | None = None,
    ) -> None:
        if sealing is not None and settings.encode.index == "background":
            raise ConfigError(
                "vectors of a sealed file are not made in the background, where its key is not: use `index='now'`"
            )
        self.sealing = sealing
        self.settings, self.notes = settings, list[str]()
        self._target, self._before, self._hold = target, before, hold
        self._codec = registry.get(settings.encode.codec)
        self._progress = progress or silent
        self._file_id = bytes.fromhex(before.record.file) if before else file_id or os.urandom(4)
        self.is_continued = before is not None
        self.stands = before is not None  #: whether there is a commit in the target
        self.events = before.record.events if before else 0  #: that the file was given so far
        self._last: Commit | None = None  # what the last commit did
        self._notes_too = False  # whether ``before`` shows what stands in the journal
        self._media: MediaWriter | None = None
        self._own_keys: Keyring | None = None  # to be wiped at the end

    @property
    def name(self) -> str:
        """The file's name, as it may be shown."""
        return self._target.name

    @property
    def size(self) -> int:
        """Bytes of the file so far."""
        return self._target.size

    @property
    def before(self) -> Reader | None:
        """The file as last committed; None before the first commit."""
        if self._before is None and self.stands:
            self._before = self._read(journal=self._notes_too)
        return self._before

    def _read(self, *, journal: bool) -> Reader:
        """The file as it is."""
        keys = self.sealing.keys if self.sealing is not None else None
        return Reader(self._target.source(), journal=journal, keys=keys, use="any")

    def _cut_torn_tail(self) -> None:
        before = self.before
        torn = before.media.torn if before is not None else 0
        if before is not None and before.media.broken:
            raise Damaged(f"{self._target.name}: {BROKEN}")
        if torn:
            self._target.cut(self._target.size - torn)
            self.notes.append(f"cut {units.format_size(torn)} that an interrupted commit left at the end")

    # Commits

    def write(
        self,
        work: Callable[[CommitWriter], CommitRecord],
        *,
        time: datetime | None = None,
        number: int | None = None,
    ) -> CommitRecord:
        """Write one commit: ``work`` does it. If it fails, the file is what it was before."""
        before = self.before
        assert before is None or not before.waiting.items, "a journal is folded before a commit is written"
        size = self._target.size
        try:
            media = self._opened()
            media.committed = False
            writer = CommitWriter(media, self._target, self._options(media, time, number), before)
            made = work(writer)
            if not self._hold:
                self.publish()
        except BaseException as error:
            self._undo(size, error)
            raise
        self.stands = True
        if writer.sealed is not None:
            self._last = of_entry(writer.sealed, self._target.size)
        self._forget_before()
        return made

    def _options(self, media: MediaWriter, time: datetime | None, number: int | None) -> CommitOptions:
        encode, before = self.settings.encode, self._before
        last = before.record.commit if before is not None else 0
        return CommitOptions(
            file_id=self._file_id,
            # Copies of one file may grow apart: what each adds must not pass for the other's.
            # And nothing is sealed twice under one key: that is made of this, too.
            stream_id=os.urandom(4) if before is not None or self.sealing is not None else self._file_id,
            commit=number or last + 1,
            begin=before.end if before is not None else media.head,
            time=time or datetime.now(UTC),
            codec=encode.codec,
            profile=encode.profile,
            parity=encode.parity / 100,
            progress=self._progress,
            events=self.events,
            sealing=self.sealing,
        )

    def _undo(self, size: int, error: BaseException) -> None:
        """After a failed commit: the file goes back to its last byte before it, unless its record is in already."""
        media, self._media = self._media, None
        kept = media is not None and media.committed and self._target.published
        if media is not None:
            media.close()
        if not kept:
            with contextlib.suppress(MemcodecError):  # the next writer cuts it then
                self._target.cut(size if self.stands else 0)
            return
        self.stands = True
        self._forget_before()
        if isinstance(error, StorageError):
            raise StorageError(
                f"{error}; the commit is in the file, but the disk has not confirmed it: check the disk"
            ) from error

    def _forget_before(self) -> None:
        if self._before is not None:
            self._before.close()
            self._before = None

    def publish(self) -> None:
        """Show the file under its name. Done after every commit unless ``hold``."""
        self._forget_before()  # Windows renames no file that is read
        self._target.publish()

    def accepts(self, source: Reader) -> bool:
        """Whether that file's frames may be copied into this one as they are."""
        return self._opened().accepts(source.source)

    def _opened(self) -> MediaWriter:
        if self._media is None:
            if self._before is not None:
                self._media = self._codec.reopen(self._target)
            else:
                self._media = self._begun()
        return self._media

    def _begun(self) -> MediaWriter:
        encode = self.settings.encode
        profile = cast(Profile, encode.profile)
        media = self._codec.create(self._target, profile, encode.options)
        media.write_guide(guide.pages(self._file_id, encode.codec, profile, self._codec.guide(profile)))
        return media

    def close(self) -> None:
        """Release file and lock. A file that was never published leaves nothing behind."""
        self._forget_before()
        if self._media is not None:
            self._media.close()
            self._media = None
        self._target.close()
        if self._own_keys is not None:
            self._own_keys.close()

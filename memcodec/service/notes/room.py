"""One note that is edited: its text, those who edit it, and its way to stable storage and into the memory file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pycrdt

from memcodec.errors import MemcodecError, StorageError
from memcodec.service.faults import Refused
from memcodec.service.notes import stored, wire
from memcodec.service.notes.changes import are_versions, changes
from memcodec.service.notes.kept import Base, Head, Read, intent_record, update_record
from memcodec.service.notes.log import Log, Whole
from memcodec.service.notes.pace import Due, Pace
from memcodec.service.notes.presence import Presence
from memcodec.service.notes.seat import AGAIN, Seat
from memcodec.service.notes.shared import Shared, begun
from memcodec.service.notes.stored import LONGEST, Found, Meanwhile, Wish, Written, digest
from memcodec.service.notes.updates import EMPTY, measure
from memcodec.service.shelf import Shelf

ANEW = 4410  #: what a client had is of an older life of the note
MOST = 8 << 20  #: bytes of a note with all that was taken out of it
_WORN = MOST // 2  # bytes above which it begins anew
_EARLY = 1 << 20  # bytes of updates that wait for others
_TRIES = 5  # to commit what others write to meanwhile

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Means:
    """What all notes of a service have in common. ``committed`` is called after a commit."""

    shelf: Shelf
    pace: Pace
    clock: Callable[[], float]
    threads: Executor
    committed: Callable[[], Awaitable[None]]


class Room:
    """A note. For the event loop alone; ``file`` is the memory file's public name."""

    def __init__(self, means: Means, file: str, head: Head, path: Path, shared: Shared, base: Base) -> None:
        self.file, self.seats, self.empty_since = file, set[Seat](), means.clock()
        self.due = Due(means.pace)
        self._means, self._head, self._shared, self._base = means, head, shared, base
        self._intents = list[Base]()  # what may have become a commit
        self._early = list[bytes]()  # updates that wait for others
        self._presence = Presence[Seat]()
        self._log = Log(path, means.threads, self._whole)
        self._committing = asyncio.Lock()
        self._size = len(base.state)
        self._authors: dict[str, None] = {}
        self._beside, self._told, self._was_committed = "", "", False
        self._commit: int | None = None
        self._is_folded = True

    @classmethod
    def of(cls, means: Means, file: str, head: Head, path: Path, found: Found | None) -> Room:
        """Of a document, or of none yet."""
        text = found.text or "" if found is not None else ""
        plain = _plain(text)
        first, state = begun(plain)
        base = Base(found.sha256 if found is not None else None, state)
        ends = "\r\n" if "\r\n" in text and plain.replace("\n", "\r\n") == text else "\n"
        return cls(means, file, head._replace(first=first, ends=ends), path, Shared(state), base)

    @classmethod
    def again(cls, means: Means, file: str, path: Path, read: Read) -> Room:
        """As it was left by a crash. Raises Malformed."""
        states = [read.base.state, *(each.state for each in read.intents)]
        room = cls(means, file, read.head, path, Shared(*states, *read.updates), read.base)
        room._intents, room._is_folded = read.intents, False
        room._size += sum(map(len, read.updates))
        room.due.edited(means.clock())  # who was there comes back in a moment
        return room

    # What it is

    @property
    def uri(self) -> str:
        """Under which it is committed."""
        return self._head.target

    @property
    def text(self) -> str:
        """What it says, with the ends of lines that its document has."""
        return self._shared.text.replace("\n", self._head.ends)

    @property
    def is_committed(self) -> bool:
        """Whether its text is in the memory file."""
        text = self.text
        return digest(text) == self._base.sha256 or (self._base.sha256 is None and not text)

    @property
    def is_committing(self) -> bool:
        """Whether a commit is under way."""
        return self._committing.locked()

    @property
    def is_unused(self) -> bool:
        """Whether it is only looked at."""
        return not self._log.is_used

    @property
    def is_worn(self) -> bool:
        """Whether what was taken out of it takes so much room that it had better begin anew."""
        return self._size > _WORN and self._shared.length < _WORN // 2

    @property
    def editors(self) -> int:
        """How many may write."""
        return sum(seat.may_write for seat in self.seats)

    def _whole(self) -> Whole:
        beyond = self._shared.update(pycrdt.get_state(self._base.state))
        return self._head, self._base, list(self._intents), [beyond, *self._early]

    # Who edits it

    def enter(self, seat: Seat) -> None:
        """One comes."""
        self.seats.add(seat)
        self._say(seat)
        seat.send(wire.step1(self._shared.vector()))

    def leave(self, seat: Seat) -> None:
        """One goes."""
        self.seats.discard(seat)
        self.empty_since = self._means.clock()
        self._relay(self._presence.left(seat), wire.awareness)

    async def take(self, seat: Seat, data: bytes) -> None:
        """A message of one who edits it. Raises Malformed, Refused, StorageError."""
        reader = wire.Reader(data)
        kind = reader.number()
        if kind == wire.SYNC:
            part, payload = reader.number(), reader.bytes()
            reader.end()
            if part == wire.STEP1:
                self._greet(seat, payload)
            elif part == wire.UPDATE or (part == wire.STEP2 and seat.may_write):
                self._update(seat, payload)
            elif part == wire.STEP2:
                pass  # asked for by the protocol, of those who watch, too
            else:
                raise wire.Malformed("no message of the protocol")
        elif kind == wire.AWARENESS:
            states = reader.bytes()
            reader.end()
            self._relay(self._presence.told(states, seat), wire.awareness, but=seat)
        elif kind == wire.ASK_AWARENESS:
            self._show_all(seat)
        else:
            raise wire.Malformed("no message of the protocol")
        await self._log.calm()

    def drop(self, code: int, reason: str) -> None:
        """Let all go."""
        for seat in list(self.seats):
            seat.drop(code, reason)

    def _greet(self, seat: Seat, vector: bytes) -> None:
        known = wire.vector_of(vector)
        if known and self._head.first not in known:
            raise Refused(ANEW - 4000, "the note began anew; take it as it is now")
        seat.greeted = True
        seat.send(wire.step2(self._shared.update(vector)))
        self._show_all(seat)

    def _show_all(self, seat: Seat) -> None:
        if (states := self._presence.all()) is not None:
            seat.send(wire.awareness(states))

    def _update(self, seat: Seat, update: bytes) -> None:
        if not seat.greeted:
            raise wire.Malformed("first say what you have")
        if not seat.may_write:
            raise Refused(403, "you may watch this note, and not edit it")
        seat.taken += 1
        if update == EMPTY:
            self._acknowledge(seat, None)
            return
        measured = measure(update)
        self._check_room(measured.inserted, len(update))
        self._shared.apply(update)
        if self._shared.lacks(measured.clocks):  # what it builds on has not come, or was lost with a crash
            self._early.append(update)
            if sum(map(len, self._early)) > _EARLY:
                raise wire.Malformed("too much builds on what never came")
            seat.send(wire.step1(self._shared.vector()))
        elif self._early:
            self._early = [each for each in self._early if self._shared.lacks(measure(each).clocks)]
        self._edited(seat, update)

    def _check_room(self, inserted: int, size: int) -> None:
        if inserted and self._shared.length + inserted > LONGEST:
            raise Refused(413, f"a note has {LONGEST >> 10} KiB at most")
        if self._size + size > MOST:  # perhaps most of it was taken out again
            self._size = len(self._shared.update())
            self._log.renew()
        if self._size + size > MOST:
            raise StorageError("the note was edited too much; it begins anew in a moment")

    def _edited(self, seat: Seat, update: bytes) -> None:
        self._size += len(update)
        self.due.edited(self._means.clock())
        if self._was_committed:
            self._say()
        names = [seat.client.name] if seat.client.name != "local" else self._presence.names(seat)
        self._authors.update(dict.fromkeys(names))
        self._relay(update, wire.update, but=seat)
        self._acknowledge(seat, update_record(update))

    def _acknowledge(self, seat: Seat, record: bytes | None) -> None:
        count = seat.taken

        def done(error: StorageError | None) -> None:
            if error is None:
                seat.send(wire.stored(count))
            else:
                seat.drop(AGAIN, "the service cannot keep what you write; it is tried again")

        self._log.put(record, done)

    def _relay(self, news: bytes | None, kind: Callable[[bytes], bytes], but: Seat | None = None) -> None:
        if news is not None:
            message = kind(news)
            for seat in self.seats:
                if seat is not but and seat.greeted:
                    seat.send(message)

    def _say(self, *seats: Seat) -> None:
        """Tell them, or everybody, how things stand."""
        committed = self._was_committed = self.is_committed
        for seat in seats or self.seats:
            seat.send(
                wire.standing(
                    {
                        "uri": self.uri, "name": seat.client.name, "write": seat.may_write,
                        "committed": committed, "commit": self._commit, "told": self._told,
                    }
                )
            )  # fmt: skip

    # Its way into the memory file

    async def commit(self, *, last: bool = False) -> None:
        """Have it written, if it is to be. ``last``: nobody edits it any more. What fails is tried again later."""
        async with self._committing:
            try:
                for _ in range(_TRIES):
                    text = self.text
                    if self.is_committed:
                        self.due.taken()
                        if not self._was_committed:
                            self._say()
                        break
                    intent = Base(digest(text), self._shared.update())
                    self.due.taken()
                    outcome = await self._written(text, intent, last=last)
                    if isinstance(outcome, Written):
                        await self._has_become(outcome, intent, last=last)
                        return
                    await self._merge(outcome.found)
                else:
                    raise StorageError(f"{self.uri}: is written to again and again; tried again later")
                if last and not self._is_folded:
                    await self._write(stored.fold)
                    self._is_folded = True
            except (MemcodecError, OSError) as error:
                self.due.failed(self._means.clock())
                self._told = f"not in the file yet: {error}".replace(self._head.file, self.file)
                self._say()

    async def _written(self, text: str, intent: Base, *, last: bool) -> Written | Meanwhile:
        self._intents.append(intent)
        self._log.put(intent_record(intent))
        await self._log.settled()
        expected = {self._base.sha256, *(each.sha256 for each in self._intents)}
        wish = Wish(self.uri, text, expected, list(self._authors), self._beside, last)
        return await self._write(partial(stored.write, wish=wish))

    async def _write(self, work: Callable[[Any], T]) -> T:
        writer = self._means.shelf.writer(self.file)
        return await asyncio.shield(asyncio.wrap_future(writer.change(work, noting=True)))

    async def _has_become(self, written: Written, intent: Base, *, last: bool) -> None:
        self._base, self._intents, self._is_folded = intent, [], last
        if written.uri != self.uri:
            self._told = f"kept as {written.uri}, beside what others made of it"
            self._head, self._beside = self._head._replace(target=written.uri), ""
        elif self._told.startswith("not in the file"):
            self._told = ""
        self._commit = written.commit if written.commit is not None else self._commit
        self._authors.clear()
        self._size = max(len(intent.state), len(self._shared.update()))
        self._log.renew()
        self._say()
        await self._means.committed()

    async def look(self, found: Found | None) -> None:
        """Take in what others made of it in the memory file, unless a commit is under way, which does so itself."""
        if not self._committing.locked():
            async with self._committing:
                await self._merge(found)

    async def _merge(self, found: Found | None) -> None:
        sha256 = found.sha256 if found is not None else None
        if any(each.sha256 == sha256 for each in (self._base, *self._intents)):
            self._beside = ""
            return
        if found is None or found.text is None:
            self._stand_aside(
                "edited after it was forgotten" if found is None else "edited while it was replaced"
            )
            return
        theirs = _plain(found.text)
        base = await self._nearest(theirs)
        made = Shared(base.state)
        text = made.text
        if not self.is_committed and not await self._apart(lambda: are_versions(text, theirs)):
            self._stand_aside("edited while it was replaced")
            return
        update = made.edit(await self._apart(lambda: changes(text, theirs)))
        self._base, self._intents, self._beside = Base(sha256, made.update()), [], ""
        self._shared.apply(update)
        self._size += len(update)
        self._told = "merged with what somebody else wrote to the file"
        self._relay(update, wire.update)
        self._log.put(update_record(update))
        self._log.renew()
        self._say()

    def _stand_aside(self, why: str) -> None:
        if self._beside != why:
            self._beside = why
            self._told = f"{why}: what you write now is kept beside it, under another name"
            self._say()

    async def _nearest(self, theirs: str) -> Base:
        """Which state of the note another text was made from: one that was committed, or may have been."""
        states = [self._base, *self._intents]
        texts = [Shared(each.state).text for each in states]

        def distance(text: str) -> int:
            return sum(change.end - change.start + len(change.text) for change in changes(text, theirs))

        far = await self._apart(lambda: [distance(each) for each in texts]) if len(states) > 1 else [0]
        return states[far.index(min(far))]

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._means.threads, work)

    async def close(self, *, remove: bool) -> None:
        """Let all go; with ``remove`` what is kept of it is of no use any more."""
        self.drop(AGAIN, "the note is closed; come back")
        await self._log.close(remove=remove)


def _plain(text: str) -> str:
    """With \\n at the ends of lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")

"""A memory file in the hands of many threads: the state that they read, the one writer, what is pending, and the end.

Three locks, taken in this order: ``_turn`` for as long as a write takes, ``_opening`` while the state that is read is
opened or exchanged, ``_lock`` for a moment. So nobody who reads or adds waits for an encode, and nobody's file is
closed while he reads it.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING

from memcodec.errors import Closed, ConfigError, NotFound
from memcodec.file.reader import Reader
from memcodec.file.shared import Shared
from memcodec.format.commit import CommitRecord
from memcodec.ingest.item import Item
from memcodec.model import Use
from memcodec.process import fork

if TYPE_CHECKING:
    from memcodec.file.writer import Writer

#: the handles that this thread, or the one it works for, writes to
_WRITING: ContextVar[tuple[int, ...]] = ContextVar("writing", default=())
_CLOSED = "this memory is closed; open it again"
_FORKED = "this memory was being written when the process forked, and stays its parent's; open it again here"

_Key = tuple[str, str]  # a uri and a content: what makes two documents one


def _key(item: Item) -> _Key:
    return item.uri, item.identity


class Handle:
    """One file: ``read`` opens its newest state, ``append`` continues it; ``writing`` writes a new one.

    After a fork the child reads the file again; what is being written stays the parent's, and is closed in the child.
    """

    def __init__(
        self, name: str, read: Callable[[], Reader], append: Callable[[], Writer], writing: Writer | None
    ) -> None:
        self.name = name
        self._read, self._append, self._writing = read, append, writing
        self._pending: list[Item] = []
        self._ids: dict[_Key, str] = {}  # of what is pending or being stored; empty where none was told
        self._storing: list[_Key] = []
        self._changes = 0  # states that came after one another
        self._state: Shared[Reader] | None = None
        self._closed = ""  # why
        self._is_ending = self._is_writing = False
        self._make_locks()
        fork.watch(self, Handle._in_child)

    def _make_locks(self) -> None:
        self._turn, self._opening, self._lock = threading.Lock(), threading.Lock(), threading.Lock()

    def _in_child(self) -> None:
        self._make_locks()
        fork.keep(self._state, self._writing)
        if self._writing is not None or self._is_writing:
            self._closed = self._closed or _FORKED
        self._state = self._writing = None
        self._pending, self._ids, self._storing, self._is_writing = [], {}, [], False
        _WRITING.set(())

    # The state that is read

    @property
    def is_new(self) -> bool:
        """Whether nothing was committed yet. Raises Closed."""
        with self._lock:
            return self._nothing_yet()

    def _nothing_yet(self) -> bool:
        self._check_open()
        return self._writing is not None and not self._writing.stands

    def take(self) -> Shared[Reader]:
        """The state as last committed, which stays open until it is released. Raises NotFound before any commit."""
        with self._opening:
            with self._lock:
                if self._nothing_yet():
                    raise NotFound(f"{self.name}: nothing was committed yet")
                if self._state is not None:
                    return self._state.take()
            opened = Shared(self._read(), Reader.close)
            with self._lock:
                if not self._closed:
                    self._state = opened
                    return opened.take()
        opened.release()
        raise Closed(f"{self.name}: {self._closed}")

    @contextlib.contextmanager
    def reading(self, *uses: Use) -> Iterator[Reader]:
        """The state as last committed, open within the context, for any of these uses. Raises NotAllowed."""
        state = self.take()
        try:
            state.item.check(*uses)
            yield state.item
        finally:
            state.release()

    def drop(self, state: Shared[Reader] | None = None, new: Reader | None = None) -> None:
        """Have the next reader open the file again, or read ``new``: if it is still ``state`` that is read."""
        made = Shared(new, Reader.close) if new is not None else None
        with self._opening, self._lock:
            if self._state is state or state is None:
                old, self._state = self._state, made if not self._closed else None
            else:
                old = None
            unused = made if made is not self._state else None
        for each in (old, unused):
            if each is not None:
                each.release()

    # Writing

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """This thread's turn to write; others wait for it. Raises ConfigError for a write within a write."""
        under_way = _WRITING.get()
        if id(self) in under_way:
            raise ConfigError(f"{self.name}: is being written by this very call; let it end first")
        with self._turn:
            token = _WRITING.set((*under_way, id(self)))
            self._is_writing = True
            try:
                yield
            finally:
                self._is_writing = False
                _WRITING.reset(token)

    def writer(self) -> Writer:
        """The writer, in one's turn. Takes the file's lock. Raises Closed, StorageError."""
        with self._lock:
            self._check_open()
            if self._writing is not None:
                return self._writing
        made = self._append()
        state = self._state
        if state is not None and made.before is not None and state.item.version != made.before.version:
            self.drop(state)  # another process wrote to it
        with self._lock:
            if not self._closed:
                self._writing = made
                return made
        made.close()
        raise Closed(f"{self.name}: {self._closed}")

    def begin_adding(self) -> None:
        """Have the file's lock before anything is read that is to be added."""
        if not self._put(()):
            with self.alone():
                self.writer()

    def add(self, items: Sequence[Item]) -> None:
        """Have these stored by the next commit, all or none of them. Waits for no encode."""
        if not self._put(items):
            with self.alone():
                self.writer()
                self._put(items)

    def add_one(self, item: Item) -> str:
        """Have a text stored by the next commit; its id, which is the old one if the file has it as it is."""
        key = _key(item)
        while True:
            self.begin_adding()
            seen, there = self._changes, self._id_there(item)
            with self._lock:
                self._check_taking()
                if self._writing is None or (seen != self._changes and not self._ids.get(key)):
                    continue
                if self._ids.get(key, "told") or key not in self._storing:
                    return self._named(item, self._ids.get(key) or there or os.urandom(8).hex())
            with self.alone():
                pass  # it is being stored by an id that nobody was told

    def _id_there(self, item: Item) -> str:
        if self.is_new:
            return ""
        with self.reading("any") as reader:
            found = (each.document for each in reader.named([item.uri]))
            return next((each.id for each in found if (each.original or each).sha256 == item.identity), "")

    def _named(self, item: Item, name: str) -> str:
        key = _key(item)
        if not self._ids.get(key, name):  # another loader handed in the same
            self._pending = [replace(each, id=name) if _key(each) == key else each for each in self._pending]
        self._pending.append(replace(item, id=name))
        self._ids[key] = name
        return name

    def _put(self, items: Sequence[Item]) -> bool:
        with self._lock:
            self._check_taking()
            if self._writing is not None:
                self._pending += items
                for item in items:
                    self._ids.setdefault(_key(item), item.id)
            return self._writing is not None

    def _check_taking(self) -> None:
        self._check_open()
        if self._is_ending:
            raise Closed(f"{self.name}: {_CLOSED}")

    def commit(self) -> tuple[Writer, CommitRecord | None] | None:
        """In one's turn: store what was added before. What is added meanwhile stays pending, all when it fails."""
        with self._lock:
            writing = self._writing
            items, self._pending = self._pending, []
            self._storing = [_key(item) for item in items]
        if writing is None:
            return None
        try:
            return writing, writing.commit(items)
        except BaseException:
            with self._lock:
                self._pending[:0], self._storing = items, []
            raise

    def done(self, writing: Writer, *, changed: bool) -> None:
        """After a write, in one's turn: the lock of a file that was opened is let go, unless something is pending."""
        if writing.is_continued:
            with self._lock:
                is_last = not self._pending
                if is_last:
                    self._writing = None
            if is_last:
                writing.close()
        if changed:
            self.drop()
        with self._lock:
            pending = {_key(item) for item in self._pending} if self._storing else ()
            for key in self._storing:
                if key not in pending:
                    self._ids.pop(key, None)
            self._storing, self._changes = [], self._changes + 1

    def release(self, what: str) -> None:
        """Let go of the file's lock before others write to it. Raises ConfigError when something is pending."""
        with self._lock:
            self._check_open()
            if self._pending:
                raise ConfigError(f"{self.name}: commit what was added before {what}")
            writing, self._writing = self._writing, None
        if writing is not None:
            writing.close()

    # The end

    @property
    def closed(self) -> bool:
        """Whether it is."""
        return bool(self._closed)

    def check_open(self) -> None:
        """Raises Closed."""
        with self._lock:
            self._check_open()

    def _check_open(self) -> None:
        if self._closed:
            raise Closed(f"{self.name}: {self._closed}")

    def is_idle(self) -> bool:
        """Whether nothing is being written, and the file's lock not held."""
        with self._lock:
            return self._writing is None

    def end_adding(self) -> bool:
        """Take nothing more; tells whether there is a writer for what was added."""
        with self._lock:
            self._is_ending = True
            return self._writing is not None

    def close(self) -> int:
        """Release the file: what is read under way ends first, and so does a write of another thread.

        Tells how many documents were added and never stored.
        """
        with self._lock:
            self._closed = self._closed or _CLOSED
        self.drop()
        with self.alone():
            writing, dropped = self._writing, len(self._pending)
            self._writing, self._pending, self._ids = None, [], {}
            if writing is not None:
                writing.close()
        return dropped

"""What flows out of a ring, into a memory file: every line exactly once, by ordinary commits.

Lines become documents of about 1 MB, whose tags say which ring they are of and which lines they hold:

    live.ring   the ring's name
    live.id     what tells it from other rings of this name
    live.first  the number of the first line
    live.last   the number of the last one

A commit stands whole in the file or not at all, and its documents with it: so the file itself tells what has been
written, and a ring of the same name goes on with the next number. Lines leave memory when the commit that has them
is on stable storage.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from memcodec.errors import ConfigError, MemcodecError, NotFound, StorageError
from memcodec.live.view import instant

if TYPE_CHECKING:
    from memcodec.ingest.item import Item
    from memcodec.live.clock import Ages
    from memcodec.live.lines import Line
    from memcodec.live.ring import Ring
    from memcodec.memory import Memory
    from memcodec.storage import PlaceLike

When = Literal["expired", "all"]
Full = Literal["block", "drop"]
DOCUMENT = 1_000_000  #: bytes of lines that make a document
COMMIT = 16  #: documents of a commit, at most
PATIENCE = 10.0  #: seconds for which lines wait for their document to be full
LIMIT = 64_000_000  #: bytes that wait to be written, at most
_AGAIN = 1.0  # seconds after which what failed is tried again
_WAIT = 30.0  # seconds to wait for another process that writes to the file
_LOOK = 0.25  # seconds between two looks at what has expired
RING, ID, FIRST, LAST = "live.ring", "live.id", "live.first", "live.last"


class Written(NamedTuple):
    """What a file has of a ring: the ring's id, and the number after its last line."""

    id: str
    end: int


def written(
    tags: Iterable[dict[str, str]], *, name: str | None = None, key: str | None = None
) -> Written | None:
    """What documents with these tags hold of the ring of that id, or of the last ring of that name."""
    found: Written | None = None
    for each in tags:
        if (name is not None and each.get(RING) != name) or (key is not None and each.get(ID) != key):
            continue
        last = each.get(LAST, "")
        if not last.isascii() or not last.isdecimal() or len(last) > 18 or ID not in each:
            continue
        if found is None or found.id != each[ID] or int(last) >= found.end:
            found = Written(each[ID], int(last) + 1)
    return found


class Spill:
    """Writes to one file, by a thread of its own. ``written``: all lines before this number are in it, or dropped."""

    def __init__(self, file: str, name: str, *, when: When = "expired", full: Full = "block") -> None:
        self.file, self._name, self._when, self._full = file, name, when, full
        self._memory = _opened(file)
        there = written(self._tags(), name=name)
        self.id, self.written = there if there is not None else ("", 0)
        self.begun = self.written
        self.dropped = 0
        self.error: str | None = None
        self._bytes = 0  # of all lines before ``written``, of those that came to this ring
        self._target: int | None = None  # the end, once that is known
        self._flush = self._taken = 0  # what is to be written at once, and what is being written
        self._commit = self._last_commit()
        self._ring: Ring | None = None
        self._thread = threading.Thread(target=self._run, name="spill", daemon=True)

    def begin(self, ring: Ring) -> None:
        """Write what flows out of a ring."""
        self._ring, self.id = ring, ring.id
        self._thread.start()

    # Asked by the ring, which holds its lock meanwhile

    def has_room(self, tail: int, ages: Ages) -> bool:
        """Whether more lines may come. Where they may be dropped, the oldest that wait are, to make room."""
        if self._waiting(tail, ages) <= LIMIT:
            return True
        if self._full == "drop" and self._target is None:
            end = self._end(tail, ages)
            self.dropped += end - max(self.written, self._taken)
            self.written, self._bytes = end, ages.before(end) if end < ages.end else ages.bytes
            return True
        return False

    def _end(self, tail: int, ages: Ages) -> int:
        return ages.end if self._when == "all" else tail

    def _waiting(self, tail: int, ages: Ages) -> int:
        """Bytes that wait to be written."""
        total = ages.bytes if self._when == "all" or tail == ages.end else ages.before(tail)
        return total - self._bytes

    # The thread

    def _run(self) -> None:
        assert self._ring is not None
        since: float | None = None
        while True:
            end, waiting = self._ring.flowed_out(self._when == "all", self._bytes)
            end = end if self._target is None else self._target
            if end <= self.written:
                since = None
                if self._target is not None:
                    return
                self._ring.rest(_LOOK)
                continue
            since = since or time.monotonic()
            hurries = self._target is not None or self._flush > self.written
            if not hurries and waiting < DOCUMENT and time.monotonic() - since < PATIENCE:
                self._ring.rest(_LOOK)
                continue
            if self._write(end):
                since = None
            elif self._target is not None:
                return  # close tells of it
            else:
                self._ring.rest(_AGAIN)

    def _write(self, end: int) -> bool:
        """Commit lines up to a number, or as many as a commit takes; tells whether it could be done."""
        assert self._ring is not None
        first = self.written
        _, _, texts = self._ring.texts_from(first)
        made = list(islice(documents(self._name, self.id, texts.lines(first, end)), COMMIT))
        self._taken = made[-1].last + 1
        try:
            self._memory.add_items([each.item for each in made])
            self._check_alone()
            self._memory.commit()
            if self._commit == 0:  # whoever makes a file holds its lock until it is closed
                self._memory.close()
                self._memory = _opened(self.file)
            self._commit = self._last_commit()
        except MemcodecError as error:
            self.error = str(error)
            return self._reopened(first, error)
        self.error = None
        self._ring.has_spilled(made[-1].last + 1, sum(each.size for each in made))
        return True

    def _check_alone(self) -> None:
        """Raises StorageError when another process has written lines of this ring."""
        if self._last_commit() == self._commit:
            return
        there = written(self._tags(), key=self.id)
        if there is not None and there.end > self.begun and there.end != self.written:
            raise StorageError(f"{self.file}: another ring @{self._name} writes to it; give one another name")

    def _last_commit(self) -> int:
        """The number of the file's last commit; 0 for a file that is to be made."""
        try:
            return self._memory.reader.record.commit
        except NotFound:
            return 0

    def _reopened(self, first: int, error: MemcodecError) -> bool:
        """After a failure: what the file has now is what counts. Tells whether it has what was to be written."""
        try:
            self._memory.__exit__(type(error), error, None)  # what was not committed is dropped
            self._memory = _opened(self.file)
            self._commit = self._last_commit()
            there = written(self._tags(), key=self.id)
        except MemcodecError as again:
            self.error = str(again)
            there = None
        if there is None or there.end <= first:
            self.dropped += max(0, min(self._taken, self.written) - first)
            self._taken = 0
            return False
        assert self._ring is not None
        _, _, texts = self._ring.texts_from(first)
        self._ring.has_spilled(there.end, sum(_size(line) for _, line in texts.lines(first, there.end)))
        return True

    def done(self, end: int, size: int) -> None:
        """Lines before a number are in the file; unless they were dropped meanwhile."""
        if end > self.written:
            self.written, self._bytes = end, self._bytes + size

    def _tags(self) -> Iterator[dict[str, str]]:
        try:
            return iter([dict(each.tags) for each in self._memory])
        except NotFound:  # nothing is committed yet
            return iter(())

    # Its end

    def flush(self) -> int:
        """Wait until what is to be written by now is; raises what keeps it from that."""
        assert self._ring is not None
        end, _ = self._ring.flowed_out(self._when == "all", self._bytes)
        self._flush = max(self._flush, end)
        self._ring.tell()
        self._ring.wait_until(lambda: self.written >= end or self.error is not None)
        if self.written < end and self.error is not None:
            raise StorageError(self.error)
        return self.written

    def close(self, end: int) -> None:
        """Write all that is left. Raises what keeps it from that."""
        assert self._ring is not None
        self._target = end
        self._ring.tell()
        self._thread.join()
        self._memory.close()
        if self.written < end:
            lost = end - self.written
            raise StorageError(f"{self.error}; {lost:,} lines of @{self._name} are not in the file")


class Made(NamedTuple):
    """A document of lines up to number ``last``; ``size``: their bytes as the ring counts them."""

    item: Item
    last: int
    size: int


def documents(name: str, id: str, lines: Iterable[tuple[int, Line]]) -> Iterator[Made]:  # noqa: A002
    """Lines with their numbers as documents of about 1 MB."""
    from memcodec.ingest.lines import lines_item

    parts, size, first, last, moment = list[bytes](), 0, 0, 0, 0

    def made() -> Made:
        tags = {RING: name, ID: id, FIRST: str(first), LAST: str(last)}
        time = instant(moment)
        item = lines_item(b"".join(parts), time, tags)
        title = f"@{name} {time:%Y-%m-%d %H:%M:%S}Z"
        return Made(replace(item, title=title, uri=f"live/{name}/{first}-{last}.txt"), last, size)

    for number, line in lines:
        if not parts:
            first, moment = number, line.time
        parts += [line.text if line.whole is None else line.whole, b"\n"]
        size, last = size + _size(line), number
        if size >= DOCUMENT:
            yield made()
            parts, size = [], 0
    if parts:
        yield made()


def _size(line: Line) -> int:
    return len(line.text if line.whole is None else line.whole)


def _opened(file: str) -> Memory:
    """The file to write to, new or not. Vectors are for ``index`` to make: lines must not wait for them."""
    import os

    from memcodec.config.settings import Settings
    from memcodec.memory import create
    from memcodec.memory import open as open_memory

    settings = Settings.of(index="background")
    if os.path.lexists(file):
        return open_memory(file, wait=_WAIT, settings=settings)
    return create(file, settings=settings)


def saved(out: PlaceLike, name: str, id: str, lines: Iterable[tuple[int, Line]], *, force: bool) -> int:  # noqa: A002
    """Write lines to a new memory file; returns how many. Raises ConfigError for none."""
    from memcodec.memory import create

    count = 0
    made = list(documents(name, id, lines))
    if not made:
        raise ConfigError(f"@{name}: there is no line to save")
    with create(out, force=force, index="background") as memory:
        memory.add_items([each.item for each in made])
    for each in made:
        tags = each.item.tags
        count += int(tags[LAST]) - int(tags[FIRST]) + 1
    return count

"""Lines as they come down a pipe: a thread reads them into a bounded buffer, from which they are taken whole."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from memcodec.errors import SourceError
from memcodec.ingest.item import Item, OriginalBytes, pieces_of, text_item
from memcodec.ingest.kinds.terminal import shown
from memcodec.ingest.pipe import Pipe

LIMIT = 64 << 20  #: bytes that wait, at most: whoever writes to the pipe waits then
_PIECE = 1 << 16
_LONGEST = 0.5  # seconds waited for the thread at a stretch: Windows runs no signal handler meanwhile
_DRAINED = 1 << 20  # bytes still read once it is told to stop: Linux lets no more stand in a pipe (pipe(7))


class Lines:
    """Reads the descriptor ``fd`` in a ``with``, until its end or ``stop``.

    A line longer than ``limit`` bytes comes in parts, each of whole characters if it is UTF-8.
    """

    def __init__(self, fd: int, limit: int = LIMIT) -> None:
        self._fd, self._limit = fd, limit
        self._buffer, self._whole = bytearray(), 0  # the first so many bytes are whole lines
        self._since = 0.0  # when the first of those came
        self._changed = threading.Condition()
        self._ended = False
        self._left = _DRAINED
        self._error: OSError | None = None
        self._pipe = Pipe(fd)
        self._thread = threading.Thread(target=self._read, name="lines", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        with self._changed:
            self._limit = 1 << 62  # nobody takes any more
            self._changed.notify_all()
        self._thread.join()
        self._pipe.close()

    def stop(self) -> None:
        """Read what stands in the pipe by now, and no more. A signal handler may call this: it takes no lock."""
        self._pipe.stop()

    def batches(self, interval: float, size: int) -> Iterator[bytes]:
        """Whole lines, as soon as the first of them is ``interval`` seconds old or they are ``size`` bytes.

        A taker who is slow gets more at once. Raises SourceError when the descriptor cannot be read on, after what was
        read.
        """
        while self._wait(interval, size):
            yield self._take()
        if self._error is not None:
            raise SourceError(f"standard input: cannot be read: {self._error.strerror or self._error}")

    def _wait(self, interval: float, size: int) -> bool:
        """Until a batch is due, or all is read and taken: False then."""
        with self._changed:
            while not self._whole and not self._ended:
                self._changed.wait(_LONGEST)
            due = self._since + interval
            while not self._is_due(size) and (left := due - time.monotonic()) > 0:
                self._changed.wait(min(left, _LONGEST))
            return bool(self._buffer if self._ended else self._whole)

    def _is_due(self, size: int) -> bool:
        return self._ended or self._whole >= size or len(self._buffer) >= self._limit

    def _take(self) -> bytes:
        with self._changed:
            count = len(self._buffer) if self._ended else self._whole
            taken = bytes(memoryview(self._buffer)[:count])
            del self._buffer[:count]
            self._whole = 0
            self._enter(0)
            self._changed.notify_all()
        return taken

    # The thread

    def _read(self) -> None:
        try:
            while piece := self._next():
                self._keep(piece)
        except OSError as error:
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _next(self) -> bytes:
        """What comes next; nothing at the end, or when it is told to stop and there is no more for now."""
        if not self._pipe.wait() or self._left <= 0:
            return b""
        piece = os.read(self._fd, _PIECE)
        self._left -= len(piece) if self._pipe.stopped else 0
        return piece

    def _keep(self, piece: bytes) -> None:
        with self._changed:
            self._buffer += piece
            end = piece.rfind(b"\n") + 1
            self._enter(len(self._buffer) - len(piece) + end if end else 0)
            self._changed.notify_all()
            self._changed.wait_for(lambda: len(self._buffer) < self._limit)

    def _enter(self, whole: int) -> None:
        """Whole lines end at byte ``whole`` of the buffer; 0: no more than before."""
        if not (whole or self._whole) and len(self._buffer) >= self._limit:
            whole = _whole_characters(self._buffer)
        if whole and not self._whole:
            self._since = time.monotonic()
        self._whole = whole or self._whole


def _whole_characters(data: bytearray) -> int:
    """Bytes of ``data`` before a UTF-8 character that may not be whole yet (RFC 3629, section 3); never none."""
    for back in range(1, min(4, len(data))):
        if data[-back] >= 0xC0:
            return len(data) - back
        if data[-back] < 0x80:
            break
    return len(data)


def lines_item(data: bytes, time: datetime, tags: Mapping[str, str]) -> Item:
    """Lines taken at ``time`` (UTC) as a document: ``stdin/2026-04-02/08-00-05.250000.txt``.

    Where they are not UTF-8 its text has U+FFFD for what cannot be read; where they were written to a terminal it is
    what a reader saw. The bytes are kept beside it then.
    """
    text = shown(data.decode("utf-8", "replace")).encode()
    item = text_item(
        text,
        title=f"stdin {time:%Y-%m-%d %H:%M:%S}Z",
        uri=f"stdin/{time:%Y-%m-%d/%H-%M-%S.%f}.txt",
        tags=tags,
        time=time,
    )
    if text == data:
        return replace(item, type="text", anew=True)
    kept = OriginalBytes(len(data), hashlib.sha256(data).hexdigest(), lambda: pieces_of(data))
    return replace(item, type="text", extracted=True, original=kept, anew=True)

"""An iterator that works ahead of whoever reads it, in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator


class Ahead:
    """Runs an iterator in a thread of its own, up to ``depth`` items ahead; its errors come out where it is read."""

    def __init__(self, items: Iterator[bytes], depth: int) -> None:
        self._items, self._queue = items, queue.Queue[bytes | BaseException | None](depth)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        last: BaseException | None = None
        try:
            for item in self._items:
                if not self._put(item):
                    return
        except BaseException as error:  # handed over, not swallowed
            last = error
        self._put(last)

    def _put(self, item: bytes | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def __enter__(self) -> Iterator[bytes]:
        self._thread.start()
        return self._read()

    def _read(self) -> Iterator[bytes]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

"""Bytes taken out of files, kept aside until a commit reads them: in an anonymous file, so that lists hold no text."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from functools import partial

from memcodec.ingest.item import PIECE


class Scratch:
    """Keeps bytes as long as somebody may still read them. For many threads."""

    def __init__(self) -> None:
        # Anonymous: it never has a name, and goes with the process however that ends.
        self._file = tempfile.TemporaryFile(prefix="memcodec-")  # noqa: SIM115 -- it lives as long as its readers
        self._lock, self._size = threading.Lock(), 0
        weakref.finalize(self, self._file.close)

    def keep(self, data: bytes) -> Callable[[], Iterator[bytes]]:
        """Put bytes aside; what is returned gives them again, in pieces."""
        with self._lock:
            start = self._size
            self._file.seek(start)
            self._file.write(data)
            self._size += len(data)
        return partial(self._pieces, start, start + len(data))

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, PIECE):
            with self._lock:
                self._file.seek(at)
                piece = self._file.read(min(PIECE, end - at))
            yield piece

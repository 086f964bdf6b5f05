"""What was asked of a place far away: one line for each request, and the totals. Never a URL, never a header."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LOG = logging.getLogger(__name__)
_KEPT = 4096  # requests kept in memory; the totals go on


@dataclass(frozen=True, slots=True)
class Request:
    """One request and what came of it."""

    round: int  #: requests of one round run side by side; rounds follow one another
    method: str
    spans: tuple[tuple[int, int], ...]  #: (offset, length) asked for; empty when it asks for none
    status: int  #: the HTTP status; 0 when no answer came or the service has none
    received: int  #: bytes of the body that arrived, what frames several ranges included
    milliseconds: float


class RequestLog:
    """The last few thousand requests, and how many there were in all. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Request] = deque(maxlen=_KEPT)
        self.rounds = 0
        self.requests = 0
        self.received = 0

    def begin(self) -> Round:
        """A new round: what is asked in it is asked side by side."""
        with self._lock:
            self.rounds += 1
            return Round(self, self.rounds)

    def add(self, request: Request) -> None:
        told = request.method, request.status, request.received, request.milliseconds
        _LOG.debug("%s: status %d, %d bytes in %.0f ms", *told)
        with self._lock:
            self._kept.append(request)
            self.requests += 1
            self.received += request.received

    def __iter__(self) -> Iterator[Request]:
        with self._lock:
            return iter(list(self._kept))

    def __len__(self) -> int:
        return self.requests


class Round:
    """One round of requests, to be written into its log."""

    def __init__(self, log: RequestLog, number: int) -> None:
        self._log, self.number = log, number

    def add(
        self, method: str, spans: Sequence[tuple[int, int]], status: int, received: int, began: float
    ) -> None:
        """``began``: by ``time.monotonic()``."""
        milliseconds = (time.monotonic() - began) * 1000
        self._log.add(Request(self.number, method, tuple(spans), status, received, milliseconds))

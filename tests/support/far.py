"""A file far away without a network: its bytes are in memory, and every round trip is counted."""

from __future__ import annotations

import time
from collections.abc import Sequence

from memcodec.storage.remote.log import RequestLog
from memcodec.storage.remote.source import FirstAnswer, RemoteSource


class Memory:
    """A ``Transport`` over bytes. ``data`` may be replaced: then it is another version."""

    def __init__(self, data: bytes, name: str = "far://memory/file") -> None:
        self.data, self.name, self.key, self.log = data, name, name, RequestLog()

    def open(self, tail: int) -> FirstAnswer:
        data = self.data[-tail:]
        self.log.begin().add(
            "GET", [(len(self.data) - len(data), len(data))], 206, len(data), time.monotonic()
        )
        return FirstAnswer(len(self.data), "one", data)

    def fetch(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        found = [self.data[offset : offset + length] for offset, length in spans]
        self.log.begin().add("GET", spans, 206, sum(map(len, found)), time.monotonic())
        return found

    def changed(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing to release."""


def source(data: bytes) -> RemoteSource:
    """A source that is far, of these bytes."""
    return RemoteSource(Memory(data))

"""The end of a command that serves: by a signal, in order."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

_STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextlib.contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """The first signal calls ``stop``, which ends the work in order; a second one does what it always does."""
    before = {number: signal.getsignal(number) for number in _STOPS}
    before = {number: old for number, old in before.items() if old is not signal.SIG_IGN}

    def restore() -> None:
        for number, old in before.items():
            signal.signal(number, old)

    def called(number: int, frame: FrameType | None) -> None:
        restore()
        stop()

    for number in before:
        signal.signal(number, called)
    try:
        yield
    finally:
        restore()

"""Progress bars: one line on standard error, redrawn in place, gone when the work is done."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

import click

from memcodec.cli import console
from memcodec.config.units import format_count, format_duration, format_size

BAR = 24
INTERVAL = 0.1  # seconds between drawings
_SETTLED = 1.0  # seconds before a rate means anything

# What a stage is called, and whether it counts bytes.
_STAGES = {
    "collect": ("collecting", True),
    "media": ("encoding", True),
    "vectors": ("embedding", False),
    "scan": ("reading the media", False),
    "merge": ("merging", True),
    "restore": ("restoring", True),
    "verify": ("verifying", False),
    "fetch": ("fetching", True),
    "publish": ("publishing", True),
    "splitting": ("splitting", True),
    "joining": ("joining", True),
    "compare": ("reading back", True),
}


class Progress:
    """Called with ``(stage, done, total)``; a total of 0 is not known. Use it in a ``with``: its end wipes the line."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and console.is_terminal(sys.stderr)
        self._stage = ""
        self._began = self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._write("")
        self._shown = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not self._shown:
            return
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began, self._drawn = stage, now, 0.0
        if now - self._drawn >= INTERVAL or done == total:
            self._drawn = now
            self._write(describe(stage, done, total, now - self._began))

    def line(self, text: str) -> None:
        """Draw a line of the caller's own."""
        now = time.monotonic()
        if self._shown and now - self._drawn >= INTERVAL:
            self._drawn = now
            self._write(text)

    def _write(self, text: str) -> None:
        columns = (console.room() or 80) - 1
        click.echo("\r" + console.fit(text, columns) + "\x1b[K", err=True, nl=False)


def describe(stage: str, done: int, total: int, seconds: float) -> str:
    """``encoding  ████████          61%  6.7 MB of 11 MB  2.1 MB/s  2.0 s left``."""
    name, in_bytes = _STAGES.get(stage, (stage, False))
    amount = format_size if in_bytes else format_count
    parts = [name]
    if total:
        share = min(1.0, done / total)
        parts += [bar(share), f"{share:4.0%}", f"{amount(done)} of {amount(total)}"]
    elif done:
        parts.append(amount(done))
    if seconds >= _SETTLED and done:
        rate = done / seconds
        parts.append(f"{amount(round(rate))}/s")
        if total > done:
            parts.append(f"{format_duration(max(1, (total - done) / rate))} left")
    return "  ".join(parts)


def bar(share: float) -> str:
    """``BAR`` characters, so much of them full."""
    full = int(share * BAR)
    return "█" * full + "░" * (BAR - full)

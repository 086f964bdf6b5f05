"""Progress bars: one line on standard error, redrawn in place, gone when the work is done. rich draws them.

Each phase of the work has its own: what it is called, how much of it is done, its rate and the time it has left.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from memcodec.cli import console
from memcodec.config.units import format_count, format_duration, format_size

if TYPE_CHECKING:
    from rich.live import Live

BAR, LEAST = 24, 8  # columns of a bar, at most and at least
INTERVAL = 0.1  # seconds between drawings
_FULL, _REST = "━", "─"
_SETTLED = 1.0  # seconds before a rate means anything

# What a stage is called, and whether it counts bytes.
_STAGES = {
    "collect": ("reading documents", True),
    "prepare": ("preparing", False),
    "ocr": ("reading pictures", False),
    "see": ("looking at pictures", False),
    "media": ("encoding", True),
    "parity": ("adding repair data", False),
    "copy": ("copying frames", False),
    "index": ("indexing words", False),
    "lexical": ("indexing words", False),
    "vectors": ("embedding", False),
    "arrange": ("arranging vectors", False),
    "fold": ("joining indexes", False),
    "sync": ("writing to disk", False),
    "scan": ("reading the media", False),
    "salvage": ("putting commits together", False),
    "merge": ("merging", True),
    "convert": ("converting", True),
    "restore": ("restoring", True),
    "checksums": ("checking", True),
    "verify": ("decoding frames", False),
    "documents": ("checking documents", True),
    "fetch": ("fetching", True),
    "publish": ("publishing", True),
    "compare": ("reading back", True),
    "splitting": ("splitting", True),
    "joining": ("joining", True),
    "packets": ("reading packets", False),
    "pages": ("drawing pages", False),
    "pictures": ("reading pictures", False),
}


class Progress:
    """Called with ``(stage, done, total)``; a total of 0 is not known. Use it in a ``with``: its end wipes the line."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and console.is_terminal(sys.stderr)
        self._live: Live | None = None  # made, and rich loaded, when there is something to draw
        self._stage = ""
        self._began = self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
        self._shown = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._stage, self._began, self._drawn = stage, time.monotonic(), 0.0
        name, in_bytes = _STAGES.get(stage, (stage, False))
        self.draw(name, facts(done, total, time.monotonic() - self._began, in_bytes=in_bytes), done, total)

    def draw(self, name: str, told: Sequence[str], done: int = 0, total: int = 0) -> None:
        """Draw the line: a name, a bar where ``total`` is known, what else is told."""
        now = time.monotonic()
        if not self._shown or (now - self._drawn < INTERVAL and (done != total or not total)):
            return
        self._drawn = now
        from rich.text import Text

        live = self._live = self._live or _started()
        parts = drawn(name, told, done, total, live.console.width - 1)
        text = Text.assemble(*parts, no_wrap=True, overflow="ellipsis")
        if not live.console.encoding.startswith("utf"):
            text.plain = text.plain.replace(_FULL, "=").replace(_REST, "-")
        live.update(text, refresh=True)


def _started() -> Live:
    from rich.console import Console
    from rich.live import Live

    screen = Console(stderr=True, highlight=False)
    live = Live(console=screen, transient=True, auto_refresh=False, redirect_stdout=False)
    live.start()
    return live


def drawn(name: str, told: Sequence[str], done: int, total: int, columns: int) -> list[tuple[str, str]]:
    """The line that fits ``columns``, as texts and rich's names of their colours.

    What gives way to the rest is first the amount, which the bar shows, then the rate, then columns of the bar.
    """
    shown, room = [name, *told], columns - (LEAST + 2 if total else 0)
    while len(shown) > 2 and console.width("  ".join(shown)) > room:
        del shown[2 if len(shown) > 3 else -1]
    if not total:
        return [("  ".join(shown), "")]
    wide = min(BAR, columns - 2 - console.width("  ".join(shown)))
    full = wide * min(done, total) // total
    bar = [(_FULL * full, "cyan"), (_REST * (wide - full), "dim")]
    return [(f"{name}  ", ""), *bar, ("  " + "  ".join(shown[1:]), "")]


def facts(done: int, total: int, seconds: float, *, in_bytes: bool) -> list[str]:
    """`` 61%``, ``6.7 MB of 11 MB``, ``2.1 MB/s``, ``2.0 s left``."""
    amount = format_size if in_bytes else format_count
    parts = []
    if total:
        # Rounded down: 100% is done.
        parts = [f"{min(100, 100 * done // total):3}%", f"{amount(done)} of {amount(total)}"]
    elif done:
        parts = [amount(done)]
    if seconds >= _SETTLED and done:
        rate = done / seconds
        parts.append(f"{amount(round(rate))}/s")
        if total > done:
            parts.append(f"{format_duration(max(1, (total - done) / rate))} left")
    return parts

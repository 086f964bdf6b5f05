"""Progress bars: one line on standard error, redrawn in place, gone when the work is done. rich draws them."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from memcodec.cli import console
from memcodec.config.units import format_count, format_duration, format_size

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

BAR = 24
INTERVAL = 0.1  # seconds between drawings
_SETTLED = 1.0  # seconds before a rate means anything

# What a stage is called, and whether it counts bytes.
_STAGES = {
    "collect": ("collecting", True),
    "ocr": ("reading pictures", False),
    "pictures": ("looking at pictures", False),
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
        self._bars: Bars | None = None  # made, and rich loaded, when there is something to draw
        self._stage = ""
        self._began = self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
        self._shown = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._stage, self._began, self._drawn = stage, time.monotonic(), 0.0
        name, in_bytes = _STAGES.get(stage, (stage, False))
        seconds = time.monotonic() - self._began
        self.draw(name, facts(done, total, seconds, in_bytes=in_bytes), done, total)

    def draw(self, name: str, told: str, done: int = 0, total: int = 0) -> None:
        """Draw the line: a name, a bar where ``total`` is known, what else is told."""
        now = time.monotonic()
        if not self._shown or (now - self._drawn < INTERVAL and (done != total or not total)):
            return
        self._drawn = now
        if self._bars is None:
            self._bars = _started()
        task = self._bars.tasks[0]
        self._bars.update(
            task.id, description=name, completed=done, total=max(total, 1), facts=told, known=total > 0
        )
        self._bars.refresh()


def _started() -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, Task, TextColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Known(BarColumn):
        """No bar where the whole is not known: one that only moves says nothing."""

        def render(self, task: Task) -> Any:
            return super().render(task) if task.fields["known"] else Text()

    columns: list[ProgressColumn] = [TextColumn("{task.description}", markup=False), Known(BAR)]
    columns.append(TextColumn("{task.fields[facts]}", markup=False))
    screen = Console(stderr=True, highlight=False)
    bars = Bars(*columns, console=screen, transient=True, auto_refresh=False, redirect_stdout=False)
    bars.add_task("", facts="", known=False)
    bars.start()
    return bars


def facts(done: int, total: int, seconds: float, *, in_bytes: bool) -> str:
    """`` 61%  6.7 MB of 11 MB  2.1 MB/s  2.0 s left``."""
    amount = format_size if in_bytes else format_count
    parts = []
    if total:
        parts = [f"{min(1.0, done / total):4.0%}", f"{amount(done)} of {amount(total)}"]
    elif done:
        parts = [amount(done)]
    if seconds >= _SETTLED and done:
        rate = done / seconds
        parts.append(f"{amount(round(rate))}/s")
        if total > done:
            parts.append(f"{format_duration(max(1, (total - done) / rate))} left")
    return "  ".join(parts)

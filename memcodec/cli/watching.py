"""Lines that change: redrawn in their place on a terminal; elsewhere each one as it changes."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import click

from memcodec.cli import console

_INTERVAL = 0.5  # seconds between two looks

T = TypeVar("T")
Show = Callable[[Sequence[str]], None]


@contextlib.contextmanager
def watching(draw: Callable[[T], list[str]]) -> Iterator[Callable[[T], None]]:
    """What is to be called with each new state, of which ``draw`` makes lines. The last state is shown in any case."""
    last: list[T] = []
    shown = 0.0
    with _on_terminal() if console.is_terminal(sys.stdout) else _on_paper() as show:

        def seen(now: T) -> None:
            nonlocal shown
            last[:] = [now]
            if time.monotonic() - shown >= _INTERVAL:
                shown = time.monotonic()
                show(draw(now))

        try:
            yield seen
        finally:
            for state in last:
                show(draw(state))


@contextlib.contextmanager
def _on_terminal() -> Iterator[Show]:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(highlight=False), auto_refresh=False) as live:
        yield lambda lines: live.update(Text.from_ansi("\n".join(lines)), refresh=True)


@contextlib.contextmanager
def _on_paper() -> Iterator[Show]:
    known = set[str]()

    def show(lines: Sequence[str]) -> None:
        for line in lines:
            if line not in known:
                click.echo(line)
        known.clear()
        known.update(lines)

    yield show

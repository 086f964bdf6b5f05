"""Long output: through the user's pager where it is a terminal and longer than the screen."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, TypeVar

import click

from memcodec.cli import console

F = TypeVar("F", bound=Callable[..., Any])


def pager_option(function: F) -> F:
    """``--no-pager``."""
    return click.option(
        "--no-pager",
        "paged",
        flag_value=False,
        default=True,
        help="Print at once what is longer than the screen.",
    )(function)


def is_long(lines: Iterable[str]) -> bool:
    """Whether standard output is a terminal on which lines need more than one screen."""
    return console.is_terminal(sys.stdout) and _begin(iter(lines))[1]


def echo(lines: Iterable[str], *, paged: bool) -> None:
    """Print lines as they come, in the pager (PAGER) if they are long and it is wanted."""
    rest = iter(lines)
    begin, long = _begin(rest) if paged and console.is_terminal(sys.stdout) else ([], False)
    if long:
        click.echo_via_pager(f"{line}\n" for line in chain(begin, rest))
        return
    for line in chain(begin, rest):
        click.echo(line)


def _begin(lines: Iterator[str]) -> tuple[list[str], bool]:
    """The first screen of lines, and whether they fill it."""
    columns, rows = shutil.get_terminal_size()
    taken, used = list[str](), 0
    for line in lines:
        taken.append(line)
        used += max(1, -(-console.width(click.unstyle(line)) // max(1, columns)))
        if used >= rows:
            return taken, True
    return taken, False

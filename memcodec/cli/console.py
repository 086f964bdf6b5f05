"""Writing for a person or for a program: clean text, colour, tables; or one JSON document.

Text that comes from a memory file is not trusted: only ``clean``, ``line`` and ``json_safe`` let it reach a terminal.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import IO, Any, Literal

import click

from memcodec.printable import clean as clean
from memcodec.printable import json_safe
from memcodec.printable import line as line

_NARROW = 16  # an id, a time: so narrow a column of a table gives way last


def is_terminal(stream: IO[Any]) -> bool:
    """Whether a person sees what is written there."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def styled(text: str, stream: IO[Any] | None = None, **style: Any) -> str:
    """``text`` in ``click.style``'s terms, where ``stream`` (standard output) is a terminal that wants it.

    NO_COLOR: no-color.org.
    """
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain or not is_terminal(stream or sys.stdout) else click.style(text, **style)


def dim(text: str) -> str:
    """``text`` for a second glance."""
    return styled(text, dim=True)


def note(text: str) -> None:
    """A remark for the user, on standard error."""
    click.echo(styled(f"note: {line(told(text))}", sys.stderr, fg="yellow"), err=True)


def told(text: str) -> str:
    """An error or a note of the library, in the command line's words."""
    if "`" not in text:
        return text
    from memcodec.answers import words

    return words.told(text)


def notes(texts: Iterable[str]) -> None:
    """Remarks for the user, a line each."""
    for text in texts:
        note(text)


def error(text: str) -> None:
    """Why the command failed, on standard error."""
    click.echo(styled("memcodec: ", sys.stderr, fg="red", bold=True) + line(told(text)), err=True)


def echo_json(value: object) -> None:
    """One JSON document on standard output, in UTF-8 whatever the terminal speaks."""
    import json

    from memcodec.answers.words import in_answer

    click.echo(json_safe(json.dumps(in_answer(value), ensure_ascii=False, indent=2)).encode())


def room() -> int | None:
    """The terminal's columns; None where there is no terminal and lines may be as long as they are."""
    return max(40, shutil.get_terminal_size().columns) if is_terminal(sys.stdout) else None


def width(text: str) -> int:
    """Columns of a terminal: wide characters and emoji take two, what joins the one before takes none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def fit(text: str, columns: int) -> str:
    """``text`` cut to ``columns``, an ellipsis in the place of what is gone."""
    if width(text) <= columns:
        return text
    from rich.cells import set_cell_size

    return set_cell_size(text, columns - 1).rstrip(" ") + "…"


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` filled up to ``columns``; ``right`` puts it there."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks


def count(number: int, noun: str) -> str:
    """``1 document``, ``1,234 documents``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Lines of aligned columns, two blanks apart; ``right`` names the columns set flush right.

    On a terminal the widest columns give way until a row fits; elsewhere lines are as long as they are.
    """
    columns = room()
    made = _aligned([heads, *rows], right) if columns is None else _fitted(heads, rows, right, columns)
    return [dim(made[0]), *made[1:]]


def _aligned(rows: Sequence[Sequence[str]], right: Sequence[int]) -> list[str]:
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            pad(cell, widths[number], right=number in right) for number, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]


def _fitted(
    heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int], columns: int
) -> list[str]:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, cells in enumerate(zip(heads, *rows, strict=True)):
        side: Literal["right", "left"] = "right" if number in right else "left"
        drawn.add_column(Text(cells[0]), justify=side, no_wrap=max(map(width, cells)) <= _NARROW)
    for row in rows:
        drawn.add_row(*(Text(cell, no_wrap=True, overflow="ellipsis") for cell in row))
    page = StringIO()
    Console(file=page, width=columns, color_system=None).print(drawn)
    return [line.rstrip() for line in page.getvalue().splitlines()]


def fields(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Lines of names and values, the values aligned."""
    columns = max(len(name) for name, _ in pairs)
    return [f"{dim(name.ljust(columns))}  {value}" for name, value in pairs]


def report(file: str, rows: Sequence[tuple[str, str]]) -> None:
    """A file's name, and below it what there is to say."""
    for text in reported(file, rows):
        click.echo(text)


def reported(file: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    """The lines of a report."""
    return [styled(line(file), bold=True), *(f"  {text}".rstrip() for text in fields(rows))]


def about(text: str, default: bool) -> str:
    """``text``, with a word when it is the default."""
    return f"{text} (default)" if default else text


def echo_table(heads: tuple[str, ...], cells: Sequence[tuple[str, ...]]) -> None:
    """Print a table of what may be anything."""
    for text in table(heads, [tuple(map(line, row)) for row in cells]):
        click.echo(text)

"""Writing for a person or for a program: clean text, colour; or one JSON document.

Text that comes from a memory file is not trusted: only ``clean``, ``line`` and ``json_safe`` let it reach a terminal.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Any

import click

from memcodec.printable import clean as clean
from memcodec.printable import json_safe
from memcodec.printable import line as line


def is_terminal(stream: IO[Any]) -> bool:
    """Whether a person sees what is written there."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def styled(text: str, stream: IO[Any] | None = None, **style: Any) -> str:
    """``text`` in ``click.style``'s terms, where ``stream`` (standard output) is to have colours."""
    return click.style(text, **style) if is_coloured(stream or sys.stdout) else text


def is_coloured(stream: IO[Any]) -> bool:
    """Whether colours go there: to a terminal that knows them, or anywhere when they are forced.

    NO_COLOR: no-color.org. FORCE_COLOR: force-color.org. CLICOLOR_FORCE: bixense.com/clicolors.
    """
    if os.environ.get("NO_COLOR"):
        return False
    return is_forced() or (os.environ.get("TERM") != "dumb" and is_terminal(stream))


def is_forced() -> bool:
    """Whether the environment asks for colours wherever output goes."""
    asked = (os.environ.get(name, "") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))
    return not os.environ.get("NO_COLOR") and any(each not in ("", "0") for each in asked)


def dim(text: str) -> str:
    """``text`` for a second glance."""
    return styled(text, dim=True)


def note(text: str) -> None:
    """A remark for the user, on standard error."""
    shown = styled(f"note: {line(told(text))}", sys.stderr, fg="yellow")
    click.echo(shown, err=True, color=is_coloured(sys.stderr))


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
    shown = styled("memcodec: ", sys.stderr, fg="red", bold=True) + line(told(text))
    click.echo(shown, err=True, color=is_coloured(sys.stderr))


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


def wrapped(text: str, columns: int) -> list[str]:
    """``text`` in lines broken between words; styles stand inside words and take no room."""
    lines, used = [""], 0
    for word in text.split(" "):
        size = width(click.unstyle(word))
        if used and used + 1 + size > columns:
            lines.append("")
            used = 0
        lines[-1] += " " * bool(used) + word
        used += bool(used) + size
    return lines


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` filled up to ``columns``; ``right`` puts it there."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks


def count(number: int, noun: str) -> str:
    """``1 document``, ``1,234 documents``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def fields(pairs: Sequence[tuple[str, str]], indent: str = "") -> list[str]:
    """Lines of names and values, the values aligned; on a terminal long ones go on below."""
    columns, most = max(len(name) for name, _ in pairs), room()
    blank, lines = f"{indent}{'':{columns}}  ", list[str]()
    for name, value in pairs:
        first, *more = [value] if most is None else wrapped(value, most - len(blank))
        lines += [f"{indent}{dim(name.ljust(columns))}  {first}", *(blank + each for each in more)]
    return [each.rstrip() for each in lines]


def report(file: str, rows: Sequence[tuple[str, str]]) -> None:
    """A file's name, and below it what there is to say."""
    for text in reported(file, rows):
        click.echo(text)


def reported(file: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    """The lines of a report."""
    return [styled(line(file), bold=True), *fields(rows, indent="  ")]


def about(text: str, default: bool) -> str:
    """``text``, with a word when it is the default."""
    return f"{text} (default)" if default else text

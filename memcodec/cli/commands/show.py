"""``memcodec show`` and ``open``: a document, or what stands around a hit, to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, paging, remote_options
from memcodec.cli.documents_text import head, number_option, reading
from memcodec.cli.options import State, as_of_option, file_argument, json_option
from memcodec.cli.paging import pager_option
from memcodec.cli.remote_options import cache_option

if TYPE_CHECKING:
    from memcodec.model import Document

Numbered = tuple[int, str]


@click.command("show")
@file_argument()
@click.argument("name", metavar="DOC[:LINE]")
@click.option(
    "-C",
    "--context",
    type=click.IntRange(0),
    default=5,
    metavar="N",
    help="Lines before and after LINE.  [default: 5]",
)
@number_option
@pager_option
@as_of_option
@cache_option
@json_option
def show_command(
    file: str, name: str, context: int, numbered: bool, paged: bool, as_of: State, as_json: bool
) -> None:
    """Print a document, or the lines around one.

    DOC is a document's uri or id as `memcodec list` shows them, or a glob that matches one uri. With :LINE the lines
    around it are printed, with their numbers. Control characters are shown as symbols; `memcodec restore` gives
    the bytes exactly.

    \b
    Examples:
      memcodec show notes.mp4 birds/herons.md
      memcodec show notes.mp4 birds/herons.md:14 -C 10
      memcodec show notes.mp4 "*/herons.md" -n
      memcodec show notes.mp4 4d0f6c1c0a7b2d11 --json
    """
    from memcodec.errors import NotFound
    from memcodec.file.document import lines, locate

    with reading(file, as_of) as reader:
        found, line = locate(reader, name)
        first = max(1, line - context) if line else 1
        last = line + context if line else None
        wanted = islice(enumerate(lines(found), 1), first - 1, last)
        begin = list(islice(wanted, (line or 1) - first + 1))
        if line and (not begin or begin[-1][0] != line):
            there = sum(1 for _ in lines(found))
            raise NotFound(
                f"{remote_options.shown(file)}: {found.stored.document.uri} has {there:,} lines, and no line {line}"
            )
        if as_json:
            console.echo_json(_json(file, found.stored.document, [*begin, *wanted]))
            return
        document = found.stored.document
        paging.echo(_page(document, [*begin], wanted, line, numbered=numbered or bool(line)), paged=paged)


def _page(
    document: Document, begin: list[Numbered], rest: Iterable[Numbered], line: int | None, *, numbered: bool
) -> Iterator[str]:
    """What is known of the document, for people; then lines, the one that is meant set off."""
    yield from head(document)
    for lines in (begin, rest):
        for number, text in lines:
            shown = console.clean(text.removesuffix("\r"))
            meant = number == line
            mark = console.dim(f"{number:>6}{':' if meant else '-' if line else ' '} ") if numbered else ""
            yield mark + (console.styled(shown, bold=True) if meant else shown)


def _json(file: str, document: Document, lines: list[Numbered]) -> dict[str, Any]:
    from memcodec.search.results import document_json

    return {
        "file": remote_options.shown(file),
        "document": document_json(document),
        "lines": [{"line": number, "text": text} for number, text in lines],
    }

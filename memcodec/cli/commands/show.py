"""``memcodec show``: a document, or the lines around one, to be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.cli.clock import utc_option
from memcodec.cli.documents_text import head, number_option
from memcodec.cli.options import State, as_of_option, file_argument, json_option
from memcodec.cli.paging import pager_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.several import Said, tell_each

if TYPE_CHECKING:
    from memcodec import Memory
    from memcodec.model import Document

_AT_LINE = re.compile(r"(.+):([1-9]\d{0,8})")
Numbered = tuple[int, str]


@click.command("show")
@file_argument("files", many=True)
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
@utc_option
def show_command(
    files: tuple[str, ...],
    name: str,
    context: int,
    numbered: bool,
    paged: bool,
    as_of: State,
    as_json: bool,
) -> None:
    """Print a document, or the lines around one.

    DOC is a document's uri or id as `memcodec list` shows them, or a glob that matches one uri. With :LINE the lines
    around it are printed, with their numbers. Control characters are shown as symbols; `memcodec restore` gives
    the bytes exactly. Of several files, those that have such a document are shown.

    \b
    Examples:
      memcodec show notes.mp4 birds/herons.md
      memcodec show notes.mp4 birds/herons.md:14 -C 10
      memcodec show notes.mp4 "*/herons.md" -n
      memcodec show notes.mp4 4d0f6c1c0a7b2d11 --json
    """
    from memcodec import answers
    from memcodec.errors import NotFound

    def tell(memory: Memory) -> Said:
        document, line = located(memory, name)
        first = max(1, line - context) if line else 1
        last = line + context if line else None
        wanted = islice(enumerate(memory.lines(document), 1), first - 1, last)
        begin = list(islice(wanted, (line or 1) - first + 1))
        if line and (not begin or begin[-1][0] != line):
            there = sum(1 for _ in memory.lines(document))
            raise NotFound(f"{memory.name}: {document.uri} has {there:,} lines, and no line {line}")
        if as_json:
            return Said(answers.documents.show(memory.name, document, [*begin, *wanted]), ())
        return Said({}, _page(document, begin, wanted, line, numbered=numbered or bool(line)))

    tell_each(files, tell, as_of, as_json=as_json, paged=paged, some=True)


def located(memory: Memory, name: str) -> tuple[Document, int | None]:
    """The document that a name means, and the line if the name ends in ``:LINE``."""
    from memcodec.errors import NotFound

    try:
        return memory.document(name), None
    except NotFound:
        at = _AT_LINE.fullmatch(name)
        if at is None:
            raise
    return memory.document(at[1]), int(at[2])


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

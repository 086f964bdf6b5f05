"""``memcodec show`` and ``open``: a document, or what stands around a hit, to be read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, paging, remote_options
from memcodec.cli.options import State, as_of_option, file_argument, json_option
from memcodec.cli.paging import pager_option
from memcodec.cli.remote_options import cache_option

if TYPE_CHECKING:
    from memcodec.file.reader import ChunkPlace, Reader
    from memcodec.model import Document

Numbered = tuple[int, str]

_number_option = click.option(
    "-n", "--number", "numbered", is_flag=True, help="Begin each line with its number."
)


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
@_number_option
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

    with _reading(file, as_of) as reader:
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
    yield from _head(document)
    for lines in (begin, rest):
        for number, text in lines:
            shown = console.clean(text.removesuffix("\r"))
            meant = number == line
            mark = console.dim(f"{number:>6}{':' if meant else '-' if line else ' '} ") if numbered else ""
            yield mark + (console.styled(shown, bold=True) if meant else shown)


def _head(document: Document) -> list[str]:
    """A title, and where the document comes from: on a terminal alone, elsewhere only the text is wanted."""
    if console.room() is None:
        return []
    title = console.styled(console.line(document.title or document.uri), bold=True)
    tags = [f"{key}={value}" for key, value in document.tags.items()]
    parts = [f"{document.time:%Y-%m-%d %H:%M}", document.type, document.language, document.author, *tags]
    where = console.styled(console.line(document.uri), fg="cyan")
    return [title, where + console.dim("  " + "  ".join(map(console.line, filter(None, parts)))), ""]


def _json(file: str, document: Document, lines: list[Numbered]) -> dict[str, Any]:
    from memcodec.search.results import document_json

    return {
        "file": remote_options.shown(file),
        "document": document_json(document),
        "lines": [{"line": number, "text": text} for number, text in lines],
    }


@click.command("open")
@file_argument()
@click.argument("chunk", metavar="CHUNK", type=int)
@click.option(
    "-C", "--context", type=click.IntRange(0, 1000), default=1, metavar="N",
    help="Chunks before and after it.  [default: 1]",
)  # fmt: skip
@_number_option
@pager_option
@as_of_option
@cache_option
@json_option
def open_command(
    file: str, chunk: int, context: int, numbered: bool, paged: bool, as_of: State, as_json: bool
) -> None:
    """Print what stands around a hit.

    That is its chunk, and those before and after it in its document. CHUNK is a number that `memcodec search` shows.
    What chunks share is printed once; on a terminal the chunk itself stands out.

    \b
    Examples:
      memcodec open notes.mp4 12
      memcodec open notes.mp4 12 -C 3 -n
      memcodec open notes.mp4 12 --json
    """
    from memcodec.file.document import neighbours

    with _reading(file, as_of) as reader:
        found = neighbours(reader, chunk, context)
        places = [place for _, place in found]
        if as_json:
            texts = reader.texts(places)
            console.echo_json(_chunks_json(file, found, texts))
            return
        own = dict(found)[chunk]
        whole = own._replace(
            start=places[0].start,
            end=places[-1].end,
            first_line=places[0].first_line,
            last_line=places[-1].last_line,
        )
        (text,) = reader.texts([whole])
    lines = [*_head(own.stored.document), *_around(text, own, whole, numbered=numbered)]
    paging.echo(lines, paged=paged)


def _around(text: str, own: ChunkPlace, whole: ChunkPlace, *, numbered: bool) -> Iterator[str]:
    """The lines of ``whole``, what ``own`` has no part of in the background."""
    data, start, end = text.encode(), own.start - whole.start, own.end - whole.start
    before, middle, after = (part.decode() for part in (data[:start], data[start:end], data[end:]))
    shown = _in_background(before) + console.clean(middle) + _in_background(after)
    for number, line in enumerate(shown.removesuffix("\n").split("\n"), whole.first_line):
        yield (console.dim(f"{number:>6}  ") if numbered else "") + line


def _in_background(text: str) -> str:
    return "\n".join(console.dim(line) if line else "" for line in console.clean(text).split("\n"))


def _chunks_json(file: str, found: list[tuple[int, ChunkPlace]], texts: list[str]) -> dict[str, Any]:
    from memcodec.search.results import document_json

    return {
        "file": remote_options.shown(file),
        "document": document_json(found[0][1].stored.document),
        "chunks": [
            {
                "chunk": number,
                "start": place.start,
                "end": place.end,
                "line": {"first": place.first_line, "last": place.last_line},
                "text": text,
            }
            for (number, place), text in zip(found, texts, strict=True)
        ],
    }


@contextlib.contextmanager
def _reading(file: str, as_of: State) -> Iterator[Reader]:
    from memcodec.cli.commands.list import opened

    with opened(file, as_of) as memory:
        yield memory.reader

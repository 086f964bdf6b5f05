"""``memcodec open``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, paging, remote_options
from memcodec.cli.documents_text import head, number_option, reading
from memcodec.cli.options import State, as_of_option, file_argument, json_option
from memcodec.cli.paging import pager_option
from memcodec.cli.remote_options import cache_option

if TYPE_CHECKING:
    from memcodec.file.reader import ChunkPlace


@click.command("open")
@file_argument()
@click.argument("chunk", metavar="CHUNK", type=int)
@click.option(
    "-C", "--context", type=click.IntRange(0, 1000), default=1, metavar="N",
    help="Chunks before and after it.  [default: 1]",
)  # fmt: skip
@number_option
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

    with reading(file, as_of) as reader:
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
    lines = [*head(own.stored.document), *_around(text, own, whole, numbered=numbered)]
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

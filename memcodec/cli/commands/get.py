"""``memcodec get``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.cli.options import State, as_of_option, file_argument, json_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.several import Said, tell_each
from memcodec.cli.tables import shorten

if TYPE_CHECKING:
    from memcodec import Memory
    from memcodec.model import Hit


@click.command("get")
@file_argument("files", many=True)
@click.argument("chunks", metavar="CHUNK...", type=int, nargs=-1, required=True)
@as_of_option
@cache_option
@json_option
def get_command(files: tuple[str, ...], chunks: tuple[int, ...], as_of: State, as_json: bool) -> None:
    """Print chunks by their numbers.

    A CHUNK is a number that `memcodec search` shows. Its text is read from the media and printed with its
    document and lines. Control characters are shown as symbols; --json gives the text exactly. Of several files,
    those that have such chunks are shown.

    \b
    Examples:
      memcodec get notes.mp4 12
      memcodec get notes.mp4 12 13 14 --json
      memcodec get notes.mp4 12 --as-of 3
    """
    from memcodec import answers

    def tell(memory: Memory) -> Said:
        hits = [memory.get(chunk) for chunk in chunks]
        return Said(answers.documents.get(memory.name, hits), _lines(hits))

    tell_each(files, tell, as_of, as_json=as_json, some=True)


def _lines(hits: Sequence[Hit]) -> Iterator[str]:
    for number, hit in enumerate(hits):
        yield from ([""] if number else [])
        yield from (console.styled(each, bold=True) for each in _head(hit))
        yield console.clean(hit.text).rstrip("\n")


def _head(hit: Hit) -> list[str]:
    """Number, place and title; on a narrow screen the title has a line of its own."""
    lines = f"{hit.line.first}-{hit.line.last}"
    where, title = console.line(f"{hit.document.uri}:{lines}"), console.line(hit.document.title)
    number, room = f"chunk {hit.chunk}", console.room()
    head = f"{number}  {where}  {title}"
    if room is None or console.width(head) <= room:
        return [head]
    return [f"{number}  {shorten(where, room - len(number) - 2)}", console.fit(title, room)]

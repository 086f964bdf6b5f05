"""``memcodec get``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.opened import opened
from memcodec.cli.options import State, as_of_option, file_argument, json_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.tables import shorten

if TYPE_CHECKING:
    from memcodec.model import Hit


@click.command("get")
@file_argument()
@click.argument("chunks", metavar="CHUNK...", type=int, nargs=-1, required=True)
@as_of_option
@cache_option
@json_option
def get_command(file: str, chunks: tuple[int, ...], as_of: State, as_json: bool) -> None:
    """Print chunks by their numbers.

    A CHUNK is a number that `memcodec search` shows. Its text is read from the media and printed with its
    document and lines. Control characters are shown as symbols; --json gives the text exactly.

    \b
    Examples:
      memcodec get notes.mp4 12
      memcodec get notes.mp4 12 13 14 --json
      memcodec get notes.mp4 12 --as-of 3
    """
    from memcodec import answers

    with opened(file, as_of) as memory:
        hits = [memory.get(chunk) for chunk in chunks]
    if as_json:
        console.echo_json(answers.documents.get(remote_options.shown(file), hits))
        return
    for number, hit in enumerate(hits):
        _show(hit, first=number == 0)


def _show(hit: Hit, *, first: bool) -> None:
    lines = f"{hit.line.first}-{hit.line.last}"
    where, title = console.line(f"{hit.document.uri}:{lines}"), console.line(hit.document.title)
    number, room = f"chunk {hit.chunk}", console.room()
    head = f"{number}  {where}  {title}"
    if room is not None and console.width(head) > room:
        head = "\n".join([f"{number}  {shorten(where, room - len(number) - 2)}", console.fit(title, room)])
    shown = "\n".join(console.styled(each, bold=True) for each in head.split("\n"))
    click.echo(shown if first else f"\n{shown}")
    click.echo(console.clean(hit.text).rstrip("\n"))

"""``memcodec list``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from memcodec.cli import clock, console, tables
from memcodec.cli.clock import utc_option
from memcodec.cli.options import State, as_of_option, file_argument, filter_options, json_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.sections import Command
from memcodec.cli.several import Said, tell_each
from memcodec.config.units import format_size

if TYPE_CHECKING:
    from memcodec import Filter, Memory
    from memcodec.model import Document


@click.command("list", cls=Command)
@file_argument("files", many=True)
@filter_options()
@as_of_option
@cache_option
@json_option
@utc_option
def list_command(files: tuple[str, ...], only: Filter, as_of: State, as_json: bool) -> None:
    """List the documents in memory files.

    One line a document, oldest first: id, size, time (UTC), title and uri. On a terminal titles and uris are
    cut to fit, ids never, and a narrow one has two lines a document; elsewhere all is printed whole.

    \b
    Examples:
      memcodec list notes.mp4
      memcodec list project.mp4 --path "docs/*.md"
      memcodec list letters.flac --tag author=Melville --until "March 1851"
      memcodec list notes.mp4 --as-of 2026-04-02
      memcodec list memories/ --type pdf
      memcodec list notes.mp4 --json | jq -r '.documents[].uri'
    """
    from memcodec import answers

    def tell(memory: Memory) -> Said:
        found = memory.documents(only)
        return Said(answers.documents.listing(memory.name, found), _table(found))

    tell_each(files, tell, as_of, as_json=as_json)


def _table(documents: Iterable[Document]) -> list[str]:
    found = list(documents)
    zone = clock.zone_of([each.time for each in found])
    return tables.table(
        ("ID", "SIZE", f"TIME ({zone})", "TITLE", "URI"),
        [_row(each) for each in found],
        right=(1,),
        paths=(4,),
    )


def _row(document: Document) -> tuple[str, ...]:
    time = clock.written(document.time, zone=False)
    return (
        document.id,
        format_size(document.size),
        time,
        console.line(document.title),
        console.line(document.uri),
    )

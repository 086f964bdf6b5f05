"""``memcodec topics``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.insight_options import where
from memcodec.cli.opened import collection_of
from memcodec.cli.options import State, as_of_option, file_argument, filter_options, json_option
from memcodec.cli.remote_options import cache_option

if TYPE_CHECKING:
    from memcodec import Filter
    from memcodec.insight.values import Topics


@click.command("topics")
@file_argument("files", many=True)
@click.option(
    "-n",
    "count",
    type=click.IntRange(1, 200),
    default=12,
    metavar="N",
    help="How many topics.  [default: 12]",
)
@filter_options("path", "tags", "type", "language", "since", "until")
@as_of_option
@cache_option
@json_option
def topics_command(files: tuple[str, ...], count: int, only: Filter, as_of: State, as_json: bool) -> None:
    """List the topics of memory files.

    Each is named by the terms that tell its chunks from all others; below them stand places where it is spoken of most.

    \b
    Examples:
      memcodec topics notes.mp4
      memcodec topics notes.mp4 letters.flac -n 5 --since 2026
      memcodec topics notes.mp4 --json | jq '.topics[].name'
    """
    with collection_of(files, remote_options.settings(), as_of) as collection:
        found = collection.topics(count, only)
    if as_json:
        from memcodec import answers

        console.echo_json(answers.insight.topics(found))
        return
    console.notes(found.notes)
    for text in _lines(found):
        click.echo(text)


def _lines(found: Topics) -> Iterator[str]:
    for each in found.topics:
        counts = f"{console.count(each.documents, 'document')}, {console.count(each.count, 'chunk')}"
        yield f"{console.styled(console.line(each.name), bold=True)}  {console.dim(counts)}"
        if rest := ", ".join(console.line(term) for term, _ in each.terms[3:]):
            yield f"  {rest}"
        yield f"  {console.dim(where(each.chunks))}"
    if not found.topics:
        yield "no topics stand out"
    yield console.dim(f"{found.rest:,} of {found.chunks:,} chunks are of none")

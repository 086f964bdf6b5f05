"""``memcodec trends``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, cast

import click

from memcodec.cli import console, remote_options, tables
from memcodec.cli.opened import collection_of
from memcodec.cli.options import State, as_of_option, file_argument, filter_options, json_option
from memcodec.cli.remote_options import cache_option

if TYPE_CHECKING:
    from memcodec import Filter
    from memcodec.insight.values import Trends


@click.command("trends")
@file_argument("files", many=True)
@click.option(
    "--by",
    type=click.Choice(["month", "commit"]),
    default="month",
    help="The documents' own time, or the commit that brought them.  [default: month]",
)
@filter_options("path", "tags", "type", "language", "since", "until")
@as_of_option
@cache_option
@json_option
def trends_command(files: tuple[str, ...], by: str, only: Filter, as_of: State, as_json: bool) -> None:
    """Tell what memory files came to speak of, and what they left.

    Every frequent term is tested in every stretch of time; P is what share of those that stand out as much do so by
    chance, at most. That nothing changed is an answer.

    \b
    Examples:
      memcodec trends notes.mp4
      memcodec trends notes.mp4 --by commit
      memcodec trends notes.mp4 --since 2025 --json | jq '.trends[].term'
    """
    with collection_of(files, remote_options.settings(), as_of) as collection:
        found = collection.trends(cast('Literal["month", "commit"]', by), only)
    if as_json:
        from memcodec import answers

        console.echo_json(answers.insight.trends(found))
        return
    console.notes(found.notes)
    for text in _lines(found):
        click.echo(text)


def _lines(found: Trends) -> Iterator[str]:
    rows = [
        (
            console.line(each.term),
            "rose" if each.rose else "fell",
            each.first if each.first == each.last else f"{each.first} to {each.last}",
            f"{each.observed:,}",
            f"{each.expected:.1f}",
            f"{each.p:.2g}",
            console.line(str(each.chunks[0])) if each.chunks else "",
        )
        for each in found.trends
    ]
    if rows:
        heads = ("TERM", "", "WHEN", "DOCUMENTS", "BY CHANCE", "P", "WHERE")
        yield from tables.table(heads, rows, right=(3, 4, 5))
    if len(found.periods) < 2:
        yield console.dim(f"nothing to compare: all documents are of one period, {', '.join(found.periods)}")
        return
    tested = f"{console.count(found.tried, 'term')} in {console.count(len(found.periods), 'period')}"
    yield console.dim(f"tested {tested}" if rows else f"nothing changed beyond chance: tested {tested}")

"""``memcodec diff``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commits_text import number_of
from memcodec.cli.opened import opened
from memcodec.cli.options import (
    State,
    as_of,
    file_argument,
    json_option,
)
from memcodec.cli.remote_options import cache_option

if TYPE_CHECKING:
    from memcodec.file.history import Diff


@click.command("diff")
@file_argument()
@click.argument("before", metavar="A", type=as_of)
@click.argument("after", metavar="[B]", type=as_of, required=False)
@cache_option
@json_option
def diff_command(file: str, before: int | datetime, after: State, as_json: bool) -> None:
    """Show which documents changed between two states of a memory file.

    A and B are commits' numbers or times; B is the newest state if not given. + is a document that B has and A has
    not, - one that A has and B has not, ~ one with another content.

    \b
    Examples:
      memcodec diff notes.mp4 3
      memcodec diff notes.mp4 3 7
      memcodec diff notes.mp4 2026-04-01 2026-04-30 --json
    """
    with opened(file) as memory:
        found, commits = memory.diff(before, after), memory.log()
    first, last = (number_of(commits, each) for each in (before, after))
    if as_json:
        console.echo_json(
            {"file": remote_options.shown(file), "from": first, "to": last, **_diff_json(found)}
        )
        return
    for sign, colour, uri in _signed(found):
        click.echo(console.styled(f"{sign} {console.line(uri)}", fg=colour))
    counts = f"{len(found.added):,} added, {len(found.changed):,} changed, {len(found.removed):,} removed"
    click.echo(console.dim(f"{counts} from commit {first} to commit {last}"))


def _signed(found: Diff) -> list[tuple[str, str, str]]:
    """A sign, its colour and a uri for each document, by the uri."""
    lines = [("+", "green", each.uri) for each in found.added]
    lines += [("~", "yellow", after.uri) for _, after in found.changed]
    lines += [("-", "red", each.uri) for each in found.removed]
    return sorted(lines, key=lambda line: line[2])


def _diff_json(found: Diff) -> dict[str, Any]:
    from memcodec.search.results import document_json

    return {
        "added": [document_json(each) for each in found.added],
        "changed": [
            {"before": document_json(before), "after": document_json(after)}
            for before, after in found.changed
        ],
        "removed": [document_json(each) for each in found.removed],
    }

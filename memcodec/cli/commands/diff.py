"""``memcodec diff``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.cli.options import State, as_of, file_argument, json_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.several import Said, tell_each

if TYPE_CHECKING:
    from memcodec import Diff, Memory


@click.command("diff")
@file_argument("files", many=True)
@click.argument("before", metavar="A", type=as_of)
@click.argument("after", metavar="[B]", type=as_of, required=False)
@cache_option
@json_option
def diff_command(files: tuple[str, ...], before: int | datetime, after: State, as_json: bool) -> None:
    """Show which documents changed between two states of memory files.

    A and B are commits' numbers or times; B is the newest state if not given. + marks a document that only B has,
    - one that only A has, ~ one whose content differs.

    \b
    Examples:
      memcodec diff notes.mp4 3
      memcodec diff notes.mp4 3 7
      memcodec diff notes.mp4 2026-04-01 2026-04-30 --json
    """
    from memcodec import answers

    def tell(memory: Memory) -> Said:
        found = memory.diff(before, after)
        return Said(answers.documents.diff(memory.name, found), _lines(found))

    tell_each(files, tell, as_json=as_json)


def _lines(found: Diff) -> Iterator[str]:
    for sign, colour, uri in _signed(found):
        yield console.styled(f"{sign} {console.line(uri)}", fg=colour)
    counts = f"{len(found.added):,} added, {len(found.changed):,} changed, {len(found.removed):,} removed"
    yield console.dim(f"{counts} from commit {found.before} to commit {found.after}")


def _signed(found: Diff) -> list[tuple[str, str, str]]:
    """A sign, its colour and a uri for each document, by the uri."""
    lines = [("+", "green", each.uri) for each in found.added]
    lines += [("~", "yellow", after.uri) for _, after in found.changed]
    lines += [("-", "red", each.uri) for each in found.removed]
    return sorted(lines, key=lambda line: line[2])

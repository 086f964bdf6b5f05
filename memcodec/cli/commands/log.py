"""``memcodec log``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import TYPE_CHECKING

import click

from memcodec.cli import tables
from memcodec.cli.commits_text import changes
from memcodec.cli.options import file_argument, json_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.several import Said, tell_each
from memcodec.config.units import format_size

if TYPE_CHECKING:
    from memcodec import Memory
    from memcodec.model import Commit


@click.command("log")
@file_argument("files", many=True)
@click.option(
    "-n", "count", type=click.IntRange(min=1), metavar="N", help="Only the newest N commits.  [default: all]"
)
@cache_option
@json_option
def log_command(files: tuple[str, ...], count: int | None, as_json: bool) -> None:
    """List the commits of memory files.

    One line a commit, the newest first: its number and time, what made it, the documents it added (+), changed (~)
    and removed (-), and the bytes it took. Number and time are what `--as-of` takes.

    \b
    Examples:
      memcodec log notes.mp4
      memcodec log notes.mp4 -n 5
      memcodec log notes.mp4 --json | jq '.commits[0].number'
    """
    from memcodec import answers

    def tell(memory: Memory) -> Said:
        commits = memory.log()[::-1][:count]
        return Said(answers.files.log(memory.name, commits), _table(commits))

    tell_each(files, tell, as_json=as_json)


def _table(commits: Sequence[Commit]) -> list[str]:
    heads = ("COMMIT", "TIME", "KIND", "DOCUMENTS", "SIZE")
    return tables.table(heads, [_row(each) for each in commits], right=(0, 4))


def _row(commit: Commit) -> tuple[str, ...]:
    # With its zone, so that it can be given back to --as-of.
    time = f"{commit.time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{commit.number}", time, commit.kind, changes(commit), format_size(commit.size)

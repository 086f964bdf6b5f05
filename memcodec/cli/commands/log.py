"""``memcodec log``."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commits_text import changes
from memcodec.cli.opened import opened
from memcodec.cli.options import file_argument, json_option
from memcodec.cli.remote_options import cache_option
from memcodec.config.units import format_size

if TYPE_CHECKING:
    from memcodec.model import Commit


@click.command("log")
@file_argument()
@click.option(
    "-n", "count", type=click.IntRange(min=1), metavar="N", help="Only the newest N commits.  [default: all]"
)
@cache_option
@json_option
def log_command(file: str, count: int | None, as_json: bool) -> None:
    """List the commits of a memory file.

    One line a commit, the newest first: its number and time, what made it, the documents it added (+), changed (~)
    and removed (-), and the bytes it took. Number and time are what `--as-of` takes.

    \b
    Examples:
      memcodec log notes.mp4
      memcodec log notes.mp4 -n 5
      memcodec log notes.mp4 --json | jq '.commits[0].number'
    """
    from memcodec import answers

    with opened(file) as memory:
        commits = memory.log()[::-1][:count]
    if as_json:
        console.echo_json(answers.files.log(remote_options.shown(file), commits))
        return
    for text in console.table(
        ("COMMIT", "TIME", "KIND", "DOCUMENTS", "SIZE"), [_row(each) for each in commits], right=(0, 4)
    ):
        click.echo(text)


def _row(commit: Commit) -> tuple[str, ...]:
    # With its zone, so that it can be given back to --as-of.
    time = f"{commit.time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{commit.number}", time, commit.kind, changes(commit), format_size(commit.size)

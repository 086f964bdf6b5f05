"""``memcodec rollback``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commits_text import changes
from memcodec.cli.options import file_argument, json_option, quiet_option, wait_option

if TYPE_CHECKING:
    from memcodec.model import Commit


@click.command("rollback")
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@click.argument("commit", metavar="COMMIT", type=click.IntRange(min=1))
@wait_option
@json_option
@quiet_option
def rollback_command(file: str, commit: int, wait: float, as_json: bool, quiet: bool) -> None:
    """Restore an old state, as a new commit.

    The documents are then those of COMMIT, a commit's number. Nothing is deleted: the later commits stay in the
    file's history, and another rollback undoes this one.

    \b
    Examples:
      memcodec rollback notes.mp4 3
      memcodec rollback notes.mp4 3 --wait 30
    """
    import memcodec
    from memcodec import answers

    with memcodec.open(file, wait=wait) as memory:
        report = memory.rollback(commit)
    if as_json:
        console.echo_json(answers.writes.rollback(file, report))
    elif not quiet:
        click.echo(f"{console.line(file)}: {_rolled_back(report.commit, commit)}")
    if not quiet:
        console.notes(report.notes)


def _rolled_back(made: Commit | None, commit: int) -> str:
    if made is None:
        return f"its documents are those of commit {commit} already; nothing was written"
    return f"commit {made.number} brings back commit {commit} ({changes(made)})"

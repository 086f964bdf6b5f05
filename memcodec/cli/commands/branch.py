"""``memcodec branch``."""

from __future__ import annotations

from datetime import datetime

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands.encode import check_suffix
from memcodec.cli.opened import opened
from memcodec.cli.options import as_of, file_argument, force_option, json_option, quiet_option
from memcodec.config.units import format_size


@click.command("branch")
@file_argument(check=remote_options.refuse(remote_options.READS_ALL))
@click.argument("commit", metavar="COMMIT", type=as_of)
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The memory file to write.",
)
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def branch_command(
    file: str, commit: int | datetime, output: str, force: bool, as_json: bool, quiet: bool
) -> None:
    """Make a new file from an old state.

    OUT is what FILE was after COMMIT, a commit's number or a time, with its history. FILE is not changed.

    \b
    Examples:
      memcodec branch notes.mp4 3 -o third.mp4
      memcodec branch notes.mp4 2026-04-02 -o april.mp4
    """
    from memcodec import answers

    with opened(file) as memory:
        check_suffix(output, memory.reader.codec.name)
        made = memory.branch(commit, output, force=force)
    if as_json:
        console.echo_json(answers.writes.branch(output, made))
    elif not quiet:
        what = f"commit {made.commit} of {console.line(file)}, {format_size(made.size)}"
        click.echo(f"{console.line(output)}: {what}")

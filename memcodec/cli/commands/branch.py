"""``memcodec branch``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands.encode import check_suffix
from memcodec.cli.commits_text import number_of
from memcodec.cli.opened import opened
from memcodec.cli.options import (
    as_of,
    file_argument,
    force_option,
    json_option,
    quiet_option,
)
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
    """Make a new file of an old state.

    OUT is what FILE was after COMMIT, a commit's number or a time, with its past. FILE is left alone.

    \b
    Examples:
      memcodec branch notes.mp4 3 -o third.mp4
      memcodec branch notes.mp4 2026-04-02 -o april.mp4
    """
    with opened(file) as memory:
        check_suffix(output, memory.reader.codec.name)
        memory.branch(commit, output, force=force)
        number = number_of(memory.log(), commit)
    size = Path(output).stat().st_size
    if as_json:
        console.echo_json({"file": output, "commit": number, "size": size})
    elif not quiet:
        click.echo(f"{console.line(output)}: commit {number} of {console.line(file)}, {format_size(size)}")

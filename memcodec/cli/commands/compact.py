"""``memcodec compact``."""

from __future__ import annotations

import time

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands.encode import check_suffix
from memcodec.cli.options import (
    file_argument,
    force_option,
    json_option,
    quiet_option,
    wait_option,
)
from memcodec.cli.progress import Progress
from memcodec.config.units import format_duration, format_size


@click.command("compact")
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    callback=remote_options.refuse(remote_options.WRITES),
    help="The memory file to write.  [default: replace FILE itself]",
)
@click.option(
    "--recode",
    is_flag=True,
    help="Compress old commits again, together, where that makes them smaller.",
)
@force_option("Replace OUT if it exists.")
@wait_option
@remote_options.memory_option
@json_option
@quiet_option
def compact_command(
    file: str, output: str | None, recode: bool, force: bool, wait: float, as_json: bool, quiet: bool
) -> None:
    """Rewrite a memory file without its history.

    After that, what was forgotten or replaced is gone for good, and so are earlier states; the search indexes of all
    commits are merged. Frames that hold nothing forgotten are copied, not encoded again. The new file is verified
    before it takes FILE's place; an interrupted run leaves FILE as it was. --recode takes as long as encoding FILE's
    text again; a file that grew by many appends gains most.

    \b
    Examples:
      memcodec compact notes.mp4
      memcodec compact notes.mp4 -o small.mp4
      memcodec compact --recode notes.mp4
    """
    import memcodec
    from memcodec import answers

    began = time.monotonic()
    with (
        Progress(quiet=quiet) as progress,
        memcodec.open(file, wait=wait, progress=progress) as memory,
    ):
        if output is not None:
            check_suffix(output, memory.reader.codec.name)
        report = memory.compact(output, force=force, recode=recode)
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(answers.writes.compact(output or file, report, seconds=seconds))
    elif not quiet:
        rows = [
            ("documents", f"{report.documents:,} kept, {report.dropped:,} gone for good"),
            ("frames", f"{report.copied:,} copied, {report.encoded:,} encoded"),
            *([("recoded", f"{report.recoded:,} commits")] if recode else []),
            ("file", f"{format_size(report.before)} before, {format_size(report.after)} now"),
            ("time", format_duration(seconds)),
        ]
        console.report(output or file, rows)
    if not quiet:
        console.notes(report.notes)

"""``memcodec split``: a memory file as parts small enough to send."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.cli.options import file_argument, force_option, json_option, quiet_option
from memcodec.cli.progress import Progress
from memcodec.cli.transfers import pace
from memcodec.config.units import format_size, parse_size

if TYPE_CHECKING:
    from memcodec.share.parts import SplitReport


@click.command("split")
@file_argument()
@click.option("--size", required=True, metavar="SIZE", help="What a part may have at most: 25MB, 1.5GiB.")
@click.option("--spare", type=int, default=1, metavar="N", help="How many parts may get lost.  [default: 1]")
@click.option(
    "-o", "--output", metavar="FOLDER", default=".", help="Where to put the parts.  [default: here]"
)
@force_option("Replace parts that exist.")
@json_option
@quiet_option
def split_command(
    file: str, size: str, spare: int, output: str, force: bool, as_json: bool, quiet: bool
) -> None:
    """Split a memory file into numbered parts, small enough to send.

    Each part is a video or a recording like FILE, which says what it is a part of. N spare parts are made, and any
    N of all the parts may get lost: `memcodec join` needs no particular ones. Send parts as files: re-encoding
    destroys them. FILE is not changed.

    \b
    Examples:
      memcodec split notes.mp4 --size 25MB
      memcodec split letters.flac --size 8MB --spare 3 -o parts/
    """
    from memcodec import answers
    from memcodec.share.parts import split

    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = split(file, parse_size(size), spare=spare, folder=output, force=force, progress=progress)
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(answers.transfers.split(file, report, seconds=seconds))
    elif not quiet:
        _show_split(file, report, seconds)


def _show_split(file: str, report: SplitReport, seconds: float) -> None:
    first, last = report.parts[0], report.parts[-1]
    largest = max(each.size for each in report.parts)
    rows = [
        (
            "parts",
            f"{len(report.parts)} of at most {format_size(largest)}; any {report.needed} give the file back",
        ),
        ("files", f"{console.line(first.path)} ... {console.line(last.path)}"),
        ("time", pace(report.size, seconds)),
    ]
    console.report(file, rows)

"""``memcodec join``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.cli.options import force_option, json_option, quiet_option
from memcodec.cli.progress import Progress
from memcodec.cli.transfers import pace
from memcodec.config.units import format_size

if TYPE_CHECKING:
    from memcodec.share.parts import JoinReport


@click.command("join")
@click.argument("parts", metavar="PART...", nargs=-1, required=True)
@click.option("-o", "--output", required=True, metavar="FILE", help="The memory file to write.")
@force_option("Replace FILE if it exists.")
@json_option
@quiet_option
def join_command(parts: tuple[str, ...], output: str, force: bool, as_json: bool, quiet: bool) -> None:
    """Put the parts of a memory file together again.

    Order and names do not matter, and the spare parts may be missing, whichever they are. Of a damaged part, what is
    intact is used. FILE is what was split, byte for byte (SHA-256), or it is not written.

    \b
    Examples:
      memcodec join notes-*.mp4 -o notes.mp4
      memcodec join a.flac b.flac c.flac -o letters.flac
    """
    from memcodec import answers
    from memcodec.share.parts import join

    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = join(parts, output, force=force, progress=progress)
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(answers.transfers.join(output, report, seconds=seconds))
    elif not quiet:
        _show_join(output, report, seconds)


def _show_join(output: str, report: JoinReport, seconds: float) -> None:
    for each in report.unusable:
        console.note(f"{each.path}: left out: {each.reason}")
    for path in report.damaged:
        console.note(f"{path}: is damaged; what it lacks came from other parts")
    from memcodec.share.parts import ranges

    total, numbers = report.needed + report.spare, ranges(report.missing)
    rows = [
        ("was", console.line(report.name)),
        (
            "parts",
            f"{total - len(report.missing)} of {total}" + f", without {numbers}" * bool(report.missing),
        ),
        ("file", f"{format_size(report.size)}, SHA-256 as before"),
        ("time", pace(report.size, seconds)),
    ]
    console.report(output, rows)

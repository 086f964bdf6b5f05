"""``memcodec scan``: a memory back from paper."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands import index
from memcodec.cli.commands.encode import check_suffix
from memcodec.cli.losses import show_losses
from memcodec.cli.options import (
    force_option,
    index_options,
    json_option,
    media_options,
    quiet_option,
    setting,
)
from memcodec.cli.progress import Progress
from memcodec.cli.sections import Command
from memcodec.config.units import format_duration
from memcodec.errors import Damaged

if TYPE_CHECKING:
    from memcodec.share.paper import ScanReport


@click.command("scan", cls=Command)
@click.argument(
    "pictures",
    metavar="PICTURE...",
    nargs=-1,
    required=True,
    callback=remote_options.refuse(remote_options.READS_ALL),
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The memory file to write.",
)
@setting(
    "--codec", metavar="NAME", show_default=False, help="FILE's medium.  [default: the printed memory's]"
)
@setting("--profile", show_default=False, help="FILE's profile.  [default: the printed memory's]")
@media_options
@index_options
@force_option("Replace the output file if it exists.")
@remote_options.memory_option
@json_option
@quiet_option
def scan_command(
    pictures: tuple[str, ...],
    output: str,
    codec: str | None,
    profile: str | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Read printed pages back into a memory file.

    PICTUREs are PNG, JPEG, TIFF or PDF: scans (200 dpi or more) or photographs of the pages that `memcodec print`
    made, in any order and any way up. Documents come back byte for byte or not at all; the indexes are rebuilt.
    Whatever cannot be saved is named; the exit code is then 6. Needs pip install 'memcodec[print]'.

    \b
    Examples:
      memcodec scan scan.pdf -o notes.mp4
      memcodec scan page1.jpg page2.jpg page3.jpg -o letters.flac
    """
    from memcodec import answers
    from memcodec.config import sources as config
    from memcodec.media.registry import for_file
    from memcodec.share.paper import scan_sheets

    settings = config.load({**options, "codec": codec, "profile": profile})
    check_suffix(output, codec or for_file(output, settings.encode.codec))
    index.prepare(settings)
    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = scan_sheets(
            pictures, output, settings=settings, codec=codec, profile=profile, force=force, progress=progress
        )
    job = index.start(output, settings)
    if as_json:
        console.echo_json(answers.files.scan(output, report, job=job))
    elif not quiet:
        _show_scan(output, report, time.monotonic() - began, job)
    show_losses(report.repair.losses)
    if not report.complete:
        raise Damaged(f"{output}: {report.gathered}; what could not be saved is missing: scan more pages")


def _show_scan(output: str, report: ScanReport, seconds: float, job: int | None) -> None:
    gathered, repair = report.gathered, report.repair
    parity = f"; parity brought {repair.recovered:,} back" if repair.recovered else ""
    rows = [
        ("pictures", f"{gathered.pictures:,}"),
        ("symbols", f"{gathered}{parity}"),
        ("documents", f"{repair.documents:,} saved, {len(repair.losses) + repair.unnamed:,} lost"),
        ("media", f"{repair.codec} {repair.profile}, {console.count(repair.commits, 'commit')}"),
        *([index.job_row(job)] if job is not None else []),
        ("time", format_duration(seconds)),
    ]
    console.report(output, rows)
    console.notes(repair.notes)

"""``memcodec repair``."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands import index
from memcodec.cli.commands.encode import check_suffix
from memcodec.cli.losses import show_losses
from memcodec.cli.options import (
    file_argument,
    force_option,
    index_options,
    json_option,
    media_options,
    quiet_option,
    setting,
)
from memcodec.cli.progress import Progress
from memcodec.cli.sections import Command
from memcodec.config.units import format_count, format_duration
from memcodec.errors import Damaged, NotAMemoryFile

if TYPE_CHECKING:
    from memcodec import RepairReport


@click.command("repair", cls=Command)
@file_argument(check=remote_options.refuse(remote_options.READS_ALL))
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The new memory file to write.",
)
@setting(
    "--codec", metavar="NAME", show_default=False, help="The new file's medium.  [default: the old one's]"
)
@setting("--profile", show_default=False, help="The new file's profile.  [default: the old one's]")
@media_options
@index_options
@force_option("Replace the output file if it exists.")
@remote_options.memory_option
@json_option
@quiet_option
def repair_command(
    file: str,
    output: str,
    codec: str | None,
    profile: str | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Rebuild a memory file from what its media still holds.

    Reads every frame and needs neither the index nor the container's boxes: it fixes a file that was damaged,
    stripped (`ffmpeg -c copy` drops the index) or, in the robust profile, re-encoded. FILE itself is left
    alone. What cannot be saved is named, and the exit code is then 6.

    \b
    Examples:
      memcodec repair damaged.mp4 -o sound.mp4
      memcodec repair downloaded.mp4 -o notes.mp4 --codec av1 --profile dense
      memcodec repair recording.mp3 -o letters.flac
    """
    import memcodec
    from memcodec import answers
    from memcodec.config import sources as config
    from memcodec.media.registry import for_file

    settings = config.load({**options, "codec": codec, "profile": profile})
    check_suffix(output, codec or for_file(output, _codec_of(file)))
    index.prepare(settings)
    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        progress("scan", 0, 0)
        report = memcodec.repair(
            file, output, settings=settings, codec=codec, profile=profile, force=force, progress=progress
        )
    job = index.start(output, settings)
    if as_json:
        console.echo_json(answers.files.repair(file, output, report, job=job))
    elif not quiet:
        _show_repair(output, report, time.monotonic() - began, job)
    show_losses(report.losses)
    if not report.complete:
        raise Damaged(f"{file}: {_not_saved(report)}; {output} holds the others")


def _codec_of(file: str) -> str:
    """The codec of a file whose head is left, or else the default: the media says more, but only when it is read."""
    from memcodec.config import sources as config
    from memcodec.media import registry
    from memcodec.storage.open import open_source

    with contextlib.closing(open_source(file)) as source:
        try:
            return registry.detect(source).name
        except NotAMemoryFile:
            return config.load().encode.codec


def _show_repair(output: str, report: RepairReport, seconds: float, job: int | None) -> None:
    parity = f", parity brought back {report.recovered:,}" if report.lost else ""
    rows = [
        (
            "documents",
            f"{format_count(report.documents)} saved, {len(report.losses) + report.unnamed:,} lost",
        ),
        ("packets", f"{format_count(report.packets)}, of which {report.lost:,} did not read{parity}"),
        ("media", f"{report.codec} {report.profile}, {console.count(report.commits, 'commit')}"),
        *([index.job_row(job)] if job is not None else []),
        ("time", format_duration(seconds)),
    ]
    console.report(output, rows)
    console.notes(report.notes)


def _not_saved(report: RepairReport) -> str:
    lost, unnamed = len(report.losses), report.unnamed
    parts = [f"{console.count(lost, 'document')} could not be saved"] * bool(lost)
    parts += [f"{unnamed:,} more {'are' if unnamed != 1 else 'is'} lost with their names"] * bool(unnamed)
    shut = console.count(report.unopened, "commit")
    parts += [f"{shut} of it no key that was given opens"] * bool(report.unopened)
    return " and ".join(parts)

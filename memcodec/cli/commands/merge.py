"""``memcodec merge``: many memory files into one, frames copied where they can be."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands import index
from memcodec.cli.commands.encode import check_suffix
from memcodec.cli.ingest_options import dry_run_option
from memcodec.cli.opened import opened
from memcodec.cli.options import (
    file_argument,
    force_option,
    json_option,
    media_options,
    parity_option,
    quiet_option,
    setting,
)
from memcodec.cli.progress import Progress
from memcodec.cli.seal_options import passphrase_for, seal_options
from memcodec.cli.sections import Command
from memcodec.config.units import format_duration, format_size

if TYPE_CHECKING:
    from memcodec import MergeReport
    from memcodec.config.settings import Settings


@click.command("merge", cls=Command)
@file_argument("files", many=True, check=remote_options.refuse(remote_options.READS_ALL), may_lack=False)
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The memory file to write.",
)
@setting(
    "--codec",
    metavar="NAME",
    show_default=False,
    help="OUT's codec.  [default: the first file's, if OUT's name allows]",
)
@setting("--profile", show_default=False, help="OUT's profile.  [default: the first file's]")
@media_options
@parity_option
@click.option(
    "--index",
    "indexing",
    type=click.Choice(["now", "background", "none"]),
    default="none",
    help="Make the vectors that FILEs lack, leave them to background processes, or take FILEs' indexes as they are.",
)
@seal_options
@dry_run_option("Show what would be done, and write nothing.")
@force_option("Replace the output file if it exists.")
@remote_options.memory_option
@json_option
@quiet_option
def merge_command(
    files: tuple[str, ...],
    output: str,
    indexing: str,
    seal_to: tuple[str, ...],
    passphrase: bool,
    dry_run: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Join memory files into one.

    Frames of files that have OUT's codec and profile are copied, not encoded again; of others, the packets are
    encoded as they are. Search indexes are carried over. A document that several files have is kept once; documents
    that share a uri and differ are all kept, and counted as conflicts. OUT starts from the files as they are now,
    without their history. The FILEs are not changed, and `memcodec info OUT` names them.

    \b
    Examples:
      memcodec merge monday.mp4 tuesday.mp4 -o week.mp4
      memcodec merge notes.mp4 letters.flac -o all.mp4 --profile robust
    """
    import memcodec
    from memcodec import answers

    settings = _settings(files[0], output, options)
    settings = settings.with_options(index=indexing)
    check_suffix(output, settings.encode.codec)
    if not dry_run:
        index.prepare(settings)
    word = passphrase_for(wanted=passphrase)
    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = memcodec.merge(
            files,
            output,
            settings=settings,
            force=force,
            dry_run=dry_run,
            progress=progress,
            seal=seal_to,
            passphrase=word,
        )
    if dry_run:
        _show_planned(output, report, time.monotonic() - began, as_json=as_json, quiet=quiet)
        return
    if indexing == "now":
        index.complete(output, settings, quiet=quiet)
    job = index.start(output, settings)
    seconds, size = time.monotonic() - began, Path(output).stat().st_size
    if as_json:
        console.echo_json(answers.writes.merge(output, report, size=size, seconds=seconds, job=job))
    elif not quiet:
        _show(output, report, size, seconds, job)


def _show_planned(output: str, report: MergeReport, seconds: float, *, as_json: bool, quiet: bool) -> None:
    from memcodec import answers

    if as_json:
        console.echo_json(answers.writes.merge(output, report, size=None, seconds=seconds, job=None))
    elif not quiet:
        rows = [*_documents(report), ("file", "would be made; nothing was written")]
        console.report(output, [*rows, ("time", format_duration(seconds))])


def _settings(first: str, output: str, options: dict[str, object]) -> Settings:
    """The settings in force, but the first file's profile, and its codec as far as OUT's name allows."""
    from memcodec.config import sources as config
    from memcodec.media import registry

    settings = config.load(options)
    with opened(first) as memory:
        record = memory.reader.record
    if options["codec"] is None:
        settings = settings.with_options(codec=registry.for_file(output, record.codec))
    return settings.with_options(profile=str(options["profile"] or record.profile))


def _documents(report: MergeReport) -> list[tuple[str, str]]:
    kept = [f"{report.duplicates:,} that several files have, kept once"] * bool(report.duplicates)
    kept += [f"{report.conflicts:,} that share a uri and differ, all kept"] * bool(report.conflicts)
    documents = f"{report.documents:,} of {console.count(report.files, 'file')}"
    return [("documents", ", ".join([documents, *kept])), ("frames", _frames(report))]


def _show(output: str, report: MergeReport, size: int, seconds: float, job: int | None) -> None:
    rows = [
        *_documents(report),
        ("file", f"{format_size(size)}, {report.codec} {report.profile}"),
        *([index.job_row(job)] if job is not None else []),
        ("time", format_duration(seconds)),
    ]
    console.report(output, rows)


def _frames(report: MergeReport) -> str:
    parts = [f"{console.count(report.copied, 'segment')} copied"] * bool(report.copied)
    parts += [f"{console.count(report.carried, 'segment')} encoded from their packets"] * bool(report.carried)
    return ", ".join(parts) or "none"

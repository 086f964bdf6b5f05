"""``memcodec sync``: a memory file that mirrors folders."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands import index
from memcodec.cli.commands.sync_watch import Rounds, watch, watch_option
from memcodec.cli.ingest_options import choosing_options, dry_run_option, skipped_rows, sources_argument, tell
from memcodec.cli.options import (
    file_argument,
    index_option,
    json_option,
    parity_option,
    quiet_option,
    wait_option,
)
from memcodec.cli.progress import Progress
from memcodec.cli.sections import Command
from memcodec.cli.sync_text import counts, show_changes
from memcodec.config.tags import parse_tags
from memcodec.config.units import format_duration, format_size
from memcodec.errors import StorageError

if TYPE_CHECKING:
    from memcodec import SyncReport


@click.command("sync", cls=Command)
@file_argument()
@sources_argument(required=False)
@dry_run_option("Show what would be done, and change nothing.")
@click.option(
    "-v", "--verbose", is_flag=True, help="List every document: + new, M changed, R renamed, - removed."
)
@click.option("--allow-empty", is_flag=True, help="Drop all that came from a folder that is empty or gone.")
@click.option(
    "--delete-excluded",
    is_flag=True,
    help="Drop documents whose files are there and are left out by options.",
)
@watch_option
@index_option
@parity_option
@choosing_options
@wait_option
@json_option
@quiet_option
def sync_command(
    file: str,
    sources: tuple[str, ...],
    pairs: tuple[str, ...],
    dry_run: bool,
    verbose: bool,
    allow_empty: bool,
    delete_excluded: bool,
    watching: bool,
    wait: float,
    as_json: bool,
    quiet: bool,
    root: str | None,
    **options: object,
) -> None:
    """Make a memory file mirror folders and files: new, changed and deleted ones.

    Without a SOURCE, those that FILE was made of are meant, as far as this machine remembers where they lie. What is
    new or changed is added as `append` does it; documents whose files are gone are dropped as `forget` does it, and
    stay in FILE's history. All of it is one commit; when there is nothing to do, none. Documents that came from
    elsewhere, from pipes, notes or other folders, are left alone.

    A file is unchanged if it looks as it did: size, times and number on its disk. Else its bytes are compared. A file
    that was renamed is told by its content. One that cannot be read keeps its document, and so does one that --exclude
    and the like leave out. A folder in which nothing is left is refused, for its disk may be missing.

    \b
    Examples:
      memcodec sync notes.mp4 notes/
      memcodec sync notes.mp4 --dry-run --verbose
      memcodec sync project.mp4 src/ docs/ --include py --include md
      memcodec sync notes.mp4 --watch
    """
    import memcodec
    from memcodec import answers
    from memcodec.config import sources as config

    settings, marks = config.load(options), parse_tags(pairs)
    if not remote_options.is_far(file) and not os.path.lexists(file):
        raise StorageError(f"{file}: no such file; `memcodec encode` makes one")
    index.prepare(settings)

    def mirror(memory: memcodec.Memory) -> SyncReport:
        return memory.sync(
            *sources,
            tags=marks,
            root=root,
            dry_run=dry_run,
            allow_empty=allow_empty,
            delete_excluded=delete_excluded,
        )

    if watching:
        if dry_run or as_json:
            raise click.UsageError("--watch goes with neither --dry-run nor --json")
        watch(Rounds(file, settings, mirror, verbose, quiet))
        return
    if not dry_run:
        remote_options.check_target(file, settings)
    began = time.monotonic()
    with (
        Progress(quiet=quiet) as progress,
        memcodec.open(file, wait=wait, settings=settings, progress=progress) as memory,
    ):
        report = mirror(memory)
    job = index.start(file, settings) if report.commit is not None else None
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(answers.writes.sync(file, report, seconds=seconds, job=job))
    elif not quiet:
        if verbose:
            show_changes(report)
        _report(file, report, seconds, job)
    if not quiet:
        tell(report.skipped)
        console.notes(report.notes)


def _report(file: str, report: SyncReport, seconds: float, job: int | None) -> None:
    grew = f"grew by {format_size(report.written)} to {format_size(report.size)}"
    left = f"left as it was, {format_size(report.size)}"
    would = "would change; nothing was written" if report else f"would be {left}"
    rows = [
        ("documents", counts(report) if report else f"nothing to do: {counts(report)}"),
        ("read", f"{format_size(report.read)} of {console.count(report.scanned, 'file')}"),
        ("file", would if report.dry_run else grew if report.commit is not None else left),
    ]
    if report.commit is not None:
        rows.append(("commit", f"{report.commit.number:,}"))
    if job is not None:
        rows.append(index.job_row(job))
    console.report(file, [*rows, ("time", format_duration(seconds)), *skipped_rows(report.skipped)])

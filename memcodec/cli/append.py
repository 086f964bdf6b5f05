"""``memcodec append``: more sources into a memory file, as one commit at its end."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, index
from memcodec.cli.history import commit_json
from memcodec.cli.ingest import collect, ingest_options, skipped_json, skipped_rows, sources_argument, tags
from memcodec.cli.options import (
    file_argument,
    index_option,
    json_option,
    parity_option,
    quiet_option,
    wait_option,
)
from memcodec.cli.progress import Progress
from memcodec.errors import StorageError
from memcodec.units import format_duration, format_size

if TYPE_CHECKING:
    from memcodec.ingest.walk import Skipped
    from memcodec.model import Commit


@click.command("append")
@file_argument()
@sources_argument
@index_option
@parity_option
@ingest_options
@wait_option
@json_option
@quiet_option
def append_command(
    file: str,
    sources: tuple[str, ...],
    pairs: tuple[str, ...],
    wait: float,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Add files, folders or standard input to a memory file.

    Writes one commit at the end of FILE; nothing that is in it is encoded again. A document that FILE has already,
    by its uri, is left out when it is unchanged, and else becomes a new version; the old one stays in the file's
    past. Codec, profile, language and model are FILE's. An interrupted run leaves FILE as it was.

    \b
    Examples:
      memcodec append notes.mp4 notes/
      memcodec append project.mp4 src/ docs/ --include py --include md --exclude "drafts/"
      memcodec append letters.flac new.txt --tag year=2026 --wait 30
    """
    import memcodec
    from memcodec import config

    settings, marks = config.load(options), tags(pairs)
    if not os.path.lexists(file):
        raise StorageError(f"{file}: no such file; `memcodec encode` makes one")
    index.prepare(settings)
    began = time.monotonic()
    with (
        Progress(quiet=quiet) as progress,
        memcodec.open(file, wait=wait, settings=settings, progress=progress) as memory,
    ):
        skipped = collect(memory, sources, settings.ingest, marks, progress)
        made = memory.commit()
        unchanged, notes = memory.unchanged, memory.notes
    job = index.start(file, settings) if made is not None else None
    seconds, size = time.monotonic() - began, Path(file).stat().st_size
    if as_json:
        console.echo_json(
            {
                "file": file,
                "commit": commit_json(made) if made is not None else None,
                "unchanged": unchanged,
                "size": size,
                "seconds": round(seconds, 3),
                "skipped": skipped_json(skipped),
                "notes": notes,
                "job": job,
            }
        )
    elif not quiet:
        _report(file, made, unchanged, size, seconds, skipped, job)
    if not quiet:
        for text in notes:
            console.note(text)


def _report(
    file: str,
    made: Commit | None,
    unchanged: int,
    size: int,
    seconds: float,
    skipped: Skipped,
    job: int | None,
) -> None:
    if made is None:
        rows = [
            ("documents", f"nothing new: {unchanged:,} unchanged"),
            ("file", f"left as it was, {format_size(size)}"),
        ]
    else:
        rows = [
            ("documents", f"{made.added:,} added, {made.changed:,} changed, {unchanged:,} unchanged"),
            ("file", f"grew by {format_size(made.size)} to {format_size(size)}"),
            ("commit", f"{made.number:,}"),
        ]
    if job is not None:
        rows.append(index.job_row(job))
    console.report(file, [*rows, ("time", format_duration(seconds)), *skipped_rows(skipped)])

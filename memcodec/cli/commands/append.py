"""``memcodec append``: more sources into a memory file, as one commit at its end."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands import index
from memcodec.cli.commands.append_follow import follow_input, follow_options
from memcodec.cli.ingest_options import (
    Naming,
    collect,
    dry_run_option,
    ingest_options,
    preview,
    skipped_rows,
    sources_argument,
    tell,
)
from memcodec.cli.options import (
    file_argument,
    index_option,
    json_option,
    no_journal_option,
    parity_option,
    quiet_option,
    wait_option,
)
from memcodec.cli.progress import Progress
from memcodec.cli.sections import Command
from memcodec.config.tags import parse_tags
from memcodec.config.units import format_duration, format_size
from memcodec.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from memcodec import CommitReport
    from memcodec.ingest.walk import Skipped


text_option = click.option(
    "--text", metavar="TEXT", help="A note to add; --title and --uri are then its own."
)


@click.command("append", cls=Command)
@file_argument()
@sources_argument(required=False)
@text_option
@index_option
@parity_option
@ingest_options
@follow_options
@no_journal_option
@click.option(
    "--seal-to",
    metavar="RECIPIENT",
    multiple=True,
    help="Seal FILE, which is sealed, from this commit on for this one, too; as of `memcodec seal`. Repeatable.",
)
@dry_run_option("Show what would be done, and change nothing.")
@wait_option
@json_option
@quiet_option
def append_command(
    file: str,
    sources: tuple[str, ...],
    pairs: tuple[str, ...],
    follow: bool,
    interval: float,
    batch: str,
    dry_run: bool,
    wait: float,
    as_json: bool,
    quiet: bool,
    text: str | None,
    title: str | None,
    uri: str | None,
    root: str | None,
    seal_to: tuple[str, ...],
    **options: object,
) -> None:
    """Add files, folders, standard input or a note to a memory file.

    Writes one commit at the end of FILE; nothing that is in it is encoded again. A document that FILE
    already has is skipped if it is unchanged, and otherwise becomes a new version; the old one stays in the file's
    history. Codec, profile, language and model are FILE's. An interrupted run leaves FILE as it was.

    A file is recognised by its location, whatever folder you name it from: append notes/, then notes/work/vpn.md, and
    that file is still one document. Folders with equal names are kept apart; --as names one that has moved.

    With --follow, standard input is read for as long as it is open, and its lines are committed every --interval
    seconds, as a document each time. Ctrl-C commits what was read. Words can be searched at once; `memcodec index`
    makes vectors later.

    Up to 64 KiB of text go to the journal at the end of FILE: a note takes some hundred bytes there, and is found at
    once. The journal becomes media when it is large, before anything else is written, or by `memcodec fold`.
    --no-journal makes a commit with media of every note; one of few lines takes 17 kB.

    Of a sealed FILE, --seal-to lets others in with the same commit; they can read what was there before, too. A plain
    FILE stays plain: `memcodec seal` writes a sealed copy.

    FILE may be an object in an S3 bucket: only what is new travels. If another writer was faster, you are told to run
    it again.

    \b
    Examples:
      memcodec append notes.mp4 notes/
      memcodec append project.mp4 src/ docs/ --include py --include md --exclude "drafts/"
      memcodec append letters.flac new.txt --tag year=2026 --wait 30
      memcodec append notes.mp4 --text "Call the joiner about the shelves" --title Shelves
      memcodec append notes.mp4 /mnt/old/notes --as notes
      memcodec append s3://bucket/notes.mp4 new.md
      tail -f app.log | memcodec append log.mp4 - --follow
      memcodec append sealed.mp4 notes/ --identity key.txt --seal-to ssh-colleague.pub
    """
    import memcodec
    from memcodec import answers
    from memcodec.config import sources as config

    settings, marks, naming = config.load(options), parse_tags(pairs), Naming(text, title, uri, root)
    if not sources and text is None:
        raise click.UsageError("Missing argument 'SOURCE...', or --text.")
    if not remote_options.is_far(file) and not os.path.lexists(file):
        raise StorageError(f"{file}: no such file; `memcodec encode` makes one")
    index.prepare(settings)
    if seal_to:
        from memcodec.seal.age import recipients

        recipients(seal_to)  # what is none is told before anything is read
    if follow:
        if seal_to:
            raise click.UsageError(
                "--seal-to does not go with --follow; `memcodec recipients --add` comes first"
            )
        if dry_run:
            raise click.UsageError("--dry-run goes not with --follow: nobody knows what will come")
        if naming != Naming():
            raise ConfigError("--follow: makes documents of lines; leave out --text, --title, --uri and --as")
        follow_input(
            file, sources, marks, settings, interval=interval, batch=batch, as_json=as_json, quiet=quiet
        )
        return
    if not dry_run:
        remote_options.check_target(file, settings)
    began = time.monotonic()
    with (
        Progress(quiet=quiet) as progress,
        memcodec.open(file, wait=wait, settings=settings, progress=progress) as memory,
    ):
        if dry_run:
            skipped, report = preview(memory, sources, settings, marks, progress, naming)
        else:
            skipped = collect(memory.add_items, sources, settings.ingest, marks, progress, naming)
            report = memory.commit(seal_to=seal_to)
    job = index.start(file, settings) if report else None
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(answers.writes.append(file, report, skipped, seconds=seconds, job=job))
    elif not quiet:
        _report(file, report, seconds, skipped, job)
    if not quiet:
        tell(skipped)
        console.notes(report.notes)


def _report(file: str, report: CommitReport, seconds: float, skipped: Skipped, job: int | None) -> None:
    counts = f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged"
    counts += f", {report.elsewhere:,} of them from another place" if report.elsewhere else ""
    if report.planned is not None:
        rows = [("documents", counts), ("file", "would change; nothing was written")]
    elif report.commit is None:
        rows = [
            ("documents", f"nothing new: {report.unchanged:,} unchanged"),
            ("file", f"left as it was, {format_size(report.size)}"),
        ]
    else:
        rows = [
            ("documents", counts),
            ("file", f"grew by {format_size(report.written)} to {format_size(report.size)}"),
            ("commit", f"{report.commit.number:,}"),
        ]
    if job is not None:
        rows.append(index.job_row(job))
    console.report(file, [*rows, ("time", format_duration(seconds)), *skipped_rows(skipped)])

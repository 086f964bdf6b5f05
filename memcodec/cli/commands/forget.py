"""``memcodec forget`` and ``compact``: documents taken out of a file's state, and then out of the file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands.encode import check_suffix
from memcodec.cli.commands.list import opened
from memcodec.cli.commands.log import commit_json
from memcodec.cli.ingest_options import tag_option, tags
from memcodec.cli.options import (
    file_argument,
    first_of,
    force_option,
    json_option,
    path_option,
    quiet_option,
    wait_option,
)
from memcodec.cli.progress import Progress
from memcodec.config.units import format_duration, format_size

if TYPE_CHECKING:
    from memcodec.memory import Memory
    from memcodec.model import Commit, Document

_SHOWN = 10  # documents listed one by one


@click.command("forget")
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@click.option("--doc", "ids", metavar="ID", multiple=True, help="The document of that id. Repeatable.")
@path_option
@tag_option("Only documents marked so. Repeatable: all of them must hold.")
@click.option(
    "--before", type=first_of, metavar="TIME", help="Only documents that are older than that date or time."
)
@click.option("--dry-run", is_flag=True, help="Show what would be forgotten, and change nothing.")
@wait_option
@json_option
@quiet_option
def forget_command(
    file: str,
    ids: tuple[str, ...],
    pattern: str | None,
    pairs: tuple[str, ...],
    before: datetime | None,
    dry_run: bool,
    wait: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Take documents out of a memory file.

    Forgets the documents for which every condition given holds; at least one is needed. They are no longer found,
    listed or restored, but `--as-of` still reads them from the file's past, until `memcodec compact` takes their text
    out of the file.

    \b
    Examples:
      memcodec forget notes.mp4 --doc 4d0f6c1c0a7b2d11
      memcodec forget project.mp4 --path "drafts/*" --dry-run
      memcodec forget letters.flac --tag author=Melville --before 2020-01-01
    """
    import memcodec

    conditions: dict[str, Any] = {"ids": ids, "path": pattern, "tags": tags(pairs), "before": before}
    if not any(conditions.values()):
        raise click.UsageError(
            "say what to forget: --doc, --path, --tag or --before", click.get_current_context()
        )
    made: Commit | None = None
    with memcodec.open(file, wait=wait) as memory:
        if dry_run:
            documents = memory.matching(**conditions)
        else:
            made = memory.forget(**conditions)
            documents = _gone(file, made, memory)
        notes = memory.notes
    if as_json:
        console.echo_json(_forget_json(file, made, documents))
    elif not quiet:
        _show_forgotten(file, made, documents)
    if not quiet:
        for text in notes:
            console.note(text)


def _gone(file: str, made: Commit, memory: Memory) -> list[Document]:
    """What that commit dropped: what was in the state when its turn came, not when this process was started."""
    left = {each.id for each in memory.documents()}
    with opened(file, made.number - 1) as before:
        return [each for each in before.documents() if each.id not in left]


def _forget_json(file: str, made: Commit | None, documents: Sequence[Document]) -> dict[str, Any]:
    from memcodec.search.results import document_json

    commit = commit_json(made) if made is not None else None
    return {"file": file, "commit": commit, "forgotten": [document_json(each) for each in documents]}


def _show_forgotten(file: str, made: Commit | None, documents: Sequence[Document]) -> None:
    for document in documents[:_SHOWN]:
        click.echo(
            f"{console.styled('-', fg='red')} {console.line(document.uri)}  {console.dim(document.id)}"
        )
    if len(documents) > _SHOWN:
        click.echo(f"... and {len(documents) - _SHOWN:,} more (--json lists them all)")
    count, size = console.count(len(documents), "document"), format_size(sum(each.size for each in documents))
    if made is None:
        click.echo(f"{console.line(file)}: would forget {count}, {size}; nothing was changed")
        return
    click.echo(f"{console.line(file)}: commit {made.number} forgot {count}, {size}")
    console.note(f"the text is still in the file's past; `memcodec compact {file}` takes it out for good")


@click.command("compact")
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    callback=remote_options.refuse(remote_options.WRITES),
    help="The memory file to write.  [default: replace FILE itself]",
)
@force_option("Replace OUT if it exists.")
@wait_option
@json_option
@quiet_option
def compact_command(
    file: str, output: str | None, force: bool, wait: float, as_json: bool, quiet: bool
) -> None:
    """Write a memory file anew, without its past.

    What was forgotten or replaced is gone for good then, and so are the earlier states; the search indexes of all
    commits are made one. Frames that hold nothing forgotten are copied, not encoded again. The new file is verified
    before it takes FILE's place; an interrupted run leaves FILE as it was.

    \b
    Examples:
      memcodec compact notes.mp4
      memcodec compact notes.mp4 -o small.mp4
    """
    import memcodec

    began = time.monotonic()
    with (
        Progress(quiet=quiet) as progress,
        memcodec.open(file, wait=wait, progress=progress) as memory,
    ):
        if output is not None:
            check_suffix(output, memory.reader.codec.name)
        report = memory.compact(output, force=force)
        notes = memory.notes
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(
            {
                "file": output or file,
                "before": report.before,
                "after": report.after,
                "documents": report.documents,
                "dropped": report.dropped,
                "copied_frames": report.copied,
                "encoded_frames": report.encoded,
                "seconds": round(seconds, 3),
                "notes": notes,
            }
        )
    elif not quiet:
        rows = [
            ("documents", f"{report.documents:,} kept, {report.dropped:,} gone for good"),
            ("frames", f"{report.copied:,} copied, {report.encoded:,} encoded"),
            ("file", f"{format_size(report.before)} before, {format_size(report.after)} now"),
            ("time", format_duration(seconds)),
        ]
        console.report(output or file, rows)
    if not quiet:
        for text in notes:
            console.note(text)

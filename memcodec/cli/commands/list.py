"""``memcodec get``, ``list`` and ``restore``: what is in a memory file, back out of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import (
    State,
    as_of_option,
    file_argument,
    filter_options,
    force_option,
    json_option,
    path_option,
    quiet_option,
)
from memcodec.cli.progress import Progress
from memcodec.cli.remote_options import cache_option
from memcodec.config.units import format_duration, format_size
from memcodec.errors import Damaged

if TYPE_CHECKING:
    from memcodec.file.reader import Reader
    from memcodec.file.restore import Loss, RestoreReport
    from memcodec.memory import Memory
    from memcodec.model import Document, Hit
    from memcodec.search.filters import Filter


def opened(file: str, as_of: State = None) -> Memory:
    """A memory file opened as the settings say: its newest state, or an older one."""
    import memcodec

    settings = remote_options.settings()
    memory = memcodec.open(
        file, cache=settings.read.cache, as_of=as_of, spans=remote_options.span_cache(settings)
    )
    warn(memory.reader)
    return memory


def warn(reader: Reader) -> None:
    """Tell the user that what is read is not what was last written."""
    from memcodec.file.reader import BROKEN

    if reader.media.broken:
        console.note(f"{reader.source.name}: {BROKEN}; this is the state before it")


@click.command("get")
@file_argument()
@click.argument("chunks", metavar="CHUNK...", type=int, nargs=-1, required=True)
@as_of_option
@cache_option
@json_option
def get_command(file: str, chunks: tuple[int, ...], as_of: State, as_json: bool) -> None:
    """Print chunks by their numbers.

    A CHUNK is a number that `memcodec search` shows. Its text is read from the media and printed with its
    document and lines. Control characters are shown as symbols; --json gives the text exactly.

    \b
    Examples:
      memcodec get notes.mp4 12
      memcodec get notes.mp4 12 13 14 --json
      memcodec get notes.mp4 12 --as-of 3
    """
    with opened(file, as_of) as memory:
        hits = [memory.get(chunk) for chunk in chunks]
    if as_json:
        console.echo_json({"file": remote_options.shown(file), "chunks": [_chunk_json(hit) for hit in hits]})
        return
    for number, hit in enumerate(hits):
        _show(hit, first=number == 0)


def _chunk_json(hit: Hit) -> dict[str, Any]:
    """A hit as search gives it, less what only a query has."""
    from memcodec.search.results import hit_json

    return {name: value for name, value in hit_json(hit).items() if name not in ("rank", "score", "file")}


def _show(hit: Hit, *, first: bool) -> None:
    lines = f"{hit.line.first}-{hit.line.last}"
    where, title = console.line(f"{hit.document.uri}:{lines}"), console.line(hit.document.title)
    head = console.styled(f"chunk {hit.chunk}  {where}  {title}", bold=True)
    click.echo(head if first else f"\n{head}")
    click.echo(console.clean(hit.text).rstrip("\n"))


@click.command("list")
@file_argument()
@filter_options
@as_of_option
@cache_option
@json_option
def list_command(file: str, only: Filter, as_of: State, as_json: bool) -> None:
    """List the documents in a memory file.

    One line a document, oldest first: id, size, time (UTC), title and uri. On a terminal long columns are cut
    to fit; elsewhere they are printed whole.

    \b
    Examples:
      memcodec list notes.mp4
      memcodec list project.mp4 --path "docs/*.md"
      memcodec list letters.flac --tag author=Melville --until "March 1851"
      memcodec list notes.mp4 --as-of 2026-04-02
      memcodec list notes.mp4 --json | jq -r '.documents[].uri'
    """
    from memcodec.search.results import document_json

    with opened(file, as_of) as memory:
        found = [each.stored.document for each in memory.reader.matching(only.path)]
        found = [document for document in found if only.accepts(document)]
    if as_json:
        console.echo_json(
            {"file": remote_options.shown(file), "documents": [document_json(each) for each in found]}
        )
        return
    for text in console.table(
        ("ID", "SIZE", "TIME (UTC)", "TITLE", "URI"), [_row(each) for each in found], right=(1,)
    ):
        click.echo(text)


def _row(document: Document) -> tuple[str, ...]:
    time = f"{document.time:%Y-%m-%d %H:%M}"
    return (
        document.id,
        format_size(document.size),
        time,
        console.line(document.title),
        console.line(document.uri),
    )


@click.command("restore")
@file_argument()
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The folder to write below; made if need be.",
)
@path_option
@as_of_option
@cache_option
@force_option("Replace files that are in the way.")
@json_option
@quiet_option
def restore_command(
    file: str,
    output: str,
    pattern: str | None,
    as_of: State,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write documents back to files, byte for byte.

    Every document is proven by its SHA-256 before it is written, and none is written outside DIR. Damaged
    documents are named and left out; the others are restored, and the exit code is 6.

    \b
    Examples:
      memcodec restore notes.mp4 -o restored/
      memcodec restore project.mp4 -o docs/ --path "docs/*"
      memcodec restore notes.mp4 -o before/ --as-of 2026-04-02T18:00
    """
    began = time.monotonic()
    with opened(file, as_of) as memory, Progress(quiet=quiet) as progress:
        report = memory.restore(output, pattern, force=force, progress=progress)
    if as_json:
        console.echo_json(_restore_json(output, report))
    elif not quiet:
        click.echo(_restored(output, report, time.monotonic() - began))
    show_losses(report.losses)
    if report.losses:
        lost = console.count(len(report.losses), "document")
        total = len(report.files) + len(report.losses)
        raise Damaged(
            f"{remote_options.shown(file)}: {lost} of {total:,} cannot be restored; their bytes are lost"
        )


def _restored(output: str, report: RestoreReport, seconds: float) -> str:
    rate = f" ({format_size(round(report.bytes / seconds))}/s)" if report.bytes else ""
    what = f"{console.count(len(report.files), 'document')}, {format_size(report.bytes)}"
    return f"restored {what}, to {console.line(output)} in {format_duration(seconds)}{rate}"


def _restore_json(output: str, report: RestoreReport) -> dict[str, Any]:
    files = [
        {
            "id": document.id,
            "uri": document.uri,
            "path": str(path),
            "size": document.size,
            "sha256": document.sha256,
        }
        for document, path in report.files
    ]
    losses = [loss_json(loss) for loss in report.losses]
    return {
        "folder": output,
        "documents": len(files),
        "bytes": report.bytes,
        "files": files,
        "losses": losses,
    }


def loss_json(loss: Loss) -> dict[str, Any]:
    """A document that is lost, in JSON's types."""
    document = loss.document
    ranges = [list(span) for span in loss.ranges]
    return {
        "id": document.id,
        "uri": document.uri,
        "title": document.title,
        "size": document.size,
        "ranges": ranges,
    }


def show_losses(losses: list[Loss]) -> None:
    """Name the documents that are lost, and which of their bytes, on standard error."""
    for loss in losses:
        spans = ", ".join(f"{start:,}-{end:,}" for start, end in _joined(loss.ranges))
        where = f"bytes {spans} of {loss.document.size:,}" if spans else "its SHA-256 fails"
        click.echo(
            f"{console.styled('lost', sys.stderr, fg='red')}  {console.line(loss.document.uri)}: {where}",
            err=True,
        )


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch made one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start == joined[-1][1]:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined

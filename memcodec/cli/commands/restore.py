"""``memcodec restore``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.losses import show_losses
from memcodec.cli.opened import opened
from memcodec.cli.options import (
    State,
    as_of_option,
    file_argument,
    filter_options,
    force_option,
    json_option,
    quiet_option,
)
from memcodec.cli.original import write_out
from memcodec.cli.progress import Progress
from memcodec.cli.remote_options import cache_option
from memcodec.cli.sections import Command
from memcodec.config.units import format_duration, format_size
from memcodec.errors import Damaged, NotFound, NotRestored

if TYPE_CHECKING:
    from memcodec import Filter, RestoreReport


@click.command("restore", cls=Command)
@file_argument()
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The folder to write to, created if it does not exist; or - for standard output.",
)
@filter_options()
@as_of_option
@cache_option
@force_option("Replace files that are in the way.")
@json_option
@quiet_option
def restore_command(
    file: str,
    output: str,
    only: Filter,
    as_of: State,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write documents back to files, byte for byte.

    Every document is checked against its SHA-256 before it is written, and none is written outside DIR. A file has its
    name, the time and the permissions of the file it came from, and all its bytes, or is not there. One that is there
    already with the same bytes is left alone. Damaged documents are named and left out; the others are restored, and
    the exit code is 6. The same goes for files that are in the way or cannot be written, with exit code 11.

    With -o - one document goes to standard output; `memcodec cat` writes several.

    \b
    Examples:
      memcodec restore notes.mp4 -o restored/
      memcodec restore project.mp4 -o docs/ --path "docs/*"
      memcodec restore notes.mp4 -o before/ --as-of 2026-04-02T18:00
      memcodec restore notes.mp4 -o - --doc letters/lease.pdf
    """
    from memcodec import answers

    began, refused = time.monotonic(), list[NotRestored]()
    if output == "-":
        _write_one(file, only, as_of, as_json=as_json)
        return
    with opened(file, as_of) as memory, Progress(quiet=quiet) as progress:
        try:
            report = memory.restore(output, only, force=force, progress=progress)
        except NotRestored as error:
            report = error.report
            refused.append(error)
    if as_json:
        console.echo_json(answers.files.restore(output, report))
    elif not quiet:
        click.echo(_restored(output, report, time.monotonic() - began))
    show_losses(report.losses)
    if len(report.unwritten) > 1:
        for each in report.unwritten:
            console.note(each.reason)
    if report.losses:
        lost = console.count(len(report.losses), "document")
        kept = len(report.files) + len(report.identical)
        total = kept + len(report.losses) + len(report.unwritten)
        raise Damaged(
            f"{remote_options.shown(file)}: {lost} of {total:,} cannot be restored; their bytes are lost"
        )
    if refused:
        raise refused[0]


def _write_one(file: str, only: Filter, as_of: State, *, as_json: bool) -> None:
    if as_json:
        raise click.UsageError("-o -: standard output has the document; leave out --json")
    with opened(file, as_of) as memory:
        found = memory.documents(only)
        if not found:
            raise NotFound(f"{memory.name}: no document matches")
        if len(found) > 1:
            raise click.UsageError(
                f"-o -: {len(found):,} documents are meant; standard output takes one: narrow the choice, or use "
                "`memcodec cat`, or a folder"
            )
        write_out(memory, found[0])


def _restored(output: str, report: RestoreReport, seconds: float) -> str:
    rate = f" ({format_size(round(report.bytes / seconds))}/s)" if report.bytes else ""
    what = f"{console.count(len(report.files), 'document')}, {format_size(report.bytes)}"
    what += f", {len(report.identical):,} there already" if report.identical else ""
    return f"restored {what}, to {console.line(output)} in {format_duration(seconds)}{rate}"

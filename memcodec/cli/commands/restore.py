"""``memcodec restore``."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.losses import show_losses
from memcodec.cli.opened import collection_of
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
from memcodec.cli.several import Said, are_several, tell_each
from memcodec.config.units import format_duration, format_size
from memcodec.errors import ConfigError, Damaged, MemcodecError, NotFound, NotRestored

if TYPE_CHECKING:
    from memcodec import Filter, Memory, RestoreReport


@click.command("restore", cls=Command)
@file_argument("files", many=True)
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
    files: tuple[str, ...],
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

    Of several memory files each has a folder of its name in DIR. With -o - one document goes to standard output;
    `memcodec cat` writes several.

    \b
    Examples:
      memcodec restore notes.mp4 -o restored/
      memcodec restore project.mp4 -o docs/ --path "docs/*"
      memcodec restore notes.mp4 -o before/ --as-of 2026-04-02T18:00
      memcodec restore notes.mp4 -o - --doc birds/herons.md
    """
    from memcodec import answers

    if output == "-":
        _write_one(files, only, as_of, as_json=as_json)
        return
    folders, failed = _Folders(Path(output), each_its_own=are_several(files)), list[MemcodecError]()

    def tell(memory: Memory) -> Said:
        began, folder = time.monotonic(), folders.of(memory)
        with Progress(quiet=quiet) as progress:
            report, refused = _attempt(memory, folder, only, force=force, progress=progress)
        failed.extend(_failures(memory, report, refused))
        lines = [] if quiet else [_restored(folder, report, time.monotonic() - began)]
        return Said(answers.files.restore(str(folder), report), lines)

    tell_each(files, tell, as_of, as_json=as_json, named=False, some=True)
    for each in failed[1:]:
        console.note(str(each))
    if failed:
        raise failed[0]


class _Folders:
    """Where the documents of each memory file go."""

    def __init__(self, output: Path, *, each_its_own: bool) -> None:
        self._output, self._each_its_own = output, each_its_own
        self._taken: dict[
            str, str
        ] = {}  # by the folder's name, which may mean one on a disk without capitals

    def of(self, memory: Memory) -> Path:
        """The folder of a file. Raises ConfigError when another file has it."""
        if not self._each_its_own:
            return self._output
        name = PurePosixPath(memory.name).stem
        other = self._taken.setdefault(name.casefold(), memory.name)
        if other != memory.name:
            raise ConfigError(f"{memory.name}: has the name of {other}; restore one of them by itself")
        return self._output / name


def _attempt(
    memory: Memory, folder: Path, only: Filter, *, force: bool, progress: Progress
) -> tuple[RestoreReport, NotRestored | None]:
    try:
        return memory.restore(folder, only, force=force, progress=progress), None
    except NotRestored as error:
        return error.report, error


def _failures(memory: Memory, report: RestoreReport, refused: NotRestored | None) -> Iterator[MemcodecError]:
    """Say what could not be restored of a file; and as what it ends."""
    show_losses(report.losses)
    if len(report.unwritten) > 1:
        for each in report.unwritten:
            console.note(each.reason)
    if report.losses:
        lost = console.count(len(report.losses), "document")
        kept = len(report.files) + len(report.identical)
        total = kept + len(report.losses) + len(report.unwritten)
        yield Damaged(f"{memory.name}: {lost} of {total:,} cannot be restored; their bytes are lost")
    elif refused is not None:
        yield refused


def _write_one(files: Sequence[str], only: Filter, as_of: State, *, as_json: bool) -> None:
    if as_json:
        raise click.UsageError("-o -: standard output has the document; leave out --json")
    with collection_of(files, remote_options.settings(), as_of) as memories:
        found = memories.documents(only)
        if not found:
            raise NotFound(f"{', '.join(memories.names)}: no document matches")
        if len({each.id for each in found}) > 1:
            raise click.UsageError(
                f"-o -: {len(found):,} documents are meant; standard output takes one: narrow the choice, or use "
                "`memcodec cat`, or a folder"
            )
        write_out(memories, found[0])


def _restored(folder: Path, report: RestoreReport, seconds: float) -> str:
    rate = f" ({format_size(round(report.bytes / seconds))}/s)" if report.bytes else ""
    what = f"{console.count(len(report.files), 'document')}, {format_size(report.bytes)}"
    what += f", {len(report.identical):,} there already" if report.identical else ""
    return f"restored {what}, to {console.line(str(folder))} in {format_duration(seconds)}{rate}"

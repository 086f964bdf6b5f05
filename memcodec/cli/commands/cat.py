"""``memcodec cat``: documents on standard output."""

from __future__ import annotations

import click

from memcodec.cli import console, remote_options
from memcodec.cli.exits import Failure
from memcodec.cli.opened import collection_of
from memcodec.cli.options import State, as_of_option, file_argument
from memcodec.cli.original import write_out
from memcodec.cli.remote_options import cache_option
from memcodec.errors import MemcodecError


@click.command("cat")
@file_argument("files", many=True)
@click.argument("names", metavar="DOC...", nargs=-1, required=True)
@as_of_option
@cache_option
def cat_command(files: tuple[str, ...], names: tuple[str, ...], as_of: State) -> None:
    """Write documents to standard output, byte for byte.

    DOC is a document's uri, its id or the first digits of it, a glob that matches one uri, or the path of the file it
    came from. Each is checked against its SHA-256 before a byte of it is written. Of a PDF and the like it is the file
    itself if that was kept, and else its text. What is damaged or not there is named, the others are written, and the
    exit code says so. Of several memory files, which come first, the one that has it.

    \b
    Examples:
      memcodec cat notes.mp4 birds/herons.md
      memcodec cat notes.mp4 birds/herons.md pond.md --as-of 3
      memcodec cat letters.flac lease.txt | wc -w
    """
    failed: list[MemcodecError] = []
    with collection_of(files, remote_options.settings(), as_of) as memories:
        for name in names:
            try:
                write_out(memories, memories.document(name))
            except MemcodecError as error:
                failed.append(error)
                console.error(str(error))
    if failed:
        raise Failure("", failed[0].exit_code)

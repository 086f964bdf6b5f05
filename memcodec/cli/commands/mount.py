"""``memcodec mount``: documents as the files of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.opened import opened
from memcodec.cli.options import State, as_of_option, file_argument, filter_options, quiet_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.sections import Command

if TYPE_CHECKING:
    from memcodec import Filter


@click.command("mount", cls=Command)
@file_argument()
@click.argument("folder", metavar="DIR")
@filter_options()
@as_of_option
@cache_option
@quiet_option
def mount_command(file: str, folder: str, only: Filter, as_of: State, quiet: bool) -> None:
    """Show documents as read-only files in a folder.

    Nothing is restored: DIR, an empty folder, has the files that `memcodec restore` would write, with the same names,
    sizes, times and permissions, for you alone, until Ctrl-C or `umount DIR`. Each is checked against its SHA-256 when
    it is first read; a damaged one gives an input/output error. What is added to FILE meanwhile is not seen.

    \b
    Examples:
      memcodec mount notes.mp4 notes-mounted/
      memcodec mount notes.mp4 before/ --as-of 2026-04-02T18:00
      memcodec mount project.mp4 docs/ --path "docs/*" --type md
    """
    from memcodec.share.mount import mount

    with opened(file, as_of) as memory:
        reader = memory.reader_for("restore")
        commit = reader.record.commit

        def ready(count: int) -> None:
            if not quiet:
                what = f"{console.count(count, 'document')} of {remote_options.shown(file)}"
                click.echo(
                    f"{console.line(folder)}: {what}, as commit {commit} left it; Ctrl-C or umount ends this"
                )

        mount(reader, Path(folder), only, ready=ready, failed=console.error)

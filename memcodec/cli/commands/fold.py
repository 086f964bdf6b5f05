"""``memcodec fold``."""

from __future__ import annotations

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import file_argument, json_option, quiet_option, wait_option
from memcodec.cli.progress import Progress
from memcodec.config.units import format_size


@click.command("fold")
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@wait_option
@json_option
@quiet_option
def fold_command(file: str, wait: float, as_json: bool, quiet: bool) -> None:
    """Fold a file's journal: make a commit of it, with media, parity and index.

    Small texts and events are written to a journal at the file's end, a few hundred bytes each, and found at once. It
    is folded by itself when it has 1 MB or 10,000 records, and before anything else is written. What was folded stands
    in the media, for whoever repairs the file from its pictures or its sound.

    \b
    Examples:
      memcodec fold notes.mp4
      memcodec fold notes.mp4 --wait 30
    """
    import memcodec
    from memcodec import answers

    with Progress(quiet=quiet) as progress, memcodec.open(file, wait=wait, progress=progress) as memory:
        report = memory.fold()
    if as_json:
        console.echo_json(answers.writes.fold(file, report))
    elif not quiet:
        click.echo(f"{console.line(file)}: {_told(report.commit is not None, report.written, report.added)}")
    if not quiet:
        console.notes(report.notes)


def _told(is_folded: bool, written: int, added: int) -> str:
    if not is_folded:
        return "nothing stands in its journal; nothing was written"
    documents = "1 document" if added == 1 else f"{added:,} documents"
    return (
        f"folded its journal into a commit of {documents}, {format_size(written)} with what the journal takes"
    )

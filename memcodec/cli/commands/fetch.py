"""``memcodec fetch``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import force_option, json_option, quiet_option
from memcodec.cli.progress import Progress
from memcodec.cli.transfers import amount
from memcodec.config.units import format_duration, format_size, parse_size
from memcodec.errors import StorageError

if TYPE_CHECKING:
    from memcodec.share.delivery import Fetched


@click.command("fetch")
@click.argument("url", metavar="URL")
@click.argument(
    "file", metavar="[FILE]", required=False, callback=remote_options.refuse(remote_options.WRITES)
)
@force_option("Replace FILE if it exists.")
@click.option(
    "--max-size", metavar="SIZE", help="Take no more than this. Otherwise what the disk has room for."
)
@json_option
@quiet_option
def fetch_command(
    url: str, file: str | None, force: bool, max_size: str | None, as_json: bool, quiet: bool
) -> None:
    """Download a memory file.

    FILE, a file or a folder, is by default named after the last part of the URL. It appears when it is complete and its
    checksums agree. An interrupted download is kept beside it, and the same command resumes it, unless the file at URL
    has changed: then it starts over. A server that does not say how long the file is may send at most 4 GiB.

    \b
    Examples:
      memcodec fetch https://example.org/notes.mp4
      memcodec fetch s3://bucket/letters.flac mine.flac --force
    """
    from memcodec import answers
    from memcodec.share.delivery import fetch, place_for

    most = parse_size(max_size) if max_size is not None else None
    began = time.monotonic()
    path = place_for(url, Path(file) if file is not None else None)
    try:
        with Progress(quiet=quiet) as progress:
            made = fetch(url, path, force=force, progress=progress, max_size=most)
    except (KeyboardInterrupt, StorageError):
        _tell_kept(path)
        raise
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(answers.transfers.fetch(made, seconds=seconds))
    elif not quiet:
        _show_fetched(made, seconds)


def _tell_kept(path: Path) -> None:
    from memcodec.share.delivery import unfinished

    if kept := unfinished(path):
        console.note(f"{format_size(kept)} that have arrived are kept; the same command goes on from there")


def _show_fetched(made: Fetched, seconds: float) -> None:
    rate = f" ({format_size(round(made.received / seconds))}/s)" if made.received else ""
    rows = [
        ("from", console.line(made.url)),
        ("size", amount(made.size, made.resumed, "were here already")),
        ("verified", f"all checksums agree ({console.count(made.frames, 'frame')})"),
        ("time", format_duration(seconds) + rate),
    ]
    console.report(str(made.file), rows)

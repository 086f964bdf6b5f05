"""``memcodec publish``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import file_argument, force_option, json_option, quiet_option
from memcodec.cli.progress import Progress
from memcodec.cli.transfers import amount
from memcodec.config.units import format_duration

if TYPE_CHECKING:
    from memcodec.share.delivery import Published


_PROOFS = {
    "etag": "the place's own MD5 of every part is that of the file",
    "sha256": "it was read back, and its SHA-256 is that of the file",
}


@click.command("publish")
@file_argument(check=remote_options.refuse(remote_options.READS_ALL))
@click.argument("url", metavar="URL")
@click.option(
    "--immutable", is_flag=True, help="This name will never hold another version: caches may keep it."
)
@force_option("Replace what is there.")
@json_option
@quiet_option
def publish_command(file: str, url: str, immutable: bool, force: bool, as_json: bool, quiet: bool) -> None:
    """Upload a memory file to a bucket.

    URL is s3://BUCKET/NAME, gs://BUCKET/NAME or az://CONTAINER/NAME; credentials come from the environment and the
    usual profile files. NAME appears when it is complete, and is compared with FILE before the command ends. An
    interrupted upload to S3 resumes when you run the command again.

    \b
    Examples:
      memcodec publish notes.mp4 s3://bucket/notes.mp4
      memcodec publish notes.mp4 s3://bucket/notes.mp4 --force
    """
    from memcodec import answers
    from memcodec.share.delivery import publish

    began = time.monotonic()
    try:
        with Progress(quiet=quiet) as progress:
            made = publish(Path(file), url, force=force, immutable=immutable, progress=progress)
    except KeyboardInterrupt:
        if url.lower().startswith("s3:"):
            console.note("the parts that have arrived are kept; the same command goes on from there")
        raise
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(answers.transfers.publish(file, made, seconds=seconds))
    elif not quiet:
        _show_published(made, seconds)


def _show_published(made: Published, seconds: float) -> None:
    rows = [
        ("size", amount(made.size, made.resumed, "were there already")),
        ("type", made.content_type),
        ("verified", _PROOFS[made.verified]),
        ("time", format_duration(seconds)),
    ]
    console.report(made.url, rows)

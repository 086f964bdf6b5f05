"""``memcodec spectrum``."""

from __future__ import annotations

import contextlib

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import (
    file_argument,
    force_option,
    quiet_option,
)
from memcodec.config.units import format_size
from memcodec.errors import ConfigError


@click.command("spectrum")
@file_argument()
@click.option(
    "-o",
    "--output",
    metavar="PNG",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The picture to write, for example out.png.",
)
@force_option("Replace the picture if it exists.")
@quiet_option
def spectrum_command(file: str, output: str, force: bool, quiet: bool) -> None:
    """Draw what a memory file looks like.

    Sound gives a spectrogram, video a contact sheet of its frames.

    \b
    Examples:
      memcodec spectrum notes.flac -o notes.png
      memcodec spectrum notes.mp4 -o frames.png
    """
    from memcodec.media import registry
    from memcodec.storage.attributes import close_as, granted_by
    from memcodec.storage.open import open_source, place_of

    if not output.lower().endswith(".png"):
        raise ConfigError(f"{output}: the picture is a PNG; name it so")
    with contextlib.closing(open_source(file)) as source:
        picture = registry.detect(source).picture(source)
    with contextlib.closing(place_of(output).create(replace=force)) as target:
        close_as(target, [granted_by(source)])
        target.append(picture)
        target.sync()
        target.publish()
    if not quiet:
        click.echo(f"{console.line(output)}: {format_size(len(picture))}")

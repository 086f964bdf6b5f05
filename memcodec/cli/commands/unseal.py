"""``memcodec unseal``."""

from __future__ import annotations

import click

from memcodec.cli import remote_options
from memcodec.cli.options import file_argument, force_option, json_option, quiet_option
from memcodec.cli.seal_options import output_option, rewrite


@click.command("unseal")
@file_argument(check=remote_options.refuse(remote_options.READS_ALL))
@output_option("The plain memory file to write.")
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def unseal_command(file: str, output: str, force: bool, as_json: bool, quiet: bool) -> None:
    """Write a plain copy of a sealed memory file.

    To read and to search a sealed file that is not needed.

    \b
    Examples:
      memcodec unseal sealed.mp4 -o notes.mp4 --identity key.txt
    """
    from memcodec.upkeep.resealing import unseal

    rewrite(
        lambda progress: unseal(file, output, force=force, progress=progress),
        output,
        as_json=as_json,
        quiet=quiet,
    )

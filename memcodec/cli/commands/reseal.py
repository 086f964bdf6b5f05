"""``memcodec reseal``."""

from __future__ import annotations

import click

from memcodec.cli import remote_options
from memcodec.cli.options import file_argument, force_option, json_option, quiet_option
from memcodec.cli.seal_options import output_option, passphrase_for, rewrite, seal_options


@click.command("reseal")
@file_argument(check=remote_options.refuse(remote_options.READS_ALL))
@output_option("The memory file to write.")
@seal_options
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def reseal_command(
    file: str,
    output: str,
    seal_to: tuple[str, ...],
    passphrase: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write a sealed memory file anew, all of it under a new key.

    That takes away what `recipients --remove` and `rotate` leave: whoever had the old key, or a copy of the old file,
    opens nothing of the new one. It is for the same recipients unless others are named.

    \b
    Examples:
      memcodec reseal sealed.mp4 -o fresh.mp4 --identity key.txt
      memcodec reseal sealed.mp4 -o team.mp4 --identity key.txt --seal-to team.txt
    """
    from memcodec.upkeep.resealing import seal

    word = passphrase_for(wanted=passphrase)
    rewrite(
        lambda progress: seal(
            file, output, seal=seal_to, passphrase=word, anew=True, force=force, progress=progress
        ),
        output,
        as_json=as_json,
        quiet=quiet,
    )

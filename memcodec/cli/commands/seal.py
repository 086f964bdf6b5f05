"""``memcodec seal``."""

from __future__ import annotations

import click

from memcodec.cli import remote_options
from memcodec.cli.options import file_argument, force_option, json_option, quiet_option
from memcodec.cli.seal_options import output_option, passphrase_for, rewrite, seal_options


@click.command("seal")
@file_argument(check=remote_options.refuse(remote_options.READS_ALL))
@output_option("The sealed memory file to write.")
@seal_options
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def seal_command(
    file: str,
    output: str,
    seal_to: tuple[str, ...],
    passphrase: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write a sealed copy of a memory file: encrypted, and still searched in place.

    It is a video or a recording as before: it plays, is verified, repaired, split, published and fetched without a
    key; only who has one reads and searches it. FILE itself is not changed, and not deleted. SEALED.md says what is
    hidden, and what is not.

    \b
    Examples:
      memcodec seal notes.mp4 -o sealed.mp4 --seal-to age10ukwyttt8qg23509qxe9x3gwqya0nnflqkprvhsq807x47fkaa8s86kwk3
      memcodec seal notes.mp4 -o sealed.mp4 --seal-to ~/.ssh/id_ed25519.pub --passphrase
    """
    from memcodec.upkeep.resealing import seal

    word = passphrase_for(wanted=passphrase)
    rewrite(
        lambda progress: seal(file, output, seal=seal_to, passphrase=word, force=force, progress=progress),
        output,
        as_json=as_json,
        quiet=quiet,
    )

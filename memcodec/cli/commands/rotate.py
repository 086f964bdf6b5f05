"""``memcodec rotate``."""

from __future__ import annotations

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import file_argument, json_option, quiet_option, wait_option
from memcodec.cli.progress import Progress
from memcodec.cli.seal_options import passphrase_for, seal_options, show_recipients


@click.command("rotate")
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@seal_options
@wait_option
@json_option
@quiet_option
def rotate_command(
    file: str,
    seal_to: tuple[str, ...],
    passphrase: bool,
    wait: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Seal what is written from now on with a new key.

    It is for the same recipients unless others are named. Whoever has the old key alone opens nothing of what comes;
    what was written before can be read with it still: `reseal` changes that.

    \b
    Examples:
      memcodec rotate sealed.mp4 --identity key.txt
      memcodec rotate sealed.mp4 --identity key.txt --seal-to team.txt
    """
    from memcodec import answers
    from memcodec.upkeep.recipients import rotate

    word = passphrase_for(wanted=passphrase)
    with Progress(quiet=quiet) as progress:
        report = rotate(file, seal=seal_to, passphrase=word, wait=wait, progress=progress)
    if as_json:
        console.echo_json(answers.files.recipients(report))
    elif not quiet:
        show_recipients(report)

"""``memcodec recipients``."""

from __future__ import annotations

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import file_argument, json_option, quiet_option, wait_option
from memcodec.cli.progress import Progress
from memcodec.cli.seal_options import passphrase_for, show_recipients


@click.command("recipients")
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@click.option("--add", metavar="RECIPIENT", multiple=True, help="Seal it for this one, too. Repeatable.")
@click.option(
    "--remove",
    metavar="RECIPIENT",
    multiple=True,
    help="Seal what is written from now on for this one no more; `passphrase`, for none. Repeatable.",
)
@click.option("--passphrase", is_flag=True, help="Have a passphrase open it, too, which is asked for.")
@wait_option
@json_option
@quiet_option
def recipients_command(
    file: str,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    passphrase: bool,
    wait: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """List for whom a memory file is sealed, and change it.

    Without a key only their number is told. Who is removed keeps what he had: the old seals stand in the file's
    history, and the key is the same. `rotate` takes a new key from now on, `reseal` for everything.

    \b
    Examples:
      memcodec recipients sealed.mp4 --identity key.txt
      memcodec recipients sealed.mp4 --identity key.txt --add ssh-colleague.pub
    """
    from memcodec import answers
    from memcodec.upkeep.recipients import change_recipients, recipients

    if add or remove or passphrase:
        with Progress(quiet=quiet) as progress:
            report = change_recipients(
                file,
                add=add,
                remove=remove,
                passphrase=passphrase_for(wanted=passphrase),
                wait=wait,
                progress=progress,
            )
    else:
        report = recipients(file)
    if as_json:
        console.echo_json(answers.files.recipients(report))
    elif not quiet:
        show_recipients(report)

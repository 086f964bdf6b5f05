"""``memcodec sign``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import file_argument, force_option, json_option, quiet_option, wait_option
from memcodec.cli.progress import Progress
from memcodec.config.units import format_size
from memcodec.errors import ConfigError

if TYPE_CHECKING:
    from memcodec import SignReport

_ENDINGS = {"ssh": ".sig", "minisign": ".minisig"}


@click.command("sign")
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@click.option(
    "--key",
    metavar="KEY",
    required=True,
    help="The file of your private key: OpenSSH's (Ed25519), as ~/.ssh/id_ed25519, or minisign's.",
)
@click.option(
    "--key-passphrase-file",
    type=click.File("r"),
    metavar="FILE",
    help="Read the key's passphrase from there, or - for standard input.  [default: ask for it]",
)
@click.option("--note", metavar="TEXT", default="", help="A line that is signed, too: what you vouch for.")
@click.option(
    "-o",
    "--output",
    metavar="STATEMENT",
    callback=remote_options.refuse(remote_options.WRITES),
    help="Also write what was signed there, and the signature beside it, as STATEMENT.sig or STATEMENT.minisig.",
)
@force_option("Replace STATEMENT and the signature beside it if they exist.")
@wait_option
@json_option
@quiet_option
def sign_command(
    file: str,
    key: str,
    key_passphrase_file: TextIO | None,
    note: str,
    output: str | None,
    force: bool,
    wait: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Sign what a memory file holds.

    The signature is over the documents: their texts, names, times, tags and all else that is known of them. So it holds
    when the file is converted, merged, compacted, repaired, split or fetched, and breaks when a document is changed or
    taken away. It is kept in the file. `memcodec verify --signed-by` checks it; so do ssh-keygen and minisign, given
    what -o writes.

    \b
    Examples:
      memcodec sign notes.mp4 --key ~/.ssh/id_ed25519
      memcodec sign notes.mp4 --key ~/.minisign/minisign.key --note "release 1.2"
      memcodec sign notes.mp4 --key ~/.ssh/id_ed25519 -o statement.json
    """
    import memcodec
    from memcodec import answers
    from memcodec.config import sources

    with (
        Progress(quiet=quiet) as progress,
        memcodec.open(file, wait=wait, settings=sources.load(), progress=progress) as memory,
    ):

        def passphrase() -> str:
            if key_passphrase_file is not None:
                return key_passphrase_file.read().removesuffix("\n").removesuffix("\r")
            return _asked(key)

        report = memory.sign(key, passphrase=passphrase, note=note)
    written = _written(output, report, file, force=force) if output is not None else []
    if as_json:
        console.echo_json(answers.writes.sign(file, report, written))
    elif not quiet:
        _report(file, report, written)
    if not quiet:
        console.notes(report.notes)


def _asked(key: str) -> str:
    if not console.is_terminal(sys.stdin):
        raise ConfigError(f"{key}: has a passphrase; run this on a terminal, or give --key-passphrase-file")
    told = f"Passphrase of {console.line(key)}"
    asked: str = click.prompt(told, hide_input=True, default="", show_default=False, err=True)
    return asked


def _written(output: str, report: SignReport, file: str, *, force: bool) -> list[str]:
    from memcodec.cli.insight_options import write

    names = [output, output + _ENDINGS[report.kind]]
    for name, text in zip(names, (report.statement.decode(), report.signature), strict=True):
        write(name, text, [file], force=force)
    return names


def _report(file: str, report: SignReport, written: list[str]) -> None:
    signed = f"{console.count(report.documents, 'document')}, {format_size(report.size)} of text"
    rows = [
        ("signed", signed if report.commit is not None else f"{signed}; just so already"),
        ("by", report.fingerprint),
    ]
    if report.commit is not None:
        rows.append(("commit", f"{report.commit.number:,}"))
    if written:
        rows.append(("written", ", ".join(map(console.line, written))))
    console.report(file, rows)

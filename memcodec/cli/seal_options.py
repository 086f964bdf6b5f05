"""``--seal-to`` and ``--passphrase``, of the commands that write a new file; and what those say that seal one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from memcodec.cli import console, remote_options
from memcodec.cli.progress import Progress
from memcodec.config.units import format_duration, format_size

if TYPE_CHECKING:
    from memcodec import ConvertReport
    from memcodec.upkeep.recipients import RecipientsReport

F = TypeVar("F", bound=Callable[..., Any])


def seal_options(function: F) -> F:
    """For whom the new file is sealed."""
    for decorate in (
        click.option(
            "--passphrase",
            is_flag=True,
            help="Seal FILE with a passphrase, which is asked for. See SEALED.md.",
        ),
        click.option(
            "--seal-to",
            metavar="RECIPIENT",
            multiple=True,
            help="Seal FILE for age1..., ssh-ed25519 ..., or a file of such lines. Repeatable.",
        ),
    ):
        function = decorate(function)
    return function


def passphrase_for(*, wanted: bool) -> str | None:
    """The passphrase of the new file, if it is to have one."""
    if not wanted:
        return None
    from memcodec.cli.unlocking import new_passphrase

    return new_passphrase()


def output_option(what: str) -> Callable[[F], F]:
    """``--output``."""
    return click.option(
        "-o",
        "--output",
        metavar="OUT",
        required=True,
        callback=remote_options.refuse(remote_options.WRITES),
        help=what,
    )


def rewrite(work: Callable[[Progress], ConvertReport], output: str, *, as_json: bool, quiet: bool) -> None:
    """Write a file anew, and tell of it."""
    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        report = work(progress)
    show_rewritten(output, report, time.monotonic() - began, as_json=as_json, quiet=quiet)


def show_rewritten(output: str, report: ConvertReport, seconds: float, *, as_json: bool, quiet: bool) -> None:
    """What a file was written anew as."""
    from memcodec import answers

    if as_json:
        console.echo_json(answers.files.rewritten(output, report))
    elif not quiet:
        rows = [
            ("media", f"{report.codec} {report.profile}, {console.count(report.commits, 'commit')}"),
            ("documents", f"{report.documents:,}"),
            ("file", f"{format_size(report.after)}, {format_size(report.before)} before"),
            ("time", format_duration(seconds)),
        ]
        console.report(output, rows)


def show_recipients(report: RecipientsReport) -> None:
    """For whom a file is sealed, as lines."""
    files = console.count(report.files, "age file")
    click.echo(f"{console.line(report.file)}: sealed, key {report.key}, in {files}")
    for name in report.names:
        click.echo(f"  {console.line(name)}")
    if not report.known:
        more = "; a passphrase opens it, too" if report.passphrase and report.files > 1 else ""
        more = "; a passphrase opens it" if report.passphrase and report.files == 1 else more
        click.echo(f"  for whom is told with a key{more}")
    if report.commit is not None:
        click.echo(f"  as of commit {report.commit:,}; what was written before can be opened as before")

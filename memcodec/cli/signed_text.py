"""Signatures for people: by whom a file is signed, what came since; and the options that say by whom it is to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from memcodec.cli import console

if TYPE_CHECKING:
    from memcodec import SignedReport
    from memcodec.upkeep.signed import SignatureReport

F = TypeVar("F", bound=Callable[..., Any])

_SHOWN = 20  # documents listed one by one


def signer_options(function: F) -> F:
    """``--signed-by`` and ``--allowed-signers``."""
    for decorate in (
        click.option(
            "--allowed-signers",
            metavar="FILE",
            help="Who may have signed, as ssh-keygen's allowed_signers has it; KEY may be a name in it.",
        ),
        click.option(
            "--signed-by",
            metavar="KEY",
            multiple=True,
            help="Check the signature by this public key, a file or the key itself. Repeatable.",
        ),
    ):
        function = decorate(function)
    return function


def lines(report: SignedReport) -> Iterator[str]:
    """What is to be said of a file's signatures."""
    for each in report.signatures:
        yield from _signature(each, report)
    if report.ok and report.since:
        came = console.count(len(report.since), "document")
        yield f"since then {came} came that {'is' if len(report.since) == 1 else 'are'} not signed:"
        yield from _listed([each.uri for each in report.since])
    if report.others:
        yield f"also signed by {', '.join(map(console.line, report.others))}, which was not asked for"


def _signature(each: SignatureReport, report: SignedReport) -> Iterator[str]:
    name = f"{console.line(each.signer)} ({each.fingerprint})" if each.signer else each.fingerprint
    if not each.ok:
        head = console.styled("NOT AS SIGNED", fg="red", bold=True)
    elif report.complete:
        head = console.styled("signed now", fg="green", bold=True)
    else:
        head = console.styled("signed then", fg="yellow", bold=True)
    what = console.count(each.documents, "document")
    note = f': "{console.line(each.note)}"' if each.note else ""
    yield f"{head}  by {name} on {each.time:%Y-%m-%d %H:%M} UTC, {what}, commit {each.commit:,}{note}"
    for uris, word in ((each.changed, "changed"), (each.missing, "missing")):
        if uris:
            yield f"{word} since:"
            yield from _listed(uris)


def _listed(uris: tuple[str, ...] | list[str]) -> Iterator[str]:
    yield from (f"  {console.line(uri)}" for uri in uris[:_SHOWN])
    if len(uris) > _SHOWN:
        yield f"  ... and {len(uris) - _SHOWN:,} more (--json lists them all)"

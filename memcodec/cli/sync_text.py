"""What a sync did, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memcodec.cli import console

if TYPE_CHECKING:
    from memcodec import SyncReport


def show_changes(report: SyncReport) -> None:
    """A line for each document, with a sign."""
    rows = [("+", "green", uri) for uri in report.new] + [("M", "cyan", uri) for uri in report.changed]
    rows += [("R", "blue", f"{old} -> {new}") for old, new in report.renamed]
    rows += [("-", "red", uri) for uri in report.removed] + [("!", "yellow", uri) for uri in report.kept]
    for sign, colour, text in rows:
        click.echo(f"{console.styled(sign, fg=colour)} {console.line(text)}")


def counts(report: SyncReport) -> str:
    """What was done, in a line."""
    found = {
        "new": report.new,
        "changed": report.changed,
        "renamed": report.renamed,
        "removed": report.removed,
    }
    parts = [f"{len(uris):,} {what}" for what, uris in found.items() if uris]
    parts += [f"{report.unchanged:,} unchanged"]
    parts += [f"{len(report.kept):,} kept unseen"] * bool(report.kept)
    return ", ".join(parts)

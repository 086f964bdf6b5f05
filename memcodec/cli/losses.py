"""What of documents is lost, for people."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from memcodec.cli import console

if TYPE_CHECKING:
    from memcodec.model import Loss


def show_losses(losses: list[Loss]) -> None:
    """Name the documents that are lost, and which of their bytes, on standard error."""
    for loss in losses:
        spans = ", ".join(f"{start:,}-{end:,}" for start, end in _joined(loss.ranges))
        where = f"bytes {spans} of {loss.document.size:,}" if spans else "its SHA-256 fails"
        click.echo(
            f"{console.styled('lost', sys.stderr, fg='red')}  {console.line(loss.document.uri)}: {where}",
            err=True,
        )


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch made one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start == joined[-1][1]:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined

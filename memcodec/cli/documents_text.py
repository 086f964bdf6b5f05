"""A document's text for a person: its head, its lines, their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memcodec.cli import clock, console

if TYPE_CHECKING:
    from memcodec.model import Document


number_option = click.option(
    "-n", "--number", "numbered", is_flag=True, help="Begin each line with its number."
)


def head(document: Document) -> list[str]:
    """A title, and where the document comes from: on a terminal alone, elsewhere only the text is wanted."""
    if console.room() is None:
        return []
    title = console.styled(console.line(document.title or document.uri), bold=True)
    tags = [f"{key}={value}" for key, value in document.tags.items()]
    parts = [clock.written(document.time), document.type, document.language, document.author, *tags]
    where = console.styled(console.line(document.uri), fg="cyan")
    return [title, where + console.dim("  " + "  ".join(map(console.line, filter(None, parts)))), ""]

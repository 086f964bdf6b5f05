"""A document's original bytes on standard output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.errors import ConfigError

if TYPE_CHECKING:
    from memcodec import Collection, Document, Memory


def write_out(memory: Memory | Collection, document: Document) -> None:
    """Write what ``restore`` would write, byte for byte. A terminal gets text alone, and nothing that steers it.

    Raises Damaged, and ConfigError for what a terminal cannot show.
    """
    data = memory.read_bytes(document, original=document.original is not None)
    if document.extracted and document.original is None:
        console.note(f"{document.uri}: its text; the file it was taken from was not kept (--keep-originals)")
    if console.is_terminal(sys.stdout):
        data = _shown(document, data)
    click.echo(data, nl=False)


def _shown(document: Document, data: bytes) -> bytes:
    try:
        return console.clean(data.decode()).encode()
    except UnicodeDecodeError:
        raise ConfigError(f"{document.uri}: is no text; send it to a file or a pipe") from None

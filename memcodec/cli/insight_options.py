"""What the commands that look at everything at once have in common: a model that helps, a page that is written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import seconds

if TYPE_CHECKING:
    from memcodec.insight.values import Cite

F = TypeVar("F", bound=Callable[..., Any])


def llm_options(function: F) -> F:
    """``--llm``, ``--llm-model`` and ``--llm-timeout``."""
    for decorate in (
        click.option(
            "--llm-timeout",
            type=seconds,
            default=60.0,
            metavar="SECONDS",
            help="How long the endpoint may say nothing.  [default: 60]",
        ),
        click.option(
            "--llm-model",
            metavar="NAME",
            envvar=["MEMCODEC_CHAT_MODEL", "OPENAI_MODEL"],
            help="The model there.",
        ),
        click.option(
            "--llm",
            metavar="URL",
            help="An OpenAI-compatible endpoint that helps, as http://127.0.0.1:8080/v1; what it says is checked.",
        ),
    ):
        function = decorate(function)
    return function


def page_option(kinds: str, *, required: bool) -> Callable[[F], F]:
    """``-o``, of a file that is written on this machine."""
    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        required=required,
        callback=remote_options.refuse(remote_options.WRITES),
        help=f"The file to write, {kinds}.",
    )


def write(output: str, text: str, files: Sequence[str], *, force: bool) -> int:
    """Writes a page whole or not at all, for those who may read the memory files; returns its size in bytes."""
    from memcodec.collection.files import discover
    from memcodec.storage.attributes import close_as, granted_by
    from memcodec.storage.open import place_of

    data = text.encode()
    rights = []
    for place in discover(files).places:
        with contextlib.closing(place.open()) as source:
            rights.append(granted_by(source))
    with contextlib.closing(place_of(output).create(replace=force)) as target:
        close_as(target, rights)
        target.append(data)
        target.sync()
        target.publish()
    return len(data)


def where(chunks: Sequence[Cite], most: int = 3) -> str:
    """Places, as many as a line has room for."""
    shown = ", ".join(console.line(str(each)) for each in chunks[:most])
    return shown + (" ..." if len(chunks) > most else "")

"""Commands that read files one after the other: what each says of one file, for one or for several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from memcodec.cli import console, remote_options
from memcodec.cli.opened import opened
from memcodec.cli.options import State

if TYPE_CHECKING:
    from memcodec import Memory


class Said(NamedTuple):
    """What a command says of a file: as JSON, and as lines for people."""

    answer: Mapping[str, object]
    lines: Iterable[str]


def tell_each(
    files: Sequence[str],
    tell: Callable[[Memory], Said],
    as_of: State = None,
    *,
    as_json: bool,
    named: bool = True,
) -> None:
    """What ``tell`` says of each file, and of each memory file in a folder.

    Of several files, or a folder, JSON is one document, ``{"files": [...]}``, and the lines stand below the file's
    name, unless they have it themselves (not ``named``).
    """
    from memcodec import answers
    from memcodec.collection import discover

    found = discover(files, remote_options.span_cache(remote_options.settings()))
    console.notes(found.notes)
    several, said_of = len(files) > 1 or Path(files[0]).is_dir(), list[Mapping[str, object]]()
    for number, place in enumerate(found.places):
        with opened(place, as_of) as memory:
            said = tell(memory)
            said_of.append(said.answer)
            if not as_json:
                _echo(said.lines, place.name if several and named else "", first=number == 0)
    if as_json:
        console.echo_json(answers.files.several(said_of) if several else said_of[0])


def _echo(lines: Iterable[str], name: str, *, first: bool) -> None:
    if name:
        click.echo(("" if first else "\n") + console.styled(console.line(name), bold=True))
    for line in lines:
        click.echo(line)

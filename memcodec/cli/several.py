"""Commands that read files one after the other: what each says of one file, for one or for several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memcodec.cli import console, paging, remote_options
from memcodec.cli.opened import opened
from memcodec.cli.options import State

if TYPE_CHECKING:
    from memcodec import Memory
    from memcodec.storage import Place


class Said(NamedTuple):
    """What a command says of a file: as JSON, and as lines for people."""

    answer: Mapping[str, object]
    lines: Iterable[str]


Tell = Callable[["Memory"], Said]


def are_several(files: Sequence[str]) -> bool:
    """Whether answers are about files, one by one: several, or what is in a folder."""
    return len(files) > 1 or Path(files[0]).is_dir()


def tell_each(
    files: Sequence[str],
    tell: Tell,
    as_of: State = None,
    *,
    as_json: bool,
    named: bool = True,
    paged: bool = False,
    some: bool = False,
    sealed: Callable[[Place], Said] | None = None,
) -> None:
    """What ``tell`` says of each file, and of each memory file in a folder.

    Of several files, or a folder, JSON is one document, ``{"files": [...]}``, and the lines stand below the file's
    name, unless they have it themselves (not ``named``). ``paged``: in a pager, if they are long. ``some``: what is
    asked for need not be in every file; raises NotFound if it is in none. ``sealed``: what is said of a sealed file for
    which no key was given.
    """
    from memcodec import answers

    several = are_several(files)
    told = _told(files, tell, as_of, some=some and several, sealed=sealed)
    if as_json:
        said_of = [said.answer for _, said in told]
        console.echo_json(answers.files.several(said_of) if several else said_of[0])
    else:
        paging.echo(_lines(told, named=several and named), paged=paged)


def _told(
    files: Sequence[str],
    tell: Tell,
    as_of: State,
    *,
    some: bool,
    sealed: Callable[[Place], Said] | None,
) -> Iterator[tuple[str, Said]]:
    """Name by name what is said; a file is open until the next is asked for."""
    from memcodec.collection.files import discover
    from memcodec.errors import NotFound, Sealed, WrongKey

    found = discover(files, remote_options.span_cache(remote_options.settings()))
    console.notes(found.notes)
    absent, count = list[NotFound](), 0
    for place in found.places:
        try:
            memory = opened(place, as_of)
        except Sealed as error:
            if sealed is None or isinstance(error, WrongKey):
                raise
            count += 1
            yield place.name, sealed(place)
            continue
        with memory:
            try:
                said = tell(memory)
            except NotFound as error:
                absent.append(error)
                if not some:
                    raise
                continue
            count += 1
            yield place.name, said
    if absent and not count:
        raise absent[0]


def _lines(told: Iterable[tuple[str, Said]], *, named: bool) -> Iterator[str]:
    for number, (name, said) in enumerate(told):
        if named:
            yield from ([""] if number else [])
            yield console.styled(console.line(name), bold=True)
        yield from said.lines

"""Tables for people: columns aligned; on a terminal as wide as that, whatever alphabets the cells are in.

What is short, as an id or a time, is always whole. Long texts share what room is left, and where that is too little
to read they stand in lines of their own below.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import zip_longest

import click

from memcodec.cli import console
from memcodec.cli.console import pad, width, wrapped

_SHORT = 20  # columns: cells of that, ids and times, are never cut
_READABLE = 16  # columns: less is too little of a long text
_INDENT, _GAP = "  ", 2

Row = Sequence[str]


def table(
    heads: Row,
    rows: Sequence[Row],
    *,
    right: Collection[int] = (),
    paths: Collection[int] = (),
    prose: Collection[int] = (),
) -> list[str]:
    """Lines of aligned columns, two blanks apart; ``right`` names the columns set flush right.

    What does not fit is cut at its end; of ``paths`` in its middle; ``prose`` goes on in the next line. Where there is
    no terminal, lines are as long as they are.
    """
    cells, room = [heads, *rows], console.room()
    natural = [max(map(width, column)) for column in zip(*cells, strict=True)]
    groups = [dict(enumerate(natural))] if room is None else _fitted(natural, room)

    def cut(number: int, text: str, size: int) -> list[str]:
        if number in prose:
            return wrapped(text, size)
        return [shorten(text, size) if number in paths else console.fit(text, size)]

    shown = [line for row in cells for line in _lines(row, groups, right, cut)]
    count = len(groups)
    return [*map(console.dim, shown[:count]), *shown[count:]]


def echo_table(heads: Row, cells: Sequence[Row], *, prose: Collection[int] = ()) -> None:
    """Print a table of what may be anything."""
    for text in table(heads, [tuple(map(console.line, row)) for row in cells], prose=prose):
        click.echo(text)


Widths = dict[int, int]  #: of the columns that stand in one line


def _fitted(natural: Sequence[int], room: int) -> list[Widths]:
    """The lines that each row takes."""
    one = _shared(dict(enumerate(natural)), room)
    if _is_readable(one, natural):
        return [one]
    lines, inner = [Widths()], room - len(_INDENT)
    for number, size in enumerate(natural):
        if size <= _SHORT or not number:  # a row begins with its name
            size = min(size, inner // 2)
            if lines[-1] and sum(lines[-1].values()) + _GAP * len(lines[-1]) + size > inner:
                lines.append({})
            lines[-1][number] = size
    long = {number: size for number, size in enumerate(natural) if size > _SHORT and number}
    together = _shared(long, inner)
    below = (
        [together]
        if _is_readable(together, natural)
        else [_shared({each: natural[each]}, inner) for each in long]
    )
    return [*filter(None, lines), *filter(None, below)]


def _shared(wanted: Widths, room: int) -> Widths:
    """Widths that fit ``room``, if it can be: those of long columns are made equal, from the longest on."""
    left = room - _GAP * (len(wanted) - 1) - sum(size for size in wanted.values() if size <= _SHORT)
    made = dict(wanted)
    long = sorted((size, number) for number, size in wanted.items() if size > _SHORT)
    for place, (size, number) in enumerate(long):
        made[number] = min(size, left // (len(long) - place))
        left -= made[number]
    return made


def _is_readable(widths: Widths, natural: Sequence[int]) -> bool:
    return all(size >= min(natural[number], _READABLE) for number, size in widths.items())


def _lines(
    row: Row, groups: Sequence[Widths], right: Collection[int], cut: Callable[[int, str, int], list[str]]
) -> Iterator[str]:
    for line, widths in enumerate(groups):
        cells = (cut(number, row[number], size) for number, size in widths.items())
        for parts in zip_longest(*cells, fillvalue=""):
            padded = (
                pad(part, size, right=number in right)
                for part, (number, size) in zip(parts, widths.items(), strict=True)
            )
            yield (_INDENT * bool(line) + "  ".join(padded)).rstrip()


def shorten(text: str, columns: int) -> str:
    """A path or an address cut to ``columns`` in its middle: what it ends with tells most."""
    if width(text) <= columns:
        return text
    characters = _characters(text)
    begin = _taken(characters, (columns - 1) // 3)
    end = _taken(characters[::-1], columns - 1 - width("".join(begin)))
    return "".join([*begin, "…", *reversed(end)])


def _characters(text: str) -> list[str]:
    """The characters that a reader sees: marks and what a joiner joins belong to the one before."""
    seen = list[str]()
    for each in text:
        if seen and (not width(each) or seen[-1].endswith("\u200d")):
            seen[-1] += each
        else:
            seen.append(each)
    return seen


def _taken(characters: Sequence[str], columns: int) -> list[str]:
    """As many of the first as fit."""
    taken, left = list[str](), columns
    for each in characters:
        left -= width(each)
        if left < 0:
            break
        taken.append(each)
    return taken

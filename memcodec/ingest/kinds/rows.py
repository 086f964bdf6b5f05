"""Tables with a header, as text: each row says its columns' names, so that a row found alone is understood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, islice

from memcodec.ingest.kinds.builder import Builder, one_line

_NUMERIC = set("0123456789.,+-%()/:eE $€£")
_AHEAD = 20  # rows that tell which of the first is the header
_DAY = r"\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[ T]\d{2}:\d{2}(?::\d{2})?)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
_LABEL = re.compile(rf"[12]\d{{3}}|{_DAY}|\d{{1,2}}:\d{{2}}")  # a year, a month or a day, a time of day


def add_rows(
    out: Builder,
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    path: tuple[str, ...] = (),
    before: str = "",
) -> None:
    """Adds numbered rows; the first is the header when its cells are names, titles above it left aside.

    A row becomes ``Name: Ada; Born: 1815`` at the place ``before`` + ``row 15``; without a header, ``Ada | 1815``.
    """
    rows = iter(rows)
    ahead = list(islice(rows, _AHEAD))
    header: Sequence[str] | None = None
    for number, row in chain(ahead, rows):
        if out.full:
            out.note(f"{before}row {number} and those after it: left out ({out.full})")
            return
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        out.under(path, f"{before}row {number}")
        if header:
            out.paragraph(_row(header, cells))
            continue
        out.paragraph(" | ".join(cell for cell in cells if cell))
        if header is None and not _is_title(cells, number, ahead):
            header = [one_line(cell) for cell in cells] if _names(cells, number, ahead) else []


def _is_title(cells: Sequence[str], number: int, ahead: Sequence[tuple[int, Sequence[str]]]) -> bool:
    """Whether a row is a title, or says something of the table: it has half as many cells as most rows, or fewer; or
    it is shorter and the next one is the header, words alone above figures.
    """
    widths = Counter(filled for _, row in ahead if (filled := _filled(row)))
    usual = max(widths, key=lambda width: (widths[width], width), default=1)
    filled = _filled(cells)
    if filled * 2 <= usual or filled >= usual or any(cells[filled:]):
        return filled * 2 <= usual
    header, *below = [row for at, row in ahead if at > number and _filled(row)] or [()]
    return _filled(header) == usual and not _figures(header) and any(map(_figures, below))


def _figures(row: Sequence[str]) -> bool:
    return any(_is_figure(cell.strip()) for cell in row)


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _names(cells: Sequence[str], number: int, ahead: Sequence[tuple[int, Sequence[str]]]) -> bool:
    """Whether the cells look like the names of columns: no numbers but years, days and counts, with others below."""
    below = [[cell.strip() for cell in row] for at, row in ahead if at > number and any(row)]
    figures = [column for column, cell in enumerate(cells) if _is_figure(cell)]
    if not figures:
        return True
    beside_words = len(figures) < _filled(cells)
    if not below or not _are_labels([cells[column] for column in figures], beside_words):
        return False
    return not all(_are_labels([row[at] for at in figures if at < len(row)], beside_words) for row in below)


def _is_figure(cell: str) -> bool:
    return set(cell) <= _NUMERIC and any(map(str.isdecimal, cell))


def _are_labels(cells: Sequence[str], beside_words: bool) -> bool:
    """Whether figures are what people call columns by: years, days, or beside words numbers that count up."""
    counted = any(list(cells) == [str(start + at) for at in range(len(cells))] for start in (0, 1))
    return all(map(_LABEL.fullmatch, cells)) or (counted and len(cells) > 1 and beside_words)


def _row(header: Sequence[str], cells: Sequence[str]) -> str:
    if not header:
        return " | ".join(cell for cell in cells if cell)
    names = [*header, *[""] * (len(cells) - len(header))]
    pairs = zip(names, cells, strict=False)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)

"""Tables with a header, as text: each row says its columns' names, so that a row found alone is understood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from memcodec.ingest.kinds.builder import Builder, one_line

_NUMERIC = set("0123456789.,+-%()/:eE $€£")


def add_rows(
    out: Builder,
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    path: tuple[str, ...] = (),
    before: str = "",
) -> None:
    """Adds numbered rows, the first that is not empty as the header when its cells are names.

    A row becomes ``Name: Ada; Born: 1815`` at the place ``before`` + ``row 15``; without a header, ``Ada | 1815``.
    """
    header: Sequence[str] | None = None
    for number, row in rows:
        if out.full:
            out.note(f"{before}row {number} and those after it: left out ({out.full})")
            return
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        out.under(path, f"{before}row {number}")
        if header is None:
            header = [one_line(cell) for cell in cells] if _names(cells) else []
            out.paragraph(" | ".join(cell for cell in cells if cell))
        else:
            out.paragraph(_row(header, cells))


def _names(cells: Sequence[str]) -> bool:
    """Whether the cells look like the names of columns: different texts, no numbers."""
    filled = [cell for cell in cells if cell]
    return len(set(filled)) == len(filled) and not any(set(cell) <= _NUMERIC for cell in filled)


def _row(header: Sequence[str], cells: Sequence[str]) -> str:
    if not header:
        return " | ".join(cell for cell in cells if cell)
    names = [*header, *[""] * (len(cells) - len(header))]
    pairs = zip(names, cells, strict=False)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)

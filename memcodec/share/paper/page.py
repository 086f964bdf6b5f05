"""Where things stand on a page: paper, margins, header, the grid of symbols, the footer. Nothing is drawn here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from memcodec.share.paper.symbol import SIDE

PaperName = Literal["a4", "letter"]
#: mm (ISO 216, ANSI)
PAPERS: dict[PaperName, tuple[float, float]] = {"a4": (210, 297), "letter": (215.9, 279.4)}
RESOLUTIONS = (300, 600)  #: dots an inch

MARGIN = 12  #: mm that printers leave white
GAP = 7  #: modules of white between two symbols: each needs 4 (ISO/IEC 18004, section 6.3.8)
PITCH = SIDE + GAP
HEADER, FOOTER = 17.5, 7.5  #: mm, their distance to the symbols included

_MODULE = 4 / 300  # inches: four dots of the coarser resolution
_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Page:
    """The geometry of every page of a set. Places are in dots from the upper left corner."""

    paper: PaperName
    dpi: int

    def dots(self, millimetres: float) -> int:
        return round(millimetres / _INCH * self.dpi)

    @property
    def module(self) -> int:
        """Dots along a side of a module."""
        return round(_MODULE * self.dpi)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        width, height = PAPERS[self.paper]
        return self.dots(width), self.dots(height)

    @property
    def columns(self) -> int:
        return self._fitting(self.size[0] - 2 * self.dots(MARGIN))

    @property
    def rows(self) -> int:
        return self._fitting(self.size[1] - self.dots(2 * MARGIN + HEADER + FOOTER))

    @property
    def slots(self) -> int:
        """Symbols on a full page."""
        return self.columns * self.rows

    @property
    def left(self) -> int:
        """Where the grid, the header and the footer begin."""
        return (self.size[0] - self.width) // 2

    @property
    def width(self) -> int:
        """Of the grid."""
        return (self.columns * PITCH - GAP) * self.module

    @property
    def top(self) -> int:
        """Where the grid begins; room to spare is below it."""
        return self.dots(MARGIN + HEADER)

    def origin(self, slot: int) -> tuple[int, int]:
        """The upper left corner of a symbol; slots count row by row from 0."""
        row, column = divmod(slot, self.columns)
        step = PITCH * self.module
        return self.left + column * step, self.top + row * step

    def _fitting(self, room: int) -> int:
        return (room + GAP * self.module) // (PITCH * self.module)

"""The order in which lines on a page are read: columns one after the other, rows of a table from left to right.

An XY cut (Nagy and Seth 1984): a page is cut at its gutters into columns of prose, else at its widest horizontal gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

_PROSE = 20  # characters that lines of a column have on average: cells of a table have fewer
_GUTTER = 1.0  # of a line's height: the least distance of columns
_PARAGRAPH = 0.9  # of a line's height: the space that ends a paragraph
_DEEP = 40  # cuts within cuts
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\n(?=[^\W\d_])")


class Line(NamedTuple):
    """Text and where it stands: pixels from the left upper corner. ``confidence`` is from 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float
    text: str
    confidence: float = 1.0

    @property
    def height(self) -> float:
        """Pixels."""
        return self.bottom - self.top


def arranged(lines: Sequence[Line]) -> str:
    """The text of a page: a blank line between paragraphs, words that a line's end cut joined again."""
    if not lines:
        return ""
    height = median(line.height for line in lines)
    paragraphs = [
        each for block in _blocks(list(lines), height, _DEEP) for each in _paragraphs(block, height)
    ]
    return _HYPHEN.sub(_joined, "\n\n".join(paragraphs))


def _joined(match: re.Match[str]) -> str:
    return "" if match.string[match.end()].islower() else match[0]


def _blocks(lines: list[Line], height: float, depth: int) -> Iterator[list[Line]]:
    for part in _columns(lines, height) or (_bands(lines, height) if depth else []) or [lines]:
        if len(part) == len(lines):
            yield part
        else:
            yield from _blocks(part, height, depth - 1)


def _columns(lines: list[Line], height: float) -> list[list[Line]]:
    """Columns of prose, from the left; none where there is one alone."""
    parts: list[list[Line]] = []
    end = float("-inf")
    for line in sorted(lines, key=lambda line: line.left):
        if line.left - end > _GUTTER * height:
            parts.append([])
        parts[-1].append(line)
        end = max(end, line.right)
    is_prose = all(sum(len(line.text) for line in part) >= _PROSE * max(len(part), 2) for part in parts)
    return parts if len(parts) > 1 and is_prose else []


def _bands(lines: list[Line], height: float) -> list[list[Line]]:
    """What stands above the widest horizontal gap and below it; none where no gap ends a paragraph."""
    lines = sorted(lines, key=lambda line: line.top)
    end, widest, cut = lines[0].bottom, _PARAGRAPH * height, 0
    for number, line in enumerate(lines):
        if line.top - end > widest:
            widest, cut = line.top - end, number
        end = max(end, line.bottom)
    return [lines[:cut], lines[cut:]] if cut else []


def _paragraphs(lines: list[Line], height: float) -> Iterator[str]:
    """The rows of a block, joined to paragraphs."""
    rows: list[str] = []
    end = float("-inf")
    for row in _rows(lines):
        if rows and min(line.top for line in row) - end > _PARAGRAPH * height:
            yield "\n".join(rows)
            rows = []
        rows.append(" ".join(line.text for line in sorted(row, key=lambda line: line.left)))
        end = max(line.bottom for line in row)
    yield "\n".join(rows)


def _rows(lines: list[Line]) -> list[list[Line]]:
    """Lines that stand beside each other: the middle of one is within the other's height."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.top + line.bottom):
        middle = (line.top + line.bottom) / 2
        if rows and middle < (rows[-1][0].top + 3 * rows[-1][0].bottom) / 4:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows

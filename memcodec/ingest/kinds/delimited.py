"""CSV and TSV (RFC 4180, IANA's text/tab-separated-values, and what people write instead): rows with their header, rows
as places.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import MAX_TEXT, reading
from memcodec.ingest.kinds.plain import decode
from memcodec.ingest.kinds.rows import add_rows

_DELIMITERS = (
    "\t;|,"  # of two that cut all rows alike, the first: a comma stands in numbers and in prose, too
)
_SAMPLE, _ROWS = 1 << 16, 50
_LONG = 100  # lines of one cell, from which it may be a quote that nobody closed


def extract(data: bytes, name: str) -> Extracted:
    """The rows. The header is row 1, or below the titles. Raises SourceError."""
    with reading(name, "table"):
        text, note = decode(data, name)
        out = Builder()
        out.note(note)
        lines = list(StringIO(text, newline=""))
        said = _said(lines[0]) if lines else ""
        first = 1 if said else 0
        limit = csv.field_size_limit(MAX_TEXT)
        try:
            rows = NumberedRows(lines, first, said or delimiter_of(text[:_SAMPLE]))
            add_rows(out, rows)
        finally:
            csv.field_size_limit(limit)
        out.note(rows.note)
        return out.build()


class NumberedRows:
    """The rows of ``lines`` with the numbers that they have: empty ones count.

    A quote that is not closed takes its own line and no more; ``note`` says which.
    """

    def __init__(self, lines: list[str], first: int, delimiter: str) -> None:
        self._lines, self._at, self._delimiter = lines, first, delimiter
        self._number = first
        self.note = ""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        if self._delimiter == "\t":  # nothing is quoted there, though some programs do
            for number, line in enumerate(self._lines[self._at :], self._at + 1):
                yield number, [_unquoted(cell) for cell in line.rstrip("\r\n").split("\t")]
            return
        reader = csv.reader(self._taken(), delimiter=self._delimiter, skipinitialspace=True)
        while self._at < len(self._lines):
            start, self._number = self._at, self._number + 1
            row = next(reader, None)
            if row is None:
                return
            if self._at - start > 1 and self._is_unclosed(start):
                self._at = start + 1
                self.note = self.note or f"row {self._number}: a quote is not closed; it is taken as a letter"
                row = next(
                    csv.reader([self._lines[start]], delimiter=self._delimiter, quoting=csv.QUOTE_NONE)
                )
                reader = csv.reader(self._taken(), delimiter=self._delimiter, skipinitialspace=True)
            yield self._number, row

    def _taken(self) -> Iterator[str]:
        while self._at < len(self._lines):
            self._at += 1
            yield self._lines[self._at - 1]

    def _is_unclosed(self, start: int) -> bool:
        """Whether a cell goes on to the file's end, or holds what looks like row upon row."""
        if self._at == len(self._lines) and not _closed(self._lines[start:], self._delimiter):
            return True
        least = max(self._lines[start].count(self._delimiter), 1)
        like_rows = sum(
            line.count(self._delimiter) >= least for line in self._lines[start + 1 : self._at - 1]
        )
        return self._at - start > _LONG and like_rows * 2 > self._at - start


def _closed(lines: list[str], delimiter: str) -> bool:
    try:
        for _ in csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" not in str(error)
    return True


def _unquoted(cell: str) -> str:
    is_quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"') if is_quoted else cell


def _said(line: str) -> str:
    """The delimiter that a first line ``sep=;`` states, as Excel reads and writes it."""
    line = line.rstrip("\r\n").strip('"')
    return line[4] if len(line) == 5 and line.lower().startswith("sep=") else ""


def delimiter_of(sample: str) -> str:
    """The delimiter that cuts the most of the first rows into equally many columns, titles and totals left aside.

    The standard library's own guess takes minutes on some inputs.
    """
    return max(_DELIMITERS, key=lambda delimiter: _alike(sample, delimiter))


def _alike(sample: str, delimiter: str) -> int:
    """How many of the first rows have the number of columns that most rows of several have."""
    lines = StringIO(sample, newline="")
    rows = (
        (line.split("\t") for line in lines)
        if delimiter == "\t"
        else csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    )
    widths = [len(row) for row in islice(rows, _ROWS) if len(row) > 1]
    return Counter(widths).most_common(1)[0][1] if widths else 0

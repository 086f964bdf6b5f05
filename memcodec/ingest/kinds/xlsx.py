"""Workbooks (XLSX; ECMA-376 SpreadsheetML) by openpyxl, row by row: sheets as paths, rows as places.

A formula's value is the one that was stored last. Memory: the workbook's shared strings and one row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from io import BytesIO
from typing import Any
from warnings import catch_warnings, simplefilter

from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import library, reading
from memcodec.ingest.kinds.ooxml import built
from memcodec.ingest.kinds.rows import add_rows
from memcodec.ingest.kinds.zipped import Package


def extract(data: bytes, name: str) -> Extracted:
    """The sheets' rows. Raises SourceError, MissingExtra."""
    openpyxl = library("openpyxl", "documents", "XLSX")
    library("defusedxml", "documents", "XLSX")  # openpyxl uses it where it is installed
    with reading(name, "workbook"), catch_warnings():
        simplefilter("ignore")  # openpyxl warns of what it does not draw
        package = Package(data, name)  # refuses bombs
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        out = Builder()
        for sheet in book.worksheets:
            add_rows(out, _rows(sheet), path=(sheet.title,), before=f"{sheet.title} ")
        return built(out, package)


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # a sheet may state another size than it has
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        yield number, [_shown(value) for value in row]


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else value.isoformat(" ")
    return str(value)

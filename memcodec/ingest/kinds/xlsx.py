"""Workbooks (XLSX; ECMA-376 SpreadsheetML) by openpyxl, row by row: sheets as paths, rows as places, then what is drawn
on a sheet, its comments, and what it prints on each page. Percentages and truth values are as people see them.

A formula's value is the one that was stored last; where none was, as programs write them, it is the formula itself.
Memory: the workbook's shared strings and one row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter
from xml.sax.saxutils import unescape

from memcodec.config.units import format_count
from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.drawingml import described, drawn, lines
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import library, reading
from memcodec.ingest.kinds.ooxml import OfficePackage, R, built, links, main_part, note_embedded
from memcodec.ingest.kinds.rows import add_rows
from memcodec.ingest.kinds.zipped import Package, local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_Value = tuple[object, str]
_MARGIN = re.compile(r"<(?:\w+:)?(?:odd|even|first)(Header|Footer)>([^<]*)<")
_TAIL = 1 << 16  # bytes of a sheet in which its headers stand: only links and breaks follow
_PERCENTAGE = re.compile(r"0(?:\.(0+))?%")
_PADDED = re.compile(r"0[0 ()/-]*0")
_MARGIN_CODE = re.compile(
    r'&(?:"[^"]*"|K[0-9A-Fa-f+-]{6,8}|\d{1,3}|[A-Z])'
)  # font, colour, size, page, day ...
_FORMULA = re.compile(rb"[<:]f[ >]")


def extract(data: bytes, name: str) -> Extracted:
    """The sheets' rows. Raises SourceError, MissingExtra."""
    openpyxl = library("openpyxl", "documents", "XLSX")
    library("defusedxml", "documents", "XLSX")  # openpyxl uses it where it is installed
    with reading(name, "workbook"), catch_warnings():
        simplefilter("ignore")  # openpyxl warns of what it does not draw
        package, out = OfficePackage(data, name), Builder()  # refuses bombs
        main = main_part(package, "xl/workbook.xml")
        if "xl/workbook.bin" in package:
            raise SourceError(f"{name}: a binary workbook (XLSB); save it as .xlsx")
        whole = package.rewritten().getvalue() if package.is_strict(main) else data
        values = _opened(openpyxl, whole, values=True)
        parts = dict(_sheets(package, main))
        written = {title for title, part in parts.items() if _has_formulas(package, part)}
        formulas = _opened(openpyxl, whole, values=False) if written else {}
        for sheet in values.worksheets:
            part = parts.pop(sheet.title, "")
            _add_sheet(sheet, formulas[sheet.title] if sheet.title in written else None, out)
            _add_beside(package, part, sheet.title, out)
        for title, part in parts.items():  # a sheet that is a chart
            _add_beside(package, part, title, out)
        note_embedded(package, dict(_sheets(package, main)).values(), out)
        return built(out, package)


def _opened(openpyxl: Any, data: bytes, *, values: bool) -> Any:
    return openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=values, keep_links=False)


def _sheets(package: Package, main: str) -> Iterator[tuple[str, str]]:
    """The titles of the sheets and their parts."""
    targets = {link.id: link.part for link in links(package, main)}
    for element in package.xml(main).iter():
        if local(element) == "sheet" and (part := targets.get(element.get(f"{R}id", ""), "")) in package:
            yield element.get("name", ""), part


def _has_formulas(package: Package, part: str) -> bool:
    before = b""
    for piece in package.pieces(part) if part in package else ():
        if _FORMULA.search(before + piece):
            return True
        before = piece[-3:]
    return False


def _add_sheet(sheet: Any, formulas: Any, out: Builder) -> None:
    unknown: list[int] = []
    rows = _values(sheet) if formulas is None else _known(_cells(sheet), _cells(formulas), unknown)
    shown = ((number, [_shown(value, form) for value, form in row]) for number, row in enumerate(rows, 1))
    add_rows(out, shown, path=(sheet.title,), before=f"{sheet.title} ")
    if unknown:
        count = f"{format_count(len(unknown))} formula" + ("s" if len(unknown) > 1 else "")
        out.note(f"{sheet.title}: {count} without a stored value, from row {unknown[0]} on; taken as written")


def _values(sheet: Any) -> Iterator[list[_Value]]:
    """Each row's values, with the forms that they are shown in."""
    return (
        [(cell.value, cell.number_format if isinstance(cell.value, (int, float)) else "") for cell in row]
        for row in _cells(sheet)
    )


def _cells(sheet: Any) -> Iterable[Sequence[Any]]:
    sheet.reset_dimensions()  # a sheet may state another size than it has
    rows: Iterable[Sequence[Any]] = sheet.iter_rows()
    return rows


def _known(
    values: Iterable[Sequence[Any]], formulas: Iterable[Sequence[Any]], unknown: list[int]
) -> Iterator[list[_Value]]:
    """Each row's values; for a formula without one, the formula, and the row's number in ``unknown``."""
    for number, (row, written) in enumerate(zip(values, formulas, strict=True), 1):
        known: list[_Value] = [
            (cell.value, cell.number_format if isinstance(cell.value, (int, float)) else "") for cell in row
        ]
        for column, (cell, formula) in enumerate(zip(row, written, strict=True)):
            # a formula that gives the empty text has no value either, but is of the type "str"
            if cell.value is None and cell.data_type == "n" and formula.data_type == "f":
                known[column] = getattr(formula.value, "text", None) or str(formula.value), ""
                unknown.append(number)
        yield known


def _shown(value: object, form: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)) and (percent := _PERCENTAGE.search(form)):
        return f"{value:.{len(percent[1] or '')}%}"
    if isinstance(value, int) and _PADDED.fullmatch(form):
        return _padded(value, form)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else value.isoformat(" ")
    return str(value)


def _padded(value: int, form: str) -> str:
    """A number whose form is zeros and signs, as those of places, parts and telephones have: 0123, 030-123."""
    digits = list(str(abs(value)).rjust(form.count("0"), "0"))
    signs = [digits.pop() if c == "0" else c for c in reversed(form)]
    return "-" * (value < 0) + "".join([*digits, *reversed(signs)])


def _add_beside(package: Package, part: str, title: str, out: Builder) -> None:
    """What stands on a sheet beside its cells: shapes, charts, comments."""
    linked = [link for link in links(package, part) if link.part in package]
    out.under((title,), title)
    for link in linked:
        if link.kind == "drawing":
            out.paragraph("\n".join(lines(package.xml(link.part))))
            for text in (*drawn(package, link.part), *described(package.xml(link.part))):
                out.paragraph(text)
    threads = [package.xml(link.part) for link in linked if link.kind == "threadedComment"]
    said = [remark for root in threads for remark in _remarks(root, "threadedComment")]
    answered = {cell for cell, _ in said}  # a copy of these stands among the comments, for older programs
    comments = [package.xml(link.part) for link in linked if link.kind == "comments"]
    said += [pair for root in comments for pair in _remarks(root, "comment") if pair[0] not in answered]
    for cell, text in said:
        out.under((title,), f"{title} {cell}")
        out.paragraph(f"Comment: {text}" if text else "")
    for kind, text in _margins(package, part):
        out.under((title,), f"{title} {kind}")
        out.paragraph(text)


def _margins(package: Package, part: str) -> Iterator[tuple[str, str]]:
    """The headers and footers of a sheet's pages, without their codes, each text once."""
    if part not in package:
        return
    tail = b""
    for piece in package.pieces(part):
        tail = (tail + piece)[-_TAIL:]
    start = tail.find(b"headerFooter")
    for kind, text in dict.fromkeys(
        _MARGIN.findall(tail[start:].decode("utf-8", "ignore")) if start > 0 else ()
    ):
        words = " ".join(_MARGIN_CODE.sub(" ", unescape(text).replace("&&", "\0")).replace("\0", "&").split())
        if any(map(str.isalpha, words)):
            yield kind.lower(), words


def _remarks(root: Element, name: str) -> Iterator[tuple[str, str]]:
    """The cells that comments stand at, and what they say."""
    for element in root.iter():
        if local(element) == name:
            pieces = (part.text or "" for part in element.iter() if local(part) in ("t", "text"))
            yield element.get("ref", ""), "".join(pieces).strip()

"""OpenDocument (ISO/IEC 26300): text with headings as paths, sheets by row, slides as places; then what stands beside.

Read with lxml: the library for it ships no wheels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder, when
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.odf_beside import add_beside
from memcodec.ingest.kinds.odf_text import (
    DRAW,
    NS,
    OFFICE,
    PARAGRAPHS,
    REPEATS,
    SHAPES,
    TABLE,
    TEXT,
    paragraphs,
    text_of,
)
from memcodec.ingest.kinds.rows import add_rows
from memcodec.ingest.kinds.zipped import Package

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SKIPPED = {
    f"{TEXT}tracked-changes",
    f"{OFFICE}forms",
    f"{TEXT}sequence-decls",
    f"{TABLE}shapes",
    NS % "presentation" + "notes",
}


def extract(data: bytes, name: str) -> Extracted:
    """The document's text. Raises SourceError, MissingExtra."""
    with reading(name, "OpenDocument file"):
        package, out = Package(data, name), Builder()
        manifest = "META-INF/manifest.xml"
        if manifest in package and b"encryption-data" in package.read(manifest):
            raise SourceError(f"{name}: encrypted; save it without a password")
        root = package.xml("content.xml")
        for body in root.iter(f"{OFFICE}body"):
            for content in body:
                _add_content(content, out)
        add_beside(root, package, out)
        return _built(package, out)


def _built(package: Package, out: Builder) -> Extracted:
    """``out``, with what the file says of itself."""
    said = package.texts("meta.xml")
    keywords = package.xml("meta.xml").iter(f"{NS % 'meta'}keyword") if "meta.xml" in package else ()
    return out.build(
        title=said.get("title"),
        author=said.get("initial-creator") or said.get("creator"),
        time=when(said.get("date")) or when(said.get("creation-date")),
        language=said.get("language"),
        tags={
            "subject": said.get("subject", ""),
            "keywords": ", ".join(each.text or "" for each in keywords),
            "description": said.get("description", ""),
        },
    )


def _add_content(content: Element, out: Builder) -> None:
    if content.tag == f"{OFFICE}spreadsheet":
        for table in content.iter(f"{TABLE}table"):
            sheet = table.get(f"{TABLE}name", "")
            add_rows(out, _rows(table), path=(sheet,), before=f"{sheet} ")
    elif content.tag in (f"{OFFICE}presentation", f"{OFFICE}drawing"):
        for number, page in enumerate(content.iter(f"{DRAW}page"), 1):
            _slide(page, number, out)
    else:
        _blocks(content, out)


def _blocks(parent: Element, out: Builder) -> None:
    for block in parent:
        if block.tag == f"{TEXT}h":
            level = block.get(f"{TEXT}outline-level", "1")
            out.heading(int(level) if level.isdecimal() else 1, text_of(block))
            _asides(block, out)
        elif block.tag == f"{TEXT}p":
            out.paragraph(text_of(block))
            _asides(block, out)
        elif block.tag == f"{TABLE}table":
            for number, (_, row) in enumerate(_rows(block)):
                if any(row):
                    (out.line if number else out.paragraph)(" | ".join(row))
        elif block.tag not in _SKIPPED:
            _blocks(block, out)


def _asides(block: Element, out: Builder) -> None:
    """The text that hangs on a paragraph without being a part of it: notes, text frames."""
    for aside in block.iter(f"{TEXT}note-body", f"{DRAW}text-box", *SHAPES):
        out.paragraph(paragraphs(aside))


def _rows(table: Element) -> Iterator[tuple[int, list[str]]]:
    """The rows with their numbers. An empty row that stands for many is one; a filled one, at most ``REPEATS``."""
    number = 1
    for row in table.iter(f"{TABLE}table-row"):
        if (
            next(row.iterancestors(f"{TABLE}table")) is not table
        ):  # of a table in a cell, whose text is the cell's
            continue
        cells = _cells(row)
        repeats = _number(row.get(f"{TABLE}number-rows-repeated"))
        for copy in range(min(repeats, REPEATS) if any(cells) else 1):
            yield number + copy, cells
        number += repeats


def _cells(row: Element) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
        said = [paragraph for paragraph in cell.iter(*PARAGRAPHS) if not _is_remark(paragraph)]
        text = " ".join(map(text_of, said))
        cells += [text] * min(_number(cell.get(f"{TABLE}number-columns-repeated")), REPEATS)
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _is_remark(paragraph: Element) -> bool:
    """Whether it is of a comment at its cell, which comes after."""
    above = paragraph.getparent()
    return above is not None and above.tag == f"{OFFICE}annotation"


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 1


def _slide(page: Element, number: int, out: Builder) -> None:
    """A slide: its name where the author gave one, its paragraphs, then the speaker's notes."""
    title = _title(page)
    out.under((title,) if title else (), f"slide {number}")
    _blocks(page, out)
    notes = page.find(f"{NS % 'presentation'}notes")
    lines = [] if notes is None else [text_of(paragraph).strip() for paragraph in notes.iter(*PARAGRAPHS)]
    spoken = "\n".join(line for line in lines if line and not line.startswith("<number>"))
    out.paragraph(f"Notes: {spoken}" if spoken else "")


def _title(page: Element) -> str:
    for frame in page.iter(f"{DRAW}frame"):
        if frame.get(f"{NS % 'presentation'}class") == "title":
            return paragraphs(frame)
    return ""

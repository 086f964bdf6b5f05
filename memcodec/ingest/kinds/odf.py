"""OpenDocument (ISO/IEC 26300): text with headings as paths, sheets by row, slides as places; then the words of
charts, headers and footers.

Read with lxml: the library for it ships no wheels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder, when
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.recognition import Recognition
from memcodec.ingest.kinds.rows import add_rows
from memcodec.ingest.kinds.zipped import Package, local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT, _TABLE, _DRAW, _OFFICE = _NS % "text", _NS % "table", _NS % "drawing", _NS % "office"
_SHAPE_NAMES = (
    "custom-shape rect circle ellipse line polyline polygon regular-polygon path connector caption measure"
)
_SHAPES = {f"{_DRAW}{name}" for name in _SHAPE_NAMES.split()}
_MARGINS = {
    f"{_NS % 'style'}{kind}{which}": kind
    for kind in ("header", "footer")
    for which in ("", "-left", "-first")
}
_IMAGE, _HREF = f"{_DRAW}image", "{http://www.w3.org/1999/xlink}href"
_PARAGRAPHS = {f"{_TEXT}p", f"{_TEXT}h"}
_SKIPPED = {
    f"{_TEXT}tracked-changes",
    f"{_OFFICE}forms",
    f"{_TEXT}sequence-decls",
    f"{_TABLE}shapes",
    _NS % "presentation" + "notes",
}
_INLINE = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_ASIDE = {  # of a paragraph; text:ruby-text is a reading above characters, which would cut the words below it
    *_SHAPES,
    f"{_DRAW}frame",
    f"{_DRAW}g",
    f"{_OFFICE}annotation-end",
    f"{_TEXT}ruby-text",
}
_REPEATS = 1000  # a spreadsheet repeats empty cells by the million


def extract(data: bytes, name: str, recognition: Recognition) -> Extracted:
    """The document's text. Raises SourceError, MissingExtra."""
    with reading(name, "OpenDocument file"):
        package, out = Package(data, name), Builder(recognition=recognition)
        manifest = "META-INF/manifest.xml"
        if manifest in package and b"encryption-data" in package.read(manifest):
            raise SourceError(f"{name}: encrypted; save it without a password")
        for body in package.xml("content.xml").iter(f"{_OFFICE}body"):
            for content in body:
                _add_content(content, out, package)
        _add_objects(package, out)
        _add_margins(package, out)
        said = package.texts("meta.xml")
        return out.build(
            title=said.get("title"),
            author=said.get("creator") or said.get("initial-creator"),
            time=when(said.get("date")) or when(said.get("creation-date")),
            language=said.get("language"),
        )


def _add_content(content: Element, out: Builder, package: Package) -> None:
    if content.tag == f"{_OFFICE}spreadsheet":
        for table in content.iter(f"{_TABLE}table"):
            sheet = table.get(f"{_TABLE}name", "")
            add_rows(out, _rows(table), path=(sheet,), before=f"{sheet} ")
    elif content.tag in (f"{_OFFICE}presentation", f"{_OFFICE}drawing"):
        for number, page in enumerate(content.iter(f"{_DRAW}page"), 1):
            _slide(page, number, out, package)
    else:
        _blocks(content, out, package)


def _add_objects(package: Package, out: Builder) -> None:
    """The words of charts and of other documents that stand in this one; a chart's figures are the sheet's."""
    for part in package.parts:
        if part.endswith("/content.xml"):
            words = (
                _text(each).strip() for each in package.xml(part).iter(*_PARAGRAPHS) if not _is_figure(each)
            )
            out.paragraph("\n".join(dict.fromkeys(filter(None, words))))


def _is_figure(paragraph: Element) -> bool:
    cell = paragraph.getparent()
    return cell is not None and cell.get(f"{_OFFICE}value-type", "string") != "string"


def _add_margins(package: Package, out: Builder) -> None:
    """Headers and footers, each text once: most pages repeat them."""
    seen = set()
    for margin in package.xml("styles.xml").iter(*_MARGINS) if "styles.xml" in package else ():
        lines = (" ".join(_text(each).split()) for each in margin.iter(*_PARAGRAPHS))
        text = "\n".join(filter(None, lines))
        if text not in seen and any(map(str.isalpha, text)):  # not a page's number alone
            seen.add(text)
            out.under((), _MARGINS[str(margin.tag)])
            out.paragraph(text)


def _blocks(parent: Element, out: Builder, package: Package) -> None:
    for block in parent:
        if block.tag == f"{_TEXT}h":
            level = block.get(f"{_TEXT}outline-level", "1")
            out.heading(int(level) if level.isdecimal() else 1, _text(block))
            _asides(block, out)
            _pictures(block, out, package)
        elif block.tag == f"{_TEXT}p":
            out.paragraph(_text(block))
            _asides(block, out)
            _pictures(block, out, package)
        elif block.tag == f"{_TABLE}table":
            for number, (_, row) in enumerate(_rows(block)):
                if any(row):
                    (out.line if number else out.paragraph)(" | ".join(row))
            _pictures(block, out, package)
        elif block.tag == _IMAGE:
            _pictures(block, out, package)
        elif block.tag not in _SKIPPED:
            _blocks(block, out, package)


def _asides(block: Element, out: Builder) -> None:
    """The text that hangs on a paragraph without being a part of it: notes, text frames."""
    for aside in block.iter(f"{_TEXT}note-body", f"{_DRAW}text-box", *_SHAPES):
        out.paragraph(" ".join(_text(paragraph) for paragraph in aside.iter(*_PARAGRAPHS)))


def _pictures(block: Element, out: Builder, package: Package) -> None:
    for image in block.iter(_IMAGE):
        part = package.resolve("content.xml", image.get(_HREF, ""))
        if part in package and not part.startswith("ObjectReplacements"):  # which shows a chart, say, again
            out.picture(package.read(part))


def _text(element: Element) -> str:
    """The text of a paragraph, without what hangs on it."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            pieces.append(" " * (min(int(count), _REPEATS) if count.isdecimal() else 1))
        elif child.tag in _INLINE:
            pieces.append(_INLINE[str(child.tag)])
        elif child.tag == f"{_TEXT}note":
            citation = child.find(f"{_TEXT}note-citation")
            pieces.append(f"[{citation.text or ''}]" if citation is not None else "")
        elif child.tag not in _ASIDE:
            pieces.append(
                f" [{' '.join(child.itertext())}] " if local(child) == "annotation" else _text(child)
            )
        pieces.append(child.tail or "")
    return "".join(pieces)


def _rows(table: Element) -> Iterator[tuple[int, list[str]]]:
    """The rows with their numbers. An empty row that stands for many is one; a filled one, at most ``_REPEATS``."""
    number = 1
    for row in table.iter(f"{_TABLE}table-row"):
        cells = _cells(row)
        repeats = _number(row.get(f"{_TABLE}number-rows-repeated"))
        for copy in range(min(repeats, _REPEATS) if any(cells) else 1):
            yield number + copy, cells
        number += repeats


def _cells(row: Element) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        text = " ".join(_text(paragraph) for paragraph in cell.iter(*_PARAGRAPHS))
        cells += [text] * min(_number(cell.get(f"{_TABLE}number-columns-repeated")), _REPEATS)
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 1


def _slide(page: Element, number: int, out: Builder, package: Package) -> None:
    """A slide: its name where the author gave one, its paragraphs, then the speaker's notes."""
    title = _title(page)
    out.under((title,) if title else (), f"slide {number}")
    _blocks(page, out, package)
    notes = page.find(f"{_NS % 'presentation'}notes")
    lines = [] if notes is None else [_text(paragraph).strip() for paragraph in notes.iter(*_PARAGRAPHS)]
    spoken = "\n".join(line for line in lines if line and not line.startswith("<number>"))
    out.paragraph(f"Notes: {spoken}" if spoken else "")


def _title(page: Element) -> str:
    for frame in page.iter(f"{_DRAW}frame"):
        if frame.get(f"{_NS % 'presentation'}class") == "title":
            return " ".join(_text(paragraph) for paragraph in frame.iter(*_PARAGRAPHS))
    return ""

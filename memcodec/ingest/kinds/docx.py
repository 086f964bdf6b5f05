"""Word documents (DOCX; ECMA-376 WordprocessingML): headings as paths, tables by row, then notes, comments,
headers and footers. The parts are walked here because the usual library passes over text in content controls,
text boxes, footnotes and accepted insertions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.ooxml import MC, built, links, main_part
from memcodec.ingest.kinds.zipped import Package

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TEXTS = {f"{_W}t", f"{_M}t"}
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_NOTES = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}
_INSIDE = {f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}


def extract(data: bytes, name: str) -> Extracted:
    """The document's text. Raises SourceError, MissingExtra."""
    with reading(name, "Word document"):
        package = Package(data, name)
        part, out = main_part(package, "word/document.xml"), Builder()
        linked = [link for link in links(package, part) if link.part in package]
        styles = next((link.part for link in linked if link.kind == "styles"), None)
        levels = _levels(package.xml(styles)) if styles else {}
        for body in package.xml(part).iter(f"{_W}body"):
            _blocks(body, levels, out)
        for link in linked:
            if link.kind in _NOTES:
                _add_notes(package.xml(link.part), _NOTES[link.kind], out)
        _add_margins(package, [link.part for link in linked if link.kind in ("header", "footer")], out)
        return built(out, package)


def _levels(styles: Element) -> dict[str, int]:
    """The heading level of each paragraph style that is one; the title's is 0."""
    levels: dict[str, int] = {}
    for style in styles.iter(f"{_W}style"):
        name = style.find(f"{_W}name")
        title = name.get(f"{_W}val", "").lower() if name is not None else ""
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        if match := re.fullmatch(r"heading (\d)", title):
            levels[style.get(f"{_W}styleId", "")] = int(match[1])
        elif title == "title":
            levels[style.get(f"{_W}styleId", "")] = 0
        elif outline is not None and outline.get(f"{_W}val", "") in set("012345678"):
            levels[style.get(f"{_W}styleId", "")] = int(outline.get(f"{_W}val", "")) + 1
    return levels


def _blocks(parent: Element, levels: dict[str, int], out: Builder) -> None:
    for block in parent:
        if block.tag == f"{_W}p":
            _paragraph(block, levels, out)
        elif block.tag == f"{_W}tbl":
            _table(block, out)
        elif block.tag in _INSIDE:
            _blocks(block, levels, out)


def _paragraph(paragraph: Element, levels: dict[str, int], out: Builder) -> None:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    level = levels.get(style.get(f"{_W}val", "")) if style is not None else None
    text = _text(paragraph)
    if level is None:
        out.paragraph(text)
    else:
        out.heading(level, text)


def _table(table: Element, out: Builder) -> None:
    """One line a row. Rows and cells may stand in content controls; a table in a cell is part of its text."""
    for number, row in enumerate(_within(table, f"{_W}tr")):
        cells = [" ".join(_text(cell).split()) for cell in _within(row, f"{_W}tc")]
        line = " | ".join(cells)
        if line.strip(" |"):
            (out.line if number else out.paragraph)(line)


def _within(parent: Element, tag: str) -> Iterator[Element]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _INSIDE:
            yield from _within(child, tag)


def _text(element: Element) -> str:
    """The text below ``element``. A paragraph inside it, of a cell or a text box, begins a line."""
    pieces: list[str] = []
    skipped: Element | None = None
    for node in element.iter():
        if skipped is not None and any(above is skipped for above in node.iterancestors()):
            continue
        skipped = None
        if node.tag == f"{MC}Fallback":  # the same text again, for older programs
            skipped = node
        elif node.tag in _TEXTS:
            pieces.append(node.text or "")
        elif node.tag in _MARKS:
            pieces.append(_MARKS[str(node.tag)])
        elif node.tag == f"{_W}p" and pieces:
            pieces.append("\n")
        elif node.tag == f"{_W}footnoteReference":
            pieces.append(f"[{node.get(f'{_W}id', '')}]")
    return "".join(pieces)


def _add_notes(root: Element, kind: str, out: Builder) -> None:
    for note in root:
        if text := _text(note).strip():
            out.under((), f"{kind} {note.get(f'{_W}id', '')}")
            out.paragraph(text)


def _add_margins(package: Package, parts: list[str], out: Builder) -> None:
    """The headers and footers, each text once: most pages repeat them."""
    seen = set()
    for part in parts:
        root = package.xml(part)
        text = _text(root).strip()
        if text and text not in seen:
            seen.add(text)
            out.under((), "footer" if root.tag == f"{_W}ftr" else "header")
            out.paragraph(text)

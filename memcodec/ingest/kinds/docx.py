"""Word documents (DOCX; ECMA-376 WordprocessingML): headings as paths, tables by row, then notes, comments,
headers and footers. The parts are walked here because the usual library passes over text in content controls,
text boxes, footnotes and accepted insertions. Left out, and noted: readings above characters (ruby), for the words are
below; what tracked changes delete; files that lie in the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from memcodec.config.units import format_count
from memcodec.errors import MemcodecError, SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.drawingml import described, drawn
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.html import RUBY_LEFT_OUT, add_html, declared_charset
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.note_marks import is_mark
from memcodec.ingest.kinds.ooxml import MC, OfficePackage, R, built, links, main_part, note_embedded
from memcodec.ingest.kinds.plain import decode
from memcodec.ingest.kinds.zipped import Package

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TEXTS = {f"{_W}t", f"{_M}t"}
_MARKS = {f"{_W}tab": "\t", f"{_W}ptab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_MARKS |= {f"{_M}den": "/", f"{_M}e": " "}  # of formulas: what stands below, and side by side
_NOTES = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}
_BOX = f"{_W}txbxContent"
# boxes come after; the same again for older programs; ruby; what is moved stands where it went
_ASIDE = {_BOX, f"{MC}Fallback", f"{_W}rt", f"{_W}moveFrom"}
_REFERENCES = {f"{_W}footnoteReference", f"{_W}endnoteReference"}
_CHUNKS = {"mail", "plain", "rtf"}
_DEPTH = 4  # of documents in documents
_INSIDE = {f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
_WATERMARK = "{urn:schemas-microsoft-com:vml}textpath"


def extract(data: bytes, name: str) -> Extracted:
    """The document's text. Raises SourceError, MissingExtra."""
    with reading(name, "Word document"):
        package, out = OfficePackage(data, name), Builder()
        _add_document(package, out)
        return built(out, package)


def _add_document(package: Package, out: Builder, depth: int = 0) -> None:
    """Adds a whole document, which may stand in so many others."""
    part = main_part(package, "word/document.xml")
    linked = [link for link in links(package, part) if link.part in package]
    styles = next((link.part for link in linked if link.kind == "styles"), None)
    body = _Body(package, part, _levels(package.xml(styles)) if styles else {}, out, depth)
    for element in package.xml(part).iter(f"{_W}body"):
        body.blocks(element)
    for text in (*drawn(package, part), *described(package.xml(part))):
        out.paragraph(text)
    for link in linked:
        if link.kind in _NOTES:
            _add_notes(package.xml(link.part), _NOTES[link.kind], out)
    _note_left_out(package.xml(part), out)
    note_embedded(package, [part], out)
    _add_margins(package, [link.part for link in linked if link.kind in ("header", "footer")], out)


def _note_left_out(root: Element, out: Builder) -> None:
    if deleted := sum(1 for _ in root.iter(f"{_W}delText")):
        out.note(f"text that tracked changes delete is left out ({format_count(deleted)})")
    if next(root.iter(f"{_W}rt"), None) is not None:
        out.note(RUBY_LEFT_OUT)


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


class _Body:
    """Adds the blocks of a document's body."""

    def __init__(self, package: Package, part: str, levels: dict[str, int], out: Builder, depth: int) -> None:
        self._package, self._levels, self._out, self._depth = package, levels, out, depth
        self._chunks = {link.id: link.part for link in links(package, part) if link.kind == "aFChunk"}

    def blocks(self, parent: Element) -> None:
        """The paragraphs, tables and foreign pieces right below ``parent``."""
        for block in parent:
            if block.tag == f"{_W}p":
                self._paragraph(block)
            elif block.tag == f"{_W}tbl":
                self._table(block)
            elif block.tag == f"{_W}altChunk":
                self._chunk(self._chunks.get(block.get(f"{R}id", ""), ""))
            elif block.tag in _INSIDE:
                self.blocks(block)

    def _paragraph(self, paragraph: Element) -> None:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        level = self._levels.get(style.get(f"{_W}val", "")) if style is not None else None
        text = _running(paragraph)
        if level is None:
            self._out.paragraph(text)
        else:
            self._out.heading(level, text)
        for box in _boxes(paragraph):
            self.blocks(box)

    def _table(self, table: Element) -> None:
        """One line a row. Rows and cells may stand in content controls; a table in a cell is part of its text."""
        for number, row in enumerate(_within(table, f"{_W}tr")):
            cells = [" ".join(_text(cell).split()) for cell in _within(row, f"{_W}tc")]
            line = " | ".join(cells)
            if line.strip(" |"):
                (self._out.line if number else self._out.paragraph)(line)

    def _chunk(self, part: str) -> None:
        """A piece in a format of its own, which Word takes in when it opens the document."""
        try:
            self._add_chunk(part)
        except MemcodecError as error:
            self._out.note(f"a piece of the document is left out: {error}")

    def _add_chunk(self, part: str) -> None:
        from memcodec.ingest import kinds

        data = self._package.read(part)
        kind = "mail" if part.lower().endswith((".mht", ".mhtml")) else kinds.kind_of(data, part).name
        if kind == "html":
            add_html(self._out, decode(data, part, declared=declared_charset(data))[0], part, place="")
        elif kind == "docx" and self._depth < _DEPTH:
            _add_document(OfficePackage(data, part), self._out, self._depth + 1)
        elif kind in _CHUNKS:
            found = kinds.extract(data, part, kind=kind)
            self._out.paragraph(found.text)
            for note in found.notes:
                self._out.note(f"{part}: {note}")
        else:
            raise SourceError(f"{part}: of a kind that no document takes in")


def _within(parent: Element, tag: str) -> Iterator[Element]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _INSIDE:
            yield from _within(child, tag)


def _text(element: Element) -> str:
    """All the text below ``element``: what runs, then its text boxes. A paragraph begins a line."""
    return "\n".join(filter(None, [_running(element), *map(_text, _boxes(element))]))


def _running(element: Element) -> str:
    """The text that runs below ``element``, without text boxes, which only hang on it."""
    pieces: list[str] = []
    for node in _shown(element):
        if node.tag in _TEXTS:
            text = node.text or ""
            leads = _is_raised(node) and is_mark(text, "".join(pieces[-2:]))
            pieces.append(f"[{text}]" if leads else text)
        elif node.tag in _MARKS:
            pieces.append(_MARKS[str(node.tag)])
        elif node.tag == f"{_W}p" and pieces:
            pieces.append("\n")
        elif node.tag == f"{_W}sym":
            pieces.append(_symbol(node))
        elif node.tag == _WATERMARK:
            pieces.append(f" {node.get('string', '')} ")
        elif node.tag == f"{_W}ddList":
            pieces.append(_chosen(node))
        elif node.tag in _REFERENCES:
            pieces.append(f"[{node.get(f'{_W}id', '')}]")
    return "".join(pieces)


def _is_raised(text: Element) -> bool:
    form = next(text.itersiblings(f"{_W}rPr", preceding=True), None)
    aligned = form.find(f"{_W}vertAlign") if form is not None else None
    return aligned is not None and aligned.get(f"{_W}val") == "superscript"


def _symbol(node: Element) -> str:
    """A character by its number. A picture font's own ones, F000-F0FF, have no meaning without it."""
    match = re.fullmatch(r"[0-9A-Fa-f]{1,4}", node.get(f"{_W}char", ""))
    number = int(match[0], 16) if match else 0xF000
    return " " if 0xE000 <= number < 0xF900 else chr(number)


def _chosen(choices: Element) -> str:
    """What is chosen in a form's list, which no run repeats: the first unless another is named."""
    result = choices.find(f"{_W}result")
    stated = result.get(f"{_W}val", "") if result is not None else "0"
    entries = [entry.get(f"{_W}val", "") for entry in choices.iter(f"{_W}listEntry")]
    return next(iter(entries[int(stated) :]), "") if re.fullmatch(r"[0-9]{1,4}", stated) else ""


def _boxes(element: Element) -> Iterator[Element]:
    return (node for node in _shown(element) if node.tag == _BOX)


def _shown(element: Element) -> Iterator[Element]:
    """What is below ``element``, in order, without what is below any of ``_ASIDE``."""
    from lxml.etree import iterwalk

    walker = iterwalk(element, events=("start",))
    for _, node in walker:
        if node is element:
            continue
        if node.tag in _ASIDE:
            walker.skip_subtree()
        yield node


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

"""OpenDocument's names (ISO/IEC 26300), and the text of its paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memcodec.ingest.kinds.zipped import local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
TEXT, TABLE, DRAW, OFFICE = NS % "text", NS % "table", NS % "drawing", NS % "office"
REPEATS = 1000  #: a spreadsheet repeats empty cells by the million
PARAGRAPHS = {f"{TEXT}p", f"{TEXT}h"}
_SHAPE_NAMES = (
    "custom-shape rect circle ellipse line polyline polygon regular-polygon path connector caption measure"
)
SHAPES = {f"{DRAW}{name}" for name in _SHAPE_NAMES.split()}
_INLINE = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
_ASIDE = {  # of a paragraph; text:ruby-text is a reading above characters, which would cut the words below it
    *SHAPES,
    f"{DRAW}frame",
    f"{DRAW}g",
    f"{OFFICE}annotation-end",
    f"{TEXT}ruby-text",
}


def text_of(element: Element) -> str:
    """The text of a paragraph, without what hangs on it."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == f"{TEXT}s":
            count = child.get(f"{TEXT}c", "1")
            pieces.append(" " * (min(int(count), REPEATS) if count.isdecimal() else 1))
        elif child.tag in _INLINE:
            pieces.append(_INLINE[str(child.tag)])
        elif child.tag == f"{TEXT}note":
            citation = child.find(f"{TEXT}note-citation")
            pieces.append(f"[{citation.text or ''}]" if citation is not None else "")
        elif local(child) == "fieldmark":
            pieces.append(_chosen(child))
        elif child.tag not in _ASIDE:
            pieces.append(
                f" [{' '.join(child.itertext())}] " if local(child) == "annotation" else text_of(child)
            )
        pieces.append(child.tail or "")
    return "".join(pieces)


def paragraphs(element: Element) -> str:
    """The text of all paragraphs below ``element`` in one line."""
    return " ".join(text_of(paragraph) for paragraph in element.iter(*PARAGRAPHS))


def _chosen(field: Element) -> str:
    """What is chosen in a list that stands in the text, as LibreOffice writes such."""
    entries, chosen = [], "0"
    for parameter in field:
        said = {key.rpartition("}")[2]: value for key, value in parameter.attrib.items()}
        if said.get("name") == "Dropdown_ListEntry":
            entries.append(said.get("value", ""))
        elif said.get("name") == "Dropdown_Selected":
            chosen = said.get("value", "")
    return next(iter(entries[int(chosen) :]), "") if chosen.isdecimal() and len(chosen) < 5 else ""

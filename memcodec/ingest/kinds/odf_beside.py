"""What stands in an OpenDocument file beside its text: comments in cells, pictures' descriptions, forms, charts,
formulas, headers and footers; and what of it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memcodec.config.units import format_count
from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.html import RUBY_LEFT_OUT, SIDE_BY_SIDE
from memcodec.ingest.kinds.odf_text import (
    DRAW,
    NS,
    OFFICE,
    PARAGRAPHS,
    SHAPES,
    TABLE,
    TEXT,
    paragraphs,
    text_of,
)
from memcodec.ingest.kinds.zipped import Package, local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_FORM, _SVG = NS % "form", NS % "svg-compatible"
_MATH = "{http://www.w3.org/1998/Math/MathML}math"
_TYPED_AS = {"annotation", "annotation-xml"}  # of a formula
_SECRET = {"password", "hidden", "property", "form"}
_MARGINS = {
    f"{NS % 'style'}{kind}{which}": kind for kind in ("header", "footer") for which in ("", "-left", "-first")
}


def add_beside(root: Element, package: Package, out: Builder) -> None:
    """Adds all of it; ``root`` is the document's content."""
    for remark in root.iter(f"{OFFICE}annotation"):
        above = remark.getparent()
        if above is not None and above.tag == f"{TABLE}table-cell":
            sheet = next(above.iterancestors(f"{TABLE}table")).get(f"{TABLE}name", "")
            out.under((sheet,), sheet)
            _add("Comment: ", paragraphs(remark), out)
    for shapes in root.iter(f"{TABLE}shapes"):
        for shape in shapes.iter(f"{DRAW}text-box", *SHAPES):
            _add("", paragraphs(shape), out)
    for frame in root.iter(f"{DRAW}frame", f"{DRAW}g", *SHAPES):
        said = (each.text or "" for each in frame.iterchildren(f"{_SVG}title", f"{_SVG}desc"))
        _add("Picture: ", ": ".join(dict.fromkeys(filter(None, map(str.strip, said)))), out)
    for field in root.iter(f"{_FORM}*"):
        _add("", _filled_in(field), out)
    _add_objects(package, out)
    _add_margins(package, out)
    _note_left_out(root, out)


def _add(before: str, text: str, out: Builder) -> None:
    out.paragraph(before + text if text.strip() else "")


def _filled_in(field: Element) -> str:
    """A form's field: its label and what was filled in; of a list, what is chosen. Passwords are not told."""
    name = local(field)
    if name in ("option", "item"):
        chosen = field.get(f"{_FORM}current-selected") or field.get(f"{_FORM}selected")
        return field.get(f"{_FORM}label", "") if chosen == "true" else ""
    if name in _SECRET:
        return ""
    said = (field.get(f"{_FORM}label"), field.get(f"{_FORM}current-value") or field.get(f"{_FORM}value"))
    return ": ".join(filter(None, said))


def _add_objects(package: Package, out: Builder) -> None:
    """The words of charts, formulas and other documents that stand in this one; a chart's figures are the sheet's."""
    for part in package.parts:
        if not part.endswith("/content.xml"):
            continue
        try:
            root = package.xml(part)
        except SourceError as error:
            out.note(f"an object in it is left out: {error}")
            continue
        words = [text_of(each).strip() for each in root.iter(*PARAGRAPHS) if not _is_figure(each)]
        if root.tag == _MATH:
            words.append("".join(_formula(root)))
        out.paragraph("\n".join(dict.fromkeys(filter(None, words))))


def _is_figure(paragraph: Element) -> bool:
    cell = paragraph.getparent()
    return cell is not None and cell.get(f"{OFFICE}value-type", "string") != "string"


def _formula(element: Element) -> Iterator[str]:
    """A formula's signs, without what it was typed as."""
    if local(element) not in _TYPED_AS:
        yield (element.text or "").strip()
        for number, child in enumerate(element):
            yield SIDE_BY_SIDE.get(local(element), "") if number else ""
            yield from _formula(child)


def _add_margins(package: Package, out: Builder) -> None:
    """Headers and footers, each text once: most pages repeat them."""
    seen = set()
    for margin in package.xml("styles.xml").iter(*_MARGINS) if "styles.xml" in package else ():
        lines = (" ".join(text_of(each).split()) for each in margin.iter(*PARAGRAPHS))
        text = "\n".join(filter(None, lines))
        if text not in seen and any(map(str.isalpha, text)):  # not a page's number alone
            seen.add(text)
            out.under((), _MARGINS[str(margin.tag)])
            out.paragraph(text)


def _note_left_out(root: Element, out: Builder) -> None:
    if deleted := sum(1 for _ in root.iter(f"{TEXT}deletion")):
        out.note(f"text that tracked changes delete is left out ({format_count(deleted)})")
    if next(root.iter(f"{TEXT}ruby-text"), None) is not None:
        out.note(RUBY_LEFT_OUT)
    for embedded in root.iter(f"{DRAW}object-ole"):
        out.note(
            f"a file that lies in it is left out: {embedded.get('{http://www.w3.org/1999/xlink}href', '')}"
        )

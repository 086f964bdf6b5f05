"""Presentations (PPTX; ECMA-376 PresentationML): slides as places, their titles as paths, then the speaker's notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.ooxml import MC, A, R, built, links, main_part
from memcodec.ingest.kinds.zipped import Package

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_TITLES = {"title", "ctrTitle"}
_FURNITURE = {"sldNum", "dt", "ftr", "hdr", "sldImg"}  # the same on every slide


def extract(data: bytes, name: str) -> Extracted:
    """The slides' text. Raises SourceError, MissingExtra."""
    with reading(name, "presentation"):
        package, out = Package(data, name), Builder()
        part = main_part(package, "ppt/presentation.xml")
        targets = {link.id: link.part for link in links(package, part)}
        for number, slide in enumerate(package.xml(part).iter(f"{_P}sldId"), 1):
            target = targets.get(slide.get(f"{R}id", ""), "")
            if target in package:
                _slide(package, target, number, out)
            else:
                out.note(f"slide {number}: missing in the file")
        return built(out, package)


def _slide(package: Package, part: str, number: int, out: Builder) -> None:
    root = package.xml(part)
    shapes = [shape for shape in root.iter(f"{_P}sp", f"{_P}graphicFrame") if not _fallback(shape)]
    title = " ".join(_lines(next((shape for shape in shapes if _holder(shape) in _TITLES), None)))
    out.under((title,) if title else (), f"slide {number}")
    out.paragraph(title)
    for shape in shapes:
        if _holder(shape) not in _TITLES | _FURNITURE:
            out.paragraph("\n".join(_lines(shape)))
    for link in links(package, part):
        if link.part not in package:
            continue
        if link.kind == "notesSlide":
            _notes(package.xml(link.part), out)
        elif link.kind == "diagramData":
            out.paragraph("\n".join(_lines(package.xml(link.part))))


def _notes(root: Element, out: Builder) -> None:
    for shape in root.iter(f"{_P}sp"):
        if _holder(shape) not in _FURNITURE and (lines := _lines(shape)):
            out.paragraph("Notes: " + "\n".join(lines))


def _fallback(shape: Element) -> bool:
    return any(above.tag == f"{MC}Fallback" for above in shape.iterancestors())


def _holder(shape: Element) -> str | None:
    """What the layout uses the shape for; None for a free one."""
    holder = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    return holder.get("type", "body") if holder is not None else None


def _lines(element: Element | None) -> list[str]:
    """The text below ``element``: one line a paragraph, or a table's row."""
    if element is None:
        return []
    rows = list(element.iter(f"{A}tr"))
    if rows:
        return [" | ".join(" ".join(_lines(cell)) for cell in row.iter(f"{A}tc")) for row in rows]
    paragraphs = (_paragraph(paragraph) for paragraph in element.iter(f"{A}p"))
    return [text for text in paragraphs if text.strip()]


def _paragraph(paragraph: Element) -> str:
    return "".join(
        "\n" if run.tag == f"{A}br" else run.text or "" for run in paragraph.iter(f"{A}t", f"{A}br")
    )

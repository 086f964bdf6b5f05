"""Presentations (PPTX; ECMA-376 PresentationML): slides as places, their titles as paths, then charts,
the speaker's notes and comments; last, what layouts and masters show on every slide.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.drawingml import A, described, drawn, is_fallback, lines
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.ooxml import OfficePackage, R, built, links, main_part, note_embedded
from memcodec.ingest.kinds.zipped import Package, local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_TITLES = {"title", "ctrTitle"}
_FURNITURE = {"sldNum", "dt", "ftr", "hdr", "sldImg"}  # the same on every slide
_MARGINS = {"ftr": "footer", "hdr": "header"}


def extract(data: bytes, name: str) -> Extracted:
    """The slides' text. Raises SourceError, MissingExtra."""
    with reading(name, "presentation"):
        package, out = OfficePackage(data, name), Builder()
        part = main_part(package, "ppt/presentation.xml")
        shown: list[str] = []
        targets = {link.id: link.part for link in links(package, part)}
        for number, slide in enumerate(package.xml(part).iter(f"{_P}sldId"), 1):
            target = targets.get(slide.get(f"{R}id", ""), "")
            if target in package:
                shown.append(target)
                _slide(package, target, number, out)
            else:
                out.note(f"slide {number}: missing in the file")
        _add_repeated(package, shown, out)
        note_embedded(package, shown, out)
        return built(out, package)


def _slide(package: Package, part: str, number: int, out: Builder) -> None:
    root = package.xml(part)
    shapes = [shape for shape in root.iter(f"{_P}sp", f"{_P}graphicFrame") if not is_fallback(shape)]
    title = " ".join(lines(next((shape for shape in shapes if _holder(shape) in _TITLES), None)))
    out.under((title,) if title else (), f"slide {number}")
    out.paragraph(title)
    for shape in shapes:
        if _holder(shape) not in _TITLES | _FURNITURE:
            out.paragraph("\n".join(lines(shape)))
    for text in (*drawn(package, part), *described(root)):
        out.paragraph(text)
    for link in links(package, part):
        if link.kind == "notesSlide" and link.part in package:
            _notes(package.xml(link.part), out)
        elif link.kind == "comments" and link.part in package:
            _comments(package.xml(link.part), out)


def _add_repeated(package: Package, slides: list[str], out: Builder) -> None:
    """What many slides show, once: their footers, then the shapes of layouts and masters that hold no slide's text."""
    seen = {""}
    for part in slides:
        for shape in package.xml(part).iter(f"{_P}sp"):
            kind = _MARGINS.get(_holder(shape) or "", "")
            if kind and (text := "\n".join(lines(shape))) not in seen:
                seen.add(text)
                out.under((), kind)
                out.paragraph(text)
    layouts = _behind(package, slides)
    for part in (*layouts, *_behind(package, layouts)):
        for shape in package.xml(part).iter(f"{_P}sp"):
            if _holder(shape) is None and (text := "\n".join(lines(shape))) not in seen:
                seen.add(text)
                out.under((), "every slide")
                out.paragraph(text)


def _behind(package: Package, parts: Iterable[str]) -> list[str]:
    """The layouts that slides stand on, or the masters that layouts do."""
    linked = (link for part in parts for link in links(package, part))
    return list(
        dict.fromkeys(
            link.part
            for link in linked
            if link.kind in ("slideLayout", "slideMaster") and link.part in package
        )
    )


def _notes(root: Element, out: Builder) -> None:
    for shape in root.iter(f"{_P}sp"):
        if _holder(shape) not in _FURNITURE and (spoken := lines(shape)):
            out.paragraph("Notes: " + "\n".join(spoken))


def _comments(root: Element, out: Builder) -> None:
    """Comments as they were first written (a text each), and as they are since 2018 (paragraphs, with replies)."""
    for element in root.iter():
        if element.tag == f"{A}p":
            text = "".join(run.text or "" for run in element.iter(f"{A}t"))
        else:
            text = (element.text or "") if local(element) == "text" else ""
        out.paragraph(f"Comment: {text}" if text.strip() else "")


def _holder(shape: Element) -> str | None:
    """What the layout uses the shape for; None for a free one."""
    holder = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    return holder.get("type", "body") if holder is not None else None

"""The text of what is drawn in Office files (DrawingML, ECMA-376): shapes, tables, charts, diagrams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memcodec.ingest.kinds.ooxml import MC, links
from memcodec.ingest.kinds.zipped import Package, local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_APART = {
    f"{A}br": "\n",
    f"{_MATH}den": "/",
    f"{_MATH}e": " ",
}  # of formulas: what stands below, and side by side
_RUNS = {f"{A}t", f"{_MATH}t", *_APART}
_CHARTS = {"chart", "chartEx"}
_NAMES = {"strCache", "multiLvlStrCache", "tx", "strDim", "txData"}  # what holds the words of a chart's data


def described(root: Element) -> Iterator[str]:
    """What the author says of pictures, for those who do not see them: titles and descriptions."""
    for element in root.iter():
        if local(element) in ("docPr", "cNvPr") and not is_fallback(element):
            said = (element.get(key, "").strip() for key in ("title", "descr"))
            if text := ": ".join(dict.fromkeys(filter(None, said))):
                yield f"Picture: {text}"


def drawn(package: Package, part: str) -> Iterator[str]:
    """The texts of the charts and diagrams that ``part`` links to."""
    for link in links(package, part):
        if link.part not in package:
            continue
        if link.kind in _CHARTS:
            yield "\n".join(dict.fromkeys(_chart_lines(package.xml(link.part))))
        elif link.kind == "diagramData":
            yield "\n".join(lines(package.xml(link.part)))


def lines(element: Element | None) -> list[str]:
    """The text below ``element``: one line a paragraph, or a table's row."""
    if element is None:
        return []
    rows = list(element.iter(f"{A}tr"))
    if rows:
        return [" | ".join(" ".join(lines(cell)) for cell in row.iter(f"{A}tc")) for row in rows]
    found = (_paragraph(paragraph) for paragraph in element.iter(f"{A}p") if not is_fallback(paragraph))
    return [text for text in found if text.strip()]


def is_fallback(element: Element) -> bool:
    """Whether this is the same again, for older programs."""
    return any(above.tag == f"{MC}Fallback" for above in element.iterancestors())


def _paragraph(paragraph: Element) -> str:
    return "".join(_APART.get(str(run.tag), run.text or "") for run in paragraph.iter(*_RUNS))


def _chart_lines(root: Element) -> Iterator[str]:
    """The titles of a chart and its axes, the names of its series and categories."""
    for element in root.iter():
        if element.tag == f"{A}p":
            yield from filter(str.strip, [_paragraph(element)])
        elif local(element) in ("v", "pt") and any(
            local(above) in _NAMES for above in element.iterancestors()
        ):
            yield from filter(None, [(element.text or "").strip()])

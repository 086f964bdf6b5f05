"""What Office Open XML files share (ECMA-376): the links between parts, and the core properties."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from memcodec.ingest.kinds.builder import Builder, when
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.zipped import Package

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Link(NamedTuple):
    """A relationship of a part: its id, the last word of its type ("slide", "footnotes"), the part it leads to."""

    id: str
    kind: str
    part: str


def links(package: Package, part: str) -> list[Link]:
    """The links from ``part`` to other parts of the package, in file order."""
    folder, name = posixpath.split(part)
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    if place not in package:
        return []
    return [
        Link(element.get("Id", ""), element.get("Type", "").rpartition("/")[2], package.resolve(part, target))
        for element in package.xml(place).iter(_RELATIONSHIP)
        if element.get("TargetMode") != "External" and (target := element.get("Target", ""))
    ]


def main_part(package: Package, otherwise: str) -> str:
    """The part that the package begins with."""
    return next((link.part for link in links(package, "") if link.kind == "officeDocument"), otherwise)


def built(out: Builder, package: Package) -> Extracted:
    """``out``, with what the file says of itself: its core properties (ECMA-376 part 2, section 8)."""
    said = package.texts("docProps/core.xml")
    return out.build(
        title=said.get("title"),
        author=said.get("creator"),
        time=when(said.get("modified")) or when(said.get("created")),
        language=said.get("language"),
    )

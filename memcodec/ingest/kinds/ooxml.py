"""What Office Open XML files share (ECMA-376): the links between parts, and the core properties."""

from __future__ import annotations

import posixpath
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from memcodec.ingest.kinds.builder import when
from memcodec.ingest.kinds.zipped import Package

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_CORE = "docProps/core.xml"


class Link(NamedTuple):
    """A relationship of a part: its id, the last word of its type ("slide", "footnotes"), the part it leads to."""

    id: str
    kind: str
    part: str


class Properties(NamedTuple):
    """The core properties (ECMA-376 part 2, section 8)."""

    title: str | None = None
    author: str | None = None
    time: datetime | None = None
    language: str | None = None


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


def properties(package: Package) -> Properties:
    """What the file says of itself."""
    if _CORE not in package:
        return Properties()
    texts = {local(element): (element.text or "").strip() for element in package.xml(_CORE)}
    time = when(texts.get("modified")) or when(texts.get("created"))
    return Properties(texts.get("title"), texts.get("creator"), time, texts.get("language"))


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]

"""What Office Open XML files share (ECMA-376): one spelling of their namespaces, the links between parts, and the
core properties.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import NamedTuple

from memcodec.ingest.kinds.builder import Builder, when
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.zipped import Package

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# Of a namespace or a relationship's type in the strict class of ISO/IEC 29500: wordprocessingml/main
_STRICT = re.compile(rb"""(\b(?:xmlns(?::[\w.-]+)?|Type)\s*=\s*["']http://)purl\.oclc\.org/ooxml/(\w+)/""")


class OfficePackage(Package):
    """A package whose parts are read as the transitional class of ISO/IEC 29500, whichever it was saved as."""

    def read(self, part: str) -> bytes:
        """The bytes of a part, its namespaces the transitional ones. Raises SourceError."""
        return _STRICT.sub(rb"\1schemas.openxmlformats.org/\2/2006/", super().read(part))

    def is_strict(self, part: str) -> bool:
        """Whether a part was saved as the strict class."""
        return _STRICT.search(super().read(part)) is not None

    def rewritten(self) -> BytesIO:
        """The whole package as a transitional one, for libraries that read no other."""
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as target:
            for part in self.parts:
                target.writestr(part, b"" if part.endswith("/") else self.read(part))
        return out


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


_EMBEDDED = {"package", "oleObject"}


def note_embedded(package: Package, parts: Iterable[str], out: Builder) -> None:
    """Says which files lie in the document: of what such a one shows, at most a picture stands in ``parts``."""
    found = {
        link.part: None
        for part in parts
        for link in links(package, part)
        if link.kind in _EMBEDDED
        if link.part in package
    }
    for part in found:
        out.note(f"a file that lies in it is left out: {part}")


def built(out: Builder, package: Package) -> Extracted:
    """``out``, with what the file says of itself: its core properties (ECMA-376 part 2, section 8)."""
    said = package.texts("docProps/core.xml")
    return out.build(
        title=said.get("title"),
        author=said.get("creator"),
        time=when(said.get("modified")) or when(said.get("created")),
        language=said.get("language"),
        tags={key: said.get(key, "") for key in ("subject", "keywords", "description")},
    )

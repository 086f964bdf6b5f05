"""EPUB books (EPUB 3.3, EPUB 2): the spine's files as chapters, their headings as paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder, when
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.html import add_html
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.plain import decode
from memcodec.ingest.kinds.recognition import Recognition
from memcodec.ingest.kinds.zipped import Package

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_OCF = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"


def extract(data: bytes, name: str, recognition: Recognition) -> Extracted:
    """The book's text, in reading order. Raises SourceError, also for a book under DRM; MissingExtra."""
    with reading(name, "EPUB book"):
        package, out = Package(data, name), Builder(recognition=recognition)
        root_file = next(package.xml(_CONTAINER).iter(f"{_OCF}rootfile"), None)
        place = package.resolve("", root_file.get("full-path", "")) if root_file is not None else ""
        opf = package.xml(place)
        chapters = [package.resolve(place, href) for href in _spine(opf)]
        _refuse_locked(package, set(chapters), name)
        for number, part in enumerate(chapters, 1):
            if out.full:
                out.note(f"chapters {number}-{len(chapters)}: left out ({out.full})")
                break
            _add_chapter(package, part, number, out)
        said = {key: next((found.text for found in opf.iter(_DC + key)), None) for key in _KEYS}
        return out.build(
            title=said["title"], author=said["creator"], time=when(said["date"]), language=said["language"]
        )


_KEYS = ("title", "creator", "date", "language")


def _spine(opf: Element) -> list[str]:
    """The files of the book, in reading order, without its navigation."""
    items = {
        item.get("id", ""): item.get("href", "")
        for item in opf.iter(f"{_OPF}item")
        if "nav" not in item.get("properties", "").split()
    }
    return [items[key] for found in opf.iter(f"{_OPF}itemref") if (key := found.get("idref", "")) in items]


def _refuse_locked(package: Package, chapters: set[str], name: str) -> None:
    """Embedded fonts are often scrambled; a chapter that is, cannot be read."""
    if _ENCRYPTION not in package:
        return
    for element in package.xml(_ENCRYPTION).iter("{http://www.w3.org/2001/04/xmlenc#}CipherReference"):
        if package.resolve("", element.get("URI", "")) in chapters:
            raise SourceError(f"{name}: its chapters are encrypted (DRM); a free copy is needed")


def _add_chapter(package: Package, part: str, number: int, out: Builder) -> None:
    out.under((), f"chapter {number}")
    try:
        root = add_html(out, decode(package.read(part), part)[0], part, place=f"chapter {number}")
        for picture in _pictures(root) if root is not None else ():
            if (target := package.resolve(part, picture)) in package:
                out.picture(package.read(target))
    except SourceError as error:
        out.note(f"chapter {number}: {error}")


def _pictures(root: Element) -> Iterator[str]:
    """Where the pictures of a chapter lie: HTML's, and SVG's, in which whole pages are often shown."""
    for element in root.iter("img", "image"):
        yield element.get("src") or element.get("xlink:href") or element.get("href") or ""

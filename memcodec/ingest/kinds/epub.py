"""EPUB books (EPUB 3.3, EPUB 2): the spine's files as chapters, their headings as paths, until the first of which they
stand under their name in the book's contents. Pages that the spine leaves out follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder, when
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.html import add_html, declared_charset
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.plain import decode
from memcodec.ingest.kinds.zipped import Package

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_OCF = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
_PAGES = ("application/xhtml+xml", "text/html")
_DC = "{http://purl.org/dc/elements/1.1/}"


def extract(data: bytes, name: str) -> Extracted:
    """The book's text, in reading order. Raises SourceError, also for a book under DRM; MissingExtra."""
    with reading(name, "EPUB book"):
        package, out = Package(data, name), Builder()
        root_file = next(package.xml(_CONTAINER).iter(f"{_OCF}rootfile"), None)
        place = package.resolve("", root_file.get("full-path", "")) if root_file is not None else ""
        opf = package.xml(place)
        chapters = [package.resolve(place, href) for href in _pages(opf)]
        names = _names(package, place, opf)
        _refuse_locked(package, set(chapters), name)
        for number, part in enumerate(chapters, 1):
            if out.full:
                out.note(f"chapters {number}-{len(chapters)}: left out ({out.full})")
                break
            _add_chapter(package, part, number, names.get(part, ""), out)
        said = {key: [found.text or "" for found in opf.iter(_DC + key)] for key in _KEYS}
        return out.build(
            title=_first(said["title"]),
            author=", ".join(said["creator"]),
            time=when(_first(said["date"])),
            language=_first(said["language"]),
            tags={
                "subject": ", ".join(said["subject"]),
                "description": _without_marks(_first(said["description"])),
                "publisher": _first(said["publisher"]),
            },
        )


_KEYS = "title creator date language subject description publisher".split()


def _first(values: list[str]) -> str:
    return next(iter(values), "")


def _without_marks(text: str) -> str:
    """Descriptions are often HTML."""
    return re.sub(r"<[^<>]{0,200}>", " ", text)


def _pages(opf: Element) -> list[str]:
    """The book's pages in reading order, without its navigation; then those that no order names."""
    items = {
        item.get("id", ""): item.get("href", "")
        for item in opf.iter(f"{_OPF}item")
        if "nav" not in item.get("properties", "").split()
    }
    pages = [item.get("id", "") for item in opf.iter(f"{_OPF}item") if item.get("media-type") in _PAGES]
    ordered = [key for found in opf.iter(f"{_OPF}itemref") if (key := found.get("idref", "")) in items]
    return [items[key] for key in dict.fromkeys((*ordered, *pages)) if key in items]


def _names(package: Package, place: str, opf: Element) -> dict[str, str]:
    """What the contents call each page: those of EPUB 3, a page, and of EPUB 2 (NCX)."""
    names: dict[str, str] = {}
    for item in opf.iter(f"{_OPF}item"):
        is_nav = "nav" in item.get("properties", "").split()
        if not is_nav and item.get("media-type") != "application/x-dtbncx+xml":
            continue
        part = package.resolve(place, item.get("href", ""))
        try:
            contents = package.xml(part)
        except SourceError:  # a book without contents has its pages yet
            continue
        for href, name in _links(contents, is_nav=is_nav):
            names.setdefault(package.resolve(part, href), name)
    return names


def _links(contents: Element, *, is_nav: bool) -> Iterator[tuple[str, str]]:
    if is_nav:
        for link in contents.iter("{http://www.w3.org/1999/xhtml}a"):
            yield link.get("href", ""), "".join(link.itertext())
        return
    for point in contents.iter(f"{_NCX}navPoint"):
        text, content = point.find(f"{_NCX}navLabel/{_NCX}text"), point.find(f"{_NCX}content")
        if text is not None and content is not None:
            yield content.get("src", ""), text.text or ""


def _refuse_locked(package: Package, chapters: set[str], name: str) -> None:
    """Embedded fonts are often scrambled; a chapter that is, cannot be read."""
    if _ENCRYPTION not in package:
        return
    for element in package.xml(_ENCRYPTION).iter("{http://www.w3.org/2001/04/xmlenc#}CipherReference"):
        if package.resolve("", element.get("URI", "")) in chapters:
            raise SourceError(f"{name}: its chapters are encrypted (DRM); a free copy is needed")


def _add_chapter(package: Package, part: str, number: int, name: str, out: Builder) -> None:
    out.under((name,) if name.strip() else (), f"chapter {number}")
    try:
        page = package.read(part)
        add_html(out, decode(page, part, declared_charset(page))[0], part, place=f"chapter {number}")
    except SourceError as error:
        out.note(f"chapter {number}: {error}")

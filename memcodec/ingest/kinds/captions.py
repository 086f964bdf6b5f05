"""What a picture says of itself in EXIF, IPTC, XMP and its own comments: title, description, keywords, who, when.

EXIF 3.0 (CIPA DC-008), IPTC-IIM 4.2, XMP (ISO 16684-1), the text chunks of PNG. The same said twice is kept once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from memcodec.errors import MemcodecError
from memcodec.ingest.kinds.builder import clean, when
from memcodec.ingest.kinds.zipped import local, parse_xml

if TYPE_CHECKING:
    from PIL.Image import Image

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_TAKEN, _OFFSET, _COMMENT = 0x9003, 0x9011, 0x9286
_EXIF = {0x9C9B: "title", 0x010E: "description", 0x9C9C: "description", 0x9C9F: "description"}
_EXIF |= {0x9C9E: "keywords", 0x013B: "author", 0x9C9D: "author"}
_IPTC = {(2, 5): "title", (2, 105): "title", (2, 120): "description", (2, 25): "keywords", (2, 80): "author"}
_IPTC |= {(2, 92): "place", (2, 90): "place", (2, 95): "place", (2, 101): "place"}
_XMP = {"title": "title", "Headline": "title", "description": "description", "subject": "keywords"}
_XMP |= {"AltTextAccessibility": "description", "creator": "author", "Location": "place", "City": "place"}
_XMP |= {"State": "place", "Country": "place"}
_XMP_TIMES = ("DateTimeOriginal", "DateCreated", "CreateDate")
_CHUNKS = {"title": "title", "description": "description", "comment": "description", "author": "author"}
_CHARSETS = {b"ASCII\0\0\0": "ascii", b"JIS\0\0\0\0\0": "iso2022_jp"}
_WHEN = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d:\d\d(?::\d\d)?)")
_LONG = 20_000  # characters of one caption

Said = dict[str, list[str]]


class Captions(NamedTuple):
    """``paragraphs`` are what searching should find: title, description, keywords, place, time."""

    paragraphs: tuple[str, ...]
    title: str
    author: str
    time: datetime | None


def captions(image: Image, *, gps: bool) -> Captions:
    """What ``image`` says of itself; with ``gps`` where it was taken, too. Damaged notes are passed over."""
    said: Said = {}
    exif = image.getexif()
    xmp = dict(_xmp(image))
    for key, text in (*_exif(exif), *_iptc(image), *_named(xmp, _XMP), *_named(_chunks(image), _CHUNKS)):
        _add(said, key, text)
    taken = _taken(exif) or next((time for name in _XMP_TIMES if (time := when(_first(xmp, name)))), None)
    lines = [*said.get("title", []), *said.get("description", [])]
    labelled = {"Keywords": said.get("keywords"), "Place": said.get("place")}
    lines += [f"{label}: {', '.join(texts)}" for label, texts in labelled.items() if texts]
    lines += [f"Taken: {taken:%Y-%m-%d %H:%M}"] if taken else []
    lines += [f"GPS: {place}"] if gps and (place := _gps(exif)) else []
    author = ", ".join(said.get("author", []))
    return Captions(tuple(lines), next(iter(said.get("title", [])), ""), author, taken)


def _add(said: Said, key: str, text: str) -> None:
    text = clean(text).strip("\0 \n")[:_LONG]
    known = [each.casefold() for texts in said.values() for each in texts]
    for part in re.split(r"[;,]\s*", text) if key == "keywords" else [text]:
        if part.strip() and part.casefold() not in known:
            said.setdefault(key, []).append(part)


def _named(found: Mapping[str, list[str]], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((names[name], text) for name, texts in found.items() if name in names for text in texts)


def _first(found: Mapping[str, list[str]], name: str) -> str | None:
    return next(iter(found.get(name, [])), None)


def _exif(exif: Any) -> Iterator[tuple[str, str]]:
    for tag, key in _EXIF.items():
        value = exif.get(tag, "")
        yield key, value.decode("utf-16-le", "ignore") if isinstance(value, bytes) else _text(value)
    comment = exif.get_ifd(_EXIF_IFD).get(_COMMENT, b"")
    if isinstance(comment, bytes):
        charset = _CHARSETS.get(comment[:8], "utf-16" if comment.startswith(b"UNICODE") else "utf-8")
        yield "description", comment[8:].decode(charset, "ignore")


def _text(value: object) -> str:
    """Pillow gives EXIF's ASCII as Latin-1, but many programs write UTF-8."""
    with suppress(UnicodeError):
        return str(value).encode("latin-1").decode()
    return str(value)


def _taken(exif: Any) -> datetime | None:
    """When the picture was taken; without a zone in the camera's own time."""
    details = exif.get_ifd(_EXIF_IFD)
    if not (match := _WHEN.match(str(details.get(_TAKEN, "")))):
        return None
    offset = str(details.get(_OFFSET, "")).strip("\0 ")
    for zone in (offset, ""):
        with suppress(ValueError):
            return datetime.fromisoformat(f"{match[1]}-{match[2]}-{match[3]}T{match[4]}{zone}")
    return None


def _gps(exif: Any) -> str:
    """``47.37689, 8.54169``: north and east are positive."""
    found = exif.get_ifd(_GPS_IFD)
    with suppress(TypeError, ValueError, KeyError, ZeroDivisionError):
        return f"{_degrees(found[2], found[1], 'S'):.5f}, {_degrees(found[4], found[3], 'W'):.5f}"
    return ""


def _degrees(parts: Iterable[Any], side: str, negative: str) -> float:
    degrees, minutes, seconds = map(float, parts)
    return (degrees + minutes / 60 + seconds / 3600) * (-1 if side == negative else 1)


def _iptc(image: Any) -> Iterator[tuple[str, str]]:
    from PIL import IptcImagePlugin

    found: Mapping[tuple[int, int], Any] = {}
    with suppress(Exception):  # its reader fails in many ways on damaged records
        found = IptcImagePlugin.getiptcinfo(image) or {}
    for tag, key in _IPTC.items():
        values = found.get(tag, [])
        for value in values if isinstance(values, list) else [values]:
            yield key, _decoded(value)


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def _chunks(image: Image) -> dict[str, list[str]]:
    """PNG's text chunks; the comments of GIF and JPEG."""
    return {
        name.lower(): [_decoded(value) if isinstance(value, bytes) else value]
        for name, value in image.info.items()
        if isinstance(name, str) and isinstance(value, str | bytes)
    }


def _xmp(image: Image) -> Iterator[tuple[str, list[str]]]:
    """The names of XMP's properties, without namespaces, and their texts."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    data = packet.encode() if isinstance(packet, str) else bytes(packet)
    with suppress(MemcodecError):  # damaged, or no parser is installed
        root = parse_xml(data.strip(b"\0 \n"), "XMP") if data.strip(b"\0 \n") else None
        for element in root.iter() if root is not None else ():
            for name, value in element.attrib.items():  # the short form
                yield str(name).rpartition("}")[2], [str(value)]
            if texts := [
                (each.text or "").strip() for each in element.iter() if local(each) in ("li", local(element))
            ]:
                yield local(element), [text for text in texts if text]

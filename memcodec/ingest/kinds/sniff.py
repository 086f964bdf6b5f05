"""What a file is, by its first bytes; by its name only where bytes do not say. Names lie, and are forgotten."""

from __future__ import annotations

import os
import re
import zipfile
from io import BytesIO

from memcodec.errors import SourceError

_MAGICS = (
    (b"{\\rtf", "rtf"),
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"]\0\0", "archive"),  # LZMA alone
    (b"fLaC", "speech"),
    (b"OggS", "speech"),
    (b"ID3", "speech"),
    (b"\x1aE\xdf\xa3", "speech"),  # Matroska, WebM
    (b"FLV\x01", "speech"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),  # JPEG
    (b"GIF8", "image"),
    (b"II*\0", "image"),  # TIFF, of either order of bytes
    (b"MM\0*", "image"),
)
_UNREADABLE = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an Office file from before 2007, or one with a password; save it again without",
    ),
    (b"\x7fELF", "a program; it holds no text"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it and add the folder"),
    (b"Rar!\x1a\x07", "a RAR archive; unpack it and add the folder"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive; unpack it and add the folder"),
    (b"\x1f\x9d", "an archive of compress (.Z); unpack it and add the folder"),
    (b"\x04\x22\x4d\x18", "an LZ4 archive; unpack it and add the folder"),
    (b"MSCF\0\0\0\0", "a cabinet file; unpack it and add the folder"),
    (b"SQLite format 3\0", "an SQLite database; export its tables to CSV"),
)
_OF_TEXT = re.compile(rb"!<arch>\n|07070[12][0-9A-Fa-f]{104}|070707[0-7]{70}")  # ar; cpio (new and old)
_HEIF = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # bytes that the second header has
_OPC = {"word": "docx", "ppt": "pptx", "xl": "xlsx"}  # the folder of a package's main part
_PDF_HEAD = 1024  # ISO 32000-1, annex H.3.4.1: readers look for the header in so many bytes
# Possessive and atomic: a text is read once, whatever it is.
_MICRODVD = re.compile(rb"\s*+(?:\{\d++\}\{\d*+\}[^\n]*+\n){2}")
_HTML = re.compile(
    rb"\s*+(?:(?><!--.*?-->)\s*+)*+(?:<\?xml[^>]*+>\s*+)?+(?:<!doctype\s++html|<html[\s>])",
    re.IGNORECASE | re.DOTALL,
)


def by_bytes(data: bytes) -> str | None:
    """The kind that ``data`` is of, None when its bytes do not say. Raises SourceError for what no module can read."""
    if data.lstrip()[:5] == b"%PDF-":
        return "pdf"
    if _OF_TEXT.match(data):
        raise SourceError("an archive of ar or cpio; unpack it and add the folder")
    if _is_text(data[:4096]):
        return "rtf" if data.startswith(b"{\\rtf") else "archive" if is_tar(data) else None
    for magic, why in _UNREADABLE:
        if data.startswith(magic):
            raise SourceError(why)
    for magic, kind in _MAGICS:
        if data.startswith(magic):
            return kind
    if b"%PDF-" in data[:_PDF_HEAD]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if is_tar(data):
        return "archive"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        raise SourceError("a HEIC picture; save it as JPEG")
    if _is_image(data):
        return "image"
    return "speech" if _is_media(data) else None


_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b"))


def by_name(name: str) -> str:
    """The suffix of ``name``, in lower case."""
    return os.path.splitext(name.lower())[1]  # noqa: PTH122 -- a name, not a path


def by_text(data: bytes) -> str | None:
    """The kind of a text that no name tells: an HTML page or MicroDVD's subtitles, by how it begins."""
    return "html" if _HTML.match(data[:4096]) else "subtitles" if _MICRODVD.match(data[:4096]) else None


def is_archive(data: bytes) -> bool:
    """Whether ``data`` is a container of other files, rather than a document that happens to be a zip."""
    try:
        return by_bytes(data) == "archive"
    except SourceError:
        return False


def is_tar(head: bytes) -> bool:
    """Whether a TAR begins so: by its magic, or before POSIX had one by its header's sum (pax, ustar header block)."""
    if len(head) < 512 or head[257:263] in (b"ustar\0", b"ustar "):
        return len(head) >= 512
    try:
        stated = int(head[148:156].strip(b" \0"), 8)
    except ValueError:
        return False
    return stated == sum(head[:148]) + 8 * 0x20 + sum(head[156:512])


def _is_text(head: bytes) -> bool:
    """Whether ``head`` is UTF-8 without control characters: a text may begin with the word "ID3"."""
    text = head.decode("utf-8", "ignore")  # the head may end inside a character
    return len(text.encode()) > len(head) - 4 and len(head.translate(None, _CONTROLS)) == len(head)


def _is_image(data: bytes) -> bool:
    """Whether this is a WebP, AVIF or BMP picture."""
    bmp = (
        data[:2] == b"BM" and data[6:10] == bytes(4) and int.from_bytes(data[14:18], "little") in _BMP_HEADERS
    )
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return bmp or webp or data[4:12] in (b"ftypavif", b"ftypavis")


def _is_media(data: bytes) -> bool:
    riff = data[:4] == b"RIFF" and data[8:12] in (b"WAVE", b"AVI ")
    mpeg_audio = len(data) > 2 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2 and data[2] >> 4 not in (0, 15)
    return riff or data[4:8] == b"ftyp" or (mpeg_audio and b"\0" in data[:4096])


def _zip_kind(data: bytes) -> str:
    """The document kind that a zip file's parts make it; ``archive`` when they make none."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as opened:
            names = set(opened.namelist()[:20_000])
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        return _torn_zip(data)
    if "[Content_Types].xml" in names:
        folders = {name.partition("/")[0] for name in names}
        return next((kind for folder, kind in _OPC.items() if folder in folders), "archive")
    if "META-INF/container.xml" in names:
        return "epub"
    return "odf" if {"content.xml", "mimetype"} <= names else "archive"


def _torn_zip(data: bytes) -> str:
    """The kind of a zip file whose directory is lost, by the names that stand in it, so that the error is about it."""
    for mark, kind in ((b"word/", "docx"), (b"ppt/", "pptx"), (b"xl/", "xlsx")):
        if mark in data[: 1 << 20]:
            return kind
    if b"mimetypeapplication/epub" in data[:128]:
        return "epub"
    return "odf" if b"mimetypeapplication/vnd.oasis" in data[:128] else "archive"

"""PDF (ISO 32000) by PDFium: pages as places, bookmarks as paths, each page's fields and comments behind its text.
A page that holds marks but no text is noted, most likely a scan; so are files that lie in it. Figures set above a word
lead to a note and stand in brackets, ``word[1]``: they are no part of the word.

At most ``MAX_PAGES`` pages and ``SECONDS`` are spent; what they leave out is noted. Memory: one page at a time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from memcodec.config.units import format_count
from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import library, reading
from memcodec.ingest.kinds.pdf_annotations import overlaid
from memcodec.ingest.kinds.pdf_text import PageText

MAX_PAGES = 20_000
_BOOKMARKS = 10_000
_ATTACHED = 100
_HYPHEN = re.compile(
    "[\x02\ufffe](?:\r?\n)?"
)  # what PDFium puts for a hyphen that only the line's end asked for
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([-+Z])(?:(\d\d)'?(\d\d)?)?)?")


def extract(data: bytes, name: str) -> Extracted:
    """The pages' text. Raises SourceError, also for a file that needs a password; MissingExtra."""
    pdfium = library("pypdfium2", "documents", "PDF")
    with reading(name, "PDF file"):
        document = _opened(pdfium, data, name)
        try:
            document.init_forms()
            return _extracted(pdfium, document)
        finally:
            document.close()


def _opened(pdfium: Any, data: bytes, name: str) -> Any:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.raw.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise SourceError(f"{name}: encrypted PDF file; save it without a password") from error
        raise


def _extracted(pdfium: Any, document: Any) -> Extracted:
    out, silent = Builder(), defaultdict[str, list[int]](list)
    paths = _paths(document)
    count = len(document)
    for index in range(count):
        if index == MAX_PAGES or out.full:
            out.note(f"pages {index + 1}-{count}: left out ({out.full or 'too many'})")
            break
        out.under(paths.get(index, ()), f"page {index + 1}")
        if wrong := _page(pdfium, document, index, out):
            silent[wrong].append(index + 1)
    for wrong, pages in silent.items():
        out.note(f"{'page' if len(pages) == 1 else 'pages'} {_ranges(pages)}: {wrong}")
    _note_attached(document, out)
    said = document.get_metadata_dict()
    return out.build(
        title=said.get("Title"),
        author=said.get("Author"),
        time=_date(said.get("ModDate", "")) or _date(said.get("CreationDate", "")),
        language=_language(pdfium, document),
        tags={"subject": said.get("Subject", ""), "keywords": said.get("Keywords", "")},
    )


def _note_attached(document: Any, out: Builder) -> None:
    for index in range(min(document.count_attachments(), _ATTACHED)):
        out.note(f"a file that lies in it is left out: {document.get_attachment(index).get_name()}")


def _page(pdfium: Any, document: Any, index: int, out: Builder) -> str:
    """Adds a page's text; gives what is wrong with it."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return "damaged"
    try:
        shown = PageText(pdfium, page)
        out.paragraph(_HYPHEN.sub("", shown.text))
        for laid_over in overlaid(pdfium, document, page):
            out.paragraph(laid_over)
        if shown.text.strip():
            return (
                "its fonts do not say which letters they show; the text may be wrong"
                if shown.is_unknown
                else ""
            )
        return "no text (scanned?)" if next(page.get_objects(max_depth=1), None) is not None else ""
    finally:
        page.close()


def _paths(document: Any) -> dict[int, tuple[str, ...]]:
    """For each page, the bookmarks that it stands under: the last ones before its end."""
    starts: dict[int, tuple[str, ...]] = {}
    path: list[str] = []
    for count, mark in enumerate(document.get_toc(max_depth=8)):
        if count == _BOOKMARKS:
            break
        page, title = _target(mark)
        path = [*path[: mark.level], title]
        if page is not None:
            starts.setdefault(page, tuple(path))
    found: dict[int, tuple[str, ...]] = {}
    last: tuple[str, ...] = ()
    for page in range(len(document) if starts else 0):
        last = found[page] = starts.get(page, last)
    return found


def _target(mark: Any) -> tuple[int | None, str]:
    target = mark.get_dest()
    return (target.get_index() if target else None), mark.get_title()


def _ranges(numbers: Iterable[int]) -> str:
    """``3-5, 9``; of many, the first and how many more."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in runs[:12]]
    rest = sum(last - first + 1 for first, last in runs[12:])
    return ", ".join(shown) + (f" and {format_count(rest)} more" if rest else "")


def _date(text: str) -> datetime | None:
    """A date of ISO 32000-1, section 7.9.4: ``D:20240131120000+01'00'``."""
    match = _DATE.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (
        int(part or low) for part, low in zip(match.groups()[:6], "011000", strict=True)
    )
    ahead = timedelta(hours=int(match[8] or 0), minutes=int(match[9] or 0)) * (-1 if match[7] == "-" else 1)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(ahead)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _language(pdfium: Any, document: Any) -> str | None:
    """The catalogue's /Lang."""
    ask = getattr(pdfium.raw, "FPDFCatalog_GetLanguage", None)
    if ask is None:
        return None
    import ctypes

    buffer = (ctypes.c_ushort * 64)()
    size = ask(document.raw, buffer, len(buffer))
    return (
        bytes(buffer)[: size * 2].decode("utf-16-le", "ignore").rstrip("\0")
        if 0 < size <= len(buffer)
        else None
    )

"""Every kind of file by every writer."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

from tests.ingest.writers import books, letters, office, pages, richtext, sheets, slides, texts, word
from tests.ingest.writers.words import Made, Words

_PRINTED = (  # of what LibreOffice prints to PDF
    "title, author, subject, keywords, heading, body, inserted text, content control, link, text box, table, footnote,"
    " endnote, first header"
).split(", ")
_UNWRITTEN = {
    "html": {"subject", "picture title"},
    "rtf": {"picture title"},
}  # LibreOffice has names of its own for them
_WRITTEN = {  # what of a text or a table is left to tell
    "txt": {"heading", "body", "table", "link"},
    "csv": {"header", "body", "merged cells", "hidden row", "link", "value of a formula"},
}
_SOURCES = {
    "a.py": '# {0}\n\n\ndef {1}():\n    return "{2}"\n',
    "a.ts": '/* {0} */\nexport function {1}(): string {{ return "{2}"; }}\n',
    "a.sh": '# {0}\n{1}() {{ echo "{2}"; }}\n',
}


def everything(folder: Path) -> list[Made]:
    """All of them; LibreOffice is started once."""
    return [
        *_office(folder),
        *(word.by_pandoc(kind, leave) for kind, leave in _PANDOC.items()),
        word.by_python_docx(),
        word.by_odfdo(),
        sheets.by_openpyxl(),
        sheets.by_odfdo(),
        slides.by_hand(),
        slides.by_odfdo(),
        richtext.by_hand(),
        *_pages(folder),
        books.by_hand(),
        books.by_ebooklib(),
        books.epub2_by_hand(),
        *_tables(folder),
        letters.by_python(),
        letters.by_mailbox(),
        letters.by_hand(box=False),
        letters.by_hand(box=True),
        *_texts(folder),
        *_archives(folder),
    ]


_PANDOC = {
    "docx": "picture description",
    "odt": "",
    "rtf": "title, author, picture description",
    "epub": "",
    "html": "",
    "ipynb": "title, author, link, picture description, table header, table, list, code, footnote, equation",
}


def _office(folder: Path) -> list[Made]:
    given = [word.by_hand(), sheets.by_xlsxwriter(), slides.by_python_pptx()]
    named = {f"{at}.{each.name}": each for at, each in enumerate(given)}
    found = office.converted(folder, [(name, each.data) for name, each in named.items()])
    return [*given, *(_by_libreoffice(named[name], kind, data) for (name, kind), data in found.items())]


def _by_libreoffice(given: Made, kind: str, data: bytes) -> Made:
    """What LibreOffice made of a file, with the words that it wrote."""
    words, held = Words(), _unpacked(data)
    dated = {"date", "language"} & set(given.places) if kind in ("odt", "docx", "odp", "pptx") else set[str]()
    kept = [place for place in given.places if place in dated or words[place].encode() in held]
    kept = [
        place for place in kept if place not in _UNWRITTEN.get(kind, ()) and place in _WRITTEN.get(kind, kept)
    ]
    kept = _PRINTED if kind == "pdf" else kept
    seen = [place for place in given.places if place in sheets.SEEN]
    return Made("LibreOffice", f"a.{kind}", data, (*kept, *seen))


def _unpacked(data: bytes) -> bytes:
    if not zipfile.is_zipfile(BytesIO(data)):
        return data
    with zipfile.ZipFile(BytesIO(data)) as opened:
        return b"\n".join(opened.read(name) for name in opened.namelist())


def _pages(folder: Path) -> list[Made]:
    return [pages.by_reportlab(), pages.by_fpdf2(), pages.by_latex(folder), pages.by_chromium(folder)]


def _tables(folder: Path) -> list[Made]:
    return [
        sheets.by_csv("csv"),
        sheets.by_csv("csv", "utf-16", "\r\n", ";"),
        sheets.by_csv("csv", "utf-8-sig", "\r", "|"),
        sheets.by_csv("tsv", delimiter="\t"),
        *(sheets.by_duckdb(folder, kind) for kind in ("csv", "tsv", "parquet")),
        sheets.by_pyarrow(),
    ]


def _texts(folder: Path) -> list[Made]:
    return [
        *(texts.text_by_hand(encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252")),
        texts.markdown_by_hand(),
        texts.markdown_by_pandoc(),
        *(texts.code_by_hand(name, source) for name, source in _SOURCES.items()),
        texts.code_by_ast(),
        texts.notebook_by_nbformat(),
        *(texts.subtitles_by_hand(kind) for kind in ("srt", "vtt", "ass", "ssa", "sub")),
        *(texts.subtitles_by_ffmpeg(folder, kind) for kind in ("srt", "vtt", "ass")),
        *(texts.subtitles_by_pysubs2(kind) for kind in ("srt", "vtt", "ass", "ssa", "sub")),
    ]


def _archives(folder: Path) -> list[Made]:
    return [
        *(texts.archive_by_python(kind) for kind in ("zip", "tar", "tar.gz", "tar.bz2", "tar.xz")),
        texts.archive_by_zip(folder),
        texts.archive_by_tar(folder),
    ]

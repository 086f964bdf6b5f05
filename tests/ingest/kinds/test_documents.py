"""What pandoc and LibreOffice write is read: text, headings, tables, notes, metadata."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import extract
from memcodec.ingest.kinds.extracted import Extracted
from tests.ingest import made


def at(found: Extracted, words: str) -> tuple[tuple[str, ...], str]:
    """The path and the place of the section that holds ``words``."""
    assert found.text.count(words) == 1, found.text
    offset = found.text.index(words)
    section = [section for section in found.sections if section.start <= offset][-1]
    return section.path, section.place


@pytest.mark.parametrize("kind", ["docx", "odt", "epub", "html", "pptx", "rtf", "ipynb"])
def test_pandoc_s_files_are_read(kind: str) -> None:
    found = extract(made.pandoc(kind), f"book.{kind}")
    for sentence in made.SENTENCES:
        assert sentence in found.text.replace("*", "")
    assert not found.notes


@pytest.mark.parametrize("kind", ["docx", "odt", "epub", "html"])
def test_headings_become_paths(kind: str) -> None:
    found = extract(made.pandoc(kind), f"book.{kind}")
    assert at(found, "vinegar")[0][-2:] == ("Harbour", "Lamp")
    assert at(found, "nine metres")[0][-1:] == ("Storm",)
    assert "Lamp" not in at(found, "nine metres")[0]


@pytest.mark.parametrize("kind", ["docx", "odt", "epub", "html", "pptx"])
def test_a_table_s_row_is_a_line_and_the_file_names_title_and_author(kind: str) -> None:
    found = extract(made.pandoc(kind), f"book.{kind}")
    assert "Eddystone | 1882\nFastnet | 1904" in found.text
    assert (found.title, found.author) == ("The Lighthouse Book", "Ada Keeper")
    assert found.time is None or found.time.tzinfo is UTC


def test_a_footnote_is_kept() -> None:
    path, place = at(extract(made.pandoc("docx"), "book.docx"), "Counted twice.")
    assert path == () and place.startswith("footnote ")
    assert "Counted twice." in extract(made.pandoc("odt"), "book.odt").text


def test_slides_and_chapters_are_places() -> None:
    assert at(extract(made.pandoc("pptx"), "b.pptx"), "nine metres") == (("Storm",), "slide 3")
    assert at(extract(made.pandoc("epub"), "b.epub"), "nine metres")[1] == "chapter 3"


def test_speaker_notes_are_kept() -> None:
    source = "# Lamp\n\nShown\n\n::: notes\nSay it slowly\n:::\n"
    assert "Notes: Say it slowly" in extract(made.pandoc("pptx", source), "b.pptx").text


def test_text_in_content_controls_and_insertions_is_kept_and_deleted_text_is_not() -> None:
    body = (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>controlled</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
    )
    xml = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body>'
    data = made.with_part(made.pandoc("docx"), "word/document.xml", (xml + "</w:document>").encode())
    text = extract(data, "a.docx").text
    assert "controlled" in text and "inserted" in text and "gone" not in text


@pytest.mark.slow
@pytest.mark.parametrize("to", ["docx:MS Word 2007 XML", "odt", "rtf", "pdf"])
def test_libreoffice_s_texts_are_read(to: str, tmp_path: Path) -> None:
    kind = to.partition(":")[0]
    data = made.office(tmp_path, made.pandoc("odt"), ".odt", to)
    found = extract(data, f"book.{kind}")
    for sentence in made.SENTENCES:
        assert sentence in found.text
    if kind in ("docx", "odt"):
        assert at(found, "vinegar")[0][-2:] == ("Harbour", "Lamp")


@pytest.mark.slow
@pytest.mark.parametrize("to", ["pptx", "odp"])
def test_libreoffice_s_slides_are_read(to: str, tmp_path: Path) -> None:
    data = made.office(tmp_path, made.pandoc("pptx"), ".pptx", to)
    assert at(extract(data, f"a.{to}"), "nine metres") == (("Storm",), "slide 3")


@pytest.mark.slow
@pytest.mark.parametrize("to", ["xlsx", "ods"])
def test_libreoffice_s_sheets_are_read(to: str, tmp_path: Path) -> None:
    data = made.office(tmp_path, made.TABLE.encode(), ".csv", to)
    found = extract(data, f"a.{to}")
    assert at(found, "Name: Fastnet; Year: 1904; Place: Cork") == (("made",), "made row 3")


@pytest.mark.slow
def test_a_word_file_from_before_2007_is_named_as_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="before 2007"):
        extract(made.office(tmp_path, made.pandoc("odt"), ".odt", "doc"), "a.docx")


@pytest.mark.parametrize(
    "kind, part, content",
    [
        ("odt", "META-INF/manifest.xml", b"<m:manifest xmlns:m='m'><m:encryption-data/></m:manifest>"),
        (
            "epub",
            "META-INF/encryption.xml",
            b"<e><c:CipherReference xmlns:c='http://www.w3.org/2001/04/xmlenc#' URI='EPUB/text/ch001.xhtml'/></e>",
        ),
    ],
)
def test_locked_files_are_an_error(kind: str, part: str, content: bytes) -> None:
    with pytest.raises(SourceError, match="encrypted"):
        extract(made.with_part(made.pandoc(kind), part, content), f"a.{kind}")


def test_a_self_closed_script_in_xhtml_swallows_nothing() -> None:
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x"/></head><body><a id="b"/><p>x</p>'
    assert extract(page.encode(), "a.xhtml").text == "x\n"


def test_html_leaves_out_what_nobody_reads() -> None:
    page = (
        b"<html lang=de><head><title>T</title><style>x{}</style><meta name=author content=Ada>"
        b"<meta property='article:published_time' content='2024-03-05T10:00:00Z'></head><body>"
        b"<nav>menu</nav><script>evil()</script><h1 id=top>Head</h1><p>one<br>two <b>bold</b></p><pre>a\n  b</pre>"
        b"<p hidden>unseen</p><img alt='A lamp'><ul><li><p>item</p></ul><footer>foot</footer>"
    )
    found = extract(page, "a.html")
    assert found.text == "Head\n\none\ntwo bold\n\na\n  b\n\nA lamp\n\n- item\n\nfoot\n"
    assert (found.title, found.author, found.language) == ("T", "Ada", "de")
    assert found.time is not None and found.time.isoformat() == "2024-03-05T10:00:00+00:00"
    assert at(found, "two") == (("Head",), "#top")


def test_html_in_another_encoding_says_so() -> None:
    page = '<meta charset="iso-8859-1"><p>naïve'.encode("latin-1")
    found = extract(page, "a.html")
    assert found.text == "naïve\n" and found.notes == ("decoded from windows-1252",)


@pytest.mark.parametrize("depth", [1000, 100_000])
def test_html_nested_very_deep_is_read_or_an_error_but_never_lost(depth: int) -> None:
    page = b"<div>" * depth + b"deep" + b"</div>" * depth + b"<p>after"
    if depth == 1000:
        assert extract(page, "a.html").text == "deep\n\nafter\n"
    else:
        with pytest.raises(SourceError, match=r"a\.html: damaged HTML: its parts are nested too deep"):
            extract(page, "a.html")

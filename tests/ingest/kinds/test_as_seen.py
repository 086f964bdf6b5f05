"""Text comes as a reader sees it: marks of notes apart from words, numbers in their form, nothing glued."""

from __future__ import annotations

from io import BytesIO

import pytest

from memcodec.ingest.kinds import extract
from tests.ingest import made
from tests.ingest.writers import opc, word
from tests.support.needs import library


def _word(*inner: str) -> bytes:
    body = f"<w:document {opc.NAMES}><w:body>{word.paragraph(*inner)}</w:body></w:document>"
    return opc.package(
        {"_rels/.rels": opc.links(("officeDocument", "word/document.xml")), "word/document.xml": body}
    )


_RAISED = "<w:vertAlign w:val='superscript'/>"
_RUNS = [word.run("harbour"), word.run("12", _RAISED), word.run(" of km"), word.run("2", _RAISED)]


@pytest.mark.parametrize(
    "name, data",
    [
        ("a.docx", _word(*_RUNS)),
        ("a.html", b"<p>harbour<sup>12</sup> of km<sup>2</sup>"),
        ("a.html", b"<p>harbour<a href='#n'>12</a> of km<sup>2</sup>"),
        ("a.rtf", rb"{\rtf1 harbour{\super 12} of km{\super 2}}"),
    ],
)
def test_a_raised_mark_is_no_part_of_its_word_and_a_power_no_mark(name: str, data: bytes) -> None:
    assert extract(data, name).text == "harbour[12] of km2\n"


@pytest.mark.parametrize(
    "source, text",
    [
        (rb"kept \deleted gone\deleted0  back", "kept  back\n"),
        (rb"kept {\b0\deleted gone} back", "kept  back\n"),
        (rb"kept \deleted gone\plain  back", "kept  back\n"),
        (rb"left\column right", "left\n right\n"),
        (rb"{\upr{caf?}{\*\ud{caf\u233 ?}}}", "café\n"),
        (rb"{\mmath{\*\moMath{\mr a}{\mr b}}}", " a b\n"),
    ],
)
def test_rtf_s_groups_cut_what_they_mean(source: bytes, text: str) -> None:
    assert extract(rb"{\rtf1\ansi\uc1 " + source + rb"\par}", "a.rtf").text == text


@pytest.mark.parametrize(
    "value, form, seen",
    [
        (1234, "00000", "01234"),
        (123456789, "000-00-0000", "123-45-6789"),
        (0.125, "0.0%", "12.5%"),
        (-0.05, "0%;[Red]-0%", "-5%"),
        (True, "General", "TRUE"),
        (0.125, "General", "0.125"),
    ],
)
def test_cells_show_their_numbers_in_their_form(value: float, form: str, seen: str) -> None:
    book, out = library("openpyxl").Workbook(), BytesIO()
    book.active.append(["Sum"])
    book.active.append([value])
    book.active["A2"].number_format = form
    book.save(out)
    assert extract(out.getvalue(), "a.xlsx").text.endswith(f"Sum: {seen}\n")


def test_a_fraction_is_not_one_word() -> None:
    assert extract(b"<math><mfrac><mi>sail</mi><mi>mast</mi></mfrac></math>", "a.html").text == "sail/mast\n"
    parts = (
        f"<m:{part}><m:r><m:t>{text}</m:t></m:r></m:{part}>"
        for part, text in (("num", "sail"), ("den", "mast"))
    )
    fraction = f"<m:oMath><m:f>{''.join(parts)}</m:f></m:oMath>"
    assert extract(_word(fraction), "a.docx").text == "sail/mast\n"


def test_what_shows_nothing_cuts_no_word() -> None:
    assert (
        extract("<p>har\u200bbour in\u2060side \ufefflamp".encode(), "a.html").text == "harbour inside lamp\n"
    )


def test_a_tar_whose_last_member_is_a_zip_file_keeps_the_others() -> None:
    from memcodec.ingest.kinds import archive
    from tests.ingest.writers import texts

    packed = texts.archive_by_python("tar").data
    assert [name.rpartition("/")[2] for name, _ in archive.members(packed, "a.tar")][-2:] == ["b.md", "c.txt"]


def test_fonts_that_do_not_name_their_letters_are_noted() -> None:
    """A composite font without ToUnicode: its codes are numbers of glyphs."""
    pikepdf = library("pikepdf")
    out = BytesIO()
    with pikepdf.open(BytesIO(made.pages(["harbour lamp"]))) as opened:
        descendant = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.CIDFontType2,
            BaseFont=pikepdf.Name.Own,
            CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        )
        font = opened.pages[0].Resources.Font.F
        font.Subtype, font.Encoding = pikepdf.Name.Type0, pikepdf.Name("/Identity-H")
        font.DescendantFonts = pikepdf.Array([opened.make_indirect(descendant)])
        opened.save(out)
    found = extract(out.getvalue(), "a.pdf")
    assert found.notes == ("page 1: its fonts do not say which letters they show; the text may be wrong",)


def test_what_became_of_a_mail_is_kept() -> None:
    head = (
        b"Subject: x\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: text/plain\n\nfailed\n"
    )
    said = b"--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: ada@a.example\nStatus: 5.1.1\n\n--b--\n"
    assert "ada@a.example\nStatus: 5.1.1" in extract(head + said, "a.eml").text

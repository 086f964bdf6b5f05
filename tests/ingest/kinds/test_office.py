"""Office files and books as programs write them, in the parts that a reader of the body alone passes over."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from memcodec.ingest.kinds import extract
from memcodec.ingest.kinds.extracted import Extracted
from tests.ingest import made
from tests.support.needs import library

_OPEN = "http://schemas.openxmlformats.org"
_R = f"{_OPEN}/officeDocument/2006/relationships"
_W = f"{_OPEN}/wordprocessingml/2006/main"
_A, _P = (f"{_OPEN}/{name}/2006/main" for name in ("drawingml", "presentationml"))
_C = f"{_OPEN}/drawingml/2006/chart"
_MC = f"{_OPEN}/markup-compatibility/2006"
_NAMES = (
    f"xmlns:w='{_W}' xmlns:r='{_R}' xmlns:a='{_A}' xmlns:p='{_P}' xmlns:c='{_C}' xmlns:mc='{_MC}' xmlns:v='v'"
)
_RUBY = "<ruby>灯<rp>(</rp><rt>とう</rt><rp>)</rp>台<rt>だい</rt></ruby>"


def _links(*links: tuple[str, str]) -> str:
    """Relationships: r1, r2 ... to parts, of a type each."""
    inner = "".join(
        f"<Relationship Id='r{at}' Type='{_R}/{kind}' Target='{part}'/>"
        for at, (kind, part) in enumerate(links, 1)
    )
    return f"<Relationships xmlns='{_OPEN}/package/2006/relationships'>{inner}</Relationships>"


def _package(files: dict[str, str | bytes]) -> bytes:
    files = {"[Content_Types].xml": "<Types/>", **files}
    return made.zipped(
        {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    )


def _word(body: str, *links: tuple[str, str], **parts: str | bytes) -> bytes:
    return _package(
        {
            "_rels/.rels": _links(("officeDocument", "word/document.xml")),
            "word/document.xml": f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": _links(*links),
            **{f"word/{name.replace('_', '.')}": content for name, content in parts.items()},
        }
    )


def _run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


def _shape(text: str, use: str = "") -> str:
    return (
        f"<p:sp><p:nvSpPr><p:nvPr>{use and f'<p:ph type={use!r}/>'}</p:nvPr></p:nvSpPr>"
        f"<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def _slides(shapes: str, *links: tuple[str, str], **parts: str) -> bytes:
    return _package(
        {
            "_rels/.rels": _links(("officeDocument", "ppt/presentation.xml")),
            "ppt/presentation.xml": f"<p:presentation {_NAMES}><p:sldId r:id='r1'/></p:presentation>",
            "ppt/_rels/presentation.xml.rels": _links(("slide", "slide1.xml")),
            "ppt/slide1.xml": f"<p:sld {_NAMES}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>",
            "ppt/_rels/slide1.xml.rels": _links(*links),
            **{f"ppt/{name}.xml": content for name, content in parts.items()},
        }
    )


def _strict(data: bytes) -> bytes:
    """An Office file as the strict class of ISO/IEC 29500 has it."""
    with zipfile.ZipFile(BytesIO(data)) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    spelling = re.compile(rb"http://schemas\.openxmlformats\.org/(?!package)(\w+)/2006/")
    return made.zipped(
        {name: spelling.sub(rb"http://purl.oclc.org/ooxml/\1/", part) for name, part in parts.items()}
    )


_CHART = (
    f"<c:chartSpace {_NAMES}><c:title><c:tx><c:rich><a:p><a:r><a:t>Lamps</a:t></a:r><a:r><a:t> lit</a:t></a:r></a:p>"
    "</c:rich></c:tx></c:title><c:ser><c:tx><c:strRef><c:f>S!B1</c:f><c:strCache><c:pt><c:v>Keepers</c:v></c:pt>"
    "</c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:strCache><c:pt><c:v>Spring</c:v></c:pt></c:strCache></c:strRef>"
    "</c:cat><c:val><c:numRef><c:numCache><c:pt><c:v>7</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser></c:chartSpace>"
)


@pytest.mark.parametrize("kind", ["docx", "pptx"])
def test_the_strict_class_is_read_as_the_transitional_one(kind: str) -> None:
    data = made.pandoc(kind)
    strict = _strict(data)
    assert strict != data
    assert extract(strict, f"a.{kind}") == extract(data, f"a.{kind}")


def test_a_text_box_stands_behind_the_paragraph_that_it_hangs_on() -> None:
    box = f"<w:txbxContent><w:p>{_run('boxed')}</w:p><w:p>{_run('again')}</w:p></w:txbxContent>"
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    anchored = f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"
    body = f"<w:p>{_run('The lamp ')}{anchored}{_run('burns on.')}</w:p>"
    assert extract(_word(body), "a.docx").text == "The lamp burns on.\n\nboxed\n\nagain\n"
    row = f"<w:tbl><w:tr><w:tc>{body}</w:tc><w:tc><w:p>{_run('next')}</w:p></w:tc></w:tr></w:tbl>"
    assert extract(_word(row), "a.docx").text == "The lamp burns on. boxed again | next\n"


@pytest.mark.parametrize("mark", ["tab", "ptab", "br", "cr"])
def test_what_stands_apart_in_word_is_not_glued(mark: str) -> None:
    text = extract(_word(f"<w:p>{_run('Walnut')}<w:r><w:{mark}/></w:r>{_run('Secret')}</w:p>"), "a.docx").text
    assert text.split() == ["Walnut", "Secret"]


@pytest.mark.parametrize(
    "name, chunk",
    [
        ("c_html", b"<html><h1>Stork</h1><p>a nest</p>"),
        ("c_htm", b"\xff\xfe" + "<html><p>Stork, a nest</p>".encode("utf-16-le")),
        ("c_txt", b"Stork, a nest"),
        ("c_rtf", rb"{\rtf1 Stork, a nest}"),
        ("c_mht", b"Content-Type: text/html\n\n<p>Stork, a nest</p>"),
        ("c_docx", _word(f"<w:p>{_run('Stork, a nest')}</w:p>")),
    ],
)
def test_a_piece_in_another_format_is_taken_in_where_it_stands(name: str, chunk: bytes) -> None:
    body = f"<w:p>{_run('before')}</w:p><w:altChunk r:id='r1'/><w:p>{_run('after')}</w:p>"
    found = extract(_word(body, ("aFChunk", name.replace("_", ".")), **{name: chunk}), "a.docx")
    places = [found.text.index(word) for word in ("before", "Stork", "nest", "after")]
    assert places == sorted(places) and not found.notes


@pytest.mark.parametrize("chunk", [b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", None])
def test_a_piece_that_cannot_be_read_is_noted_and_the_rest_stays(chunk: bytes | None) -> None:
    parts = {} if chunk is None else {"c_bin": chunk}
    body = f"<w:altChunk r:id='r1'/><w:p>{_run('after')}</w:p>"
    found = extract(_word(body, ("aFChunk", "c.bin"), **parts), "a.docx")
    assert found.text == "after\n" and "a piece of the document is left out" in found.notes[0]


def test_documents_in_documents_end_somewhere() -> None:
    data = _word(f"<w:p>{_run('innermost')}</w:p>")
    for _ in range(8):
        data = _word("<w:altChunk r:id='r1'/>", ("aFChunk", "c.docx"), c_docx=data)
    found = extract(data, "a.docx")
    assert "innermost" not in found.text and "left out" in found.notes[0]


def test_readings_above_characters_do_not_cut_the_words_below() -> None:
    def ruby(base: str, reading: str) -> str:
        return (
            f"<w:r><w:ruby><w:rt>{_run(reading)}</w:rt><w:rubyBase>{_run(base)}</w:rubyBase></w:ruby></w:r>"
        )

    word = _word(f"<w:p>{ruby('灯', 'とう')}{ruby('台', 'だい')}{_run('の光')}</w:p>")
    assert extract(word, "a.docx").text == "灯台の光\n"
    assert extract(f"<p>{_RUBY}の光".encode(), "a.html").text == "灯台の光\n"
    unclosed = "<p><ruby>灯<rt>とう<rb>台<rt>だい</ruby>の光"
    assert extract(unclosed.encode(), "a.html").text == "灯台の光\n"
    page = (
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>{_RUBY}</h1><p>{_RUBY}の光</p></body></html>'
    )
    book = made.with_part(made.pandoc("epub"), "EPUB/text/ch001.xhtml", page.encode())
    assert "灯台\n\n灯台の光\n" in extract(book, "a.epub").text
    text, office = (f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("text", "office"))
    names = f"xmlns:t='{text}' xmlns:o='{office}'"
    above = "".join(
        f"<t:ruby><t:ruby-base>{base}</t:ruby-base><t:ruby-text>{reading}</t:ruby-text></t:ruby>"
        for base, reading in (("灯", "とう"), ("台", "だい"))
    )
    content = f"<o:document {names}><o:body><o:text><t:p>{above}の光</t:p></o:text></o:body></o:document>"
    assert (
        extract(made.with_part(made.pandoc("odt"), "content.xml", content.encode()), "a.odt").text
        == "灯台の光\n"
    )


def test_rt_outside_ruby_is_text() -> None:
    assert extract(b"<p>one <rt>two</rt> three", "a.html").text == "one two three\n"


def test_charts_name_what_they_show() -> None:
    shown = "Lamps lit\nKeepers\nSpring"
    assert shown in extract(_slides(_shape("Title", "title"), ("chart", "c.xml"), c=_CHART), "a.pptx").text
    assert shown in extract(_word("<w:p/>", ("chart", "c.xml"), c_xml=_CHART), "a.docx").text


@pytest.mark.parametrize(
    "comments",
    [
        f"<p:cmLst {_NAMES}><p:cm><p:text>mind the stork</p:text></p:cm></p:cmLst>",
        f"<m:cmLst xmlns:m='m' {_NAMES}><m:cm><m:txBody><a:p><a:r><a:t>mind the </a:t></a:r>"
        "<a:r><a:t>stork</a:t></a:r></a:p></m:txBody></m:cm></m:cmLst>",
    ],
)
def test_comments_on_slides_are_kept(comments: str) -> None:
    grouped = f"<p:grpSp><p:grpSp>{_shape('grouped')}</p:grpSp></p:grpSp>"
    found = extract(_slides(grouped, ("comments", "c.xml"), c=comments), "a.pptx")
    assert found.text == "grouped\n\nComment: mind the stork\n"


def _workbook(fill: Callable[[Any], object]) -> bytes:
    book, out = library("openpyxl").Workbook(), BytesIO()
    book.active.title = "Lights"
    fill(book.active)
    book.save(out)
    return out.getvalue()


def _with_cell(cell: str) -> Extracted:
    """A workbook whose cell B2 is this XML."""
    data = _workbook(lambda sheet: [sheet.append(row) for row in (["Name", "Sum"], ["Lamp", "=1+1"])])
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(BytesIO(data)) as opened:
        text = opened.read(part).decode()
    changed = re.sub(r'<c r="B2".*?</c>', cell, text)
    assert changed != text
    return extract(made.with_part(data, part, changed.encode()), "a.xlsx")


def test_a_strict_workbook_is_read_as_a_transitional_one() -> None:
    data = made.workbook()
    assert extract(_strict(data), "a.xlsx") == extract(data, "a.xlsx")


@pytest.mark.parametrize(
    "formula, shown",
    [
        ("<f>SUM(A1:A2)</f><v></v>", "=SUM(A1:A2)"),
        ("<f>SUM(A1:A2)</f><v/>", "=SUM(A1:A2)"),
        ("<f t='array' ref='B2'>A1*2</f>", "=A1*2"),
        ("<f t='shared' si='0' ref='B2:B3'>A1*3</f>", "=A1*3"),
        ('<f>HYPERLINK("http://a.example","keeper\'s page")</f>', "keeper's page"),
    ],
)
def test_a_formula_without_a_stored_value_is_kept_as_written_and_noted(formula: str, shown: str) -> None:
    found = _with_cell(f'<c r="B2">{formula}</c>')
    assert "Name: Lamp; Sum: =" in found.text and shown in found.text
    assert found.notes == ("Lights: 1 formula without a stored value, from row 2 on; taken as written",)


@pytest.mark.parametrize(
    "cell, text",
    [
        ('<c r="B2"><f>1+1</f><v>2</v></c>', "Name: Lamp; Sum: 2"),
        ('<c r="B2" t="str"><f>IF(A1="","",1)</f><v></v></c>', "Name: Lamp"),
        ('<c r="B2" t="str"><f>A1</f><v>two</v></c>', "Name: Lamp; Sum: two"),
    ],
)
def test_a_stored_value_is_what_a_formula_shows(cell: str, text: str) -> None:
    found = _with_cell(cell)
    assert found.text.endswith(f"\n{text}\n") and not found.notes


def test_charts_and_comments_of_a_sheet_are_kept() -> None:
    openpyxl = library("openpyxl")

    def fill(sheet: Any) -> None:
        sheet.append(["Name", "Sum"])
        sheet["A1"].comment = openpyxl.comments.Comment("mind the stork", "Ada")
        chart = openpyxl.chart.BarChart()
        chart.title = "Lamps lit"
        chart.add_data(openpyxl.chart.Reference(sheet, 1, 1))
        sheet.add_chart(chart, "D2")

    found = extract(_workbook(fill), "a.xlsx")
    assert "Lamps lit" in found.text and found.text.endswith("Comment: mind the stork\n")
    assert found.sections[-1].place == "Lights A1"


def test_a_chart_with_a_sheet_of_its_own_is_kept() -> None:
    openpyxl = library("openpyxl")
    book, out = openpyxl.Workbook(), BytesIO()
    chart = openpyxl.chart.BarChart()
    chart.title = "Lamps lit"
    chart.add_data(openpyxl.chart.Reference(book.active, 1, 1))
    book.create_chartsheet("Shown").add_chart(chart)
    book.save(out)
    found = extract(out.getvalue(), "a.xlsx")
    assert found.text == "Lamps lit\n" and found.sections[-1].path == ("Shown",)


@pytest.mark.parametrize(
    "name, data",
    [
        ("a.docx", _word("<w:p/>")),
        ("a.pptx", _slides("")),
        ("a.html", b"<p> </p>"),
        ("a.rtf", rb"{\rtf1 }"),
        ("a.csv", b"\n\n"),
        ("a.md", b""),
    ],
)
def test_a_file_that_yields_no_text_is_noted(name: str, data: bytes) -> None:
    found = extract(data, name)
    assert not found.text.strip() and found.notes == ("no text found in it",)


@pytest.mark.parametrize(
    "group, kind, text",
    [
        (r"{\header\pard Keepers\par}", "header", "Keepers"),
        (r"{\footerr\pard Page of lights\par}", "footer", "Page of lights"),
        (r"{\footnote\pard Counted {\b twice}.}", "footnote", "Counted twice."),
        (r"{\*\annotation\pard mind the stork}", "comment", "mind the stork"),
        (r"{\shp{\*\shpinst{\shptxt boxed}}{\shprslt{\*\do{\dptxbxtext boxed}}}}", "text box", "boxed"),
        (r"{\object{\*\objdata 00ff}{\result shown}}", "object", "shown"),
        (r"{\footnote a brace \} and {\pict\bin3 }}}}caf\'e9}", "footnote", "a brace } and café"),
        (r"{\footnote\f1 \'e4\'e0}", "footnote", "да"),
    ],
)
def test_what_stands_beside_rtf_s_text_is_kept(group: str, kind: str, text: str) -> None:
    fonts = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}"
    found = extract(rf"{{\rtf1\ansi {fonts}before {group}after}}".encode(), "a.rtf")
    assert found.text == f"before after\n\n{text}\n" and found.sections[-1].place == kind


@pytest.mark.parametrize(
    "charset, byte",
    [
        ("mac", "8e"),
        ("pc", "82"),
        ("pca", "82"),
        ("ansi", "e9"),
        (r"ansi\ansicpg10000", "8e"),
        (r"ansi\ansicpg99999", "e9"),
    ],
)
def test_rtf_s_character_sets_are_told(charset: str, byte: str) -> None:
    assert extract(rf"{{\rtf1\{charset} caf\'{byte}}}".encode(), "a.rtf").text == "café\n"


def _open_document(body: str, **parts: str) -> bytes:
    """An OpenDocument text; ``parts`` are their roots' contents, "__" in their names is "/"."""
    wanted = "office text table drawing style chart".split()
    names = " ".join(f"xmlns:{name}='urn:oasis:names:tc:opendocument:xmlns:{name}:1.0'" for name in wanted)
    texts = {"content": f"<office:body><office:text>{body}</office:text></office:body>", **parts}
    files = {
        f"{name.replace('__', '/')}.xml": f"<office:r {names}>{text}</office:r>"
        for name, text in texts.items()
    }
    return made.zipped(
        {"mimetype": b"application/vnd.oasis.opendocument.text", **{k: v.encode() for k, v in files.items()}}
    )


@pytest.mark.parametrize("shape", ["custom-shape", "rect", "ellipse", "frame"])
def test_a_shape_stands_behind_the_paragraph_that_it_hangs_on(shape: str) -> None:
    boxed = "<text:p>boxed</text:p>"
    boxed = f"<drawing:text-box>{boxed}</drawing:text-box>" if shape == "frame" else boxed
    body = f"<text:p>The lamp <drawing:{shape}>{boxed}</drawing:{shape}>burns on.</text:p>"
    assert extract(_open_document(body), "a.odt").text == "The lamp burns on.\n\nboxed\n"


def test_open_document_s_charts_headers_and_footers_are_kept() -> None:
    cell = "<table:table-cell office:value-type='{}'><text:p>{}</text:p></table:table-cell>"
    chart = (
        "<chart:title><text:p>Lamps lit</text:p></chart:title><table:table><table:table-row>"
        f"{cell.format('string', 'Keepers')}{cell.format('float', '7')}</table:table-row></table:table>"
    )
    margins = "".join(
        f"<style:{name}><text:p>{text}</text:p></style:{name}>"
        for name, text in [
            ("header", "Keepers' book"),
            ("header-left", "Keepers' book"),
            ("footer-first", "page"),
        ]
    )
    found = extract(_open_document("<text:p>x</text:p>", Object__content=chart, styles=margins), "a.odt")
    assert found.text == "x\n\nLamps lit\nKeepers\n\nKeepers' book\n\npage\n"
    assert [section.place for section in found.sections] == ["header", "footer"]


def test_symbols_and_a_form_s_lists_are_text() -> None:
    def symbol(number: str) -> str:
        return f"<w:r><w:sym w:font='x' w:char='{number}'/></w:r>"

    entries = "".join(f"<w:listEntry w:val='{colour}'/>" for colour in ("red", "blue"))
    lists = [
        f"<w:ffData><w:ddList>{chosen}{entries}</w:ddList></w:ffData>"
        for chosen in ("", "<w:result w:val='1'/>")
    ]
    body = f"<w:p>{_run('a')}{symbol('03B1')}{symbol('F0FC')}{symbol('wrong')}{lists[0]}{_run(' ')}{lists[1]}</w:p>"
    assert extract(_word(body), "a.docx").text == "aα  red blue\n"

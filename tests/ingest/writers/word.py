"""Texts of word processors: by hand as Word writes them, by python-docx, by pandoc."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from tests.ingest import made
from tests.ingest.writers import opc
from tests.ingest.writers.words import LANGUAGE, WHEN, Made, Words
from tests.support.needs import library

_STYLES = f"<w:styles {opc.NAMES}><w:style w:type='paragraph' w:styleId='H1'><w:name w:val='heading 1'/></w:style></w:styles>"
_OBJECT = "application/vnd.openxmlformats-officedocument.oleObject"


def run(text: str, properties: str = "") -> str:
    return f"<w:r>{properties and f'<w:rPr>{properties}</w:rPr>'}<w:t xml:space='preserve'>{text}</w:t></w:r>"


def paragraph(*inner: str, style: str = "") -> str:
    return f"<w:p>{style and f'<w:pPr><w:pStyle w:val={style!r}/></w:pPr>'}{''.join(inner)}</w:p>"


def _table(*cells: str) -> str:
    grid = "<w:gridCol w:w='4000'/>" * len(cells)
    row = "".join(f"<w:tc><w:tcPr><w:tcW w:w='4000' w:type='dxa'/></w:tcPr>{cell}</w:tc>" for cell in cells)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid><w:tr>{row}</w:tr></w:tbl>"


def _anchor(at: int, data: str, uri: str, told: str = "") -> str:
    return (
        f"<w:r><w:drawing><wp:inline><wp:extent cx='914400' cy='914400'/><wp:docPr id='{at}' name='d{at}' {told}/><a:graphic>"
        f"<a:graphicData uri='{uri}'>{data}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def _drawings(words: Words) -> str:
    box = (
        "<wps:wsp><wps:cNvSpPr txBox='1'/><wps:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='914400' cy='914400'/></a:xfrm>"
        f"<a:prstGeom prst='rect'/></wps:spPr><wps:txbx><w:txbxContent>{paragraph(run(words['text box']))}</w:txbxContent>"
        "</wps:txbx><wps:bodyPr/></wps:wsp>"
    )
    picture = (
        "<pic:pic><pic:nvPicPr><pic:cNvPr id='1' name='p'/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed='r12'/>"
        "</pic:blipFill><pic:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='9144' cy='9144'/></a:xfrm><a:prstGeom prst='rect'/>"
        "</pic:spPr></pic:pic>"
    )
    told = f"descr='{words['picture description']}' title='{words['picture title']}'"
    shape = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    return "".join(
        [
            f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{_anchor(1, box, shape)[5:-6]}</mc:Choice>"
            "</mc:AlternateContent></w:r>",
            _anchor(2, picture, f"{opc.OPEN}/drawingml/2006/picture", told),
            _anchor(3, "<c:chart r:id='r10'/>", opc.C),
            _anchor(4, "<dgm:relIds r:dm='r11'/>", opc.DGM),
        ]
    )


def _body(words: Words) -> str:
    ruby = (
        f"<w:r><w:ruby><w:rt>{run(words['ruby reading'])}</w:rt><w:rubyBase>{run(words['word below ruby'])}</w:rubyBase>"
        "</w:ruby></w:r>"
    )
    revised = [
        f"<w:ins w:id='1' w:author='x'>{run(words['inserted text'])}</w:ins>",
        f"<w:del w:id='2' w:author='x'><w:r><w:delText>{words['deleted text']}</w:delText></w:r></w:del>",
        f"<w:moveFrom w:id='3' w:author='x'>{run(words['text moved away'])}</w:moveFrom>",
        f"<w:moveTo w:id='4' w:author='x'>{run(words['text moved here'])}</w:moveTo>",
    ]
    field = (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r>"
        f"<w:r><w:instrText> DOCPROPERTY {words['field code']} </w:instrText></w:r>"
        f"<w:r><w:fldChar w:fldCharType='separate'/></w:r>{run(words['field result'])}"
        "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )
    choice = (
        "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='x'/>"
        f"<w:listEntry w:val='{words['chosen entry of a list']}'/></w:ddList></w:ffData></w:fldChar></w:r>"
        "<w:r><w:instrText> FORMDROPDOWN </w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )
    control = f"<w:sdt><w:sdtPr><w:id w:val='7'/><w:text/></w:sdtPr><w:sdtContent>{run(words['content control'])}</w:sdtContent></w:sdt>"
    math = f"<m:oMath><m:r><m:t>{words['equation']}</m:t></m:r></m:oMath>"
    link = f"<w:hyperlink r:id='r13'>{run(words['link'])}</w:hyperlink>"
    simple = f"<w:fldSimple w:instr='AUTHOR'>{run(words['simple field'])}</w:fldSimple>"
    notes = "<w:r><w:footnoteReference w:id='1'/></w:r><w:r><w:endnoteReference w:id='1'/></w:r>"
    inner = _table(paragraph(run(words["table in a table"]))) + "<w:p/>"
    return "".join(
        [
            paragraph(run(words["heading"]), style="H1"),
            paragraph(run(words["body"] + " "), *(f"{each}{run(' ')}" for each in revised)),
            paragraph(
                ruby, run(" "), field, run(" "), choice, run(" "), control, run(" "), math, run(" "), link
            ),
            paragraph(
                simple,
                run(" "),
                run(words["hidden text"], "<w:vanish/>"),
                run(" "),
                notes,
                _drawings(words),
            ),
            _table(paragraph(run(words["table"])), inner),
            "<w:p><w:r><w:object><o:OLEObject Type='Embed' ProgID='Excel.Sheet.12' r:id='r14'/></w:object></w:r></w:p>",
        ]
    )


def _beside(tag: str, item: str, text: str) -> str:
    """Footnotes, endnotes or comments: one, behind the rules that Word draws above notes."""
    rules = "".join(
        f"<w:{item} w:type='{kind}' w:id='{at}'><w:p><w:r><w:{kind}/></w:r></w:p></w:{item}>"
        for at, kind in enumerate(("separator", "continuationSeparator"), -1)
        if tag != "comments"
    )
    mark = "" if tag == "comments" else f"<w:r><w:{item}Ref/></w:r>{run(' ')}"
    return f"<w:{tag} {opc.NAMES}>{rules}<w:{item} w:id='1' w:author='x' w:initials='x'>{paragraph(mark, run(text))}</w:{item}></w:{tag}>"


def _margin(tag: str, text: str, extra: str = "") -> str:
    return f"<w:{tag} {opc.NAMES}>{paragraph(run(text), extra)}</w:{tag}>"


def by_hand() -> Made:
    """A document as Word writes one, with all that Word has."""
    words = Words()
    sheet = made.workbook([[words["embedded file"]]])
    linked = [
        ("styles", "styles.xml"),
        ("settings", "settings.xml"),
        ("footnotes", "footnotes.xml"),
        ("endnotes", "endnotes.xml"),
        ("comments", "comments.xml"),
        ("header", "header1.xml"),
        ("header", "header2.xml"),
        ("header", "header3.xml"),
        ("footer", "footer1.xml"),
        ("chart", "charts/chart1.xml"),
        ("diagramData", "diagrams/data1.xml"),
        ("image", "media/image1.png"),
        ("x:none", "x"),
        ("package", "embeddings/sheet1.xlsx"),
    ]
    watermark = (
        "<w:r><w:pict><v:shape style='width:9pt;height:9pt' type='#_x0000_t136'>"
        f"<v:textpath string='{words['watermark']}'/></v:shape></w:pict></w:r>"
    )
    section = (
        "<w:sectPr><w:headerReference w:type='default' r:id='r6'/><w:headerReference w:type='first' r:id='r7'/>"
        "<w:headerReference w:type='even' r:id='r8'/><w:footerReference w:type='default' r:id='r9'/><w:titlePg/></w:sectPr>"
    )
    rels = opc.links(*linked).replace("Target='x'", "Target='http://a.example' TargetMode='External'")
    rels = rels.replace("'x:none'", f"'{opc.R}/hyperlink'")
    parts: dict[str, str | bytes] = {
        "_rels/.rels": opc.links(
            ("officeDocument", "word/document.xml"),
            (f"{opc.OPEN}/package/2006/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": opc.core(
            words["title"],
            words["author"],
            WHEN.strftime("%Y-%m-%dT%H:%M:%SZ"),
            LANGUAGE,
            dc_subject=words["subject"],
            dc_description=words["description"],
            cp_keywords=words["keywords"],
        ),
        "word/document.xml": f"<w:document {opc.NAMES}><w:body>{_body(words)}{section}</w:body></w:document>",
        "word/_rels/document.xml.rels": rels,
        "word/styles.xml": _STYLES,
        "word/settings.xml": f"<w:settings {opc.NAMES}><w:evenAndOddHeaders/></w:settings>",
        "word/footnotes.xml": _beside("footnotes", "footnote", words["footnote"]),
        "word/endnotes.xml": _beside("endnotes", "endnote", words["endnote"]),
        "word/comments.xml": _beside("comments", "comment", words["comment"]),
        "word/header1.xml": _margin("hdr", words["header"], watermark),
        "word/header2.xml": _margin("hdr", words["first header"]),
        "word/header3.xml": _margin("hdr", words["even header"]),
        "word/footer1.xml": _margin("ftr", words["footer"]),
        "word/charts/chart1.xml": opc.chart(
            words["chart title"], words["chart series"], words["chart category"]
        ),
        "word/diagrams/data1.xml": opc.diagram(words["diagram"]),
        "word/media/image1.png": opc.PICTURE,
        "word/embeddings/sheet1.xlsx": sheet,
    }
    return Made("by hand", "a.docx", opc.package(parts), (*words, "date", "language"))


def by_python_docx() -> Made:
    words, out = Words(), BytesIO()
    document = library("docx").Document()
    said = document.core_properties
    said.title, said.author, said.modified, said.language = words["title"], words["author"], WHEN, LANGUAGE
    said.keywords, said.subject, said.comments = words["keywords"], words["subject"], words["description"]
    document.add_heading(words["heading"], 1)
    noted = document.add_paragraph(words["body"])
    document.add_comment(noted.runs, words["comment"])
    hidden = document.add_paragraph().add_run(words["hidden text"])
    hidden.font.hidden = True
    table = document.add_table(1, 2)
    table.cell(0, 0).text = words["table"]
    table.cell(0, 1).add_table(1, 1).cell(0, 0).text = words["table in a table"]
    _margins(document.sections[0], words)
    document.settings.odd_and_even_pages_header_footer = True
    document.save(out)
    return Made("python-docx", "a.docx", out.getvalue(), (*words, "date", "language"))


def by_odfdo() -> Made:
    words, out = Words(), BytesIO()
    odfdo = library("odfdo")
    document = odfdo.Document("text")
    document.body.clear()
    document.body.append(odfdo.Header(1, words["heading"]))
    paragraph = odfdo.Paragraph(words["body"])
    paragraph.insert_annotation(after=words["body"], body=words["comment"], creator="x")
    paragraph.insert_note(after=words["body"], note_id="n1", citation="1", body=words["footnote"])
    document.body.append(paragraph)
    table = odfdo.Table("x")
    table.set_values([[words["table"], "x"]])
    document.body.append(table)
    document.meta.title, document.meta.creator = words["title"], words["author"]
    document.save(out)
    return Made("odfdo", "a.odt", out.getvalue(), tuple(words))


def _margins(section: Any, words: Words) -> None:
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].text = words["header"]
    section.footer.paragraphs[0].text = words["footer"]
    section.first_page_header.paragraphs[0].text = words["first header"]
    section.even_page_header.paragraphs[0].text = words["even header"]


def by_pandoc(kind: str, leave: str = "") -> Made:
    """A text by pandoc, without the places in ``leave``, which it does not write to that kind."""
    words = Words()
    source = f"""---
title: {words["title"]}
author: {words["author"]}
lang: {LANGUAGE}
date: {WHEN.date()}
---

# {words["heading"]}

{words["body"]} [{words["link"]}](http://a.example) ${words["equation"]}$ and[^1]

![{words["picture description"]}](data:image/png;base64,iVBORw0KGgo=)

| {words["table header"]} | x |
|---|---|
| {words["table"]} | y |

- {words["list"]}

`{words["code"]}`

[^1]: {words["footnote"]}
"""
    data = made.pandoc(kind, source)
    kept = [place for place in words if place not in leave.split(", ")]
    return Made("pandoc", f"a.{kind}", data, tuple(kept))

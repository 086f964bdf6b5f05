"""Presentations: by python-pptx, with what it lacks added by hand."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from tests.ingest import made
from tests.ingest.writers import opc
from tests.ingest.writers.words import LANGUAGE, WHEN, Made, Words
from tests.support.needs import library


def by_python_pptx() -> Made:
    words, out = Words(), BytesIO()
    show = library("pptx").Presentation()
    said = show.core_properties
    said.title, said.author, said.modified, said.language = words["title"], words["author"], WHEN, LANGUAGE
    said.keywords, said.subject, said.comments = words["keywords"], words["subject"], words["description"]
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = words["slide title"]
    slide.placeholders[1].text = words["body"]
    slide.notes_slide.notes_text_frame.text = words["speaker's notes"]
    _shapes(slide.shapes, words)
    hidden = show.slides.add_slide(show.slide_layouts[5])
    hidden.shapes.title.text = words["hidden slide"]
    hidden._element.set("show", "0")
    show.save(out)
    return Made("python-pptx", "a.pptx", out.getvalue(), (*words, "date", "language"))


def _shapes(shapes: Any, words: Words) -> None:
    pptx = library("pptx")
    size = (pptx.util.Inches(1),) * 4
    shapes.add_textbox(*size).text_frame.text = words["text box"]
    group = shapes.add_group_shape().shapes.add_group_shape()
    group.shapes.add_textbox(*size).text_frame.text = words["group in a group"]
    table = shapes.add_table(1, 2, *size).table
    table.cell(0, 0).text, table.cell(0, 1).text = words["table"], "x"
    data = library("pptx.chart.data").CategoryChartData()
    data.categories = [words["chart category"]]
    data.add_series(words["chart series"], (7,))
    kind = library("pptx.enum.chart").XL_CHART_TYPE.COLUMN_CLUSTERED
    chart = shapes.add_chart(kind, *size, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = words["chart title"]
    picture = shapes.add_picture(BytesIO(opc.PICTURE), *size)
    picture._element.nvPicPr.cNvPr.set("descr", words["picture description"])
    book = BytesIO(made.workbook([[words["embedded file"]]]))
    shapes.add_ole_object(book, "Excel.Sheet.12", *size)


def by_odfdo() -> Made:
    words, out = Words(), BytesIO()
    odfdo = library("odfdo")
    show = odfdo.Document("presentation")
    show.body.clear()
    page = odfdo.DrawPage("page1", name=words["name of a slide"])
    size = {"size": ("9cm", "2cm"), "position": ("1cm", "1cm")}
    page.append(odfdo.Frame.text_frame(words["slide title"], presentation_class="title", **size))
    page.append(odfdo.Frame.text_frame(words["body"], **size))
    show.body.append(page)
    show.meta.title, show.meta.creator = words["title"], words["author"]
    show.save(out)
    return Made("odfdo", "a.odp", out.getvalue(), tuple(words))


def by_hand() -> Made:
    """Slides as PowerPoint writes them: what stands on the master, SmartArt, comments, a footer, an equation."""
    words = Words()

    def shape(text: str, use: str = "") -> str:
        holder = use and f"<p:ph type='{use}'/>"
        return (
            f"<p:sp><p:nvSpPr><p:cNvPr id='2' name='x'/><p:cNvSpPr/><p:nvPr>{holder}</p:nvPr></p:nvSpPr><p:spPr/><p:txBody>"
            f"<a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        )

    def tree(tag: str, shapes: str) -> str:
        return f"<p:{tag} {opc.NAMES}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:{tag}>"

    art = (
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id='9' name='x'/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>"
        f"<a:graphic><a:graphicData uri='{opc.DGM}'><dgm:relIds r:dm='r2'/></a:graphicData></a:graphic></p:graphicFrame>"
    )
    math = (
        f"<p:sp><p:nvSpPr><p:cNvPr id='3' name='x'/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:txBody><a:p><m:oMath><m:r><m:t>"
        f"{words['equation']}</m:t></m:r></m:oMath></a:p></p:txBody></p:sp>"
    )
    shapes = (
        shape(words["slide title"], "title") + shape(words["body"], "body") + shape(words["footer"], "ftr")
    )
    parts: dict[str, str | bytes] = {
        "_rels/.rels": opc.links(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {opc.NAMES}><p:sldIdLst><p:sldId id='256' r:id='r1'/></p:sldIdLst>"
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": opc.links(("slide", "slides/slide1.xml")),
        "ppt/slides/slide1.xml": tree("sld", shapes + art + math),
        "ppt/slides/_rels/slide1.xml.rels": opc.links(
            ("slideLayout", "../layout1.xml"),
            ("diagramData", "../diagrams/data1.xml"),
            ("comments", "../comments/comment1.xml"),
            ("notesSlide", "../notes1.xml"),
        ),
        "ppt/layout1.xml": tree(
            "sldLayout", shape(words["text of a layout"]) + shape("Click to edit", "title")
        ),
        "ppt/_rels/layout1.xml.rels": opc.links(("slideMaster", "master1.xml")),
        "ppt/master1.xml": tree("sldMaster", shape(words["text of a master"])),
        "ppt/diagrams/data1.xml": opc.diagram(words["diagram"]),
        "ppt/comments/comment1.xml": f"<p:cmLst {opc.NAMES}><p:cm><p:text>{words['comment']}</p:text></p:cm></p:cmLst>",
        "ppt/notes1.xml": tree("notes", shape(words["speaker's notes"], "body")),
    }
    return Made("by hand", "a.pptx", opc.package(parts), tuple(words))

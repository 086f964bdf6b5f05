"""PDF files: by ReportLab, fpdf2, LaTeX, Chromium."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from tests.ingest import made
from tests.ingest.writers.words import LANGUAGE, WHEN, Made, Words
from tests.support.needs import library, needs


def by_reportlab() -> Made:
    words, out = Words(), BytesIO()
    canvas = library("reportlab.pdfgen.canvas").Canvas(out)
    canvas.setTitle(words["title"])
    canvas.setAuthor(words["author"])
    canvas.setSubject(words["subject"])
    canvas.setKeywords(words["keywords"])
    canvas.bookmarkPage("top")
    canvas.addOutlineEntry(words["bookmark"], "top")
    canvas.drawString(72, 700, words["body"])
    canvas.drawString(72, 680, words["column"])
    canvas.drawString(372, 680, words["second column"])
    canvas.saveState()
    canvas.rotate(90)
    canvas.drawString(100, -50, words["text turned"])
    canvas.restoreState()
    hidden = canvas.beginText(72, 640)
    hidden.setTextRenderMode(3)
    hidden.textLine(words["text without ink"])
    canvas.drawText(hidden)
    form = canvas.acroForm
    form.textfield(name="a", value=words["filled-in field"], x=72, y=600)
    form.choice(
        name="b",
        value=words["chosen entry of a list"],
        options=[words["chosen entry of a list"], "x"],
        x=72,
        y=560,
    )
    form.checkbox(name=words["box that is ticked"], checked=True, x=72, y=540)
    canvas.textAnnotation(words["comment"], [72, 500, 90, 520])
    canvas.linkURL("http://a.example", (72, 700, 200, 720))
    canvas.showPage()
    canvas.setPageRotation(90)
    canvas.drawString(72, 300, words["page turned"])
    canvas.save()
    return Made("ReportLab", "a.pdf", out.getvalue(), tuple(words))


def by_fpdf2() -> Made:
    words = Words()
    pdf = library("fpdf").FPDF()
    pdf.set_title(words["title"])
    pdf.set_author(words["author"])
    pdf.set_subject(words["subject"])
    pdf.set_keywords(words["keywords"])
    pdf.set_lang(LANGUAGE)
    pdf.set_creation_date(WHEN)
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.start_section(words["bookmark"])
    pdf.write(10, words["body"])
    pdf.write(10, " " + words["word before a raised mark"])
    pdf.char_vpos = "SUP"
    pdf.write(10, "12")
    pdf.char_vpos = "LINE"
    with pdf.table() as table:
        table.row([words["table"], "x"])
    pdf.text_annotation(50, 50, words["comment"])
    pdf.free_text_annotation(words["text typed over"], x=60, y=60, w=40, h=20)
    pdf.embed_file(basename="x.txt", bytes=words["embedded file"].encode())
    return Made("fpdf2", "a.pdf", bytes(pdf.output()), (*words, "date", "language"))


def by_latex(folder: Path) -> Made:
    words = Words()
    cut = words["word cut at a line's end"]
    body = (
        f"\\section{{{words['bookmark']}}}{words['body']}\\footnote{{{words['footnote']}}}\n"
        f"$x^2 + \\mathrm{{{words['equation']}}}$ {words['ligatures (efficient waffles)']}\n"
        f"\\begin{{tabular}}{{l|l}}{words['table']} & x\\end{{tabular}}\n"
        f"\\newpage\\hyphenation{{{cut[:8]}-{cut[8:]}}}\\parbox{{3cm}}{{lamps remember {cut}}}"
    )
    return Made("LaTeX", "a.pdf", made.pdflatex(folder, body), tuple(words))


def by_chromium(folder: Path) -> Made:
    """A page as Chromium prints it: with a form, and with what the page shows in its browser."""
    words = Words()
    page = f"""<title>{words["title"]}</title><h1>{words["heading"]}</h1>
<p>{words["body"]}<sup>1</sup> <a href="http://a.example">{words["link"]}</a></p>
<table><tr><td>{words["table"]}<td>x</table><input value="{words["filled-in field"]}">
<svg><text y="20">{words["text in a drawing"]}</text></svg><ol><li>{words["list"]}</ol>"""
    (folder / "page.html").write_text(page)
    target = folder / "page.pdf"
    chromium = [needs("chromium"), "--headless", "--no-sandbox", "--disable-gpu"]
    profile = f"--user-data-dir={folder / 'chromium'}"
    made.run([*chromium, profile, f"--print-to-pdf={target}", (folder / "page.html").as_uri()])
    return Made("Chromium", "a.pdf", target.read_bytes(), tuple(words))

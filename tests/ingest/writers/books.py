"""Pages of HTML and books: by hand as people and programs write them, by EbookLib."""

from __future__ import annotations

from io import BytesIO
from warnings import catch_warnings, simplefilter

from tests.ingest import made
from tests.ingest.writers.words import LANGUAGE, WHEN, Made, Words
from tests.support.needs import library


def page(words: Words) -> str:
    """A page with all that pages have."""
    return f"""<!DOCTYPE html><html lang="{LANGUAGE}"><head><meta charset="utf-8"><title>{words["title"]}</title>
<meta name="author" content="{words["author"]}"><meta name="keywords" content="{words["keywords"]}">
<meta name="description" content="{words["description"]}">
<meta property="article:modified_time" content="{WHEN.isoformat()}">
<style>.{words["style"]} {{}}</style><script>{words["script"]}()</script></head><body>
<nav>{words["navigation"]}</nav><header>{words["header"]}</header><h1>{words["heading"]}</h1>
<p>{words["body"]}<sup><a href="#n1">1</a></sup> <b>{words["bold"]}</b> <del>{words["deleted text"]}</del>
<ins>{words["inserted text"]}</ins> <ruby>{words["word below ruby"]}<rt>{words["ruby reading"]}</rt></ruby></p>
<p>{words["word before a line's end"]}<br>{words["word behind a line's end"]}</p>
<ul><li>{words["list"]}</ul><pre>{words["code"]}</pre><!-- {words["remark in the source"]} -->
<table><caption>{words["caption of a table"]}</caption><tr><th>{words["table header"]}<td>{words["table"]}</table>
<figure><img src="x" alt="{words["picture description"]}"><figcaption>{words["caption of a picture"]}</figcaption></figure>
<form><label>{words["label of a field"]} <input value="{words["filled-in field"]}"></label>
<textarea>{words["filled-in text"]}</textarea><select><option>x<option selected>{words["chosen entry of a list"]}</select>
<button>{words["button"]}</button></form>
<details><summary>{words["summary"]}</summary>{words["folded text"]}</details>
<p><math><mi>{words["equation"]}</mi></math> <svg><text y="20">{words["text in a drawing"]}</text></svg></p>
<p hidden>{words["text with the attribute hidden"]}</p><noscript>{words["text without scripts"]}</noscript>
<aside><p><a href="#b">1</a>{words["footnote"]}</p></aside><footer>{words["footer"]}</footer></body></html>"""


def by_hand() -> Made:
    words = Words()
    return Made("by hand", "a.html", page(words).encode(), (*words, "date", "language"))


def by_ebooklib() -> Made:
    words, out = Words(), BytesIO()
    epub = library("ebooklib.epub")
    book = epub.EpubBook()
    book.set_title(words["title"])
    book.set_language(LANGUAGE)
    book.add_author(words["author"])
    book.add_metadata("DC", "subject", words["subject"])
    book.add_metadata("DC", "description", words["description"])
    book.add_metadata("DC", "date", WHEN.isoformat())
    first = epub.EpubHtml(title=words["title in the contents"], file_name="a.xhtml")
    first.content = (
        f"<h1>{words['heading']}</h1><p>{words['body']}</p><table><tr><td>{words['table']}</td></tr></table>"
    )
    loose = epub.EpubHtml(title="x", file_name="b.xhtml", content=f"<p>{words['page outside the order']}</p>")
    for each in (first, loose, epub.EpubNcx(), epub.EpubNav()):
        book.add_item(each)
    book.toc, book.spine = (first,), ["nav", first]
    with catch_warnings():
        simplefilter("ignore")
        epub.write_epub(out, book)
    return Made("EbookLib", "a.epub", out.getvalue(), (*words, "date", "language"))


def epub2_by_hand() -> Made:
    """EPUB 2: its contents in NCX, its cover and notes outside the linear order."""
    words = Words()

    def chapter(body: str) -> str:
        return f"<html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body>{body}</body></html>"

    opf = f"""<package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="i">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">
<dc:identifier id="i">x</dc:identifier><dc:title>{words["title"]}</dc:title>
<dc:creator opf:role="aut">{words["author"]}</dc:creator><dc:language>{LANGUAGE}</dc:language>
<dc:subject>{words["subject"]}</dc:subject></metadata>
<manifest><item id="a" href="Text/a%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="n" href="Text/n.xhtml" media-type="application/xhtml+xml"/>
<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>
<spine toc="ncx"><itemref idref="a"/><itemref idref="n" linear="no"/></spine></package>"""
    container = (
        "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container' version='1.0'><rootfiles><rootfile"
        " full-path='OEBPS/content.opf' media-type='application/oebps-package+xml'/></rootfiles></container>"
    )
    ncx = "<ncx xmlns='http://www.daisy.org/z3986/2005/ncx/'><navMap><navPoint><navLabel><text>{}</text></navLabel><content src='Text/a%20b.xhtml#x'/></navPoint></navMap></ncx>"
    note = "<a id='r' epub:type='noteref' href='n.xhtml#n'>1</a>"
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "OEBPS/content.opf": opf,
        "OEBPS/toc.ncx": ncx.format(words["title in the contents"]),
        "OEBPS/Text/a b.xhtml": chapter(f"<h1>{words['heading']}</h1><p>{words['body']}{note}</p>"),
        "OEBPS/Text/n.xhtml": chapter(f"<p><a href='a%20b.xhtml#r'>1</a>{words['footnote']}</p>"),
    }
    return Made(
        "by hand",
        "a.epub",
        made.zipped({n: text.encode() for n, text in files.items()}),
        (*words, "language"),
    )

"""HTML by lxml: what a reader would read, headings as paths, their anchors as places.

Scripts, styles, navigation and buttons are left out; the rest stays, in order: which part is the "main" one is a guess
that loses text. Readings above characters (ruby) are left out, and noted: they would cut the words below them. A mark
that leads to a note stands in brackets, ``word[1]``: it is no part of the word.
Also used for the HTML in EPUB books and mail.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder, when
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import library, reading
from memcodec.ingest.kinds.note_marks import is_mark
from memcodec.ingest.kinds.plain import decode

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LEFT_OUT = set(
    "script style template noscript head nav button iframe object canvas datalist"
    " title desc defs metadata symbol annotation annotation-xml".split()  # of drawings and formulas
)
_TYPED = set(
    "text search email tel url number date time month week datetime-local".split()
)  # what fields show
_ROLES = {"navigation", "search"}
_BLOCKS = set(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure"
    " footer form header hgroup hr html legend li main menu ol p pre section summary table tbody tfoot thead tr ul"
    " h1 h2 h3 h4 h5 h6 textarea text".split()
)
_RUBY = {"ruby": False, "rb": False, "rbc": False, "rt": True, "rtc": True, "rp": True}  # is it a reading?
RUBY_LEFT_OUT = "readings above characters (ruby) are left out"  #: a note
SIDE_BY_SIDE = {"mfrac": "/", "mtr": " ", "mtable": " "}  #: of MathML -> what stands between their parts
_VERBATIM = {"pre", "textarea"}
_HEADING = re.compile(r"h[1-6]")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_HEAD = 1 << 16  # bytes in which a page states its charset: within 1,024, but pages are not made by the book
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}encoding\s*=\s*["']([\w.:-]{1,40})""")
_XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
# <script/> and <title/> are whole elements in XHTML; to an HTML parser they swallow all that follows
_SELF_CLOSED = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)([a-zA-Z]\w*)(\s[^<>]*)?/>"
)
_LOSSES = {
    "ERR_RESOURCE_LIMIT",
    "ERR_NO_MEMORY",
}  # after which the parser gives what it has, as if it were all
_NOTE_MARK = re.compile(r"\d{1,4}|[ivxlc]{1,7}|[a-z]|[*†‡§¶]{1,4}", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_SPACES = re.compile(" {2,}")
_AUTHORS = ("author", "dc.creator", "article:author")
_TAGS = ("keywords", "description")
_TIMES = ("article:modified_time", "article:published_time", "dcterms.modified", "dc.date", "date")


def extract(data: bytes, name: str) -> Extracted:
    """The page's text. Raises SourceError, MissingExtra."""
    with reading(name, "HTML page"):
        text, note = _decoded(data, name)
        out = Builder()
        out.note(note)
        root = add_html(out, text, name)
        if root is None:
            return out.build()
        said = {
            (meta.get("name") or meta.get("property") or "").lower(): meta.get("content")
            for meta in root.iter("meta")
        }
        title = root.find(".//title")
        return out.build(
            title="".join(title.itertext()) if title is not None else said.get("og:title"),
            author=next((said[key] for key in _AUTHORS if said.get(key)), None),
            time=_first_time(said),
            language=root.get("lang"),
            tags={key: said.get(key) or "" for key in _TAGS},
        )


def add_html(out: Builder, text: str, name: str, place: str | None = None) -> Element | None:
    """Adds the readable text of an HTML document or fragment; gives its root, None when it is empty.

    Headings stay at ``place`` where one is given; otherwise each is at its anchor. Raises SourceError, which
    begins with ``name``.
    """
    html = library("lxml.html", "documents", "HTML")
    if _XHTML in text[:4096]:
        text = _SELF_CLOSED.sub(r"<\1\2></\1>", text)
    data = text.encode("utf-8", "replace")
    if not data.strip(b"\0\t\n\f\r "):
        return None
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    root: Element | None = html.document_fromstring(data, parser=parser, ensure_head_body=True)
    if any(entry.type_name in _LOSSES for entry in parser.error_log):
        raise SourceError(f"{name}: damaged HTML: its parts are nested too deep, or one is too large")
    if root is not None:
        _Walk(out, place).walk(root)
    return root


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    return decode(data, name, declared=declared_charset(data))


def declared_charset(data: bytes) -> str | None:
    """The charset that a page states of itself."""
    match = _CHARSET.search(_without_comments(data[:_HEAD])) or _XML_ENCODING.match(data)
    return match[1].decode("ascii") if match else None


def _without_comments(head: bytes) -> bytes:
    first, *others = head.split(b"<!--")
    return first + b"".join(each.partition(b"-->")[2] for each in others)


def _first_time(said: dict[str, str | None]) -> datetime | None:
    return next((time for key in _TIMES if (time := when(said.get(key)))), None)


class _Walk:
    """Goes through a tree without recursion: depth is the page's to choose."""

    def __init__(self, out: Builder, place: str | None) -> None:
        self._out, self._place = out, place
        self._inline: list[str] = []
        self._verbatim = self._rows = 0
        self._first_cell = True
        self._ruby: list[bool] = []  # whether each open element of ruby holds a reading
        self._marks: list[Element] = []  # the open one that leads to a note
        self._read_above = False

    def walk(self, root: Element) -> None:
        from lxml.etree import iterwalk

        walker = iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if event == "start":
                if _unwanted(element):
                    walker.skip_subtree()
                else:
                    self._start(element)
            else:
                if not _unwanted(element):
                    self._end(element)
                self._text(element.tail)
            if self._out.full:
                self._out.note(f"the rest of the page is left out ({self._out.full})")
                return
        self._flush()
        self._out.note(RUBY_LEFT_OUT if self._read_above else "")

    def _start(self, element: Element) -> None:
        tag = str(element.tag)
        if tag in _BLOCKS:
            self._flush()
        if tag == "tr":
            self._first_cell = True
        elif tag in ("td", "th"):
            if not self._first_cell:
                self._inline.append(" | ")
            self._first_cell = False
        elif tag == "li":
            self._inline.append("- ")
        elif tag == "br":
            self._inline.append("\n")
        elif tag == "img" and (alt := element.get("alt")):
            self._text(f" {alt} ")
        elif tag == "input" and (element.get("type") or "text").lower() in _TYPED:
            self._text(f" {element.get('value') or ''} ")
        elif tag in _RUBY:
            self._ruby.append(bool(self._ruby) and _RUBY[tag])
        elif not self._marks and self._is_mark(element, tag):
            self._marks.append(element)
            self._inline.append("[")
        elif tag.startswith("m") and element.getprevious() is not None:
            self._inline.append(SIDE_BY_SIDE.get(str(getattr(element.getparent(), "tag", "")), ""))
        self._verbatim += tag in _VERBATIM
        self._text(element.text)

    def _is_mark(self, element: Element, tag: str) -> bool:
        """Whether this leads to a note, or back from it: a link within the book, or figures set above a word."""
        if tag == "a" and "#" in (element.get("href") or ""):
            return _NOTE_MARK.fullmatch("".join(element.itertext()).strip()) is not None
        return tag == "sup" and is_mark("".join(element.itertext()), "".join(self._inline[-2:]))

    def _end(self, element: Element) -> None:
        tag = str(element.tag)
        if _HEADING.fullmatch(tag):
            self._heading(int(tag[1]), element)
        elif tag in _BLOCKS:
            self._flush(row=tag == "tr")
        elif tag in _RUBY:
            self._ruby.pop()
        elif self._marks and element is self._marks[-1]:
            self._marks.pop()
            self._inline.append("]")
        self._verbatim -= tag in _VERBATIM

    def _heading(self, level: int, element: Element) -> None:
        text = " ".join("".join(self._inline).split())
        self._inline.clear()
        if text:
            anchor = element.get("id")
            self._out.place(self._place if self._place is not None else f"#{anchor}" if anchor else "")
            self._out.heading(level, text)

    def _text(self, text: str | None) -> None:
        if self._ruby and self._ruby[-1]:
            self._read_above = self._read_above or bool(text and text.strip())
        elif text:
            self._inline.append(text if self._verbatim else _BLANKS.sub(" ", text))

    def _flush(self, *, row: bool = False) -> None:
        """Ends a paragraph, or a table's row: a line of its own."""
        text = "".join(self._inline)
        if not text.strip(" -|\n"):
            self._inline = (
                ["- "] if text.strip() == "-" else []
            )  # the item's text comes in a block of its own
            return
        self._inline.clear()
        lines = text.split("\n")
        text = "\n".join(
            line.rstrip() if self._verbatim else _SPACES.sub(" ", line).strip() for line in lines
        )
        (self._out.line if row and self._rows else self._out.paragraph)(text)
        self._rows = self._rows + 1 if row else 0


def _unwanted(element: Element) -> bool:
    """Whether a reader of the page does not see this: of a list to choose from, only what is chosen."""
    return (
        (element.tag == "option" and element.get("selected") is None)
        or element.tag in _LEFT_OUT
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or element.get("role") in _ROLES
    )

"""Rich Text Format 1.9 by striprtf. Its sections are the text's own lines, then what stands beside the text: notes,
headers and footers, text boxes, comments. striprtf passes over these, so their groups are cut out and read after it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import library, reading

_SAID = re.compile(r"\{\\(title|author)\s([^{}]{1,2000})\}")
_CHARSET = re.compile(rb"\\(mac|pca|pc)\b")
_CHARSETS = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_TOKEN = re.compile(r"\\bin(\d{1,9}) ?|\\([a-z]+)|\\.|([{}])", re.DOTALL)
_BESIDE = {  # destinations that a person sees -> what they are called
    **{f"header{which}": "header" for which in ("", "l", "r", "f")},
    **{f"footer{which}": "footer" for which in ("", "l", "r", "f")},
    "footnote": "footnote",
    "annotation": "comment",
    "shptxt": "text box",
    "dptxbxtext": "text box",
    "result": "object",
}


def extract(data: bytes, name: str) -> Extracted:
    """The document's text. Raises SourceError, MissingExtra."""
    striprtf = library("striprtf.striprtf", "documents", "RTF")
    if not data.lstrip()[:5] == b"{\\rtf":
        raise SourceError(f"{name}: not an RTF document; give it the ending of what it is")

    def text_of(source: str) -> str:
        return str(striprtf.rtf_to_text(source, encoding=encoding, errors="replace"))

    with reading(name, "RTF document"):
        encoding = _encoding(data[:4096])
        source = _CODE_PAGE.sub(b"", data, count=1).decode("latin-1")  # striprtf knows fewer than we do
        out = Builder()
        out.paragraph(text_of(source))
        fonts = f"{{\\rtf1 {striprtf.font_table_group(source)}"
        for kind, groups in _beside(source).items():
            out.under((), kind)
            texts = text_of(fonts + "".join(f"{{{group}\\par\\par}}" for group in groups) + "}")
            # each once: pages repeat headers, and shapes come again for older programs
            for text in dict.fromkeys(filter(None, map(str.strip, texts.split("\n\n")))):
                out.paragraph(text)
        said = {key: text_of("{\\rtf1 " + value + "}") for key, value in _SAID.findall(source[:65536])}
        return out.build(title=said.get("title"), author=said.get("author"))


def _encoding(head: bytes) -> str:
    match, other = _CODE_PAGE.search(head), _CHARSET.search(head)
    stated = _CHARSETS[other[1]] if other else "cp1252"
    if match:
        stated = "mac_roman" if match[1] == b"10000" else f"cp{match[1].decode()}"
    try:
        return codecs.lookup(stated).name
    except LookupError:
        return "cp1252"


def _beside(source: str) -> dict[str, list[str]]:
    """What the groups beside the text hold, by what they are called; a group in a group is one of its own."""
    found: dict[str, list[str]] = {}
    opened: list[list[Any]] = []  # of each open group: its destination, and where what it holds begins
    for kind, start, end in _tokens(source):
        if kind == "{":
            opened.append(["", end])
        elif kind == "}":
            destination, begin = opened.pop() if opened else ("", 0)
            if destination in _BESIDE:
                found.setdefault(_BESIDE[destination], []).append(source[begin:start])
        elif opened and not opened[-1][0] and kind in _BESIDE:
            opened[-1][:] = [kind, end]
    return found


def _tokens(source: str) -> Iterator[tuple[str, int, int]]:
    """Braces and control words, with where they start and end. Binary data is passed over."""
    position = 0
    while match := _TOKEN.search(source, position):
        position = match.end() + int(match[1] or 0)
        if kind := match[2] or match[3]:
            yield kind, match.start(), match.end()

"""Rich Text Format 1.9 by striprtf. Its sections are the text's own lines, then what stands beside the text: notes,
headers and footers, text boxes, comments, what is said of pictures. striprtf passes over these, so their groups are cut
out and read after it (``rtf_groups``). Left out, and noted: readings above characters (ruby), what tracked changes
delete, files that lie in the document.
"""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime

from memcodec.config.units import format_count
from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.html import RUBY_LEFT_OUT
from memcodec.ingest.kinds.limits import library, reading
from memcodec.ingest.kinds.rtf_groups import Groups

_SAID = re.compile(r"\{\\(title|author|subject|keywords|doccomm)\s([^{}]{1,2000})\}")
_TIME = re.compile(
    r"\{\\(?:revtim|creatim)\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})(?:\\hr(\d{1,2}))?(?:\\min(\d{1,2}))?"
)
_CHARSET = re.compile(rb"\\(mac|pca|pc)\b")
_CHARSETS = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")


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
        groups = Groups(source, text_of)
        out.paragraph(text_of(groups.edited(0, len(source))))
        fonts = f"{{\\rtf1 {striprtf.font_table_group(source)}"
        for kind, spans in groups.beside.items():
            out.under((), kind)
            texts = text_of(fonts + "".join(f"{{{groups.edited(*span)}\\par\\par}}" for span in spans) + "}")
            # each once: pages repeat headers, and shapes come again for older programs
            for text in dict.fromkeys(filter(None, map(str.strip, texts.split("\n\n")))):
                out.paragraph(text)
        for described in dict.fromkeys(groups.pictures):
            out.under((), "picture")
            out.paragraph(f"Picture: {text_of(f'{fonts}{described}}}')}")
        _note_left_out(groups, out)
        said = {key: text_of("{\\rtf1 " + value + "}") for key, value in _SAID.findall(source[:65536])}
        return out.build(
            title=said.get("title"),
            author=said.get("author"),
            time=_time(source[:65536]),
            tags={
                "subject": said.get("subject", ""),
                "keywords": said.get("keywords", ""),
                "description": said.get("doccomm", ""),
            },
        )


def _note_left_out(groups: Groups, out: Builder) -> None:
    if groups.deleted:
        out.note(f"text that tracked changes delete is left out ({format_count(groups.deleted)})")
    if groups.has_ruby:
        out.note(RUBY_LEFT_OUT)
    if groups.embedded:
        out.note(f"files that lie in it are left out ({format_count(groups.embedded)})")


def _time(head: str) -> datetime | None:
    """When it was last changed, else made; RTF names no zone."""
    try:
        stated = ([int(part or 0) for part in each] for each in _TIME.findall(head))
        return max(
            (datetime(y, m, d, hour, minute, tzinfo=UTC) for y, m, d, hour, minute in stated), default=None
        )
    except ValueError:
        return None


def _encoding(head: bytes) -> str:
    match, other = _CODE_PAGE.search(head), _CHARSET.search(head)
    stated = _CHARSETS[other[1]] if other else "cp1252"
    if match:
        stated = "mac_roman" if match[1] == b"10000" else f"cp{match[1].decode()}"
    try:
        return codecs.lookup(stated).name
    except LookupError:
        return "cp1252"

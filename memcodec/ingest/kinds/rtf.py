"""Rich Text Format 1.9 by striprtf. Its sections are the text's own lines."""

from __future__ import annotations

import re

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import library, reading

_SAID = re.compile(r"\{\\(title|author)\s([^{}]{1,2000})\}")
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")


def extract(data: bytes, name: str) -> Extracted:
    """The document's text. Raises SourceError, MissingExtra."""
    striprtf = library("striprtf.striprtf", "documents", "RTF")
    if not data.lstrip()[:5] == b"{\\rtf":
        raise SourceError(f"{name}: not an RTF document; give it the ending of what it is")

    def text_of(source: str) -> str:
        return str(striprtf.rtf_to_text(source, encoding=encoding, errors="replace"))

    with reading(name, "RTF document"):
        match = _CODE_PAGE.search(data[:4096])
        encoding = f"cp{match[1].decode()}" if match else "cp1252"
        source = data.decode("latin-1")
        out = Builder()
        out.paragraph(text_of(source))
        said = {key: text_of("{\\rtf1 " + value + "}") for key, value in _SAID.findall(source[:65536])}
        return out.build(title=said.get("title"), author=said.get("author"))

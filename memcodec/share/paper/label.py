"""The label: what a small symbol in both upper corners says of its page, in plain text."""

from __future__ import annotations

import re
from typing import NamedTuple

from memcodec.share.paper.symbol import Level

VERSION = 5  #: of its QR symbol, at level Q: 87 characters
LEVEL: Level = "Q"

_TEXT = re.compile(
    r"MEMCODEC SHEET ([0-9A-F]{8}) SET ([0-9A-F]{8}) "
    r"PAGE (\d{1,4})/(\d{1,4}) SYMBOLS (\d{1,3})/(\d{1,5}) STREAMS (\d{1,4})"
)


class Label(NamedTuple):
    """One page of one printing. ``streams`` is how many commits the whole set holds."""

    file: str  #: the memory's id, 8 hexadecimal digits
    set: str  #: of this printing: CRC32C of all its packets
    page: int  #: from 1; page 1 is the instructions
    pages: int
    symbols: int  #: on this page
    total: int  #: symbols of the whole set
    streams: int

    def __str__(self) -> str:
        return (
            f"MEMCODEC SHEET {self.file.upper()} SET {self.set.upper()} PAGE {self.page}/{self.pages} "
            f"SYMBOLS {self.symbols}/{self.total} STREAMS {self.streams}"
        )


def parse(text: bytes) -> Label | None:
    """The label that a symbol's text is, or None."""
    match = _TEXT.fullmatch(text.decode("latin-1"))
    if match is None:
        return None
    page, pages, symbols, total, streams = map(int, match.groups()[2:])
    if not 1 <= page <= pages:
        return None
    return Label(match[1].lower(), match[2].lower(), page, pages, symbols, total, streams)

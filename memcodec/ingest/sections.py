"""Chunks that respect a document's sections, and the text that indexes see of them: under its headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from memcodec.ingest.chunker import Chunker, ChunkSpan
from memcodec.ingest.kinds.terminal import shown
from memcodec.model import Section

_LEAST = 4  # a chunk has at least this fraction of the chunk size before a section's start ends it


class SectionChunker:
    """Cuts one document as ``Chunker`` does, and where a section begins: not across it, unless it would be a scrap."""

    def __init__(self, chunker: Chunker, sections: Sequence[Section]) -> None:
        self._chunker, self._at = chunker, 0
        self._cuts = list(_cuts(sections, chunker.size // _LEAST))[::-1]

    def feed(self, piece: bytes) -> list[ChunkSpan]:
        """The chunks that are certain once ``piece`` is read. Raises SourceError when it is not UTF-8."""
        found: list[ChunkSpan] = []
        while self._cuts and self._cuts[-1] <= self._at + len(piece):
            size = self._cuts.pop() - self._at
            found += self._chunker.feed(piece[:size]) + self._chunker.cut()
            piece = piece[size:]
            self._at += size
        self._at += len(piece)
        return found + self._chunker.feed(piece)

    def finish(self) -> list[ChunkSpan]:
        """The document's last chunks."""
        return self._chunker.finish()

    def spans(self, pieces: Iterable[bytes]) -> Iterator[ChunkSpan]:
        """The chunks of the document that ``pieces`` make up."""
        for piece in pieces:
            yield from self.feed(piece)
        yield from self.finish()


def _cuts(sections: Sequence[Section], least: int) -> Iterator[int]:
    last = 0
    for section in sections:
        if section.start - last >= least:
            last = section.start
            yield last


def headed(text: str, section: Section | None) -> str:
    """What indexes see of a chunk: the headings that it stands under and does not show itself, then its text.

    A terminal's codes are no part of words, though text that a program hands over is stored with them.
    """
    text = shown(text)
    path = [heading for heading in section.path if heading not in text] if section is not None else []
    return "\n".join([*path, text]) if path else text

"""What is found in a file: documents and chunks, each with the segment that holds it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from memcodec.file.segment import SegmentReader
from memcodec.file.state import changes
from memcodec.format.commit import Change
from memcodec.format.documents import Stored
from memcodec.ingest.sections import headed
from memcodec.model import Document, section_at


class FoundDocument(NamedTuple):
    """A document, the segment that holds it, and its ordinal there."""

    segment: SegmentReader
    ordinal: int
    stored: Stored

    @property
    def document(self) -> Document:
        """The document itself."""
        return self.stored.document


def ids_of(found: Iterable[FoundDocument]) -> tuple[str, ...]:
    """The documents' ids."""
    return tuple(each.document.id for each in found)


def changes_of(found: Iterable[FoundDocument]) -> tuple[Change, ...]:
    """Documents as a commit's entry names them."""
    ordinals: dict[int, list[int]] = {}
    for each in found:
        ordinals.setdefault(each.segment.number, []).append(each.ordinal)
    return changes(ordinals)


class ChunkPlace(NamedTuple):
    """A chunk: its segment, its document, and its span of the document and of the document's lines."""

    segment: SegmentReader
    stored: Stored
    start: int
    end: int
    first_line: int
    last_line: int

    @property
    def text_span(self) -> tuple[int, int]:
        """The chunk's span of its commit's text."""
        return self.stored.start + self.start, self.stored.start + self.end


class ChunkText(NamedTuple):
    """A chunk's place and its text."""

    place: ChunkPlace
    text: str

    @property
    def indexed(self) -> str:
        """What the indexes see of it: its text under its headings."""
        return headed(self.text, section_at(self.place.stored.document.sections, self.place.start))

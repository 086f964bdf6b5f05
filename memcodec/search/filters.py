"""Which documents a search looks at: conditions on documents, as masks over the chunks of a file.

A filter hides chunks and changes no statistics: a hit scores with a filter as it scores without.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from memcodec.file.index_run import Mask
from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.model import BlobSpan, Document

Accepts = Callable[[Document], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that a document meets, all that are given.

    ``tags``: it has them all. ``path``: a glob that its whole uri matches. ``type``: its kind of file ("markdown") or
    its uri's ending ("md"). ``language``: a BCP 47 range, so that "en" takes "en-GB" (RFC 4647, section 3.3.1).
    ``since`` and ``until``: its time, both included; they have a time zone.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    path: str | None = None
    type: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        """Whether there is any condition."""
        return self != Filter()

    def accepts(self, document: Document) -> bool:
        """Whether a document meets the conditions."""
        return (
            all(document.tags.get(key) == value for key, value in self.tags.items())
            and (self.path is None or fnmatch.fnmatchcase(document.uri, self.path))
            and (self.type is None or is_of_type(document, self.type))
            and (self.language is None or is_in_language(document, self.language))
            and (self.since is None or document.time >= self.since)
            and (self.until is None or document.time <= self.until)
        )

    def mask(self, reader: Reader) -> list[Mask]:
        """Of each segment, which of its chunks are in the state and of documents that meet the conditions."""
        return chunk_masks(reader, self.accepts)


def is_of_type(document: Document, kind: str) -> bool:
    """Whether a document is a file of some kind, by name ("markdown") or by its uri's ending ("md")."""
    kind = kind.casefold().removeprefix(".")
    return document.type.casefold() == kind or document.uri.casefold().endswith(f".{kind}")


def is_in_language(document: Document, language: str) -> bool:
    """Whether a document's language tag is in a basic range (RFC 4647, section 3.3.1)."""
    tag, wanted = document.language.casefold(), language.casefold()
    return tag == wanted or tag.startswith(f"{wanted}-")


def chunk_masks(reader: Reader, accepts: Accepts) -> list[Mask]:
    """Of each segment, which of its chunks are in the state and of documents that are accepted."""
    reader.media.prefetch(list(spans(reader)) if reader.source.far else [])
    return [_chunks(segment, accepts) for segment in reader.segments]


def spans(reader: Reader) -> Iterator[BlobSpan]:
    """What is read of a file to tell which of its chunks stay: documents, and what tells whose a chunk is."""
    for segment in reader.segments:
        if segment.documents:
            yield from segment.catalogue.all_document_spans()
            yield from segment.catalogue.place_spans()


def _chunks(segment: SegmentReader, accepts: Accepts) -> Mask:
    accepted = np.zeros(segment.record.documents, np.bool_)
    for ordinal, stored in segment.live():
        accepted[ordinal] = accepts(stored.document)
    if accepted.all() or not accepted.any():  # most files: no table of chunks is read for them
        return np.full(segment.record.chunks, bool(accepted.any()))
    chosen: Mask = accepted[segment.catalogue.chunk_documents()]
    return chosen

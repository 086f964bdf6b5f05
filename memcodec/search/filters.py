"""Which chunks a search looks at: conditions on documents, as masks over the chunks of a file.

They hide chunks and change no statistics: a hit scores with a filter as it scores without.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Protocol

import numpy as np

from memcodec.errors import ConfigError
from memcodec.file.filter import Filter, has_tag, is_in_language, is_of_type
from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.format.arrays import Mask
from memcodec.model import BlobSpan, Document
from memcodec.search.query import Field
from memcodec.search.query.nodes import surfaces

Accepts = Callable[[Document], bool]
Asked = Field | Filter  #: the condition that documents are accepted by
#: the first and the last instant of a time as a person writes it; raises ValueError
Times = Callable[[str], tuple[datetime, datetime]]


class Masking(Protocol):
    """What knows a quicker way to tell which of its chunks are of documents that are accepted."""

    def chunk_masks(self, accepts: Accepts, asked: Asked) -> list[Mask]: ...


def chunk_masks(reader: Reader | Masking, accepts: Accepts, asked: Asked) -> list[Mask]:
    """Of each segment, which of its chunks are in the state and of documents that are accepted, as was ``asked``."""
    if not isinstance(reader, Reader):
        return reader.chunk_masks(accepts, asked)
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
        return segment.live_chunks if accepted.any() else np.zeros(segment.record.chunks, np.bool_)
    chosen: Mask = accepted[segment.catalogue.chunk_documents()] & segment.live_chunks
    return chosen


def accepts(field: Field, times: Times) -> Accepts:
    """Which documents satisfy a field. Raises ConfigError for a value that says nothing."""
    value = field.value
    match field.name:
        case "title":
            return lambda document: _has_words(document.title, value)
        case "author":
            return lambda document: _has_words(document.author, value)
        case "tag":
            return partial(_has_tag, tag=value)
        case "path":
            return partial(_is_at, path=value)
        case "type":
            return lambda document: is_of_type(document, value)
        case "lang":
            return lambda document: is_in_language(document, value)
    return _in_time(field, times)


def _has_words(text: str, wanted: str) -> bool:
    """Whether words stand in a text side by side, in whatever case."""
    words, held = _folded(wanted), _folded(text)
    return bool(words) and any(held[at : at + len(words)] == words for at in range(len(held)))


def _folded(text: str) -> list[str]:
    return [surface.casefold() for surface in surfaces(text)]


def _has_tag(document: Document, tag: str) -> bool:
    key, equals, value = tag.partition("=")
    return has_tag(document, key, value if equals else None)


def _is_at(document: Document, path: str) -> bool:
    """A glob matches the whole uri; as it stands, any part of it: names hold brackets and question marks, too."""
    return path in document.uri or fnmatch.fnmatchcase(document.uri, path)


def _in_time(field: Field, times: Times) -> Accepts:
    try:
        first, last = times(field.value)
    except ValueError as error:
        raise ConfigError(f"query, column {field.column}: {field.name}:{field.value}: {error}") from None
    match field.name:
        case "since":
            return lambda document: document.time >= first
        case "until":
            return lambda document: document.time <= last
        case "before":
            return lambda document: document.time < first
        case "after":
            return lambda document: document.time > last
    raise ConfigError(f"query, column {field.column}: there is no field {field.name}:")

"""Hits as other libraries keep passages: a text and a flat dictionary about it; and their documents as ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from memcodec.errors import SourceError
from memcodec.format.documents import format_time
from memcodec.ingest.item import Item, text_item
from memcodec.model import Hit

#: What ``about`` writes that is the chunk's alone: it is left out of a document that is added.
_OF_A_CHUNK = frozenset({"lines", "chunk", "file", "score"})


def identity(hit: Hit) -> str:
    """A name of the passage that stays when the file grows or is merged: the document's id and the bytes' span."""
    return f"{hit.document.id}:{hit.start}-{hit.end}"


def lines(hit: Hit) -> str:
    """``3-7``, or ``3``: the lines of the document, from 1, both ends included."""
    first, last = hit.line.first, hit.line.last
    return f"{first}" if first == last else f"{first}-{last}"


def about(hit: Hit) -> dict[str, Any]:
    """uri, title, lines, chunk, file, time (ISO 8601, UTC), tags and score of a hit."""
    document = hit.document
    return {
        "uri": document.uri,
        "title": document.title,
        "lines": lines(hit),
        "chunk": hit.chunk,
        "file": hit.file,
        "time": format_time(document.time),
        "tags": dict(document.tags),
        "score": hit.score,
    }


def item(text: str, metadata: Mapping[str, Any] | None, name: str | None = None) -> Item:
    """A document to add. Its metadata's uri (or source), title, time and tags become its own, the rest tags.

    ``name`` is its uri when the metadata has none. Raises SourceError for metadata that is no text, number or time.
    """
    rest = {key: value for key, value in (metadata or {}).items() if key not in _OF_A_CHUNK}
    uri, source = rest.pop("uri", None), rest.pop("source", None)
    title, when, tags = rest.pop("title", None), rest.pop("time", None), rest.pop("tags", None)
    if tags is not None and not isinstance(tags, Mapping):
        raise SourceError(f"metadata 'tags' is {_kind(tags)}; give keys and values")
    marks = {**(tags or {}), **rest}
    return text_item(
        text,
        title=_text("title", title),
        uri=_text("uri", uri if uri is not None else source if source is not None else name),
        tags={key: value for key in marks if (value := _text(key, marks[key])) is not None},
        time=_time(when),
    )


def _text(key: str, value: object) -> str | None:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float):
        return None if value is None else str(value)
    raise SourceError(f"metadata {key!r} is {_kind(value)}; give a text, a number or a time, or leave it out")


def _time(value: object) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        raise SourceError(f"metadata 'time' is {value!r}; write it as 2026-04-02T08:00:00Z") from None


def _kind(value: object) -> str:
    return f"a {type(value).__name__}"

"""What a query's fields ask of documents: ``title:``, ``tag:``, ``path:`` and the others, each as a test."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

from memcodec.errors import ConfigError
from memcodec.model import Document
from memcodec.search.filters import Accepts, is_in_language, is_of_type
from memcodec.search.query import Field
from memcodec.search.query.nodes import surfaces

Times = Callable[[str], tuple[datetime, datetime]]
"""The first and the last instant of a time as a person writes it. Raises ValueError."""

_GLOB = re.compile(r"[*?\[]")


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
    return key in document.tags and (not equals or document.tags[key] == value)


def _is_at(document: Document, path: str) -> bool:
    """A glob matches the whole uri; what is none, any part of it."""
    return fnmatch.fnmatchcase(document.uri, path) if _GLOB.search(path) else path in document.uri


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

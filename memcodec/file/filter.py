"""Which documents: one value for all that choose some, to search in, list, restore, tag or forget."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Self

from memcodec.arguments import check_fields, checked
from memcodec.config.tags import parse_tags
from memcodec.config.times import TimeSpan, parse_span
from memcodec.errors import ConfigError, NotFound
from memcodec.file.places import FoundDocument
from memcodec.file.reader import Reader
from memcodec.model import Document

_LISTS = ("tags", "tag", "keywords", "categories", "labels", "taxonomies.tags", "taxonomies.categories")
_TIMES = ("since", "until", "before")
_ID_BEGINS = re.compile(r"[0-9a-fA-F]{4,15}")  # of sixteen digits
_NAMED = 3  # documents that an error names


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that a document meets, all that are given.

    ``tags``: it has them all, a value also as one of a list (``has_tag``). ``path``: a uri, or a glob that its
    whole uri matches, or several, of which it matches one.
    ``type``: its kind of file ("markdown") or its uri's ending ("md"). ``language``: a BCP 47 range, so that "en" takes
    "en-GB" (RFC 4647, section 3.3.1). ``since`` and ``until``: its time, both included; ``before``: not included. A
    time without a zone is local. ``documents``: it is one of these, by uri, id, or so much of an id
    that no other begins so.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    path: str | Iterable[str] = ()
    type: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: datetime | None = None
    documents: str | Document | Iterable[str | Document] = ()
    names: frozenset[str] = field(default=frozenset(), init=False, repr=False)  #: ``documents``, by id or uri

    def __post_init__(self) -> None:
        check_fields(self)
        named = [self.documents] if isinstance(self.documents, str | Document) else list(self.documents)
        names = tuple(each.id if isinstance(each, Document) else each for each in named)
        object.__setattr__(self, "documents", names)
        object.__setattr__(self, "names", frozenset(names))
        object.__setattr__(self, "path", (self.path,) if isinstance(self.path, str) else tuple(self.path))
        for name in _TIMES:
            if (time := getattr(self, name)) is not None:
                object.__setattr__(self, name, time.astimezone(UTC))

    @classmethod
    @checked
    def of(
        cls,
        *,
        tags: Mapping[str, str] | str | Iterable[str] = (),
        path: str | Iterable[str] = (),
        type: str | None = None,  # noqa: A002 - as the field is called
        language: str | None = None,
        since: str | None = None,
        until: str | None = None,
        before: str | None = None,
        documents: str | Iterable[str] = (),
    ) -> Self:
        """Conditions as a person writes them: ``Filter.of(tags="author=Melville", since="last week")``.

        ``tags``: KEY=VALUE, one or many. Times: those that the command line takes; ``since`` and ``before`` mean the
        first instant of what is named, ``until`` the last. Raises ConfigError for what says nothing.
        """
        times = {"since": since, "until": until, "before": before}
        spans = {name: _span(name, text) for name, text in times.items() if text is not None}
        return cls(
            tags=tags if isinstance(tags, Mapping) else parse_tags([tags] if isinstance(tags, str) else tags),
            path=path,
            type=type,
            language=language,
            documents=documents,
            **{name: span.last if name == "until" else span.first for name, span in spans.items()},
        )

    def __bool__(self) -> bool:
        """Whether there is any condition."""
        return self != Filter()

    def accepts(self, document: Document) -> bool:
        """Whether a document meets the conditions."""
        if not isinstance(document, Document):  # `checked` takes longer than all the rest
            raise TypeError(f"Filter.accepts(): document is a {type(document).__name__}; give a Document")
        return (
            all(has_tag(document, key, value) for key, value in self.tags.items())
            and (not self.names or document.id in self.names or document.uri in self.names)
            and (not self.path or self.is_at(document.uri))
            and (self.type is None or is_of_type(document, self.type))
            and (self.language is None or is_in_language(document, self.language))
            and self._is_in_time(document.time)
        )

    @checked
    def is_at(self, uri: str) -> bool:
        """Whether a uri is one of the paths or matches one as a glob: names hold brackets and question marks, too."""
        return any(uri == pattern or fnmatch.fnmatchcase(uri, pattern) for pattern in self.path)

    def _is_in_time(self, time: datetime) -> bool:
        return (
            (self.since is None or time >= self.since)
            and (self.until is None or time <= self.until)
            and (self.before is None or time < self.before)
        )


def _span(name: str, text: str) -> TimeSpan:
    try:
        return parse_span(text)
    except ValueError as error:
        raise ConfigError(f"{name}: {text!r} is {error}") from None


def has_tag(document: Document, key: str, value: str | None = None) -> bool:
    """Whether a document has a tag, with that value or with a list (``draft, birds``) that holds it.

    Without a value, ``key`` may also be one word of a list of tags, as front matter has them.
    """
    held = document.tags.get(key)
    if value is not None:
        return held is not None and (held == value or value in _listed(held))
    return held is not None or any(key in _listed(document.tags.get(name, "")) for name in _LISTS)


def _listed(value: str) -> list[str]:
    return [word.strip().lstrip("#") for word in value.split(",")]


def is_of_type(document: Document, kind: str) -> bool:
    """Whether a document is a file of some kind, by name ("markdown") or by its uri's ending ("md")."""
    kind = kind.casefold().removeprefix(".")
    return document.type.casefold() == kind or document.uri.casefold().endswith(f".{kind}")


def is_in_language(document: Document, language: str) -> bool:
    """Whether a document's language tag is in a basic range (RFC 4647, section 3.3.1)."""
    tag, wanted = document.language.casefold(), language.casefold()
    return tag == wanted or tag.startswith(f"{wanted}-")


def select(reader: Reader, only: Filter | None = None) -> list[FoundDocument]:
    """The documents in the state that a filter takes, oldest first. Raises as ``check_names``."""
    found = list(reader.documents())
    if not only:
        return found
    documents, where = [each.stored.document for each in found], reader.source.name
    only = resolved(only, documents, where)
    check_names(documents, only, where)
    return [each for each in found if only.accepts(each.stored.document)]


def resolved(only: Filter, documents: Iterable[Document], where: str) -> Filter:
    """The filter with whole ids where it names documents by the first digits of theirs.

    Raises ConfigError, which names them, for digits that several ids begin with.
    """
    if not any(map(_ID_BEGINS.fullmatch, only.names)):
        return only
    uris = {each.id: each.uri for each in documents}
    known = {*uris, *uris.values()}
    wholes = [[name] if name in known else ids_like(name, uris) or [name] for name in sorted(only.names)]
    for name, ids in zip(sorted(only.names), wholes, strict=True):
        if len(ids) > 1:
            raise ConfigError(ambiguous(where, name, [(uris[each], each) for each in ids]))
    return replace(only, documents=[whole for (whole,) in wholes])


def ids_like(name: str, ids: Iterable[str]) -> list[str]:
    """The ids that begin with a name, if it can be the beginning of one: four digits at least, as git has it."""
    digits = name.casefold()
    return [each for each in ids if each.startswith(digits)] if _ID_BEGINS.fullmatch(name) else []


def ambiguous(where: str, name: str, candidates: Sequence[tuple[str, str]]) -> str:
    """That a name means several documents, whose uris and ids these are."""
    shown = ", ".join(f"{uri} ({number})" for uri, number in candidates[:_NAMED])
    more = f" and {len(candidates) - _NAMED:,} more" if len(candidates) > _NAMED else ""
    return f"{where}: {name!r} means {len(candidates):,} documents; name one, by its id: {shown}{more}"


def check_names(documents: Collection[Document], only: Filter, where: str) -> None:
    """Raises NotFound when a filter names a document that is not among these, or globs that none of them matches.

    A name that means nothing is a slip, while a tag or a time may well hold for none.
    """
    known = {name for each in documents for name in (each.id, each.uri)}
    if missing := only.names - known:
        raise NotFound(f"{where}: no document {min(missing)}; `documents()` shows what there is")
    if only.path and not any(only.is_at(each.uri) for each in documents):
        globs = " or ".join(map(repr, only.path))
        raise NotFound(f"{where}: no document matches {globs}; `documents()` shows what there is")


def choose(reader: Reader, only: Filter) -> list[FoundDocument]:
    """The documents that a filter takes. Raises NotFound when there is none."""
    found = select(reader, only)
    if not found:
        raise NotFound(f"{reader.source.name}: no document matches; `documents()` shows what there is")
    return found


def need_condition(only: Filter) -> None:
    """Before documents are changed: raises ConfigError for a filter that takes them all because it says nothing."""
    if not only:
        raise ConfigError("no condition says which documents; give one, `Filter(path='*')` for all of them")

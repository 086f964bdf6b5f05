"""What a search answers, and how it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, NamedTuple, TypedDict

from memcodec.format.documents import format_time
from memcodec.model import Document, Hit
from memcodec.search.query import Explanation, Query, parse

Mode = Literal["hybrid", "lexical", "semantic"]
MODES: tuple[Mode, ...] = ("hybrid", "lexical", "semantic")


class Results(list[Hit]):
    """The hits, best first. ``mode`` is the one that was used; ``notes`` say when it is not the one asked for.

    ``whys`` has a reason for each hit, if they were asked for; ``parsed`` is the query as it was understood.
    """

    def __init__(
        self,
        query: str,
        mode: Mode,
        hits: list[Hit],
        notes: tuple[str, ...] = (),
        parsed: Query | None = None,
        whys: Sequence[Why] = (),
    ) -> None:
        super().__init__(hits)
        self.query, self.mode, self.notes, self.whys = query, mode, notes, whys
        self.parsed = parsed if parsed is not None else parse(query)

    def to_json(self) -> dict[str, Any]:
        """The answer in JSON's types, under the names that scripts may rely on."""
        return {
            "query": self.query,
            "mode": self.mode,
            "notes": list(self.notes),
            "hits": self.hits_json(),
        }

    def hits_json(self) -> list[dict[str, Any]]:
        """The hits in JSON's types, each with its reason if there is one."""
        found = list(map(hit_json, self))
        for hit, why in zip(found, self.whys, strict=False):
            hit["why"] = why_json(why)
        return found


def hit_json(hit: Hit) -> dict[str, Any]:
    """One hit in JSON's types."""
    made = {each.name: getattr(hit, each.name) for each in fields(hit)}
    return {**made, "document": document_json(hit.document), "line": asdict(hit.line), "path": list(hit.path)}


def document_json(document: Document) -> dict[str, Any]:
    """One document in JSON's types; without its sections, which may be many."""
    made = {each.name: getattr(document, each.name) for each in fields(document) if each.name != "sections"}
    original = document.original._asdict() if document.original else None
    return {**made, "tags": dict(document.tags), "time": format_time(document.time), "original": original}


def why_json(why: Why) -> dict[str, Any]:
    """A reason in JSON's types."""
    words = asdict(why.words) if why.words else None
    return {"lexical": _standing(why.lexical), "semantic": _standing(why.semantic), "words": words}


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    return standing._asdict() if standing else None


class Standing(NamedTuple):
    """A chunk's place in a ranking, from 1, and what it scored there."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Why:
    """Of one hit: how its best chunk stands by words (BM25) and by meaning (cosine), None where it is not ranked.

    ``words``: the parts of its BM25 score, and the query's conditions; None without a lexical index.
    """

    lexical: Standing | None
    semantic: Standing | None
    words: Explanation | None


class SearchOptions(TypedDict, total=False):
    """Keyword arguments of every ``search``; what is not given is off.

    ``merge``: neighbouring chunks of one document become one passage. ``fold``: of passages that say the same only
    the best one is given. ``rerank``: a cross-encoder's name or folder, which ranks the best again. ``diverse``: how
    much hits may repeat each other, from 1, as much as they like, to 0. ``explain``: say why each hit ranks where it
    does, in ``Results.whys``.
    """

    merge: bool
    fold: bool
    rerank: str | None
    diverse: float | None
    explain: bool

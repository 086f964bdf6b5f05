"""What a search answers, and how it shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from memcodec.format.documents import format_time
from memcodec.model import Document, Hit

Mode = Literal["hybrid", "lexical", "semantic"]
MODES: tuple[Mode, ...] = ("hybrid", "lexical", "semantic")


class Results(list[Hit]):
    """The hits, best first. ``mode`` is the one that was used; ``notes`` say when it is not the one asked for."""

    def __init__(self, query: str, mode: Mode, hits: list[Hit], notes: tuple[str, ...] = ()) -> None:
        super().__init__(hits)
        self.query, self.mode, self.notes = query, mode, notes

    def to_json(self) -> dict[str, Any]:
        """The answer in JSON's types, under the names that scripts may rely on."""
        return {
            "query": self.query,
            "mode": self.mode,
            "notes": list(self.notes),
            "hits": [hit_json(hit) for hit in self],
        }


def hit_json(hit: Hit) -> dict[str, Any]:
    """One hit in JSON's types."""
    return {**asdict(hit), "document": document_json(hit.document)}


def document_json(document: Document) -> dict[str, Any]:
    """One document in JSON's types."""
    return {**asdict(document), "tags": dict(document.tags), "time": format_time(document.time)}

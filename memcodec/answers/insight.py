"""What is in memories, how it hangs together, how it changes: graph, topics, trends, synthesis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from memcodec.answers.typed import TypedDict

if TYPE_CHECKING:
    from memcodec.insight.values import Cite, Graph, Shift, Synthesis, TopicDiff, Topics, Trends


class CiteAnswer(TypedDict):
    """A chunk, and the document and line that it begins at."""

    file: str
    chunk: int
    uri: str
    line: int


def cites(chunks: Iterable[Cite]) -> list[CiteAnswer]:
    """Chunks, in their order."""
    return [{"file": each.file, "chunk": each.chunk, "uri": each.uri, "line": each.line} for each in chunks]


class ConceptAnswer(TypedDict):
    """A concept: ``count`` chunks of ``documents`` name it; ``community`` is the name of its group."""

    name: str
    aliases: list[str]
    count: int
    documents: int
    weight: float
    community: str
    chunks: list[CiteAnswer]


class RelationAnswer(TypedDict):
    """Two concepts that chunks name together; ``name`` and ``quote``: as a model named it, empty without one."""

    a: str
    b: str
    together: int
    expected: float
    strength: float
    confidence: float
    name: str
    quote: str
    chunks: list[CiteAnswer]


class CommunityAnswer(TypedDict):
    """A group of concepts."""

    name: str
    concepts: list[str]


class GraphAnswer(TypedDict):
    """A graph. ``dropped``: claims of a model that no chunk supports."""

    concepts: list[ConceptAnswer]
    relations: list[RelationAnswer]
    communities: list[CommunityAnswer]
    chunks: int
    documents: int
    confidence: float
    dropped: int
    notes: list[str]


def graph(made: Graph) -> GraphAnswer:
    """A graph, its concepts by their names."""
    return {
        "concepts": [
            {
                "name": each.name,
                "aliases": list(each.aliases),
                "count": each.count,
                "documents": each.documents,
                "weight": each.weight,
                "community": made.communities[each.community].name,
                "chunks": cites(each.chunks),
            }
            for each in made.concepts
        ],
        "relations": [
            {
                "a": made.concepts[each.a].name,
                "b": made.concepts[each.b].name,
                "together": each.together,
                "expected": each.expected,
                "strength": each.strength,
                "confidence": each.confidence,
                "name": each.name,
                "quote": each.quote,
                "chunks": cites(each.chunks),
            }
            for each in made.relations
        ],
        "communities": [
            {"name": each.name, "concepts": [made.concepts[at].name for at in each.concepts]}
            for each in made.communities
        ],
        "chunks": made.chunks,
        "documents": made.documents,
        "confidence": made.confidence,
        "dropped": made.dropped,
        "notes": list(made.notes),
    }


class TopicTermAnswer(TypedDict):
    """A term of a topic, and the z-score of its log-odds."""

    term: str
    z: float


class TopicAnswer(TypedDict):
    """A topic: ``count`` chunks of ``documents`` are of it; ``chunks`` are the most typical ones."""

    name: str
    terms: list[TopicTermAnswer]
    count: int
    documents: int
    chunks: list[CiteAnswer]


class TopicsAnswer(TypedDict):
    """Topics, the largest first; ``rest`` of the chunks are of none."""

    topics: list[TopicAnswer]
    chunks: int
    documents: int
    rest: int
    notes: list[str]


def topics(made: Topics) -> TopicsAnswer:
    """Topics."""
    return {
        "topics": [
            {
                "name": each.name,
                "terms": [{"term": term, "z": z} for term, z in each.terms],
                "count": each.count,
                "documents": each.documents,
                "chunks": cites(each.chunks),
            }
            for each in made.topics
        ],
        "chunks": made.chunks,
        "documents": made.documents,
        "rest": made.rest,
        "notes": list(made.notes),
    }


class PeriodAnswer(TypedDict):
    """A period, and how many documents it has."""

    name: str
    documents: int


class TrendAnswer(TypedDict):
    """A term that rose, or fell; ``counts`` are the documents that name it, by period."""

    term: str
    rose: bool
    first: str
    last: str
    observed: int
    expected: float
    there: int
    total: int
    p: float
    counts: list[int]
    chunks: list[CiteAnswer]


class TrendsAnswer(TypedDict):
    """What changed beyond chance, by month or by commit; ``tried`` terms were tested in ``windows`` stretches each."""

    by: str
    periods: list[PeriodAnswer]
    trends: list[TrendAnswer]
    tried: int
    windows: int
    notes: list[str]


def trends(made: Trends) -> TrendsAnswer:
    """Trends."""
    return {
        "by": made.by,
        "periods": [
            {"name": name, "documents": size} for name, size in zip(made.periods, made.sizes, strict=True)
        ],
        "trends": [
            {
                "term": each.term,
                "rose": each.rose,
                "first": each.first,
                "last": each.last,
                "observed": each.observed,
                "expected": each.expected,
                "there": each.there,
                "total": each.total,
                "p": each.p,
                "counts": list(each.counts),
                "chunks": cites(each.chunks),
            }
            for each in made.trends
        ],
        "tried": made.tried,
        "windows": made.windows,
        "notes": list(made.notes),
    }


class ShiftAnswer(TypedDict):
    """Documents of a topic, or that name a term, before and after, and their shares of all."""

    name: str
    before: int
    after: int
    share_before: float
    share_after: float
    p: float


class TopicDiffAnswer(TypedDict):
    """How two states, or files, differ in what they speak of; ``documents``: how many each has."""

    before: str
    after: str
    documents: list[int]
    topics: list[ShiftAnswer]
    terms: list[ShiftAnswer]
    tried: int
    notes: list[str]


def topic_diff(made: TopicDiff) -> TopicDiffAnswer:
    """How topics differ."""
    return {
        "before": made.before,
        "after": made.after,
        "documents": list(made.documents),
        "topics": [_shift(each) for each in made.topics],
        "terms": [_shift(each) for each in made.terms],
        "tried": made.tried,
        "notes": list(made.notes),
    }


def _shift(each: Shift) -> ShiftAnswer:
    return {
        "name": each.name,
        "before": each.before,
        "after": each.after,
        "share_before": round(each.share_before, 6),
        "share_after": round(each.share_after, 6),
        "p": each.p,
    }


class StatementAnswer(TypedDict):
    """A sentence, where it stands, the date it tells (of a timeline), the words that it relates (of an insight)."""

    text: str
    time: str
    about: list[str]
    cites: list[CiteAnswer]


class SynthesisAnswer(TypedDict):
    """Sentences that answer. ``model``: who wrote them, null where documents did; ``dropped``: what it said without
    support; ``saved``: the document that they were added as, null if they were not.
    """

    query: str
    type: str
    statements: list[StatementAnswer]
    passages: int
    model: str | None
    dropped: int
    saved: str | None
    notes: list[str]


def synthesis(made: Synthesis, saved: str | None = None) -> SynthesisAnswer:
    """A synthesis."""
    return {
        "query": made.query,
        "type": made.type,
        "statements": [
            {"text": each.text, "time": each.time, "about": list(each.about), "cites": cites(each.cites)}
            for each in made.statements
        ],
        "passages": made.passages,
        "model": made.model or None,
        "dropped": made.dropped,
        "saved": saved,
        "notes": list(made.notes),
    }


class DashboardAnswer(TypedDict):
    """A page that was written."""

    output: str
    size: int

"""The plain values that insight answers with. Each shows itself in a notebook; texts in them are as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from memcodec.file import notebook

if TYPE_CHECKING:
    import networkx


class Cite(NamedTuple):
    """A chunk by its number in a file (``get``), and where it begins: ``document:line``; ``document`` is its id."""

    file: str
    chunk: int
    uri: str
    line: int
    document: str = ""

    def __str__(self) -> str:
        return f"{self.uri}:{self.line}"


@dataclass(frozen=True, slots=True)
class Concept:
    """What documents speak of, as they name it most often; ``aliases`` are other names of it.

    ``count`` chunks and ``documents`` documents name it; ``chunks`` are up to fifty of those chunks, ``weight`` ranks
    concepts, ``community`` is the number of its group.
    """

    name: str
    count: int
    documents: int
    weight: float
    community: int
    chunks: tuple[Cite, ...] = field(repr=False)
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """Two concepts that chunks name together, by their places among the graph's concepts, ``a`` before ``b``.

    ``together``: in how many chunks; ``expected``: in how many they would be if terms stood anywhere. ``strength``:
    normalised pointwise mutual information, weighted by the count. ``confidence``: 1 less the probability that any
    pair of concepts would be as striking in shuffled text. ``name`` and ``quote``: as a model named it, and what it
    rests on.
    """

    a: int
    b: int
    together: int
    expected: float
    strength: float
    confidence: float
    chunks: tuple[Cite, ...] = field(repr=False)
    name: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Community:
    """A group of concepts that are named together more than with others, called after the strongest of them."""

    name: str
    concepts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """Concepts, best first, relations, strongest first, and communities, largest first.

    ``notes`` tell what was left out; ``dropped`` counts what a model claimed and its chunk does not say.
    """

    concepts: tuple[Concept, ...]
    relations: tuple[Relation, ...]
    communities: tuple[Community, ...]
    chunks: int
    documents: int
    confidence: float
    notes: tuple[str, ...] = ()
    dropped: int = 0

    def to_networkx(self) -> networkx.Graph[Any]:
        """The same as a graph of networkx: nodes by their names, chunks as ``file#chunk``, one after the other."""
        from memcodec.insight.extra import networkx as nx

        made = nx.Graph()
        for each in self.concepts:
            made.add_node(
                each.name,
                count=each.count,
                documents=each.documents,
                weight=each.weight,
                community=self.communities[each.community].name,
                chunks=_listed(each.chunks),
            )
        for edge in self.relations:
            made.add_edge(
                self.concepts[edge.a].name,
                self.concepts[edge.b].name,
                together=edge.together,
                weight=edge.strength,
                confidence=edge.confidence,
                relation=edge.name,
                chunks=_listed(edge.chunks),
            )
        return made

    def _repr_html_(self) -> str:
        """Its relations as a table, in a notebook."""
        rows = [
            (
                self.concepts[each.a].name,
                self.concepts[each.b].name,
                f"{each.together:,}",
                f"{each.confidence:.3f}",
                ", ".join(map(str, each.chunks[:3])),
            )
            for each in self.relations[: notebook.SHOWN]
        ]
        caption = f"{len(self.concepts):,} concepts, {len(self.relations):,} relations"
        heads = ("concept", "concept", "chunks", "confidence", "where")
        return notebook.table(caption, heads, rows, notes=self.notes, more=len(self.relations) - len(rows))


def _listed(chunks: tuple[Cite, ...]) -> str:
    return " ".join(f"{each.file}#{each.chunk}" for each in chunks)


@dataclass(frozen=True, slots=True)
class Topic:
    """Chunks that speak of the same, named by the ``terms`` that tell them from the rest.

    ``terms``: each with the z-score of its log-odds (B. L. Monroe et al., "Fightin' Words", 2008). ``chunks``: the
    most typical ones; ``count`` and ``documents``: how many there are.
    """

    name: str
    terms: tuple[tuple[str, float], ...]
    count: int
    documents: int
    chunks: tuple[Cite, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Topics:
    """Topics, largest first. ``rest``: chunks that are of none."""

    topics: tuple[Topic, ...]
    chunks: int
    documents: int
    rest: int
    notes: tuple[str, ...] = ()

    def to_networkx(self) -> networkx.Graph[Any]:
        """Topics and their terms, as a graph of two kinds of nodes."""
        from memcodec.insight.extra import networkx as nx

        made = nx.Graph()
        for number, each in enumerate(self.topics):
            made.add_node(f"topic {number}", kind="topic", name=each.name, count=each.count)
            for term, weight in each.terms:
                made.add_node(term, kind="term")
                made.add_edge(f"topic {number}", term, weight=weight)
        return made

    def _repr_html_(self) -> str:
        """A table, in a notebook."""
        rows = [
            (
                each.name,
                f"{each.documents:,}",
                f"{each.count:,}",
                ", ".join(term for term, _ in each.terms),
                ", ".join(map(str, each.chunks[:3])),
            )
            for each in self.topics[: notebook.SHOWN]
        ]
        heads = ("topic", "documents", "chunks", "terms", "where")
        return notebook.table(
            f"{len(self.topics):,} topics", heads, rows, notes=self.notes, more=len(self.topics) - len(rows)
        )


@dataclass(frozen=True, slots=True)
class Trend:
    """A term that documents of some periods name more often, or less often, than those of others.

    From period ``first`` to ``last``, ``observed`` documents of ``there`` name it, of ``total`` that do in all;
    ``expected`` would if time did not matter. ``p``: the share of false ones to be expected among all terms that are as
    striking as this one, at most, corrected for all stretches of time and all terms (Y. Benjamini and Y. Hochberg,
    1995); ``rose`` says which way.
    """

    term: str
    rose: bool
    first: str
    last: str
    observed: int
    expected: float
    there: int
    total: int
    p: float
    counts: tuple[int, ...] = field(repr=False)
    chunks: tuple[Cite, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trends:
    """What rose and what fell, the most significant first; none when nothing changed beyond chance.

    ``sizes``: how many documents each period has; ``tried``: how many terms were tested, ``windows`` in how many
    stretches of time.
    """

    trends: tuple[Trend, ...]
    by: str
    periods: tuple[str, ...]
    sizes: tuple[int, ...]
    tried: int
    windows: int
    notes: tuple[str, ...] = ()

    def to_networkx(self) -> networkx.Graph[Any]:
        """Terms and the periods they rose or fell in, as a graph of two kinds of nodes."""
        from memcodec.insight.extra import networkx as nx

        made = nx.Graph()
        for each in self.trends:
            made.add_node(each.term, kind="term")
            at = slice(self.periods.index(each.first), self.periods.index(each.last) + 1)
            for period, count in zip(self.periods[at], each.counts[at], strict=True):
                made.add_node(period, kind="period")
                made.add_edge(each.term, period, documents=count, rose=each.rose, p=each.p)
        return made

    def _repr_html_(self) -> str:
        """A table, in a notebook."""
        rows = [
            (
                each.term,
                "rose" if each.rose else "fell",
                f"{each.first} to {each.last}",
                f"{each.observed:,} for {each.expected:.1f}",
                f"{each.p:.2g}",
            )
            for each in self.trends[: notebook.SHOWN]
        ]
        heads = ("term", "", "when", "documents", "p")
        caption = f"{len(self.trends):,} trends by {self.by}" if rows else "nothing changed beyond chance"
        return notebook.table(caption, heads, rows, notes=self.notes, more=len(self.trends) - len(rows))


@dataclass(frozen=True, slots=True)
class Shift:
    """A topic's or a term's share of the documents before and after; ``p`` is corrected for all that were tested."""

    name: str
    before: int
    after: int
    share_before: float
    share_after: float
    p: float

    @property
    def rose(self) -> bool:
        """Whether its share did."""
        return self.share_after > self.share_before


@dataclass(frozen=True, slots=True)
class TopicDiff:
    """How two states, or two files, differ in what they speak of: what differs beyond chance, strongest first."""

    before: str
    after: str
    documents: tuple[int, int]
    topics: tuple[Shift, ...]
    terms: tuple[Shift, ...]
    tried: int
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        """A table, in a notebook."""
        rows = [
            (kind, each.name, f"{each.share_before:.1%}", f"{each.share_after:.1%}", f"{each.p:.2g}")
            for kind, some in (("topic", self.topics), ("term", self.terms))
            for each in some
        ]
        heads = ("", "", self.before, self.after, "p")
        caption = "what differs beyond chance" if rows else "nothing differs beyond chance"
        return notebook.table(caption, heads, rows, notes=self.notes)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence and the place that says it. ``time``: of a timeline, the date it tells or its document's.

    ``about``: of an insight, the concepts that it relates.
    """

    text: str
    cites: tuple[Cite, ...]
    time: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Synthesis:
    """Statements that answer a query, or sum up what there is. ``dropped`` counts what a model said without support."""

    query: str
    type: str
    statements: tuple[Statement, ...]
    passages: int
    model: str = ""
    dropped: int = 0
    notes: tuple[str, ...] = ()

    @property
    def sources(self) -> Mapping[str, tuple[Cite, ...]]:
        """The places it was made from, by document."""
        found: dict[str, list[Cite]] = {}
        for each in self.statements:
            for cite in each.cites:
                found.setdefault(cite.uri, []).append(cite)
        return {uri: tuple(dict.fromkeys(cites)) for uri, cites in found.items()}

    def to_networkx(self) -> networkx.Graph[Any]:
        """Statements and the documents that they come from, as a graph of two kinds of nodes."""
        from memcodec.insight.extra import networkx as nx

        made = nx.Graph()
        for number, each in enumerate(self.statements):
            made.add_node(f"statement {number}", kind="statement", text=each.text)
            for cite in each.cites:
                made.add_node(cite.uri, kind="document")
                made.add_edge(f"statement {number}", cite.uri, chunk=cite.chunk, line=cite.line)
        return made

    def text(self) -> str:
        """The statements, a line each, with their places."""
        return "\n".join(
            " ".join([*([each.time] if each.time else []), each.text, f"[{', '.join(map(str, each.cites))}]"])
            for each in self.statements
        )

    def _repr_html_(self) -> str:
        """A table, in a notebook."""
        rows = [(each.time, each.text, ", ".join(map(str, each.cites))) for each in self.statements]
        return notebook.table(f"{self.type}: {self.query}", ("", "", "where"), rows, notes=self.notes)

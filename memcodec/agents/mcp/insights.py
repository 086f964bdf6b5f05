"""Graph, topics and synthesis in words, as the MCP server says them."""

from __future__ import annotations

from dataclasses import replace

from memcodec.agents.mcp.wording import line
from memcodec.insight.values import Graph, Synthesis, Topics

_PLACES = 3  # that are named of each thing


def brief(made: Graph) -> Graph:
    """A graph with few places of each thing: a model reads all of it."""
    return replace(
        made,
        concepts=tuple(replace(each, chunks=each.chunks[:_PLACES]) for each in made.concepts),
        relations=tuple(replace(each, chunks=each.chunks[:_PLACES]) for each in made.relations),
    )


def graph(made: Graph) -> str:
    """A line for each relation, the strongest first."""
    rows = [
        line(
            f"{made.concepts[each.a].name} -- {made.concepts[each.b].name}: together in {each.together} chunks, "
            f"confidence {each.confidence:.3f} ({', '.join(map(str, each.chunks))})"
        )
        for each in made.relations
    ]
    said = f"{len(made.concepts)} concepts: {', '.join(each.name for each in made.concepts)}"
    return "\n".join([line(said), *rows, *(f"note: {line(each)}" for each in made.notes)])


def topics(made: Topics) -> str:
    """A line for each topic."""
    rows = [
        line(
            f"{each.name}: {each.documents} documents, {each.count} chunks; "
            f"{', '.join(term for term, _ in each.terms)} ({', '.join(map(str, each.chunks[:_PLACES]))})"
        )
        for each in made.topics
    ]
    return "\n".join([*(rows or ["no topics stand out"]), *(f"note: {line(each)}" for each in made.notes)])


def synthesis(made: Synthesis) -> str:
    """The statements with their places."""
    rows = [made.text()] if made.statements else ["nothing was found"]
    return "\n".join([*rows, *(f"note: {line(each)}" for each in made.notes)])

"""The page of a graph: drawn, explored by a script, and all of it in tables for keyboards and screen readers."""

from __future__ import annotations

from collections.abc import Sequence

from memcodec.insight.page import charts, html
from memcodec.insight.page.site import ALONE, Site
from memcodec.insight.values import Cite, Graph

_OF_CONCEPT, _OF_RELATION = 20, 8  # chunks that the page names
_TABLE = 3  # of them in a table


def page(made: Graph, names: Sequence[str], site: Site = ALONE) -> str:
    """The whole page. ``names``: of the files, as they are shown."""
    title = html.titled("Graph of", names)
    return html.page(title, _body(made, title, site), script="explore.js", value=value(made, site))


def _body(made: Graph, title: str, site: Site) -> str:
    said = f"{len(made.concepts):,} concepts and {len(made.relations):,} relations"
    return (
        f"{site.nav('Graph')}<h1>{html.escaped(title)}</h1>"
        f"<p class=dim>{said}, from {made.chunks:,} chunks of {made.documents:,} documents; confidence at least "
        f"{made.confidence:g}. Circles are concepts, larger where more chunks name them; lines join what chunks name "
        "together more often than chance explains; colours are groups.</p>"
        f"{html.notes(site.said(made.notes))}"
        f"<div class=board>{charts.graph(made, f'A drawing of {said}; the tables below have the same')}{_TOOLS}</div>"
        f"<h2>Groups</h2>{_groups(made)}<h2>Concepts</h2>{_concepts(made, site)}<h2>Relations</h2>"
        f"{_relations(made, site)}"
    )


_TOOLS = (
    "<div class=tools id=tools hidden><label>Find a concept <input id=find type=search autocomplete=off></label>"
    "<label>Confidence at least <output id=least></output><input id=sure type=range min=0 max=1 step=0.01 value=0>"
    "</label><button id=whole>Show all</button><div id=panel aria-live=polite></div></div>"
)


def _groups(made: Graph) -> str:
    rows = [
        (each.name, f"{len(each.concepts):,}", ", ".join(made.concepts[at].name for at in each.concepts[:12]))
        for each in made.communities
        if len(each.concepts) > 1
    ]
    return html.table(f"{len(rows):,} groups", ("group", "concepts", "which"), rows, right=(1,))


def _concepts(made: Graph, site: Site) -> str:
    body = "".join(
        f"<tr><td><button data-i={number}>{html.escaped(each.name)}</button></td>"
        f"<td class=n>{each.count:,}</td><td class=n>{each.documents:,}</td>"
        f"<td>{html.escaped(made.communities[each.community].name)}</td>"
        f"<td>{site.places(each.chunks, _TABLE, each.name)}</td></tr>"
        for number, each in enumerate(made.concepts)
    )
    return (
        f'<div class="scroll"><table><caption>{len(made.concepts):,} concepts</caption><thead><tr>'
        '<th scope="col">concept</th><th scope="col">chunks</th><th scope="col">documents</th>'
        f'<th scope="col">group</th><th scope="col">where</th></tr></thead><tbody>{body}</tbody></table></div>'
    )


def _relations(made: Graph, site: Site) -> str:
    rows = [
        (
            made.concepts[each.a].name,
            each.name or "with",
            made.concepts[each.b].name,
            f"{each.together:,}",
            f"{each.expected:.1f}",
            f"{each.confidence:.3f}",
            site.places(each.chunks, _TABLE, made.concepts[each.a].name),
        )
        for each in made.relations
    ]
    heads = ("concept", "relation", "concept", "chunks", "by chance", "confidence", "where")
    return html.table(f"{len(rows):,} relations", heads, rows, right=(3, 4, 5), made=(6,))


def value(made: Graph, site: Site = ALONE) -> dict[str, object]:
    """What the script knows: the graph, its chunks listed once; of each file what it is called and what searches it."""
    cites: dict[Cite, int] = {}
    files: dict[str, int] = {}

    def numbers(chunks: Sequence[Cite], most: int) -> list[int]:
        for each in chunks[:most]:
            files.setdefault(each.file, len(files))
            cites.setdefault(each, len(cites))
        return [cites[each] for each in chunks[:most]]

    concepts = [
        {
            "name": each.name,
            "count": each.count,
            "documents": each.documents,
            "community": each.community,
            "aliases": list(each.aliases),
            "chunks": numbers(each.chunks, _OF_CONCEPT),
        }
        for each in made.concepts
    ]
    relations = [
        {
            "a": each.a,
            "b": each.b,
            "together": each.together,
            "confidence": each.confidence,
            "name": each.name,
            "chunks": numbers(each.chunks, _OF_RELATION),
        }
        for each in made.relations
    ]
    return {
        "concepts": concepts,
        "relations": relations,
        "communities": [each.name for each in made.communities],
        "cites": [[each.uri, each.line, each.chunk, files[each.file], each.document] for each in cites],
        "files": [site.name(each) for each in files],
        "searches": [site.search(each) for each in files],
    }

"""The page of topics, and of what rose and what fell; readable without a script. The dashboard has its tables, too."""

from __future__ import annotations

from collections.abc import Sequence

from memcodec.insight.page import charts, html
from memcodec.insight.page.site import ALONE, Site
from memcodec.insight.values import Topics, Trends

_PLACES = 3  # of a row
_BARS = 20


def page(topics: Topics, trends: Sequence[Trends], names: Sequence[str], site: Site = ALONE) -> str:
    """The whole page. ``names``: of the files, as they are shown."""
    title = html.titled("Topics of", names)
    bars = [(each.name, float(each.documents), f"{each.documents:,}") for each in topics.topics[:_BARS]]
    parts = (
        f"<h2>What rose and what fell, by {each.by}</h2>{html.notes(site.said(each.notes))}"
        f"{trends_table(each, len(each.trends), site)}"
        for each in trends
    )
    body = (
        f"{site.nav('Topics')}<h1>{html.escaped(title)}</h1>"
        f"<p class=dim>{topics.chunks:,} chunks of {topics.documents:,} documents; a chunk is of the topic of which it "
        "names most.</p>"
        f"{html.notes(site.said(topics.notes))}{charts.bars('Documents by topic', bars)}"
        f"{topics_table(topics, site)}{''.join(parts)}"
    )
    return html.page(title, body)


def topics_table(made: Topics, site: Site) -> str:
    """Topics, their terms, and where they are spoken of most."""
    if not made.topics:
        return "<p class=dim>No topics stand out.</p>"
    rows = (
        (
            each.name,
            f"{each.documents:,}",
            f"{each.count:,}",
            ", ".join(term for term, _ in each.terms),
            site.places(each.chunks, _PLACES, each.terms[0][0] if each.terms else ""),
        )
        for each in made.topics
    )
    return html.table(
        f"{len(made.topics)} topics; {made.rest:,} chunks are of none",
        ("topic", "documents", "chunks", "terms", "where"),
        rows,
        right=(1, 2),
        made=(4,),
    )


def trends_table(made: Trends, most: int, site: Site) -> str:
    """What rose and what fell, the ``most`` significant; or that nothing did."""
    if not made.trends:
        return f"<p class=dim>Nothing changed beyond chance. {made.tried:,} terms were tested.</p>"
    rows = (
        (each.term, "rose" if each.rose else "fell", f"{each.first} to {each.last}", f"{each.observed:,}",
         f"{each.expected:.1f}", f"{each.p:.2g}", site.places(each.chunks, _PLACES, each.term))
        for each in made.trends[:most]
    )  # fmt: skip
    return html.table(
        f"p: the share of false ones among all that are as striking, of {made.tried:,} terms",
        ("term", "", "when", "documents", "by chance", "p", "where"),
        rows,
        right=(3, 4, 5),
        made=(6,),
    )

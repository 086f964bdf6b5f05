"""The page of a dashboard: below a megabyte whatever the memory, readable without a script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from memcodec.config.units import format_count, format_size
from memcodec.insight.corpus import Placed
from memcodec.insight.dashboard import Alike, Dashboard
from memcodec.insight.page import charts, html, subjects
from memcodec.insight.page.site import ALONE, Site
from memcodec.model import Commit

_FILES, _ROWS, _COLUMNS, _PLACES = 20, 20, 24, 3


def page(made: Dashboard, site: Site = ALONE) -> str:
    """The whole page."""
    title = html.titled("Dashboard of", [site.name(each) for each in made.names])
    body = "".join(
        (
            f"{site.nav('Dashboard')}<h1>{html.escaped(title)}</h1>",
            html.notes(site.said(made.notes)),
            html.facts(_facts(made)),
            '<div class=two><section><h2>Growth by commit</h2>', _growth(made), "</section>",
            "<section><h2>Where every byte went</h2>", _bytes(made), "</section></div>",
            "<h2>Topics over time</h2>", _topics(made, site),
            "<h2>What rose and what fell</h2>", _trends(made, site),
            "<h2>How it hangs together</h2>", _graph(made, site),
            '<div class=two><section><h2>Kinds of files</h2>', _counts("Documents by kind", made.kinds), "</section>",
            "<section><h2>Languages</h2>", _counts("Documents by language", made.languages), "</section>",
            "<section><h2>Authors</h2>", _counts("Documents by author", made.authors), "</section>",
            "<section><h2>Does search find what is there?</h2>", _found(made), "</section></div>",
            "<h2>Duplicates</h2>", _duplicates(made.alike, site),
            '<div class=two><section><h2>Oldest</h2>', _documents(made, site), "</section>",
            "<section><h2>Untouched for longest</h2>", _stale(made.stalest, site), "</section></div>",
        )
    )  # fmt: skip
    return html.page(title, body)


def _facts(made: Dashboard) -> list[tuple[str, str]]:
    infos = made.infos
    facts = [
        ("documents", f"{sum(each.documents for each in infos):,}"),
        ("text", format_size(sum(each.text for each in infos))),
        ("chunks", f"{sum(each.chunks for each in infos):,}"),
        ("commits", f"{sum(each.commits for each in infos):,}"),
        ("size", format_size(sum(each.size for each in infos))),
        ("media", ", ".join(dict.fromkeys(f"{each.codec} {each.profile}" for each in infos[:_FILES]))),
        ("last change", max((each.changed for each in infos), default="")[:10]),
    ]
    return [*facts, ("files", f"{len(infos):,}")] if len(infos) > 1 else facts


def _growth(made: Dashboard) -> str:
    """Documents after each commit."""
    commits = [each for name, each in made.commits if name == made.names[0]]
    if len(made.names) > 1:
        commits = sorted((each for _, each in made.commits), key=lambda each: each.time)
    total, rows = 0, list[tuple[Commit, int]]()
    for each in commits:
        total += each.added - each.removed
        rows.append((each, total))
    drawn = rows[:: -(-len(rows) // _COLUMNS)] if rows else []
    if rows and drawn[-1] is not rows[-1]:
        drawn.append(rows[-1])
    chart = charts.stacked(
        "Documents after each commit",
        [f"{each.number}" for each, _ in drawn],
        [("documents", [max(0, count) for _, count in drawn])],
    )
    heads = ("commit", "time", "what", "added", "changed", "removed", "size")
    table = html.table(
        f"The newest of {len(rows):,} commits",
        heads,
        (
            (f"{each.number}", f"{each.time:%Y-%m-%d %H:%M}", each.kind, f"{each.added:,}", f"{each.changed:,}",
             f"{each.removed:,}", format_size(each.size))
            for each, _ in rows[::-1][:_ROWS]
        ),
        right=(0, 3, 4, 5, 6),
    )  # fmt: skip
    return chart + table


def _bytes(made: Dashboard) -> str:
    parts: dict[str, int] = {}
    for info in made.infos:
        for name, size in info.parts.items():
            parts[name] = parts.get(name, 0) + size
    rows = sorted(((name, size) for name, size in parts.items() if size), key=lambda row: (-row[1], row[0]))
    whole = max(1, sum(size for _, size in rows))
    return charts.bars(
        "Bytes by what they hold",
        [(name, float(size), f"{format_size(size)}, {size / whole:.1%}") for name, size in rows],
    ) + html.table(
        "Bytes by what they hold", ("part", "bytes"), ((name, f"{size:,}") for name, size in rows), right=(1,)
    )


def _topics(made: Dashboard, site: Site) -> str:
    if made.topics is None or not made.topics.topics:
        return "<p class=dim>No topics stand out.</p>"
    series = [
        (each.name, list(counts)) for each, counts in zip(made.topics.topics, made.by_topic, strict=True)
    ]
    drawn = charts.stacked("Documents of each topic by their time", made.periods, series)
    return drawn + subjects.topics_table(made.topics, site)


def _trends(made: Dashboard, site: Site) -> str:
    if made.trends is None:
        return "<p class=dim>Nothing changed beyond chance.</p>"
    return subjects.trends_table(made.trends, _ROWS, site)


def _graph(made: Dashboard, site: Site) -> str:
    if made.graph is None:
        return "<p class=dim>No terms can be told apart.</p>"
    names = [each.name for each in made.graph.concepts]
    strongest = (
        (names[each.a], names[each.b], f"{each.together:,}", f"{each.confidence:.3f}",
         site.places(each.chunks, _PLACES, names[each.a]))
        for each in made.graph.relations[:_ROWS]
    )  # fmt: skip
    return charts.graph(
        made.graph, "Concepts and their relations; the strongest are in the table"
    ) + html.table(
        f"The strongest of {len(made.graph.relations):,} relations",
        ("concept", "concept", "chunks", "confidence", "where"),
        strongest,
        right=(2, 3),
        made=(4,),
    )


def _counts(label: str, rows: Sequence[tuple[str, int]]) -> str:
    return charts.bars(label, [(name, float(count), format_count(count)) for name, count in rows[:10]])


def _found(made: Dashboard) -> str:
    found = made.found
    if not found.asked:
        return "<p class=dim>There are no headings to ask by.</p>"
    said = (
        f"<p>Asked for {found.asked} sections by the words of their headings: {found.first} came first, "
        f"{found.among} among the first ten.</p>"
    )
    if not found.missed:
        return said
    return said + html.table("Not among the first ten", ("heading",), ((each,) for each in found.missed))


def _duplicates(some: Sequence[Alike], site: Site) -> str:
    if not some:
        return "<p class=dim>No two documents say the same.</p>"
    rows = ((f"{each.share:.0%}", _each(each, site)) for each in some)
    heads = ("alike", "documents")
    return html.table("Documents that say the same, or nearly", heads, rows, right=(0,), made=(1,))


def _each(some: Alike, site: Site) -> str:
    return ", ".join(site.document(each.file, each.document.uri, each.document.id) for each in some.documents)


def _documents(made: Dashboard, site: Site) -> str:
    rows = (
        (f"{each.document.time:%Y-%m-%d}", site.document(each.file, each.document.uri, each.document.id),
         each.document.title, ", ".join(keys))
        for each, keys in zip(made.oldest, made.about, strict=True)
    )  # fmt: skip
    return html.table("by their own time", ("time", "document", "title", "speaks of"), rows, made=(1,))


def _stale(some: Iterable[Placed], site: Site) -> str:
    rows = (
        (f"{each.commit_time:%Y-%m-%d %H:%M}", f"{each.commit}",
         site.document(each.file, each.document.uri, each.document.id))
        for each in some
    )  # fmt: skip
    heads = ("time", "commit", "document")
    return html.table("by the commit that brought them", heads, rows, right=(1,), made=(2,))

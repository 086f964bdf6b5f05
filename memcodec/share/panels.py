"""What a memory holds from above, as pages beside the page that searches it: graph, topics, dashboard.

Each is one file that needs no other, and leads to the places of documents in the search page.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from memcodec.file.reader import Reader
from memcodec.insight.page.nav import Link

_KINDS = ("graph", "topics", "dashboard")
SEARCH = "Search"  #: what the search page is called in the line of links


class Names(NamedTuple):
    """What the pages are called that stand beside a search page, and that itself."""

    search: str
    graph: str
    topics: str
    dashboard: str

    @property
    def links(self) -> tuple[Link, ...]:
        """From any of them to all."""
        return tuple(
            Link(label, quote(name))
            for label, name in zip((SEARCH, *map(str.capitalize, _KINDS)), self, strict=True)
        )


def names(search: str) -> Names:
    """Beside ``index.html`` they are ``graph.html`` and so on, beside ``notes.html`` ``notes-graph.html``."""
    stem = Path(search).stem
    before = "" if stem == "index" else f"{stem}-"
    return Names(search, *(f"{before}{each}.html" for each in _KINDS))


def panels(reader: Reader, title: str, beside: Names, sign: str) -> dict[str, bytes]:
    """The pages by their names; ``sign``: what stands before the query in an address of the search page, ? or #.

    Raises MissingExtra without networkx, ConfigError for text that terms cannot be found in.
    """
    from memcodec.insight import dashboard, graph, topics, trends
    from memcodec.insight.corpus import Corpus
    from memcodec.insight.extra import networkx  # noqa: F401 - it is said at once if it is not here
    from memcodec.insight.page import map as drawing
    from memcodec.insight.page import overview, subjects
    from memcodec.insight.page.site import Shown, Site
    from memcodec.search.engine import Searcher

    site = Site(beside.links, {reader.source.name: Shown(title, f"{quote(beside.search)}{sign}")})
    readers: Sequence[Reader] = [reader]
    corpus, titles = Corpus(readers), [title]
    by_time, by_commit = trends.trends(corpus, "month"), trends.trends(corpus, "commit")
    made = {
        beside.graph: drawing.page(graph.graph(corpus), titles, site),
        beside.topics: subjects.page(topics.topics(corpus), (by_time, by_commit), titles, site),
        beside.dashboard: overview.page(dashboard.dashboard(readers, Searcher(readers), corpus), site),
    }
    return {name: page.encode() for name, page in made.items()}

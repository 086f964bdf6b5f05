"""What files hold, from above, over HTTP: graph, topics, trends, synthesis, and the pages that show them.

What takes long is done one after the other, so that searches go on, and is kept until a file changes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal
from urllib.parse import quote

from cachetools import LRUCache
from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import HTMLResponse, Response

from memcodec import Collection, answers
from memcodec.answers.insight import GraphAnswer, SynthesisAnswer, TopicsAnswer, TrendsAnswer
from memcodec.config.times import state_of
from memcodec.insight.page import map as drawing
from memcodec.insight.page import subjects
from memcodec.insight.page.site import Shown, Site
from memcodec.memory.insights import overview_of
from memcodec.service import navigation
from memcodec.service.answering import Answering
from memcodec.service.asked import File, State, Which
from memcodec.service.faults import DESCRIBED
from memcodec.service.shelf import Shelf

_KEPT = 64_000_000  # bytes of answers
_DRAWN = 300  # concepts of a page
#: what a page may do: run its own script, which its own policy names, and nothing in the service's name
_SANDBOX = "sandbox allow-scripts; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class Looked(Which):
    """What is looked at: all files or one, as they are or were, and of which documents."""

    file: File = None
    as_of: State = None


class GraphAsked(Looked):
    """A graph of so many concepts, with relations that are so sure."""

    nodes: int = Field(100, ge=1, le=1000)
    confidence: float = Field(0.5, ge=0, lt=1)


class TopicsAsked(Looked):
    """So many topics."""

    count: int = Field(12, ge=1, le=100)


class TrendsAsked(Looked):
    """Trends over the documents' own time, or the commits that brought them."""

    by: Literal["month", "commit"] = "month"


class SynthesisAsked(Looked):
    """What the passages that answer a query say, in so many words at most."""

    query: str = Field(min_length=1, max_length=10_000)
    kind: Literal["summary", "insights", "timeline"] = "summary"  # ``type`` is that of documents
    words: int = Field(200, ge=1, le=5000)
    passages: int = Field(30, ge=1, le=100)


class Drawn(Looked):
    """A page."""


def router(shelf: Shelf, *, notes: bool) -> APIRouter:
    """The routes over a shelf. ``notes``: whether they are edited here."""
    made, calls = APIRouter(responses=DESCRIBED), Insights(shelf, notes=notes)
    made.get("/v1/graph", response_model=GraphAnswer)(calls.graph)
    made.get("/v1/topics", response_model=TopicsAnswer)(calls.topics)
    made.get("/v1/trends", response_model=TrendsAnswer)(calls.trends)
    made.get("/v1/synthesize", response_model=SynthesisAnswer)(calls.synthesize)
    made.get("/insight/graph", include_in_schema=False)(calls.graph_page)
    made.get("/insight/topics", include_in_schema=False)(calls.topics_page)
    made.get("/insight/dashboard", include_in_schema=False)(calls.dashboard_page)
    return made


class Insights(Answering):
    """What the routes do."""

    def __init__(self, shelf: Shelf, *, notes: bool = False) -> None:
        super().__init__(shelf)
        self._notes = notes
        self._lock = threading.Lock()
        self._kept: LRUCache[str, bytes] = LRUCache(_KEPT, getsizeof=len)

    async def graph(self, asked: Annotated[GraphAsked, Query()]) -> Response:
        """What the documents speak of, and what belongs together, each with the chunks that say so."""
        only = asked.filter()
        return await self._told(
            "graph",
            asked,
            lambda files: answers.insight.graph(files.graph(asked.nodes, asked.confidence, only)),
        )

    async def topics(self, asked: Annotated[TopicsAsked, Query()]) -> Response:
        """The largest topics, named by the terms that tell them from the rest."""
        only = asked.filter()
        return await self._told(
            "topics", asked, lambda files: answers.insight.topics(files.topics(asked.count, only))
        )

    async def trends(self, asked: Annotated[TrendsAsked, Query()]) -> Response:
        """What rose and what fell, beyond chance. It may be nothing."""
        only = asked.filter()
        return await self._told(
            "trends", asked, lambda files: answers.insight.trends(files.trends(asked.by, only))
        )

    async def synthesize(self, asked: Annotated[SynthesisAsked, Query()]) -> Response:
        """Sentences of the documents that answer a query, each with the place where it stands."""
        only = asked.filter()
        return await self._told(
            "synthesize",
            asked,
            lambda files: answers.insight.synthesis(
                files.synthesize(asked.query, asked.kind, asked.words, asked.passages, only)
            ),
        )

    async def graph_page(self, asked: Annotated[Drawn, Query()]) -> Response:
        """The graph as a page."""
        only = asked.filter()
        return await self._page(
            "graph",
            asked,
            lambda files, site: drawing.page(
                files.graph(_DRAWN, only=only), list(map(site.name, files.names)), site
            ),
        )

    async def topics_page(self, asked: Annotated[Drawn, Query()]) -> Response:
        """The topics, and what rose and fell, as a page."""
        only = asked.filter()
        return await self._page(
            "topics",
            asked,
            lambda files, site: subjects.page(
                files.topics(only=only),
                (files.trends("month", only), files.trends("commit", only)),
                list(map(site.name, files.names)),
                site,
            ),
        )

    async def dashboard_page(self, asked: Annotated[Drawn, Query()]) -> Response:
        """All of it as a page."""
        return await self._page("dashboard", asked, overview_of)

    async def _told(self, name: str, asked: Looked, look: Callable[[Collection], Any]) -> Response:
        def told(files: Collection) -> bytes:
            answer = self._public(look(files))
            return json.dumps({**answer, "notes": list(map(self._shelf.public, answer["notes"]))}).encode()

        data = await self._made(f"{name}.json", asked, told)
        return Response(data, media_type="application/json")

    async def _page(self, name: str, asked: Looked, draw: Callable[[Collection, Site], str]) -> Response:
        count = len(self._shelf.names)

        def drawn(files: Collection) -> bytes:
            return draw(files, self._site(files, asked.file, count)).encode()

        data = await self._made(f"{name}-{count > 1}.html", asked, drawn)
        headers = {"Content-Security-Policy": _SANDBOX, "Cache-Control": "no-cache"}
        return HTMLResponse(data, headers=headers)

    def _site(self, files: Collection, file: str | None, count: int) -> Site:
        """Pages are titled by names without folders, and lead to the pages that search."""
        if file is None and count == 1:
            file = self._shelf.short(files.names[0])
        links = navigation.links("../", file, count=count, notes=self._notes)
        short = {each: self._shelf.short(each) for each in files.names}
        return Site(
            links,
            {each: Shown(name, f"../pages/{quote(name, safe='')}/?") for each, name in short.items()},
        )

    async def _made(self, what: str, asked: Looked, make: Callable[[Collection], bytes]) -> bytes:
        """What was made of these files before, if they are as they were; else it is made now."""
        named = [self._shelf.name(asked.file)] if asked.file is not None else list(self._shelf.names)
        if not named:
            self._shelf.name(None)

        def work() -> bytes:
            states = [self._shelf.stored[each].state().mark for each in named]
            key = json.dumps([what, asked.model_dump(), named, states])
            with self._looking(
                named, asked.as_of
            ) as files:  # a capsule that has expired meanwhile is not opened
                with self._lock:
                    if (found := self._kept.get(key)) is not None:
                        return found
                found = make(files)
            if len(found) < _KEPT // 4:
                with self._lock:
                    self._kept[key] = found
            return found

        return await self._shelf.long.run(work)

    @contextmanager
    def _looking(self, named: list[str], as_of: int | str | None) -> Iterator[Collection]:
        paths = [self._shelf.names[each] for each in named]
        with Collection(paths, as_of=state_of(as_of), settings=self._shelf.settings) as files:
            yield files

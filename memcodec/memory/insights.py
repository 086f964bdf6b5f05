"""What memories are asked about all that is in them: graph, topics, trends, synthesis, dashboard. One face for one
file and for many; the wing ``insight`` answers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal, NamedTuple

from memcodec.arguments import Count, Seconds, Share, checked
from memcodec.errors import ConfigError
from memcodec.file.filter import Filter
from memcodec.file.reader import Reader

if TYPE_CHECKING:
    from memcodec.insight.page.site import Site
    from memcodec.insight.values import Graph, Synthesis, TopicDiff, Topics, Trends
    from memcodec.models.chat import Endpoint
    from memcodec.search.engine import Searcher

By = Literal["month", "commit"]
Kind = Literal["summary", "insights", "timeline"]


class Looked(NamedTuple):
    """Files that are open for as long as they are looked at, and what searches them."""

    readers: Sequence[Reader]
    searcher: Searcher


class Insights:
    """The part of ``Memory`` and ``Collection`` that looks at everything at once. Needs ``memcodec[insight]``.

    ``only``: the documents that are looked at. ``llm`` is the URL of an OpenAI-compatible endpoint, as
    ``http://127.0.0.1:8080/v1``, that has the model ``llm_model`` and may say nothing for ``llm_timeout`` seconds; a
    key is read from OPENAI_API_KEY. Passages go to that endpoint alone, what it says is checked against them, and
    what they do not say is dropped and counted.
    """

    def _looking(self) -> AbstractContextManager[Looked]:
        raise NotImplementedError  # whoever holds files says how

    @checked
    def graph(
        self,
        nodes: Count = 300,
        confidence: Share = 0.5,
        only: Filter | None = None,
        llm: str | None = None,
        llm_model: str | None = None,
        llm_timeout: Seconds = 60.0,
    ) -> Graph:
        """Concepts and how they are related, each with the chunks that say so.

        At most ``nodes`` concepts; relations of less ``confidence`` are left out. ``llm`` names relations and joins
        names of one thing. Raises ConfigError for text that terms cannot be found in, MissingExtra without networkx.
        """
        from memcodec.insight import graph, linking
        from memcodec.insight.corpus import Corpus

        with self._looking() as looked:
            corpus = Corpus(looked.readers, only)
            if llm is None:
                return graph.graph(corpus, nodes, confidence)
            return linking.graph(corpus, _endpoint(llm, llm_model, llm_timeout), nodes, confidence)

    @checked
    def topics(self, count: Count = 12, only: Filter | None = None) -> Topics:
        """The ``count`` largest topics, named by the terms that tell them from the rest. Raises as ``graph``."""
        from memcodec.insight import topics
        from memcodec.insight.corpus import Corpus

        with self._looking() as looked:
            return topics.topics(Corpus(looked.readers, only), count)

    @checked
    def trends(self, by: By = "month", only: Filter | None = None) -> Trends:
        """What documents of some time name more, or less, than others, beyond chance. It may be nothing.

        ``by``: the documents' own time, or the commit that brought them. Raises ConfigError as ``graph``.
        """
        from memcodec.insight import trends
        from memcodec.insight.corpus import Corpus

        with self._looking() as looked:
            return trends.trends(Corpus(looked.readers, only), by)

    @checked
    def synthesize(
        self,
        query: str,
        type: Kind = "summary",  # noqa: A002 - as the option is called
        words: Count = 200,
        passages: Count = 30,
        only: Filter | None = None,
        llm: str | None = None,
        llm_model: str | None = None,
        llm_timeout: Seconds = 60.0,
    ) -> Synthesis:
        """What the ``passages`` that answer a query say, in at most so many ``words``, each sentence with its place.

        ``type``: "summary"; "insights", what is said of the query's words together with others; "timeline", in the
        order of dates. Sentences are the documents' own; with ``llm`` they are the model's, those that stand.
        """
        from memcodec.insight import synthesis, writing

        with self._looking() as looked:
            how = looked.readers, looked.searcher, query, type, only, words, passages
            if llm is None:
                return synthesis.synthesis(*how)
            return writing.synthesis(_endpoint(llm, llm_model, llm_timeout), *how)

    @checked
    def dashboard(self) -> str:
        """One page of HTML: growth, kinds, languages, authors, topics over time, the graph, duplicates, what is
        oldest, where every byte went, and whether search finds what is known to be there. Raises as ``graph``.
        """
        from memcodec.insight.page.site import ALONE

        return overview_of(self, ALONE)


def overview_of(files: Insights, site: Site) -> str:
    """The dashboard of some files as one of the pages of a site."""
    from memcodec.insight import dashboard
    from memcodec.insight.page import overview

    with files._looking() as looked:
        return overview.page(dashboard.dashboard(looked.readers, looked.searcher), site)


def _endpoint(url: str, model: str | None, timeout: float) -> Endpoint:
    from memcodec.models.chat import Endpoint

    if not model:
        raise ConfigError("a language model is asked for by its name; give `llm_model`")
    return Endpoint(url, model, os.environ.get("OPENAI_API_KEY"), timeout)


def compared(old: Sequence[Reader], new: Sequence[Reader], names: tuple[str, str]) -> TopicDiff:
    """How what some files speak of differs from what others do, beyond chance."""
    from memcodec.insight import topics
    from memcodec.insight.corpus import Corpus

    return topics.difference(Corpus([*old, *new]), range(len(old)), names)

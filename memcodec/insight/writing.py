"""Synthesis in a model's words: every sentence is held against the passage that it cites, and dropped if that does not
say so.
"""

from __future__ import annotations

from collections.abc import Sequence

from memcodec.file.filter import Filter
from memcodec.file.reader import Reader
from memcodec.insight import claims
from memcodec.insight.claims import Passage
from memcodec.insight.synthesis import PASSAGES, WORDS, Kind, Words, check, date_in
from memcodec.insight.values import Cite, Statement, Synthesis
from memcodec.models.chat import Endpoint
from memcodec.search.corpus import Indexes
from memcodec.search.engine import Searcher


def synthesis(
    endpoint: Endpoint,
    readers: Sequence[Reader],
    searcher: Searcher,
    query: str,
    kind: Kind = "summary",
    only: Filter | None = None,
    words: int = WORDS,
    passages: int = PASSAGES,
) -> Synthesis:
    """As ``synthesis.synthesis``, in a model's words. Raises as ``Endpoint.answer``."""
    check(query, kind, words, passages)
    results = searcher.search(query, passages, only=only)
    notes, told = [*results.notes], claims.Told([], 0)
    times = dict[Cite, str]()
    if results:
        given = list[Passage]()
        for hit in results:
            cite = Cite(hit.file, hit.chunk, hit.document.uri, hit.line.first, hit.document.id)
            times[cite] = f"{hit.document.time:%Y-%m-%d}"
            given.append(Passage(hit.text, cite))
        told = claims.prose(endpoint, query, kind, given, Words(Indexes(readers)), words)
    else:
        notes.append("no passage answers the query")
    kept = told.kept
    if kind == "timeline":
        dated = [
            Statement(each.text, each.cites, date_in(each.text) or times[each.cites[0]]) for each in kept
        ]
        kept = sorted(dated, key=lambda each: (each.time, each.cites))
    if told.dropped:
        notes.append(
            f"{told.dropped} sentences of the model were dropped: the passage that they cite does not say so"
        )
    return Synthesis(query, kind, tuple(kept), len(results), endpoint.model, told.dropped, tuple(notes))

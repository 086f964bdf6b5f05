"""What a search answers, and how it shows."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypedDict

from memcodec.arguments import Share
from memcodec.file import notebook
from memcodec.model import Hit
from memcodec.search.query import Query, parse

if TYPE_CHECKING:
    from memcodec.search.query.explanation import Explanation

Shown = str | bytes | os.PathLike[str]  #: words; or a picture, its bytes or its path
Mode = Literal["hybrid", "lexical", "semantic", "exact", "regex"]
MODES: tuple[Mode, ...] = (
    "hybrid",
    "lexical",
    "semantic",
)  #: that rank; the others look a pattern up in the texts


class Results(list[Hit]):
    """The hits, best first. ``mode`` is the one that was used; ``notes`` say when it is not the one asked for.

    ``whys`` has a reason for each hit, if they were asked for; ``parsed`` is the query as it was understood.
    ``suggestion``: the query with words that stand nowhere replaced by the nearest that do, if there are such. A hit's
    score is from 0 to 1: how much of the query's words its text says, how near it is in meaning, or the mean of both.
    ``late``: how many chunks without vectors were ranked by meaning all the same.
    """

    def __init__(
        self,
        query: str,
        mode: Mode,
        hits: list[Hit],
        notes: tuple[str, ...] = (),
        parsed: Query | None = None,
        whys: Sequence[Why] = (),
        language: Callable[[], str] = lambda: "none",
        suggest: Callable[[], str | None] = lambda: None,
        late: int = 0,
    ) -> None:
        super().__init__(hits)
        self.query, self.mode, self.notes, self.whys = query, mode, notes, whys
        self.late = late
        self.parsed = parsed if parsed is not None else parse(query)
        self._language, self._suggest = language, suggest

    @cached_property
    def language(self) -> str:
        """The language whose word endings were looked through, for who marks matches. Read while the file is open."""
        return self._language()

    @cached_property
    def suggestion(self) -> str | None:
        """The query with mistyped words set right, if there are any. Read while the file is open."""
        return self._suggest()

    def _repr_html_(self) -> str:
        """A table, in a notebook."""
        rows = [
            (
                str(hit.rank),
                f"{hit.score:.4g}",
                f"{hit.document.uri}:{hit.line.first}",
                hit.document.title,
                hit.text,
            )
            for hit in self
        ]
        heads = ("", "score", "where", "title", "text")
        return notebook.table(f"{self.query} ({self.mode})", heads, rows, notes=self.notes)


class Standing(NamedTuple):
    """A chunk's place in a ranking, from 1, and what it scored there."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Why:
    """Of one hit: how its best chunk stands by words (BM25) and by meaning (cosine), None where it is not ranked.

    ``words``: the parts of its BM25 score, and the query's conditions; None without a lexical index. ``late``: it has
    no vector in its file; one was made for the query.
    """

    lexical: Standing | None
    semantic: Standing | None
    words: Explanation | None
    late: bool = False


class SearchOptions(TypedDict, total=False):
    """Keyword arguments of every ``search``; what is not given is off.

    ``merge``: neighbouring chunks of one document become one passage. ``fold``: of passages that say the same only
    the best one is given. ``rerank``: a cross-encoder's name or folder, which ranks the best again. ``diverse``: how
    much hits may repeat each other, from 1, as much as they like, to 0. ``explain``: say why each hit ranks where it
    does, in ``Results.whys``. ``min_score``: from 0 to 1, what a hit scores at least; without it,
    what answers no better than nonsense would is no hit.
    """

    merge: bool
    fold: bool
    rerank: str | None
    diverse: Share | None
    explain: bool
    min_score: Share | None

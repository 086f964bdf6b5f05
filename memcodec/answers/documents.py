"""Documents, chunks and hits, and the commands that answer with them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from memcodec.answers.transfers import RequestsAnswer
from memcodec.answers.typed import NotRequired, TypedDict
from memcodec.format.documents import format_time

if TYPE_CHECKING:
    from memcodec.file.history import Diff
    from memcodec.model import Commit, Document, Hit
    from memcodec.search.results import Results, Standing, Why


class OriginalAnswer(TypedDict):
    """The file that a text was taken from, and that is kept beside it."""

    size: int
    sha256: str


class DocumentAnswer(TypedDict):
    """A document; without its sections, which may be many. ``time`` is ISO 8601, in UTC.

    ``root``: the name of the folder that it comes from, null for a lone file and what was handed over as text.
    """

    id: str
    uri: str
    title: str
    time: str
    sha256: str
    size: int
    tags: dict[str, str]
    type: str
    author: str
    language: str
    extracted: bool
    original: OriginalAnswer | None
    root: str | None


def document(document: Document) -> DocumentAnswer:
    """One document."""
    return {
        "id": document.id,
        "uri": document.uri,
        "title": document.title,
        "time": format_time(document.time),
        "sha256": document.sha256,
        "size": document.size,
        "tags": dict(document.tags),
        "type": document.type,
        "author": document.author,
        "language": document.language,
        "extracted": document.extracted,
        "original": cast("OriginalAnswer", document.original._asdict()) if document.original else None,
        "root": document.root.name or None if document.root is not None else None,
    }


class LineAnswer(TypedDict):
    """Lines of a document, from 1, both ends included."""

    first: int
    last: int


class SpanAnswer(TypedDict):
    """A chunk of a document that is known: bytes ``start`` to ``end`` of it."""

    chunk: int
    start: int
    end: int
    line: LineAnswer
    text: str


def span(hit: Hit) -> SpanAnswer:
    """A chunk, of a document that is told elsewhere."""
    return {
        "chunk": hit.chunk,
        "start": hit.start,
        "end": hit.end,
        "line": {"first": hit.line.first, "last": hit.line.last},
        "text": hit.text,
    }


class ChunkAnswer(SpanAnswer):
    """A chunk with its document, the headings it stands under and its place ("page 3")."""

    document: DocumentAnswer
    path: list[str]
    place: str
    folded: int


def chunk(hit: Hit) -> ChunkAnswer:
    """A hit, less what only a query has, and its file."""
    rest = {"path": list(hit.path), "place": hit.place, "folded": hit.folded}
    return cast("ChunkAnswer", {"document": document(hit.document), **span(hit), **rest})


class FiledChunkAnswer(ChunkAnswer):
    """A chunk, and its file."""

    file: str


def filed_chunk(hit: Hit) -> FiledChunkAnswer:
    """A chunk where there may be several files."""
    return cast("FiledChunkAnswer", {"file": hit.file, **chunk(hit)})


class StandingAnswer(TypedDict):
    """A chunk's place in a ranking, from 1, and what it scored there."""

    rank: int
    score: float


class WordAnswer(TypedDict):
    """A word's part in a BM25 score: how often the query has it, how many chunks do, how often this one does.

    A row of words counts less than once.
    """

    word: str
    repeats: float
    df: int
    tf: int
    score: float


class ConditionAnswer(TypedDict):
    """A part of the query, and whether it holds for the hit."""

    text: str
    holds: bool


class WordsAnswer(TypedDict):
    """The parts of a BM25 score, and the query's conditions."""

    length: int
    mean: float
    chunks: int
    shares: list[WordAnswer]
    conditions: list[ConditionAnswer]


class WhyAnswer(TypedDict):
    """Why a hit ranks where it does: by words and by meaning, null where it is not ranked.

    ``late``: it has no vector in its file; one was made for the query.
    """

    lexical: StandingAnswer | None
    semantic: StandingAnswer | None
    words: WordsAnswer | None
    late: bool


def why(why: Why) -> WhyAnswer:
    """One hit's reason."""
    from dataclasses import asdict

    words = asdict(why.words) if why.words else None
    if words is not None:
        words |= {name: list(words[name]) for name in ("shares", "conditions")}
    standings = {"lexical": _standing(why.lexical), "semantic": _standing(why.semantic)}
    return cast("WhyAnswer", {**standings, "words": words, "late": why.late})


def _standing(standing: Standing | None) -> StandingAnswer | None:
    return {"rank": standing.rank, "score": standing.score} if standing else None


class HitAnswer(FiledChunkAnswer):
    """A chunk or passage that answers a query. ``why``: if reasons were asked for."""

    rank: int
    score: float
    why: NotRequired[WhyAnswer]


def hit(hit: Hit) -> HitAnswer:
    """One hit."""
    return cast("HitAnswer", {"rank": hit.rank, "score": hit.score, **filed_chunk(hit)})


def hits(results: Results) -> list[HitAnswer]:
    """All hits, each with its reason if there is one."""
    found = list(map(hit, results))
    for each, reason in zip(found, results.whys, strict=False):
        each["why"] = why(reason)
    return found


class SearchAnswer(TypedDict):
    """``search``: ``mode`` is the one that was used, ``suggestion`` a query that may have been meant.

    ``late``: how many chunks without vectors were ranked by meaning all the same.
    """

    query: str
    mode: str
    late: int
    notes: list[str]
    suggestion: str | None
    hits: list[HitAnswer]
    requests: NotRequired[list[RequestsAnswer]]


def search(results: Results) -> SearchAnswer:
    """What a search found."""
    return {
        "query": results.query,
        "mode": results.mode,
        "late": results.late,
        "notes": list(results.notes),
        "suggestion": results.suggestion,
        "hits": hits(results),
    }


class GetAnswer(TypedDict):
    """``get``."""

    file: str
    chunks: list[ChunkAnswer]


def get(file: str, found: Iterable[Hit]) -> GetAnswer:
    """Chunks of a file."""
    return {"file": file, "chunks": list(map(chunk, found))}


class OpenAnswer(TypedDict):
    """``open``: neighbouring chunks of one document."""

    file: str
    document: DocumentAnswer
    chunks: list[SpanAnswer]


def around(file: str, found: Sequence[Hit]) -> OpenAnswer:
    """A chunk and those around it; there is one at least."""
    return {"file": file, "document": document(found[0].document), "chunks": list(map(span, found))}


class NumberedLine(TypedDict):
    """A line of a document, counted from 1."""

    line: int
    text: str


class ShowAnswer(TypedDict):
    """``show``."""

    file: str
    document: DocumentAnswer
    lines: list[NumberedLine]


def show(file: str, shown: Document, lines: Iterable[tuple[int, str]]) -> ShowAnswer:
    """Lines of a document."""
    numbered: list[NumberedLine] = [{"line": number, "text": text} for number, text in lines]
    return {"file": file, "document": document(shown), "lines": numbered}


class ReadAnswer(TypedDict):
    """Lines of a document, ``line`` says which, as one text; ``lines`` is how many there are."""

    file: str
    document: DocumentAnswer
    lines: int
    line: LineAnswer
    text: str


def read(file: str, shown: Document, text: str, first: int, count: int) -> ReadAnswer:
    """A part of a document's text: ``count`` lines from ``first`` on, counted from 1."""
    lines = list(io.StringIO(text, newline="\n"))  # as they are counted elsewhere: "\n" alone ends one
    some = lines[first - 1 : first - 1 + count]
    return {
        "file": file,
        "document": document(shown),
        "lines": len(lines),
        "line": {"first": first, "last": first + len(some) - 1},
        "text": "".join(some),
    }


class ListAnswer(TypedDict):
    """``list`` and ``timeline``."""

    file: str
    documents: list[DocumentAnswer]


def listing(file: str, found: Iterable[Document]) -> ListAnswer:
    """Documents of a file."""
    return {"file": file, "documents": list(map(document, found))}


class FiledDocumentAnswer(DocumentAnswer):
    """A document, and the file it is in."""

    file: str


class ManyAnswer(TypedDict):
    """Documents of several files: ``total`` counts what there is, of which these are a part."""

    total: int
    documents: list[FiledDocumentAnswer]


def many(found: Iterable[tuple[str, Document]], total: int) -> ManyAnswer:
    """Documents where there may be several files."""
    filed = [{**document(each), "file": file} for file, each in found]
    return {"total": total, "documents": cast("list[FiledDocumentAnswer]", filed)}


class AddAnswer(TypedDict):
    """A document that was added; ``commit`` is null when it was there as it is."""

    file: str
    commit: int | None
    document: DocumentAnswer


def added(file: str, commit: Commit | None, stored: Document) -> AddAnswer:
    """What came of adding a document."""
    return {"file": file, "commit": commit.number if commit else None, "document": document(stored)}


class ChangedAnswer(TypedDict):
    """Two versions of a document."""

    before: DocumentAnswer
    after: DocumentAnswer


DiffAnswer = TypedDict(
    "DiffAnswer",
    {
        "file": str,
        "from": int,
        "to": int,
        "added": list[DocumentAnswer],
        "changed": list[ChangedAnswer],
        "removed": list[DocumentAnswer],
    },
)
DiffAnswer.__doc__ = "``diff``: how the state of commit ``to`` differs from that of commit ``from``."


def diff(file: str, found: Diff) -> DiffAnswer:
    """How two states differ."""
    return {
        "file": file,
        "from": found.before,
        "to": found.after,
        "added": list(map(document, found.added)),
        "changed": [{"before": document(old), "after": document(new)} for old, new in found.changed],
        "removed": list(map(document, found.removed)),
    }


class PassageAnswer(HitAnswer):
    """A passage under the number by which an answer cites it."""

    number: int


class ChatAnswer(TypedDict):
    """``chat``: ``answer``, ``cut`` (whether it met the model's limit) and ``model`` are null without a model."""

    question: str
    answer: str | None
    cut: bool | None
    model: str | None
    citations: list[int]
    passages: list[PassageAnswer]
    notes: list[str]


def passages(found: Iterable[tuple[int, Hit]]) -> list[PassageAnswer]:
    """The numbered passages of a conversation."""
    return [cast("PassageAnswer", {"number": number, **hit(each)}) for number, each in found]

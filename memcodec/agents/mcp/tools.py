"""The tools of the MCP server: what a model may ask of memory files, and do to them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from memcodec import Filter, answers
from memcodec.agents.mcp import insights, wording
from memcodec.agents.mcp.arguments import File, Offset, OneFile, State, filtered
from memcodec.answers.documents import AddAnswer, FiledChunkAnswer, ManyAnswer, ReadAnswer, SearchAnswer
from memcodec.answers.files import HistoryAnswer
from memcodec.answers.insight import GraphAnswer, SynthesisAnswer, TopicsAnswer
from memcodec.answers.words import MCP, in_answer
from memcodec.answers.writes import ForgetAnswer
from memcodec.collection import Collection
from memcodec.config.times import state_of
from memcodec.errors import ConfigError, NotFound
from memcodec.ingest.item import text_item
from memcodec.search.query import question

Count = Annotated[int, Field(ge=1, le=100)]
Mode = Literal["hybrid", "lexical", "semantic", "exact", "regex"]
Kind = Literal["summary", "insights", "timeline"]
HOW = "Words (lexical), meaning (semantic), or both; a string (exact), an RE2 expression (regex)."

READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
#: One of a known uri takes the old one's place; the same again changes nothing. So it is with what is forgotten.
CHANGES = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)
#: What is told comes behind what there is; told again it is there twice.
APPENDS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
)


class Tools:
    """The tools of a server over one collection. Their docstrings are what a model is told of them."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    @contextlib.contextmanager
    def _at(self, as_of: int | str | None, file: str | None) -> Iterator[Collection]:
        """The files in the state that is meant; only the one that is named need have had it."""
        if (meant := state_of(as_of)) is None:
            yield self._collection
            return
        with self._collection.at(meant, file=file) as then:
            yield then

    @filtered
    def search(
        self,
        query: Annotated[str, Field(description="Words or a question.")],
        k: Annotated[Count, Field(description="How many passages.")] = 10,
        mode: Annotated[Mode, Field(description=HOW)] = "hybrid",
        file: File = None,
        as_of: State = None,
        *,
        only: Filter,
    ) -> Annotated[CallToolResult, SearchAnswer]:
        """Search the memory files. Gives the passages that answer best, each with its uri, lines and chunk number."""
        with self._at(as_of, file) as files:
            results = files.search(question(query), k, mode, only, file=file)
        return _result(answers.documents.search(results), wording.hits(results))

    def get(
        self, chunk: Annotated[int, Field(ge=0)], file: OneFile = None, as_of: State = None
    ) -> Annotated[CallToolResult, FiledChunkAnswer]:
        """Read one chunk by the number a search gave; the numbers before and after it are its neighbours."""
        with self._at(as_of, file) as files:
            hit = files.get(chunk, file=file)
        return _result(answers.documents.filed_chunk(hit), wording.passage(hit))

    def read(
        self,
        document: Annotated[str, Field(description="Its uri, or its id.")],
        first: Annotated[int, Field(ge=1, description="The line to begin with.")] = 1,
        count: Annotated[int, Field(ge=1, le=2000, description="How many lines.")] = 500,
        file: File = None,
        as_of: State = None,
    ) -> Annotated[CallToolResult, ReadAnswer]:
        """Read a document, or some of its lines."""
        with self._at(as_of, file) as files:
            answer = lines_of(files, document, first, count, file)
        return _result(answer, wording.lines(answer))

    @filtered
    def list(
        self,
        file: File = None,
        limit: Annotated[int, Field(ge=1, le=1000)] = 100,
        offset: Offset = 0,
        as_of: State = None,
        *,
        only: Filter,
    ) -> Annotated[CallToolResult, ManyAnswer]:
        """List the documents, oldest first."""
        with self._at(as_of, file) as files:
            found = [(name, each) for name, some in files.listing(only, file=file) for each in some]
        shown, total = found[offset : offset + limit], len(found)
        return _result(answers.documents.many(shown, total), wording.documents(shown, total))

    def history(
        self,
        file: OneFile = None,
        limit: Annotated[int, Field(ge=1, le=1000)] = 20,
        offset: Offset = 0,
    ) -> Annotated[CallToolResult, HistoryAnswer]:
        """List what was done to a file, the newest first: its commits. Their numbers and times are what as_of takes."""
        commits = self._collection.log(file=file)
        name, shown = file or self._collection.names[0], commits[::-1][offset : offset + limit]
        what = name, shown, len(commits)
        return _result(answers.files.history(*what), wording.commits(*what))

    @filtered
    def graph(
        self,
        nodes: Annotated[int, Field(ge=1, le=300, description="How many concepts.")] = 40,
        confidence: Annotated[float, Field(ge=0, lt=1, description="How sure relations must be.")] = 0.5,
        as_of: State = None,
        *,
        only: Filter,
    ) -> Annotated[CallToolResult, GraphAnswer]:
        """Tell what the files speak of and what belongs together: concepts and relations, each with its chunks."""
        with self._at(as_of, None) as files:
            found = insights.brief(files.graph(nodes, confidence, only))
        return _result(answers.insight.graph(found), insights.graph(found))

    @filtered
    def topics(
        self,
        count: Annotated[int, Field(ge=1, le=50, description="How many topics.")] = 12,
        as_of: State = None,
        *,
        only: Filter,
    ) -> Annotated[CallToolResult, TopicsAnswer]:
        """List the topics of the files, the largest first, each with its terms and with typical passages."""
        with self._at(as_of, None) as files:
            found = files.topics(count, only)
        return _result(answers.insight.topics(found), insights.topics(found))

    @filtered
    def synthesize(
        self,
        query: Annotated[str, Field(description="What it is to be about.")],
        kind: Annotated[
            Kind, Field(description="A summary, what is related (insights), or by dates.")
        ] = "summary",
        words: Annotated[int, Field(ge=1, le=1000, description="How many words at most.")] = 200,
        as_of: State = None,
        *,
        only: Filter,
    ) -> Annotated[CallToolResult, SynthesisAnswer]:
        """Put together what the files say about something: sentences of theirs, each with its uri and line."""
        with self._at(as_of, None) as files:
            found = files.synthesize(query, kind, words, only=only)
        return _result(answers.insight.synthesis(found), insights.synthesis(found))

    def add(
        self,
        text: str,
        title: str | None = None,
        uri: Annotated[
            str | None, Field(description="Its name; a document that has it already is replaced.")
        ] = None,
        tags: dict[str, str] | None = None,
        file: OneFile = None,
    ) -> Annotated[CallToolResult, AddAnswer]:
        """Add a document to a memory file and commit it: after this it is stored and found. One of a known uri takes
        the old one's place; the old text stays in the file's history."""
        items = [text_item(text, title=title, uri=uri, tags=tags)]
        report, (document,) = self._collection.add_items(items, file=file)
        what = report.file, report.commit, document
        return _result(answers.documents.added(*what), wording.added(*what))

    @filtered
    def forget(
        self,
        file: OneFile = None,
        dry_run: Annotated[bool, Field(description="Only tell which would be forgotten.")] = False,
        *,
        only: Filter,
    ) -> Annotated[CallToolResult, ForgetAnswer]:
        """Take documents out of a memory file: those that meet every condition given, and at least one is needed.
        They are no longer found; the file's history still has them."""
        if not only:
            raise ConfigError("say which documents: doc, path, tag, type, lang, since, until or before")
        report = self._collection.forget(only, file=file, dry_run=dry_run)
        return _result(answers.writes.forget(report.file, report), wording.forgotten(report))


def lines_of(files: Collection, document: str, first: int, count: int, file: str | None) -> ReadAnswer:
    """Some lines of a document. Raises NotFound when it has no such line."""
    name = files.file_of(document, file=file)
    shown = files.document(document, file=name)
    answer = answers.documents.read(name, shown, files.read(shown, file=name), first, count)
    if first > max(1, answer["lines"]):
        raise NotFound(f"{name}: {shown.uri} has {answer['lines']} lines, and no line {first}")
    return answer


def _result(value: Any, text: str) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=in_answer(value, MCP)
    )

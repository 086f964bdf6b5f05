"""Memory files as tools of an MCP server (Model Context Protocol), over standard input and output.

Needs the extra ``memcodec[mcp]``. Tools run in threads; what they answer is structured content, under the names of the
command line's ``--json``, and the same as text for a model to read.
"""

from __future__ import annotations

from typing import Annotated, Any

import memcodec
from memcodec import answers
from memcodec.agents.mcp import wording
from memcodec.answers.documents import AddAnswer, FiledChunkAnswer, ManyAnswer, ReadAnswer, SearchAnswer
from memcodec.collection import Collection
from memcodec.errors import MemcodecError, MissingExtra, NotFound
from memcodec.ingest.item import text_item
from memcodec.search.query import question
from memcodec.search.results import Mode

try:
    from mcp.server.mcpserver import Context, MCPServer
    from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
    from mcp.types import CallToolResult, InputRequiredResult, TextContent, ToolAnnotations
    from pydantic import Field
except ImportError:
    raise MissingExtra(
        "the MCP server needs the official client and server: pip install 'memcodec[mcp]'"
    ) from None

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_ADDS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

Count = Annotated[int, Field(ge=1, le=100)]
File = Annotated[str | None, Field(description="One of the files by its name; all of them unless given.")]
OneFile = Annotated[str | None, Field(description="The file's name; needed when several files are served.")]


class Tools:
    """The tools of a server over one collection. Their docstrings are what a model is told of them."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def search(
        self,
        query: Annotated[str, Field(description="Words or a question.")],
        k: Annotated[Count, Field(description="How many passages.")] = 10,
        mode: Annotated[
            Mode,
            Field(
                description="Words (lexical), meaning (semantic), or both; a string (exact), an RE2 expression (regex)."
            ),
        ] = "hybrid",
        file: File = None,
    ) -> Annotated[CallToolResult, SearchAnswer]:
        """Search the memory files. Gives the passages that answer best, each with its uri, lines and chunk number."""
        results = self._collection.search(question(query), k, mode, file=file)
        return _result(answers.documents.search(results), wording.hits(results))

    def get(
        self, chunk: Annotated[int, Field(ge=0)], file: OneFile = None
    ) -> Annotated[CallToolResult, FiledChunkAnswer]:
        """Read one chunk by the number a search gave; the numbers before and after it are its neighbours."""
        hit = self._collection.get(chunk, file=file)
        return _result(answers.documents.filed_chunk(hit), wording.passage(hit))

    def read(
        self,
        document: Annotated[str, Field(description="Its uri, or its id.")],
        first: Annotated[int, Field(ge=1, description="The line to begin with.")] = 1,
        count: Annotated[int, Field(ge=1, le=2000, description="How many lines.")] = 500,
        file: File = None,
    ) -> Annotated[CallToolResult, ReadAnswer]:
        """Read a document, or some of its lines."""
        name = self._collection.file_of(document, file=file)
        shown = self._collection.document(document, file=name)
        answer = answers.documents.read(name, shown, self._collection.read(shown, file=name), first, count)
        if first > max(1, answer["lines"]):
            raise NotFound(f"{name}: {shown.uri} has {answer['lines']} lines, and no line {first}")
        return _result(answer, wording.lines(answer))

    def list(
        self,
        glob: Annotated[
            str | None, Field(description="Of uris, as *.md; all documents unless given.")
        ] = None,
        file: File = None,
        limit: Annotated[int, Field(ge=1, le=1000)] = 100,
        offset: Annotated[int, Field(ge=0)] = 0,
    ) -> Annotated[CallToolResult, ManyAnswer]:
        """List the documents, oldest first."""
        only = memcodec.Filter(path=glob) if glob else None
        found = [(name, each) for name, some in self._collection.listing(only, file=file) for each in some]
        shown, total = found[offset : offset + limit], len(found)
        return _result(answers.documents.many(shown, total), wording.documents(shown, total))

    def add(
        self,
        text: str,
        title: str | None = None,
        uri: Annotated[
            str | None, Field(description="Its name; one that is there becomes a new version.")
        ] = None,
        tags: dict[str, str] | None = None,
        file: OneFile = None,
    ) -> Annotated[CallToolResult, AddAnswer]:
        """Add a document to a memory file and commit it: after this it is stored and found."""
        items = [text_item(text, title=title, uri=uri, tags=tags)]
        report, (document,) = self._collection.add_items(items, file=file)
        what = report.file, report.commit, document
        return _result(answers.documents.added(*what), wording.added(*what))


class Server(MCPServer[Any]):
    """An MCP server whose tools say in one line what is wrong."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """As the base class; an error of ours, or an argument's, becomes one line."""
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError as error:
            if not isinstance(error.__cause__, MemcodecError | OSError):
                raise
            raise ToolError(wording.line(str(error.__cause__))) from None
        except ToolError as error:
            raise ToolError(wording.complaint(error)) from None


def server(collection: Collection, *, read_only: bool = False) -> Server:
    """A server over the files of a collection; ``read_only`` leaves ``add`` out."""
    made = Server(
        "memcodec",
        title="Memory files",
        version=memcodec.__version__,
        instructions=wording.instructions(collection.names),
        log_level="WARNING",
    )
    tools = Tools(collection)
    made.tool(structured_output=True, annotations=_READS, title="Search")(tools.search)
    made.tool(structured_output=True, annotations=_READS, title="Read a chunk")(tools.get)
    made.tool(structured_output=True, annotations=_READS, title="Read a document")(tools.read)
    made.tool(structured_output=True, annotations=_READS, title="List documents")(tools.list)
    if not read_only:
        made.tool(structured_output=True, annotations=_ADDS, title="Add a document")(tools.add)
    made.prompt(title="Answer from the memory files")(wording.answer)
    return made


def _result(value: Any, text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=value)

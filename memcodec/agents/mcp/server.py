"""Memory files as tools of an MCP server (Model Context Protocol), over standard input and output.

Needs the extra ``memcodec[mcp]``. Tools run in threads; what they answer is structured content, under the names of the
command line's ``--json``, and the same as text for a model to read.
"""

from __future__ import annotations

from typing import Annotated, Any

import memcodec
from memcodec.agents.mcp import wording
from memcodec.collection import Collection
from memcodec.errors import MemcodecError, MissingExtra
from memcodec.ingest.item import text_item
from memcodec.model import Commit, Document, Hit
from memcodec.search.results import Mode, document_json, hit_json

try:
    from mcp.server.mcpserver import Context, MCPServer
    from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
    from mcp.types import CallToolResult, InputRequiredResult, TextContent, ToolAnnotations
    from pydantic import Field

    from memcodec.agents.mcp.schemas import AddOut, ChunkOut, ListOut, SearchOut
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
        mode: Annotated[Mode, Field(description="Words (lexical), meaning (semantic), or both.")] = "hybrid",
        file: File = None,
    ) -> Annotated[CallToolResult, SearchOut]:
        """Search the memory files. Gives the passages that answer best, each with its uri, lines and chunk number."""
        results = self._collection.search(query, k, mode, file)
        return _result(results.to_json(), wording.hits(results))

    def get(
        self, chunk: Annotated[int, Field(ge=0)], file: OneFile = None
    ) -> Annotated[CallToolResult, ChunkOut]:
        """Read one chunk by the number a search gave; the numbers before and after it are its neighbours."""
        hit = self._collection.get(chunk, file)
        return _result(_chunk(hit), wording.passage(hit))

    def list(
        self,
        glob: Annotated[
            str | None, Field(description="Of uris, as *.md; all documents unless given.")
        ] = None,
        file: File = None,
        limit: Annotated[int, Field(ge=1, le=1000)] = 100,
        offset: Annotated[int, Field(ge=0)] = 0,
    ) -> Annotated[CallToolResult, ListOut]:
        """List the documents, oldest first."""
        found = self._collection.documents(glob, file)
        shown = found[offset : offset + limit]
        listed = [{**document_json(document), "file": name} for name, document in shown]
        return _result({"total": len(found), "documents": listed}, wording.documents(shown, len(found)))

    def add(
        self,
        text: str,
        title: str | None = None,
        uri: Annotated[
            str | None, Field(description="Its name; one that is there becomes a new version.")
        ] = None,
        tags: dict[str, str] | None = None,
        file: OneFile = None,
    ) -> Annotated[CallToolResult, AddOut]:
        """Add a document to a memory file and commit it: after this it is stored and found."""
        name, commit, (document,) = self._collection.add(
            [text_item(text, title=title, uri=uri, tags=tags)], file
        )
        return _result(_added(name, commit, document), wording.added(name, commit, document))


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
    made.tool(structured_output=True, annotations=_READS, title="List documents")(tools.list)
    if not read_only:
        made.tool(structured_output=True, annotations=_ADDS, title="Add a document")(tools.add)
    made.prompt(title="Answer from the memory files")(wording.answer)
    return made


def _result(value: Any, text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=value)


def _chunk(hit: Hit) -> dict[str, Any]:
    return {name: value for name, value in hit_json(hit).items() if name not in ("rank", "score")}


def _added(name: str, commit: Commit | None, document: Document) -> dict[str, Any]:
    return {"file": name, "commit": commit.number if commit else None, "document": document_json(document)}

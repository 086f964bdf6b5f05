"""Memory files as an MCP server (Model Context Protocol), over standard input and output.

Needs the extra ``memcodec[mcp]``. Tools run in threads; what they answer is structured content, under the names of the
command line's ``--json``, and the same as text for a model to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import memcodec
from memcodec.agents.mcp import wording
from memcodec.answers.words import MCP, told
from memcodec.collection import Collection
from memcodec.errors import MemcodecError, MissingExtra

try:
    from mcp.server.lowlevel.helper_types import ReadResourceContents
    from mcp.server.mcpserver import Context, MCPServer
    from mcp.server.mcpserver.exceptions import (
        ResourceNotFoundError,
        ToolError,
        UnexpectedResourceError,
        UnexpectedToolError,
    )
    from mcp.types import CallToolResult, InputRequiredResult, Tool
    from pydantic import AnyUrl
except ImportError:
    raise MissingExtra(
        "the MCP server needs the official client and server: pip install 'memcodec[mcp]'"
    ) from None

from memcodec.agents.mcp.resources import SECURITY, TEMPLATE, Documents
from memcodec.agents.mcp.runs import RunTools
from memcodec.agents.mcp.tools import APPENDS, CHANGES, READS, Tools


class Server(MCPServer[Any]):
    """An MCP server whose tools and resources say what is wrong in a line; no tool takes arguments it does not know."""

    async def list_tools(self) -> list[Tool]:
        """As the base class; a schema tells that there are no other arguments."""
        found = await super().list_tools()
        for tool in found:
            tool.input_schema = {**tool.input_schema, "additionalProperties": False}
        return found

    async def _check_names(self, name: str, arguments: dict[str, Any]) -> None:
        for tool in await self.list_tools():
            known = tool.input_schema["properties"]
            if tool.name == name and (unknown := sorted(arguments.keys() - known.keys())):
                raise ToolError(f"{', '.join(unknown)}: no argument of {name}; it takes {', '.join(known)}")

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """As the base class; an error of ours, or an argument's, becomes one line."""
        await self._check_names(name, arguments)
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError as error:
            raise ToolError(_ours(error)) from None
        except ToolError as error:
            raise ToolError(wording.complaint(error)) from None

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """As the base class; an error of ours becomes one line."""
        try:
            return await super().read_resource(uri, context)
        except UnexpectedResourceError as error:
            raise ResourceNotFoundError(_ours(error)) from None


def _ours(error: UnexpectedToolError | UnexpectedResourceError) -> str:
    """What an error of ours says. Raises any other again: a bug stays what it is."""
    if isinstance(error.__cause__, MemcodecError | OSError):
        return wording.line(told(str(error.__cause__), MCP))
    raise error


def server(collection: Collection, *, read_only: bool = False) -> Server:
    """A server over the files of a collection; ``read_only`` leaves out what changes them."""
    tools, runs, documents = Tools(collection), RunTools(collection), Documents(collection)
    made = Server(
        "memcodec",
        title="Memory files",
        version=memcodec.__version__,
        instructions=wording.instructions(collection.names),
        log_level="WARNING",
        middleware=[documents.listed],
    )
    reading: dict[str, Callable[..., Any]] = {
        "Search": tools.search,
        "Read a chunk": tools.get,
        "Read a document": tools.read,
        "List documents": tools.list,
        "List commits": tools.history,
        "Draw a graph": tools.graph,
        "List topics": tools.topics,
        "Synthesize": tools.synthesize,
        "List runs": runs.runs,
        "Show a run": runs.run,
        "Read keys of a run": runs.run_kv,
        "Read events of a run": runs.run_events,
        "Compare runs": runs.run_diff,
    }
    changing: dict[str, Callable[..., Any]] = {
        "Add a document": tools.add,
        "Forget documents": tools.forget,
        "Set a key of a run": runs.run_put,
    }
    appending: dict[str, Callable[..., Any]] = {
        "Begin a run": runs.run_begin,
        "Tell of an event": runs.run_event,
        "End a run": runs.run_end,
    }
    writing = () if read_only else ((CHANGES, changing), (APPENDS, appending))
    for hints, offered in ((READS, reading), *writing):
        for title, tool in offered.items():
            made.tool(structured_output=True, annotations=hints, title=title)(tool)
    made.resource(TEMPLATE, name="document", title="A document", mime_type="text/plain", security=SECURITY)(
        documents.text
    )
    made.prompt(title="Answer from the memory files")(wording.answer)
    made.prompt(title="Sum a document up")(wording.summarize)
    made.prompt(title="Tell what is new")(wording.whats_new)
    return made

"""Documents as resources of the MCP server: ``memory://FILE/URI``, listed by pages, read whole or by lines."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from anyio import to_thread
from mcp.server import ServerRequestContext
from mcp.server.context import CallNext, HandlerResult
from mcp.server.mcpserver.resources.templates import ResourceSecurity
from mcp.shared.exceptions import MCPError
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, ListResourcesResult, Resource

from memcodec.agents.mcp import wording
from memcodec.agents.mcp.tools import lines_of
from memcodec.collection import Collection
from memcodec.errors import MemcodecError
from memcodec.model import Document

TEMPLATE = "memory://{file}/{+uri}{?first,count}"
#: A file is one of those served and a uri a document's name in it: neither is a path that is opened.
SECURITY = ResourceSecurity(exempt_params=frozenset({"file", "uri"}))
PAGE = 200  #: resources that one answer lists
_ALL = 1 << 31


class Documents:
    """The documents of a collection, as resources."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def text(self, file: str, uri: str, first: int = 1, count: int = _ALL) -> str:
        """The text of a document; or so many of its lines, from one on."""
        return lines_of(self._collection, uri, max(1, first), max(1, count), file)["text"]

    async def listed(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Answers ``resources/list``, which the server would answer with what does not change."""
        if ctx.method != "resources/list":
            return await call_next(ctx)
        offset = _offset((ctx.params or {}).get("cursor"))
        try:
            return await to_thread.run_sync(self._page, offset)
        except (MemcodecError, OSError) as error:
            raise MCPError(code=INTERNAL_ERROR, message=wording.line(str(error))) from None

    def _page(self, offset: int) -> ListResourcesResult:
        found = [(name, each) for name, some in self._collection.listing() for each in some]
        rest = found[offset:]
        return ListResourcesResult(
            resources=[_resource(*each) for each in rest[:PAGE]],
            next_cursor=str(offset + PAGE) if len(rest) > PAGE else None,
        )


def _offset(cursor: Any) -> int:
    if cursor is None:
        return 0
    if isinstance(cursor, str) and cursor.isdecimal() and len(cursor) < 10:
        return int(cursor)
    raise MCPError(code=INVALID_PARAMS, message="this cursor is none that the server gave")


def _resource(file: str, document: Document) -> Resource:
    return Resource(
        uri=f"memory://{quote(file, safe='')}/{quote(document.uri)}",
        name=document.uri,
        title=wording.line(document.title),
        mime_type="text/plain",
        size=document.size,
    )

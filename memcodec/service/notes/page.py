"""The page on which notes are edited; its script comes from ``memcodec/web/src/notes``."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, WebSocket
from starlette.responses import FileResponse, HTMLResponse, Response

from memcodec.errors import NotFound
from memcodec.insight.page.nav import nav
from memcodec.service import navigation
from memcodec.service.notes.hub import Notes
from memcodec.service.shelf import Shelf

_DIST = Path(__file__).parent.parent.parent / "web" / "dist"
_KINDS = {"notes.js": "text/javascript", "notes.css": "text/css"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cache-Control": "no-store",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Notes</title>
<link rel="stylesheet" href="notes.css">
<script src="notes.js" defer></script>
</head>
<body>
{nav}
<noscript><p>Notes are edited by a script, and scripts are switched off.</p></noscript>
</body>
</html>
"""


def router(shelf: Shelf, notes: Notes) -> APIRouter:
    """The page, and the connection to a note."""
    made = APIRouter(include_in_schema=False)

    @made.get("/notes/")
    async def page() -> Response:
        links = navigation.links("../", navigation.EACH, count=len(shelf.names), notes=True)
        return HTMLResponse(_PAGE.format(nav=nav(links, navigation.NOTES, hidden=True)), headers=_HEADERS)

    @made.get("/notes/{part}")
    async def part(part: str) -> Response:
        if part not in _KINDS:
            raise NotFound(f"nothing is at /notes/{part}")
        return FileResponse(_DIST / part, media_type=_KINDS[part], headers={"Cache-Control": "no-cache"})

    @made.websocket("/live/{file}/{uri:path}")
    async def edit(socket: WebSocket, file: str, uri: str) -> None:
        await notes.serve(socket, file, uri)

    return made

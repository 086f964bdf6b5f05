"""The page that manages memories: its frame, its script and style. What it does, it asks of the API."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, Response

import memcodec
from memcodec.insight.page.nav import nav
from memcodec.service import navigation
from memcodec.service.shelf import Shelf

_DIST = Path(memcodec.__file__).parent / "web" / "dist"
_PARTS = {"manage.js": "text/javascript", "manage.css": "text/css"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en" data-limit="{limit}" data-notes="{notes}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Memories</title>
<link rel="stylesheet" href="own/manage.css">
</head>
<body>
{nav}
<h1>Memories</h1>
<p>This page manages memories. If you can read this, scripts are switched off.</p>
<script src="own/manage.js"></script>
</body>
</html>
"""


def router(shelf: Shelf, limit: int, *, notes: bool) -> APIRouter:
    """The page's routes. It is told ``limit``, bytes of a request, and whether ``notes`` are edited here."""
    made = APIRouter(include_in_schema=False)

    @made.get("/manage")
    async def manage() -> Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
        links = navigation.links("", navigation.EACH, count=len(shelf.names), notes=notes)
        others = nav(links, navigation.MANAGE, hidden=True)
        page = _PAGE.format(limit=limit, notes="notes/" if notes else "", nav=others)
        return HTMLResponse(page, headers=headers)

    def part(name: str) -> None:
        @made.get(f"/own/{name}")
        async def own() -> Response:
            headers = {"Cache-Control": "no-cache"}
            return FileResponse(_DIST / name, media_type=_PARTS[name], headers=headers)

    for each in _PARTS:
        part(each)
    return made

"""The service put together: routes behind the guard, what watches the files, and its end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, WebSocket
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memcodec.errors import MemcodecError
from memcodec.service import api, faults, front, insights, managing, views
from memcodec.service.events import Events
from memcodec.service.guard import Guard, Rules
from memcodec.service.metrics import KIND, Metrics
from memcodec.service.notes.pace import Pace
from memcodec.service.shelf import Shelf
from memcodec.version import __version__

if TYPE_CHECKING:
    from memcodec.service.notes.hub import Notes

_ABOUT = (
    "Memory files: documents in media files that search themselves. Answers have the names that the command line "
    "has in JSON; an error is one line, named error, and its kind."
)


def build(shelf: Shelf, rules: Rules, live: Pace | None = None) -> ASGIApp:
    """A service over a shelf, which it closes at its end. With ``live`` notes are edited by several at once."""
    metrics = Metrics()
    events, pages = Events(shelf, metrics), front.Pages(shelf, notes=live is not None)
    notes = _notes(shelf, metrics, events, live) if live is not None else None

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        with contextlib.suppress(MemcodecError, OSError):
            await events.look()
        watching = asyncio.create_task(events.watch())
        if notes is not None:
            await notes.begin()
        try:
            yield
        finally:
            watching.cancel()
            if notes is not None:
                await notes.close()
            await asyncio.get_running_loop().run_in_executor(None, shelf.close)
            pages.close()

    app = FastAPI(
        title="memcodec",
        version=__version__,
        description=_ABOUT,
        docs_url=None,  # it would load scripts from elsewhere
        redoc_url=None,
        lifespan=life,
        responses={},
    )
    faults.install(app, shelf.public)
    app.include_router(api.router(shelf, events))
    app.include_router(managing.router(shelf, events))
    app.include_router(insights.router(shelf, notes=notes is not None))
    app.include_router(views.router(shelf, rules.limit, notes=notes is not None))
    app.include_router(front.router(shelf, pages, rules.tokens, notes=notes is not None))
    if notes is not None:
        from memcodec.service.notes import page

        app.include_router(page.router(shelf, notes))

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Any:
        for stored in shelf.stored.values():
            await shelf.apart(stored.state)
        return {"status": "ready"}

    @app.get("/metrics", include_in_schema=False)
    async def numbers() -> Response:
        return Response(metrics.text(), media_type=KIND)

    @app.websocket("/ws")
    async def listen(socket: WebSocket) -> None:
        await events.serve(socket)

    return Guard(_answering_head(app), rules, metrics)


def _notes(shelf: Shelf, metrics: Metrics, events: Events, pace: Pace) -> Notes:
    from memcodec.service.notes.hub import Notes  # pycrdt is for this alone

    async def committed() -> None:
        with contextlib.suppress(MemcodecError, OSError):
            await events.look()

    return Notes(shelf, metrics, committed, pace)


def _answering_head(app: ASGIApp) -> ASGIApp:
    """Have HEAD answered as GET, without the body (RFC 9110, 9.3.2); ``/files`` does so itself, and reads nothing."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"].startswith("/files/"):
            await app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await app({**scope, "method": "GET"}, receive, without_body)

    return answer

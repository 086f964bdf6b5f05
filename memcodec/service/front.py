"""The pages: of each file the page that searches it in the browser; a list of several; one to sign in."""

from __future__ import annotations

import html
import os
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from memcodec.errors import NotFound
from memcodec.insight.page.nav import nav
from memcodec.printable import line
from memcodec.service import bare, navigation
from memcodec.service import bytes as stored_bytes
from memcodec.service.access import Tokens
from memcodec.service.faults import Refused
from memcodec.service.guard import COOKIE
from memcodec.service.shelf import Shelf
from memcodec.share.page import PageOptions, write_page

STATIC = Path(__file__).parent / "static"
_OWN = {"style.css": "text/css"}


class Pages:
    """Search pages, each made when it is first asked for."""

    def __init__(self, shelf: Shelf, *, notes: bool) -> None:
        self._shelf, self._notes, self._lock = shelf, notes, threading.Lock()
        self._made: dict[tuple[str, bool], Path] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="memcodec-pages-")

    def folder(self, name: str) -> Path:
        """Where the page of a file lies. Raises what ``memcodec page`` raises."""
        self._shelf.name(name)
        count = len(self._shelf.names)
        key = name, count > 1
        with self._lock:
            if key not in self._made:
                out = Path(self._folder.name) / str(len(self._made))
                links = navigation.links("../../", name, count=count, notes=self._notes)
                options = PageOptions(title=name, address=f"../../files/{quote(name)}", links=links)
                write_page(str(self._shelf.stored[name].path), str(out), options, force=True)
                self._made[key] = out
            return self._made[key]

    def close(self) -> None:
        """Remove them."""
        self._folder.cleanup()


def router(shelf: Shelf, pages: Pages, tokens: Tokens | None, *, notes: bool) -> APIRouter:
    """The routes of what people see, and of the bytes that pages read. ``notes``: whether they are edited here."""
    made = APIRouter(include_in_schema=False)

    @made.get("/")
    async def front(request: Request) -> Response:
        if len(shelf.names) != 1:
            links = "".join(
                f'<li><a href="pages/{quote(name)}/">{html.escape(line(name))}</a></li>'
                for name in shelf.names
            )
            told = f"<ul>{links}</ul>" if links else "<p>No memory is served yet.</p>"
            others = nav(navigation.links("", None, count=len(shelf.names), notes=notes), navigation.MEMORIES)
            return bare.page("Memories", f"{others}<main><h1>Memories</h1>{told}</main>")
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"pages/{quote(next(iter(shelf.names)))}/{query}", 307)

    @made.get("/pages/{name}/")
    @made.get("/pages/{name}/{part}")
    async def page(name: str, part: str = "index.html") -> Response:
        folder = await shelf.apart(lambda: pages.folder(name))
        names = {each.name for each in folder.iterdir()}
        if part not in names:
            raise NotFound(f"the page of {name} has no {part}")
        return FileResponse(folder / part, headers={"Cache-Control": "no-cache"})

    @made.get("/own/{part}")
    async def own(part: str) -> Response:
        if part not in _OWN:
            raise NotFound(f"nothing is at /own/{part}")
        return FileResponse(STATIC / part, media_type=_OWN[part], headers={"Cache-Control": "no-cache"})

    @made.get("/favicon.ico")
    async def icon() -> Response:
        return Response(
            status_code=204, headers={"Cache-Control": "max-age=86400"}
        )  # browsers ask: there is none

    @made.get("/login")
    async def login() -> Response:
        return bare.page("Sign in", _FORM.format(told=""))

    @made.post("/login")
    async def sign_in(request: Request) -> Response:
        given = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=5)
        token = (given.get("token") or [""])[0].strip()
        if tokens is None or tokens.client(token) is None:
            return bare.page(
                "Sign in", _FORM.format(told='<p role="alert">That is no token of this service.</p>'), 401
            )
        # It begins with a dot, so that it is a path of this service whatever stands in it.
        answer = RedirectResponse(f"./{request.query_params.get('to', '')}", 303)
        secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
        answer.set_cookie(COOKIE, token, max_age=30 * 86400, secure=secure, httponly=True, samesite="lax")
        return answer

    @made.api_route("/files/{name}", methods=["GET", "HEAD"])
    async def file(name: str, request: Request) -> Response:
        shelf.name(name)
        return await shelf.apart(lambda: _bytes(shelf, name, request))

    return made


_FORM = (
    "<main><h1>Sign in</h1>{told}"
    '<form method="post"><label for="token">Token</label>'
    '<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>'
    "<button>Sign in</button></form></main>"
)


def _bytes(shelf: Shelf, name: str, request: Request) -> Response:
    stored = shelf.stored[name]
    descriptor, state = stored.open()
    headers = {
        "ETag": state.etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-cache",
        "Content-Type": stored.kind,
    }
    try:
        wanted = _wanted(request, state)
    except BaseException:
        os.close(descriptor)
        raise
    if isinstance(wanted, Response):
        os.close(descriptor)
        wanted.headers.update(headers)
        return wanted
    start, end = wanted.span or (0, state.end)
    status = 206 if wanted.span is not None else 200
    if wanted.span is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{state.end}"
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        os.close(descriptor)
        return Response(status_code=status, headers=headers)
    data = stored_bytes.whole(descriptor, start, end)
    if data is not None:
        return Response(data, status, headers)
    return StreamingResponse(stored_bytes.pieces(descriptor, start, end), status, headers)


class _Wanted(NamedTuple):
    """Which bytes are to be answered; None: all of them."""

    span: tuple[int, int] | None


def _wanted(request: Request, state: stored_bytes.State) -> _Wanted | Response:
    """What a request's conditions and ranges come to (RFC 9110, section 13.2.2)."""
    match = request.headers.get("if-match")
    if (
        match is not None
        and match.strip() != "*"
        and state.etag not in [each.strip() for each in match.split(",")]
    ):
        raise Refused(412, "the file is another now", "Changed")
    if request.headers.get("if-none-match") == state.etag:
        return Response(status_code=304)
    if request.headers.get("if-range") not in (None, state.etag):
        return _Wanted(None)
    try:
        return _Wanted(stored_bytes.span(request.headers.get("range"), state.end))
    except ValueError:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{state.end}"})

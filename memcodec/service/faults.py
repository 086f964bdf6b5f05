"""What a client is told when it goes wrong, always in one shape: ``{"error": "in one line", "kind": "NotFound"}``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from memcodec.answers.words import told
from memcodec.errors import (
    Changed,
    Closed,
    ConfigError,
    Conflict,
    MemcodecError,
    MissingExtra,
    ModelError,
    NotAllowed,
    NotFound,
    SourceError,
    StorageError,
)
from memcodec.printable import line
from memcodec.service import bare

_STATUS: dict[type[MemcodecError], int] = {
    Closed: 503,
    ConfigError: 400,
    NotFound: 404,
    SourceError: 422,
    MissingExtra: 501,
    ModelError: 501,
    Changed: 503,
    Conflict: 409,
    NotAllowed: 403,
    StorageError: 503,
}
_KINDS = {
    400: "ConfigError",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    413: "TooLarge",
    429: "TooMany",
}


class Fault(BaseModel):
    """What went wrong. ``kind`` is the error's name in the library, or one of the service's own."""

    error: str
    kind: str


class Refused(Exception):
    """A request that is answered by a status of its own."""

    def __init__(self, status: int, message: str, kind: str | None = None) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind or _KINDS.get(status, "Refused")


#: what every route may answer, for its description
DESCRIBED: dict[int | str, dict[str, Any]] = {
    code: {"model": Fault, "description": text}
    for code, text in {
        400: "The request says nothing that can be done.",
        401: "A token is needed.",
        403: "The token is for less than that, or the rules of a capsule are; or the page of another site asks.",
        404: "There is no such document, commit or file.",
        405: "Nothing is done by that method here.",
        409: "It is no longer what was expected.",
        413: "The request is too large.",
        415: "What is sent is not of a kind that is taken here.",
        422: "A text that cannot be stored.",
        429: "Too many requests.",
        501: "Something that is needed is not installed.",
        503: "The file cannot be read or written now.",
    }.items()
}


def answer(
    status: int,
    message: str,
    kind: str,
    headers: dict[str, str] | None = None,
    request: Request | None = None,
) -> Response:
    """An error as every client gets it; a browser that was to show a page shows it as one."""
    text = line(told(message))
    if request is not None and request.headers.get("sec-fetch-mode") == "navigate":
        return bare.wrong(status, text, request.url.path, headers)
    return JSONResponse({"error": text, "kind": kind}, status, headers)


def refusal(refused: Refused, request: Request | None = None) -> Response:
    """The answer to what is refused."""
    more = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "1"}}.get(refused.status)
    return answer(refused.status, str(refused), refused.kind, more, request)


def status_of(error: MemcodecError) -> int:
    """The status that tells of an error; 500 for what is wrong in a file itself."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def install(app: FastAPI, public: Callable[[str], str]) -> None:
    """Have an app answer errors so. ``public``: a text with files as they are called in public."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, MemcodecError)
        return answer(status_of(error), public(str(error)), type(error).__name__, request=request)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return refusal(error, request)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        wrong = [f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors()[:10]]
        return answer(400, "; ".join(wrong), "ConfigError", request=request)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        what = (
            f"nothing is at {request.method} {request.url.path}"
            if error.status_code == 404
            else str(error.detail)
        )
        kind = _KINDS.get(error.status_code, "Refused")
        return answer(error.status_code, what, kind, dict(error.headers or {}), request)

    async def bug(request: Request, error: Exception) -> Response:
        return answer(500, "the service failed; its log says why", "Failure", request=request)

    app.add_exception_handler(MemcodecError, ours)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, bug)

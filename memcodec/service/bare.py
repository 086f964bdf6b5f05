"""Pages without a script: the list of memories, the one to sign in, and what went wrong where a page was wanted."""

from __future__ import annotations

import html
from http import HTTPStatus

from starlette.responses import HTMLResponse

_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{up}own/style.css">
</head>
<body>
{body}
</body>
</html>
"""


def page(
    title: str, body: str, status: int = 200, *, path: str = "/", headers: dict[str, str] | None = None
) -> HTMLResponse:
    """A page at a path of the service; ``body`` is HTML."""
    own = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",  # without any referrer browsers send forms from nowhere: Origin null
    }
    text = _PAGE.format(title=html.escape(title), body=body, up=root(path))
    return HTMLResponse(text, status, {**(headers or {}), **own})


def wrong(status: int, message: str, path: str, headers: dict[str, str] | None = None) -> HTMLResponse:
    """What went wrong, for somebody who wanted to see a page at a path."""
    try:
        title = HTTPStatus(status).phrase
    except ValueError:
        title = str(status)
    up = root(path)
    body = (
        f'<main><h1>{title}</h1><p role="alert">{html.escape(message)}</p>'
        f'<p><a href="{up or "./"}">Front page</a> · <a href="{up}manage">Manage</a></p></main>'
    )
    return page(title, body, status, path=path, headers=headers)


def root(path: str) -> str:
    """The way from a path to the service's root: "../" for each step. A proxy may have put it anywhere."""
    return "../" * (path.lstrip("/").count("/"))

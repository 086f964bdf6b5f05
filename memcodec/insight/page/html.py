"""The shell of a page: one file, no network, and no text in it that is taken for markup.

A content security policy (W3C CSP Level 3) names the hashes of the page's own style and script and allows nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from html import escape as escape_html
from pathlib import Path

from memcodec.printable import clean

_FOLDER = Path(__file__).parent
_LONGEST = 300  # characters of a text in a page
_NAMES = 3  # of files, in a title
COLOURS = (
    "#2f6db5", "#c4622d", "#2e8b57", "#8a4fa8", "#b58a1b", "#c23b5a", "#2a8c95", "#6b7280",
    "#7c6f2a", "#4f5bd5", "#a85532", "#3f7d3f",
)  # fmt: skip


def escaped(text: str) -> str:
    """A text as it may stand anywhere in HTML, short, without what steers a terminal or a line's direction."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return escape_html(clean(short))


def titled(what: str, names: Sequence[str]) -> str:
    """A title: what a page has of which files."""
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"{what} {', '.join(names[:_NAMES])}{more}"


def data(value: object) -> str:
    """A value for the page's script: JSON in which nothing ends the element that it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/json" id="data">{text}</script>'


def page(title: str, body: str, *, script: str | None = None, value: object = None) -> str:
    """A whole page of a body that is HTML; ``script`` is the name of a file beside this one, which reads ``value``."""
    style = (_FOLDER / "page.css").read_text("utf-8")
    code = (_FOLDER / script).read_text("utf-8") if script else ""
    allowed = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(code)}"
    allowed += "; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(title)}</title><style>{style}</style></head>\n<body>{body}"
        + (f"{data(value)}\n<script>{code}</script>" if script else "")
        + "</body></html>\n"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Iterable[int] = (),
    made: Iterable[int] = (),
) -> str:
    """A table of texts; ``right``: columns of numbers; ``made``: columns that are HTML already."""
    numbers, ready = set(right), set(made)
    head = "".join(f'<th scope="col">{escaped(each)}</th>' for each in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{' class=n' if at in numbers else ''}>{cell if at in ready else escaped(cell)}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><caption>{escaped(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values, side by side."""
    return (
        "<dl class=facts>"
        + "".join(f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd></div>" for name, value in pairs)
        + "</dl>"
    )


def notes(texts: Iterable[str]) -> str:
    """What the reader should know."""
    return "".join(f"<p class=note>{escaped(each)}</p>" for each in texts)

"""Links between pages that belong together: one line at the top of each, the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from memcodec.printable import line


class Link(NamedTuple):
    """A page by what it is called in the line, and its address, relative to the page that the line stands in."""

    label: str
    address: str


def nav(links: Iterable[Link], current: str, *, hidden: bool = False) -> str:
    """The line as HTML, "" where there is nothing to go to; ``current`` is the label of the page that it stands in.

    ``hidden``: until a script knows where the links lead to.
    """
    made = "".join(
        f'<a href="{escape(each.address)}"{_CURRENT if each.label == current else ""}>{escape(line(each.label))}</a>'
        for each in links
    )
    return f'<nav class="pages" aria-label="Pages"{" hidden" if hidden else ""}>{made}</nav>' if made else ""


_CURRENT = ' aria-current="page"'

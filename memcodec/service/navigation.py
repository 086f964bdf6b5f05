"""The line of links at the top of every page of the service: the same pages in the same order, of the same memory."""

from __future__ import annotations

from urllib.parse import quote

from memcodec.insight.page.nav import Link
from memcodec.share.panels import SEARCH

EACH = "*"  #: stands for a memory's name in addresses that a page's script completes
MEMORIES, GRAPH, TOPICS, DASHBOARD = "Memories", "Graph", "Topics", "Dashboard"
MANAGE, NOTES = "Manage", "Notes"


def links(up: str, name: str | None, *, count: int, notes: bool) -> tuple[Link, ...]:
    """The links of a page that lies ``up`` from the service's root, "../" for each step.

    ``name``: the memory that they are of, None for all of them; ``count``: how many are served; ``notes``: whether they
    are edited here.
    """
    named = None if name is None else name if name == EACH else quote(name, safe="")
    asked = "" if named is None else f"?file={named}"
    made = [Link(MEMORIES, up or "./")] if count != 1 else []
    if named is not None:
        made.append(Link(SEARCH, f"{up}pages/{named}/"))
    if count or named is not None:
        made += [Link(label, f"{up}insight/{label.lower()}{asked}") for label in (GRAPH, TOPICS, DASHBOARD)]
    made.append(Link(MANAGE, f"{up}manage" + ("" if named is None else f"#file={named}")))
    if notes and (count or named is not None):
        made.append(Link(NOTES, f"{up}notes/{asked}"))
    return tuple(made)

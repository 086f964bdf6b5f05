"""Which run came of which, and which task of a run did what: as a tree of text, or for Graphviz."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from memcodec.agents.runs import history
from memcodec.agents.runs.history import History
from memcodec.agents.runs.ledger import Ledger
from memcodec.agents.runs.paths import shown

_NUMBERED = re.compile(r"(.*?)(\d{0,9})", re.ASCII)


@dataclass
class Node:
    """Something that others came of. ``how``: by what, as ``before step 4``."""

    name: str
    text: str
    how: str = ""
    children: list[Node] = field(default_factory=list)


def of_runs(ledger: Ledger) -> list[Node]:
    """The runs of a file, each below the one that it was forked from or that it began inside."""
    nodes, roots = dict[str, Node](), list[Node]()
    for each in history.summaries(ledger):
        tags = " ".join(f"{key}={value}" for key, value in each.tags.items())
        text = f"{each.id} {each.status}, {each.steps} steps {tags}".rstrip()
        how = "" if each.parent is None else "inside" if each.at is None else f"before step {each.at}"
        nodes[each.id] = node = Node(each.id, text, how)
        above = nodes.get(each.parent or "")
        (roots if above is None else above.children).append(node)
    return roots


def of_tasks(run: History) -> list[Node]:
    """The tasks of a run, each below the one that made it, with what they called."""
    calls: dict[str, Counter[str]] = {"": Counter()}
    for each in run.steps[1:]:
        path = each.place[0]
        for end in [at for at, letter in enumerate(path) if letter == "."]:
            calls.setdefault(path[:end], Counter())
        calls.setdefault(path, Counter())[str(each.data.get("name") or each.kind)] += 1
    nodes = dict[str, Node]()
    roots = list[Node]()
    for path in sorted(calls, key=_order):
        told = ", ".join(f"{name} x{count}" if count > 1 else name for name, count in calls[path].items())
        nodes[path] = node = Node(path or "main", f"{shown(path)}: {told}" if told else shown(path))
        above = nodes.get(path.rpartition(".")[0]) if path else None
        (roots if above is None else above.children).append(node)
    return roots


def _order(path: str) -> list[tuple[str, int]]:
    """Numbers by their size: the tenth task behind the ninth."""
    parts = [_NUMBERED.fullmatch(each) for each in path.split(".")] if path else []
    return [(each[1], int(each[2] or 0)) if each else ("", 0) for each in parts]


def tree(nodes: list[Node]) -> Iterator[str]:
    """Lines of a tree."""
    for node in nodes:
        yield node.text
        yield from _below(node, "")


def _below(node: Node, before: str) -> Iterator[str]:
    for number, child in enumerate(node.children):
        is_last = number == len(node.children) - 1
        how = f"{child.how}: " if child.how else ""
        yield f"{before}{'└─' if is_last else '├─'} {how}{child.text}"
        yield from _below(child, before + ("   " if is_last else "│  "))


def dot(nodes: list[Node]) -> Iterator[str]:
    """Lines of Graphviz's language."""
    yield "digraph runs {"
    yield "  node [shape=box, fontname=monospace];"
    waiting = list(nodes)
    while waiting:
        node = waiting.pop(0)
        yield f"  {_quoted(node.name)} [label={_quoted(node.text)}];"
        for child in node.children:
            label = f" [label={_quoted(child.how)}]" if child.how else ""
            yield f"  {_quoted(node.name)} -> {_quoted(child.name)}{label};"
        waiting += node.children
    yield "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'

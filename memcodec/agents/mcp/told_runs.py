"""Runs of agents in words, as the MCP server says them: a line for each thing, long values cut short."""

from __future__ import annotations

import json
from typing import Any

from memcodec.agents.mcp.wording import line
from memcodec.answers.runs import (
    EndAnswer,
    EventsAnswer,
    KvAnswer,
    PutAnswer,
    RunAnswer,
    RunDiffAnswer,
    RunsAnswer,
    RunShowAnswer,
)

_MOST = 400  # characters of a value: the structured answer has all of it
_TOLD = {"kind", "time", "path", "ordinal", "hash"}  # what a line has already, or nobody reads


def runs(found: RunsAnswer) -> str:
    """The runs of a file."""
    return "\n".join(map(_run, found["runs"])) or "no runs"


def _run(run: RunAnswer) -> str:
    tags = " ".join(f"{key}={value}" for key, value in run["tags"].items())
    parent = f"; from {run['parent']}" if run["parent"] else ""
    what = f"{run['steps']} steps, {run['calls']} calls, began {run['began']}"
    return line(f"{run['id']} {run['status']}: {what}{parent} {tags}")


def steps(found: RunShowAnswer) -> str:
    """A run and its steps."""
    rows = [
        line(f"{each['step']} {each['task']} {each['kind']} {each['name']}: {_json(_rest(each['data']))}")
        for each in found["steps"]
    ]
    return "\n".join([_run(found["run"]), *rows])


def _rest(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in _TOLD}


def kv(found: KvAnswer) -> str:
    """The keys of a run, and its states."""
    rows = [f"{each['key']} = {_json(each['value'])} (version {each['version']})" for each in found["values"]]
    rows += [f"state {each['key']}: {_json(each['value'])}" for each in found["states"]]
    return "\n".join(map(line, rows)) or f"run {found['run']} has no such key"


def events(found: EventsAnswer) -> str:
    """Events of a run."""
    rows = [
        line(f"{each['number']} {each['time']} {each['type']}: {_json(each['body'])}")
        for each in found["events"]
    ]
    return "\n".join(rows) or "no events"


def diff(found: RunDiffAnswer) -> str:
    """The first thing that differs, and the keys."""
    first = found["first"]
    rows = [f"{found['shared']} steps are the same ones; they ended {' and '.join(found['status'])}"]
    if first is None:
        rows.append("nothing differs")
    else:
        where = f"steps {first['a']} and {first['b']}, task {first['task']}"
        rows.append(f"first difference, at {where}: {first['kind']} {first['name']}")
        rows += [
            f"{each['where']}: {_cut(each['recorded'])} / {_cut(each['now'])}" for each in first["parts"]
        ]
        rows += [f"cause: {first['cause']}"] if first["cause"] else []
    rows += [f"key {each['key']}: {_json(each['a'])} / {_json(each['b'])}" for each in found["keys"]]
    return "\n".join(map(line, rows))


def put(found: PutAnswer) -> str:
    """What became of a key."""
    now = f"{found['key']} = {_json(found['value'])} (version {found['version']})"
    return line(now if found["done"] else f"nothing was written: another was first; now {now}")


def ended(found: EndAnswer) -> str:
    """A run that has begun, or ended."""
    return line(f"run {found['run']} in {found['file']}: {found['status']}")


def _json(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST]} ... ({len(text):,} characters)"

"""Runs, steps and differences as answers: what a program is told with ``--json``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from memcodec.agents.runs.comparing import Comparison
from memcodec.agents.runs.exporting import whole
from memcodec.agents.runs.history import History, Summary
from memcodec.agents.runs.paths import shown
from memcodec.agents.runs.records import Record
from memcodec.answers import runs as shapes


def time_of(seconds: float) -> str:
    """ISO 8601, in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def run(summary: Summary) -> shapes.RunAnswer:
    """A run."""
    return {
        "id": summary.id,
        "parent": summary.parent,
        "at": summary.at,
        "tags": summary.tags,
        "status": summary.status,
        "began": time_of(summary.began),
        "seconds": round(summary.seconds, 3),
        "steps": summary.steps,
        "calls": summary.calls,
    }


def runs(file: str, found: Iterable[Summary]) -> shapes.RunsAnswer:
    """Runs of a file."""
    return {"file": file, "runs": [run(each) for each in found]}


def show(file: str, summary: Summary, history: History, steps: Sequence[int]) -> shapes.RunShowAnswer:
    """A run and some of its steps."""
    return {"file": file, "run": run(summary), "steps": [step(history, each) for each in steps]}


def step(history: History, number: int) -> shapes.StepAnswer:
    """A step, every value whole."""
    record = history.steps[number]
    return {
        "step": number,
        "time": time_of(record.seconds),
        "task": shown(record.place[0]),
        "kind": record.kind,
        "name": name_of(record),
        "own": number == 0 or number >= history.own,
        "data": whole(history, record),
    }


def name_of(record: Record) -> str:
    """What a step is about: the call, the key, the type of an event."""
    data = record.data
    return str(data.get("name") or data.get("key") or data.get("type") or data.get("status") or "")


def kv(file: str, history: History, key: str | None = None) -> shapes.KvAnswer:
    """The keys of a run, or one; and its machines."""
    view = history.view
    return {
        "file": file,
        "run": history.id,
        "values": [_value(history, "kv", name) for name in sorted(view.kv) if key in (None, name)],
        "states": [_value(history, "state", name) for name in sorted(view.states) if key in (None, name)],
    }


def _value(history: History, of: str, key: str) -> shapes.ValueAnswer:
    view = history.view
    held = (view.kv if of == "kv" else view.states)[key]
    return {"key": key, "value": view.value(of, key), "version": held.version}


def events(file: str, history: History, kind: str | None = None) -> shapes.EventsAnswer:
    """The events of a run, or those of a type."""
    made: list[shapes.EventAnswer] = [
        {
            "number": each.number,
            "time": time_of(each.seconds),
            "type": str(each.data.get("type")),
            "body": history.field(each, "body"),
        }
        for each in history.view.events
        if kind in (None, each.data.get("type"))
    ]
    return {"file": file, "run": history.id, "events": made}


def replay(file: str, report: dict[str, Any], code: int) -> shapes.ReplayAnswer:
    """What came of executing a run again."""
    return cast("shapes.ReplayAnswer", {"file": file, **report, "exit": code})


def diff(file: str, found: Comparison) -> shapes.RunDiffAnswer:
    """Two runs beside each other."""
    first = found.first
    told: shapes.FirstAnswer | None = None
    if first is not None:
        told = {
            "kind": first.kind,
            "a": first.a,
            "b": first.b,
            "task": first.task,
            "name": first.name,
            "parts": [
                {"where": each.where, "recorded": each.recorded, "now": each.now} for each in first.parts
            ],
            "cause": first.cause,
        }
    return {
        "file": file,
        "a": found.a,
        "b": found.b,
        "shared": found.shared,
        "first": told,
        "keys": [{"key": key, "a": a, "b": b} for key, a, b in found.keys],
        "status": list(found.status),
    }

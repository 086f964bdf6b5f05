"""Runs, steps and differences as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from memcodec.cli import console, tables
from memcodec.config.units import format_duration

if TYPE_CHECKING:
    from memcodec.answers import runs as shapes

_TEXTS: tuple[tuple[str | int, ...], ...] = (
    ("choices", 0, "message", "content"),
    ("choices", 0, "delta", "content"),
    ("content", 0, "text"),
    ("delta", "text"),
    ("output", 0, "content", 0, "text"),
)
_VALUES = ("to", "answer", "value", "body", "thought", "error", "status")


def runs(answer: shapes.RunsAnswer) -> list[str]:
    """A line a run."""
    heads = ("RUN", "BEGAN", "STATUS", "TOOK", "STEPS", "CALLS", "TAGS")
    return tables.table(heads, [_run(each) for each in answer["runs"]], right=(3, 4, 5))


def _run(run: shapes.RunAnswer) -> tuple[str, ...]:
    tags = " ".join(f"{key}={value}" for key, value in run["tags"].items())
    took = format_duration(run["seconds"])
    status = console.line(run["status"])
    return (
        run["id"],
        _time(run["began"]),
        status,
        took,
        f"{run['steps']:,}",
        f"{run['calls']:,}",
        console.line(tags),
    )


def _time(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone():%Y-%m-%d %H:%M:%S}"


def steps(answer: shapes.RunShowAnswer) -> Iterator[str]:
    """What a run is, and a line a step."""
    run = answer["run"]
    rows = [("status", console.line(run["status"])), ("began", _time(run["began"]))]
    rows += [("took", format_duration(run["seconds"]))]
    if run["parent"]:
        how = "inside" if run["at"] is None else f"before step {run['at']} of"
        rows.append(("came", f"{how} {run['parent']}"))
    rows += (
        [("tags", console.line(" ".join(f"{a}={b}" for a, b in run["tags"].items())))] if run["tags"] else []
    )
    yield from console.reported(run["id"], rows)
    yield ""
    heads = ("STEP", "TASK", "KIND", "NAME", "WHAT")
    yield from tables.table(heads, [_step(each) for each in answer["steps"]], right=(0,))


def _step(step: shapes.StepAnswer) -> tuple[str, ...]:
    return (
        f"{step['step']:,}",
        console.line(step["task"]),
        console.line(step["kind"]),
        console.line(step["name"]),
        console.line(_what(step["kind"], step["data"])),
    )


def _what(kind: str, data: dict[str, Any]) -> str:
    if kind == "cas" and data.get("answer") is not True:
        return f"{short(data.get('to'))}: refused"
    if kind == "now" and isinstance(data.get("answer"), float):
        return f"{datetime.fromtimestamp(data['answer']).astimezone():%Y-%m-%d %H:%M:%S}"
    if (said := _said(data.get("answer"))) is not None:
        return said
    for name in _VALUES:
        if name in data:
            return f"{name}: {short(data[name])}" if name == "error" else short(data[name])
    return ""


def _said(answer: Any) -> str | None:
    """The text of a model's answer, as OpenAI and Anthropic have it, whole or in pieces; None for another."""
    answer = _bare(answer)
    if isinstance(answer, dict) and "body" in answer and "status" in answer:  # of a proxy
        answer = answer["body"]
    pieces = [_data(each) for each in answer] if isinstance(answer, list) else [answer]
    found = [text for each in pieces for path in _TEXTS if isinstance(text := _at(each, path), str)]
    return "".join(found) or None


def _data(piece: Any) -> Any:
    """A piece of a stream; of one that came as text, what its event has."""
    import json

    if not isinstance(piece, str):
        return piece
    try:
        return json.loads(piece.partition("data:")[2])
    except ValueError:
        return None


def _bare(value: Any) -> Any:
    while isinstance(value, dict) and "@t" in value and "v" in value:
        value = value["v"]
    return value


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for each in path:
        value = _bare(value)
        try:
            value = value[each]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def short(value: Any, most: int = 300) -> str:
    """A value in a line: its text, if it is one."""
    import json

    value = _bare(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def step(answer: shapes.StepAnswer) -> Iterator[str]:
    """A step, every value whole."""
    import json

    from memcodec.printable import json_safe

    rows = [("time", _time(answer["time"])), ("task", console.line(answer["task"]))]
    name = console.line(f"step {answer['step']}: {answer['kind']} {answer['name']}".rstrip())
    yield from console.reported(name, rows)
    for key, value in answer["data"].items():
        if key not in ("kind", "time", "path", "ordinal", "name"):
            yield ""
            yield console.styled(console.line(key), bold=True)
            yield (
                console.clean(value)
                if isinstance(value, str)
                else json_safe(json.dumps(value, ensure_ascii=False, indent=2))
            )


def kv(answer: shapes.KvAnswer) -> Iterator[str]:
    """A line a key, a line a machine."""
    if not answer["values"] and not answer["states"]:
        yield "no keys"
        return
    rows = [("key", each) for each in answer["values"]] + [("state", each) for each in answer["states"]]
    cells = [(kind, console.line(each["key"]), console.line(short(each["value"]))) for kind, each in rows]
    yield from tables.table(("KIND", "NAME", "VALUE"), cells)


def events(answer: shapes.EventsAnswer) -> Iterator[str]:
    """A line an event."""
    if not answer["events"]:
        yield "no events"
        return
    cells = [
        (
            f"{each['number']}",
            _time(each["time"]),
            console.line(each["type"]),
            console.line(short(each["body"])),
        )
        for each in answer["events"]
    ]
    yield from tables.table(("NUMBER", "TIME", "TYPE", "BODY"), cells, right=(0,))


def replay(answer: shapes.ReplayAnswer) -> Iterator[str]:
    """How executing a run again went."""
    given = f"{answer['reused']:,} of {answer['answers']:,} recorded answers given"
    rows = [("answers", f"{given}, {console.count(answer['made'], 'call')} made")]
    found = answer["divergence"]
    if found is None:
        rows.append(("differs", "nowhere" if answer["mode"] == "replay" else "nowhere before the fork"))
        yield from console.reported(answer["run"], rows)
        return
    rows.append(("differs", console.line(f"at step {found['step']}, {_KINDS[found['kind']]}")))
    rows.append(("task", console.line(found["task"] or "main")))
    for side, told in (("recorded", found["recorded"]), ("now", found["now"])):
        name = "nothing" if told is None else console.line(f"{told['kind']} {told['name']}")
        rows.append((side, name))
    rows += [("cause", console.line(found["cause"]["line"]))] if found["cause"] else []
    rows += [("note", console.line(found["note"]))] if found["note"] else []
    yield from console.reported(answer["run"], rows)
    yield from _parts(found["parts"])


_KINDS = {
    "request": "something else is asked",
    "call": "another call is made",
    "order": "a call is made before its turn",
    "extra": "a call is made that was not recorded",
    "missing": "a recorded step is not done",
    "value": "something else is written",
    "answer": "the answers differ",
    "only": "one run alone did it",
}


def _parts(parts: list[shapes.PartAnswer], names: tuple[str, str] = ("-", "+")) -> Iterator[str]:
    for each in parts:
        yield f"  {console.line(each['where'])}"
        yield console.styled(f"    {names[0]} {console.line(each['recorded'])}", fg="red")
        yield console.styled(f"    {names[1]} {console.line(each['now'])}", fg="green")


def diff(answer: shapes.RunDiffAnswer) -> Iterator[str]:
    """Two runs beside each other."""
    rows = [("a", answer["a"]), ("b", answer["b"])]
    rows += [("shared", f"steps 1 to {answer['shared']} are the same ones")] if answer["shared"] else []
    first = answer["first"]
    if first is None:
        rows.append(("differ", "nowhere"))
    else:
        steps = "" if first["b"] in (None, first["a"]) else f" ({first['b']} of b)"
        where = f"step {first['a']}{steps}" if first["a"] is not None else f"step {first['b']} of b"
        rows.append(("differ", console.line(f"at {where}: {first['name']}: {_KINDS[first['kind']]}")))
        rows += [("task", console.line(first["task"]))]
        rows += [("cause", console.line(first["cause"]))] if first["cause"] else []
    if answer["status"][0] != answer["status"][1]:
        rows.append(("status", console.line(" | ".join(answer["status"]))))
    yield from console.reported("diff", rows)
    if first is not None:
        yield from _parts(first["parts"])
    for each in answer["keys"]:
        yield f"  key {console.line(each['key'])}"
        yield console.styled(f"    - {console.line(short(each['a']))}", fg="red")
        yield console.styled(f"    + {console.line(short(each['b']))}", fg="green")

"""Two runs beside each other: the first thing that one did and the other did not, and what they came to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from memcodec.agents.runs.differences import Part, differing
from memcodec.agents.runs.history import History
from memcodec.agents.runs.identity import JSON, canonical
from memcodec.agents.runs.paths import shown
from memcodec.agents.runs.player import COMPARED
from memcodec.agents.runs.records import ANSWERED, WRITTEN, Record

#: The clock and chance: that they give other values is no difference, but may be the cause of one.
CHANCE = frozenset({"now", "random", "uuid"})


@dataclass(frozen=True, slots=True)
class First:
    """The first difference. ``kind``: "request", "call", "answer", "value", or "only" for what one run has alone."""

    kind: str
    a: int | None  #: its step in the first run; None where that has none
    b: int | None
    task: str
    name: str
    parts: tuple[Part, ...]
    cause: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two runs; ``first`` is None when they did the same. ``keys``: with the values of both."""

    a: str
    b: str
    shared: int  #: steps at the beginning that both have from one run
    first: First | None
    keys: tuple[tuple[str, JSON, JSON], ...]
    status: tuple[str, str]


def compare(a: History, b: History) -> Comparison:
    """The first difference by the steps of ``a``, and by those of ``b`` for what ``a`` has not."""
    found = min(_differences(a, b), key=_order, default=None)
    left, right = a.view, b.view
    keys = [
        (key, left.value("kv", key), right.value("kv", key))
        for key in sorted({*left.kv, *right.kv})
        if canonical(left.value("kv", key)) != canonical(right.value("kv", key))
    ]
    return Comparison(a.id, b.id, _shared(a, b), found, tuple(keys), (left.status, right.status))


def _order(found: First) -> tuple[int, int]:
    steps = [each for each in (found.a, found.b) if each is not None]
    return min(steps), found.kind == "value"


def _shared(a: History, b: History) -> int:
    count = 0
    for one, other in zip(a.steps[1:], b.steps[1:], strict=False):
        if one.number != other.number or one.data != other.data:
            break
        count += 1
    return count


def _differences(a: History, b: History) -> list[First]:
    ours, theirs = _by_place(a), _by_place(b)
    found, chance = list[First](), list[tuple[int, str]]()
    for path in dict.fromkeys([*(path for path, _ in ours), *(path for path, _ in theirs)]):
        ordinal = 0
        while True:
            step, other = ours.get((path, ordinal)), theirs.get((path, ordinal))
            if step is None and other is None:
                break
            difference = _of_answers(a, b, step, other, chance)
            if difference is not None:
                found.append(difference)
                break
            ordinal += 1
    found += _of_values(a, b)
    first = min(found, key=_order, default=None)
    if first is not None and first.a is not None and not first.cause:
        before = sorted(each for each in chance if each[0] < first.a)
        if before:
            cause = f"step {before[0][0]}: {before[0][1]} gave something else"
            found[found.index(first)] = First(
                first.kind, first.a, first.b, first.task, first.name, first.parts, cause
            )
    return found


def _by_place(run: History) -> dict[tuple[str, int], int]:
    return {
        each.place: step
        for step, each in enumerate(run.steps)
        if each.kind in ANSWERED and each.place[1] >= 0
    }


def _of_answers(
    a: History, b: History, step: int | None, other: int | None, chance: list[tuple[int, str]]
) -> First | None:
    if step is None or other is None:
        run, at = (a, step) if step is not None else (b, other)
        record = run.steps[at or 0]
        return First("only", step, other, shown(record.place[0]), _name(record), (), "")
    one, two = a.steps[step], b.steps[other]
    task, name = shown(one.place[0]), _name(one)
    if (one.kind, one.data.get("name")) != (two.kind, two.data.get("name")):
        return First("call", step, other, task, name, (Part("call", name, _name(two)),), "")
    if one.data.get("hash") != two.data.get("hash"):
        parts = tuple(differing(_asked(a, one), _asked(b, two)))
        return First("request", step, other, task, name, parts, "")
    if one.number == two.number:
        return None
    for field in ("answer", "error"):
        left, right = a.field(one, field), b.field(two, field)
        if canonical(left) == canonical(right):
            continue
        if one.kind in CHANCE:
            chance.append((step, one.kind))
            continue
        return First("answer", step, other, task, name, tuple(differing(left, right)), "")
    return None


def _asked(run: History, record: Record) -> JSON:
    if record.kind == "cas":
        return {each: run.field(record, each) for each in ("from", "to")}
    return run.field(record, "request")


def _name(record: Record) -> str:
    return str(record.data.get("name", record.kind))


def _of_values(a: History, b: History) -> list[First]:
    found = list[First]()
    left, right = _written(a), _written(b)
    for place in dict.fromkeys([*left, *right]):
        step, other = left.get(place), right.get(place)
        one = _value(a, step, place[1])
        two = _value(b, other, place[1])
        if canonical(one) != canonical(two):
            record = a.steps[step] if step is not None else b.steps[other or 0]
            key = record.data.get("key", record.data.get("type", ""))
            parts = tuple(differing(one, two)) if step is not None and other is not None else ()
            kind = "value" if parts else "only"
            found.append(First(kind, step, other, shown(place[0]), f"{place[1]} {key}".strip(), parts, ""))
    return found


def _written(run: History) -> dict[tuple[str, str, int], int]:
    groups: dict[tuple[str, str, int], int] = defaultdict(int)
    for step, each in enumerate(run.steps):
        if each.kind in WRITTEN and each.place[1] >= 0:
            groups[each.place[0], each.kind, each.place[1]] = step
    return dict(groups)


def _value(run: History, step: int | None, kind: str) -> Any:
    if step is None:
        return None
    return {name: run.field(run.steps[step], name) for name in COMPARED[kind]}

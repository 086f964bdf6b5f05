"""What differs between two values, two calls, two runs, and how it is told."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from memcodec.agents.runs.identity import JSON, compact
from memcodec.agents.runs.values import TAG

MOST = 8  #: parts that are told of two values
_SHOWN = 160  # characters of a value in a line


class Part(NamedTuple):
    """Where in two values something differs, as ``messages[3].content``, and what stands there in each, as text."""

    where: str
    recorded: str
    now: str


class Side(NamedTuple):
    """One side of a difference: a call, or what was written."""

    kind: str
    name: str
    request: JSON


class Cause(NamedTuple):
    """A value that an agent wrote, and that differs: ``recorded`` is None for one that was not there."""

    step: int
    kind: str
    name: str
    recorded: JSON
    now: JSON

    def line(self) -> str:
        """For people."""
        what = f"{self.kind} {self.name}".strip()
        if self.recorded is None:
            return f"after step {self.step}: {what} is written now, and was not then"
        parts = list(differing(self.recorded["is"], self.now["is"])) or list(
            differing(self.recorded, self.now)
        )
        then, now = (parts[0].recorded, parts[0].now) if parts else ("", "")
        return f"step {self.step}: {what} was {then}, is {now}"


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first thing that an execution did otherwise than the recorded run.

    ``kind``: "request" (the same call asks something else), "call" (another call), "order" (one that was recorded
    later), "extra" (nothing more was recorded there), "missing" (a recorded one was not made), "value" (calls are the
    same, something that was written is not).
    """

    kind: str
    step: int
    task: str
    ordinal: int
    recorded: Side | None
    now: Side | None
    parts: tuple[Part, ...]
    cause: Cause | None
    note: str

    @classmethod
    def of_value(cls, cause: Cause) -> Divergence:
        """Of what was written alone."""
        then = None if cause.recorded is None else Side(cause.kind, cause.name, cause.recorded)
        parts = () if cause.recorded is None else tuple(differing(cause.recorded, cause.now))
        now = Side(cause.kind, cause.name, cause.now)
        return cls("value", cause.step, "", 0, then, now, parts, None, "all calls were the same")

    def line(self) -> str:
        """In one line."""
        sides = {
            "request": f"{_name(self.now)} asks something else",
            "call": f"{_name(self.now)} in the place of {_name(self.recorded)}",
            "order": f"{_name(self.now)} before {_name(self.recorded)}",
            "extra": f"{_name(self.now)} is one too many",
            "missing": f"{_name(self.recorded)} is missing",
            "value": f"{_name(self.now)} differs",
        }
        told = f"the replay differs at step {self.step}: {sides[self.kind]}"
        if self.parts:
            told += f": {self.parts[0].where} was {self.parts[0].recorded}, is {self.parts[0].now}"
        return told


def _name(side: Side | None) -> str:
    if side is None:
        return "nothing"
    return side.name if side.kind == "call" else f"{side.kind} {side.name}".strip()


def differing(recorded: JSON, now: JSON, where: str = "") -> Iterator[Part]:
    """Where two values differ, the first ``MOST`` places of them."""
    return itertools.islice(_differing(recorded, now, where), MOST)


def _differing(a: JSON, b: JSON, where: str) -> Iterator[Part]:
    a, b = _bare(a), _bare(b)
    if isinstance(a, dict) and isinstance(b, dict):
        for key in [*a, *(each for each in b if each not in a)]:
            yield from _differing(
                a.get(key, _Nothing), b.get(key, _Nothing), f"{where}.{key}" if where else str(key)
            )
    elif isinstance(a, list) and isinstance(b, list):
        for number, (one, other) in enumerate(itertools.zip_longest(a, b, fillvalue=_Nothing)):
            yield from _differing(one, other, f"{where}[{number}]")
    elif a is _Nothing or b is _Nothing or type(a) is not type(b) or a != b:
        one, other = written(a), written(b)
        if isinstance(a, str) and isinstance(b, str):
            one, other = _around(a, b)
        yield Part(where or "value", one, other)


class _Nothing:
    """Stands for what is not there."""


def _bare(value: Any) -> Any:
    """A value without the tag that says of what class it is."""
    while isinstance(value, dict) and TAG in value and "v" in value:
        value = value["v"]
    return value


def written(value: Any, most: int = _SHOWN) -> str:
    """A value in a few words."""
    if value is _Nothing:
        return "not there"
    text = compact(value).decode()
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _around(a: str, b: str) -> tuple[str, str]:
    """Two long texts from a little before the first character that differs."""
    same = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    start = 0 if max(len(a), len(b)) <= _SHOWN else max(0, same - 40)
    mark = "…" if start else ""
    return tuple(written(mark + each[start : start + _SHOWN]) for each in (a, b))  # type: ignore[return-value]

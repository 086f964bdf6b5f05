"""A recorded run that is executed again: each call gets the answer it got then, and the first that differs is found.

What a task does has places: its path, and an ordinal there. A call is the recorded one at its place if it asks the
same, by its digest. What the agent writes itself, keys, events and thoughts, it writes again; a difference there stops
nothing, but is the cause that is told when a later call differs.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from memcodec.agents.runs.differences import Cause, Divergence, Side, differing
from memcodec.agents.runs.history import History
from memcodec.agents.runs.identity import JSON, digest
from memcodec.agents.runs.paths import shown, worker_of
from memcodec.agents.runs.records import ANSWERED, WRITTEN, Record
from memcodec.errors import Diverged

COMPARED = {
    "put": ("key", "value"),
    "delete": ("key",),
    "event": ("type", "body"),
    "trace": ("thought", "confidence", "alternatives", "more"),
    "state": ("key", "to"),
}


class Ask(NamedTuple):
    """Something whose answer a replay gives again: a call, the time, a compare-and-swap."""

    kind: str
    name: str
    request: JSON
    hash: str
    path: str
    ordinal: int


def asked(kind: str, name: str, request: JSON, path: str, ordinal: int) -> Ask:
    """With the digest that it is known by."""
    return Ask(kind, name, request, digest([kind, name, request]), path, ordinal)


class Player:
    """``until``: the first step whose answer is not given; what comes from there on is done. ``live``: go on after the
    first difference, and do what was not recorded."""

    def __init__(
        self, run: History, worker: str = "", *, until: int | None = None, live: bool = False
    ) -> None:
        self.run, self.worker, self.live, self.is_fork = run, worker, live, until is not None
        self.until = len(run.steps) if until is None else until
        self.divergence: Divergence | None = None
        self.reused = self.made = 0
        self.is_changed = False  #: whether the program is another than the one that was recorded
        self._lock = threading.Lock()
        self._at: dict[tuple[str, int], int] = {}
        self._own: dict[tuple[str, str, int], int] = {}
        self._reads: dict[tuple[str, str, int], int] = {}
        self._paths: dict[str, list[int]] = defaultdict(list)
        self._used: set[int] = set()
        self._causes: list[Cause] = []
        self.foreign: list[Record] = []  #: what other processes wrote, in order
        for step, each in enumerate(run.steps[1 : self.until], 1):
            self._index(step, each, worker)

    def _index(self, step: int, record: Record, worker: str) -> None:
        path, ordinal = record.place
        if worker_of(path) != worker:
            self.foreign.append(record)
        elif record.kind in ANSWERED and ordinal >= 0:
            self._at[path, ordinal] = step
            self._paths[path].append(step)
        elif record.kind in WRITTEN and ordinal >= 0:
            self._own[path, record.kind, ordinal] = step
        elif record.kind == "read":
            self._reads[path, str(record.data.get("key")), ordinal] = step

    @property
    def answers(self) -> int:
        """How many recorded answers there are to give."""
        return len(self._at)

    # Calls

    def find(self, ask: Ask, instead: Ask | None = None) -> tuple[int, Record] | None:
        """The recorded step at the place of a call, or of what a fork asks ``instead``; None when it is to be made.

        Raises Diverged.
        """
        with self._lock:
            if self.divergence is not None and not self.live:
                raise Diverged(self.divergence.line())
            step = self._at.get((ask.path, ask.ordinal))
            found = None if step is None else self.run.steps[step]
            same = found is not None and any(
                _is_same(found, each) for each in (ask, instead) if each is not None
            )
            if step is not None and found is not None and same:
                self._used.add(step)
                self.reused += 1
                return step, found
            if step is None and self.is_fork:
                self.made += 1
                return None
            self._diverge(self._difference(ask, step, found))
            self.made += 1
            return None

    def _diverge(self, divergence: Divergence) -> None:
        if self.divergence is None:
            self.divergence = divergence
        if not self.live:
            raise Diverged(self.divergence.line())

    def _difference(self, ask: Ask, step: int | None, found: Record | None) -> Divergence:
        now = Side(ask.kind, ask.name, ask.request)
        if step is None or found is None:
            last = self._paths.get(ask.path)
            where = last[-1] + 1 if last else len(self.run.steps)
            why = "the recorded run did nothing more there" if last else "the recorded run had no such task"
            return Divergence(
                "extra", where, shown(ask.path), ask.ordinal, None, now, (), self._cause(where), why
            )
        side = self._side(found)
        if (side.kind, side.name) == (ask.kind, ask.name):
            parts = tuple(differing(side.request, ask.request))
            return Divergence(
                "request", step, shown(ask.path), ask.ordinal, side, now, parts, self._cause(step), ""
            )
        later = self._later(ask, step)
        why = f"what is asked now was recorded as step {later}" if later else ""
        kind = "order" if later else "call"
        return Divergence(kind, step, shown(ask.path), ask.ordinal, side, now, (), self._cause(step), why)

    def _side(self, record: Record) -> Side:
        name = str(record.data.get("name", record.kind))
        if record.kind == "cas":
            return Side("cas", name, {each: self.run.field(record, each) for each in ("from", "to")})
        return Side(record.kind, name, self.run.field(record, "request"))

    def _later(self, ask: Ask, step: int) -> int | None:
        """The step of the same task that asks what is asked now."""
        for each in self._paths[ask.path]:
            if each > step and _is_same(self.run.steps[each], ask):
                return each
        return None

    # What the agent writes itself

    def own(self, path: str, kind: str, ordinal: int, data: dict[str, Any]) -> Record | None:
        """The recorded write at a place, if it is before ``until``; a difference to it is remembered."""
        with self._lock:
            step = self._own.get((path, kind, ordinal))
            if step is None:
                if not self.is_fork:
                    # Its step is not known: it stands behind what its task did before it.
                    after = [each for each in self._paths.get(path, ()) if each in self._used]
                    self._causes.append(
                        Cause(after[-1] if after else 0, kind, _named(data), None, _told(kind, data))
                    )
                return None
            self._used.add(step)
            record = self.run.steps[step]
            then = {name: self.run.field(record, name) for name in COMPARED[kind]}
            if digest(_told(kind, then)) != digest(_told(kind, data)):
                self._causes.append(Cause(step, kind, _named(data), _told(kind, then), _told(kind, data)))
            return record

    def read(self, path: str, key: str, ordinal: int) -> Record | None:
        """What a key was when it was read then, if another process had written it."""
        step = self._reads.get((path, key, ordinal))
        return None if step is None else self.run.steps[step]

    def _cause(self, step: int) -> Cause | None:
        """The first recorded value before a step that differed."""
        return min(
            (each for each in self._causes if each.step < step), key=lambda each: each.step, default=None
        )

    # At the end

    def finish(self) -> None:
        """After the agent's end: what was recorded and not done again is a difference too."""
        if self.divergence is not None or self.is_fork:
            return
        for step in self._left():
            record = self.run.steps[step]
            side = self._side(record) if record.kind in ANSWERED else self._written(record)
            path, ordinal = record.place
            self.divergence = Divergence(
                "missing",
                step,
                shown(path),
                ordinal,
                side,
                None,
                (),
                self._cause(step),
                "it was not done again",
            )
            return
        if cause := self._cause(len(self.run.steps)):
            self.divergence = Divergence.of_value(cause)

    def _left(self) -> Iterator[int]:
        left = [step for step in [*self._at.values(), *self._own.values()] if step not in self._used]
        first = min((each.step for each in self._causes), default=len(self.run.steps))
        return iter(each for each in sorted(left) if each <= first)

    def _written(self, record: Record) -> Side:
        fields = {name: self.run.field(record, name) for name in COMPARED[record.kind]}
        return Side(record.kind, _named(fields), _told(record.kind, fields))


def _is_same(record: Record, ask: Ask) -> bool:
    return record.kind == ask.kind and record.data.get("hash") == ask.hash


def _named(data: dict[str, Any]) -> str:
    return str(data.get("key", data.get("type", "")) or "")


def _told(kind: str, data: dict[str, Any]) -> JSON:
    """What of a write is compared, and shown."""
    found = [data.get(name) for name in COMPARED[kind] if name not in ("key", "type")]
    same = [data.get(name) for name in COMPARED[kind] if name in ("key", "type")]
    return {"of": same, "is": found[0] if len(found) == 1 else found}

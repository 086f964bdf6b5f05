"""What a proxy does with a request: gives the recorded answer, or has it fetched and records what came."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from memcodec.agents.runs import records
from memcodec.agents.runs.differences import Divergence, Side, differing
from memcodec.agents.runs.history import History
from memcodec.agents.runs.identity import JSON, digest
from memcodec.agents.runs.proxy.asking import Asked, conversation
from memcodec.agents.runs.records import Record
from memcodec.agents.runs.scribe import Scribe
from memcodec.errors import Diverged


class Given(NamedTuple):
    """An answer: of a stream ``body`` is a list of its events."""

    status: int
    type: str
    body: JSON
    is_stream: bool


class Recorded:
    """The answers of a run, by what was asked: what asks the same gets the first that was not given yet."""

    def __init__(self, run: History, *, until: int | None = None, live: bool = False) -> None:
        self.run, self.live, self.is_fork = run, live, until is not None
        self.is_changed = False
        self.divergence: Divergence | None = None
        self.reused = self.made = 0
        self._waiting: dict[str, list[int]] = defaultdict(list)
        self._order: list[int] = []
        for step, each in enumerate(run.steps[: len(run.steps) if until is None else until]):
            if each.kind == "call":
                self._waiting[str(each.data.get("hash"))].append(step)
                self._order.append(step)
        self.answers = len(self._order)  #: recorded ones to give
        self._used: set[int] = set()
        self._lock = threading.Lock()

    def find(self, name: str, request: JSON, keys: Sequence[str], path: str) -> Given | None:
        """The answer to a request that has one of these digests; None when it is to be made. Raises Diverged."""
        with self._lock:
            if self.divergence is not None and not self.live:
                raise Diverged(self.divergence.line())
            for key in keys:
                if not self._waiting[key]:
                    continue
                step = self._waiting[key].pop(0)
                self._used.add(step)
                self.reused += 1
                return self._given(self.run.steps[step])
            self.made += 1
            if self.is_fork and not self._left():
                return None
            if self.divergence is None:
                self.divergence = self._difference(name, request, path)
            if not self.live:
                raise Diverged(self.divergence.line())
            return None

    def _given(self, record: Record) -> Given:
        answer = self.run.field(record, "answer") or {}
        return Given(
            int(answer.get("status", 200)),
            str(answer.get("type", "application/json")),
            answer.get("body"),
            record.data.get("how") == "stream",
        )

    def _left(self) -> list[int]:
        return [each for each in self._order if each not in self._used]

    def _difference(self, name: str, request: JSON, path: str) -> Divergence:
        now, left = Side("call", name, request), self._left()
        # Of the same conversation sooner than of another.
        left.sort(key=lambda step: (self.run.steps[step].place[0] != path, step))
        if not left:
            step = len(self.run.steps)
            return Divergence("extra", step, path, 0, None, now, (), None, "nothing more was recorded")
        record = self.run.steps[left[0]]
        side = self._side(record)
        same = side.name == name
        parts = tuple(differing(side.request, request)) if same else ()
        kind, place = "request" if same else "call", record.place
        return Divergence(kind, left[0], place[0], place[1], side, now, parts, None, "")

    def _side(self, record: Record) -> Side:
        return Side("call", str(record.data.get("name")), self.run.field(record, "request"))

    def finish(self) -> None:
        """After the program's end: what was recorded and not asked is a difference too."""
        if self.divergence is not None or not (left := self._left()):
            return
        record = self.run.steps[left[0]]
        path, ordinal = record.place
        note = "it was not asked again"
        self.divergence = Divergence(
            "missing", left[0], path, ordinal, self._side(record), None, (), None, note
        )


class Session:
    """``scribe`` records; ``recorded`` answers first, if there is one. ``instead``: what a fork was told."""

    def __init__(
        self,
        scribe: Scribe,
        recorded: Recorded | None = None,
        instead: dict[str, Any] | None = None,
        model: str | None = None,
    ) -> None:
        self._scribe, self.recorded = scribe, recorded
        self._instead, self._model = instead or {}, model
        self._ordinals: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def begin(self, asked: Asked) -> Exchange:
        """A request came. Raises Diverged."""
        exchange = self._exchange(asked)
        if self.recorded is None:
            return exchange
        changed: Exchange | None = None
        if self._model is not None and isinstance(asked.body, dict) and "model" in asked.body:
            changed = self._exchange(
                asked._replace(body={**asked.body, "model": self._model}), exchange.ordinal
            )
        keys = [each.key for each in (exchange, changed) if each is not None]
        given = self.recorded.find(asked.name, exchange.request, keys, exchange.path)
        if given is not None:
            return exchange._replace(given=given)
        if self._instead.get("place") == [exchange.path, exchange.ordinal] and "answer" in self._instead:
            answer = self._instead["answer"]
            told = Given(int(answer.get("status", 200)), str(answer["type"]), answer.get("body"), False)
            self.end(exchange, told, 0.0)
            return exchange._replace(given=told)
        return changed or exchange

    def _exchange(self, asked: Asked, ordinal: int | None = None) -> Exchange:
        body = self._scribe.tree(asked.body, asked.name, asked=True)
        request = (
            body if asked.method == "POST" else {"method": asked.method, "path": asked.path, "body": body}
        )
        path = conversation(asked._replace(body=body))
        if ordinal is None:
            with self._lock:
                ordinal = self._ordinals[path]
                self._ordinals[path] += 1
        key = digest(["call", asked.name, request])
        return Exchange(asked, request, key, path, ordinal, time.perf_counter(), None)

    def end(
        self,
        exchange: Exchange,
        given: Given | None,
        ms: float,
        delays: list[float] | None = None,
        error: str | None = None,
    ) -> None:
        """An answer came, whole, or none."""
        scribe = self._scribe
        answer = None
        if given is not None:
            answer = scribe.tree(
                {"status": given.status, "type": given.type, "body": given.body}, exchange.asked.name
            )
        scribe.append(
            [
                records.made(
                    "call",
                    path=exchange.path,
                    ordinal=exchange.ordinal,
                    name=exchange.asked.name,
                    hash=exchange.key,
                    request=exchange.request,
                    answer=answer,
                    how="stream" if given is not None and given.is_stream else None,
                    delays=delays,
                    error=None if error is None else {"type": "unreachable", "text": scribe.text(error)},
                    ms=round(ms, 3),
                )
            ]
        )


class Exchange(NamedTuple):
    """A request on its way: as it is sent, as it is recorded, and the recorded answer, if there is one."""

    asked: Asked
    request: JSON
    key: str
    path: str
    ordinal: int
    began: float
    given: Given | None

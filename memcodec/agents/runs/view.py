"""What a run's records come to: its tags and status, its keys, the states of its machines, its events."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from memcodec.agents.runs.identity import JSON
from memcodec.agents.runs.packing import Unpacker
from memcodec.agents.runs.records import Record

RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Held:
    """A value, packed, and the number of the event that set it."""

    value: JSON
    version: int
    path: str = ""  #: of the task that set it


@dataclass
class View:
    """The state of a run. ``apply`` takes its records in order; those that it knows are passed over."""

    unpacker: Unpacker
    last: int = -1  #: the number of the newest record
    count: int = 0  #: records
    began: float = 0.0
    at: float = 0.0  #: the time of the newest record
    begin: dict[str, Any] = field(default_factory=dict)
    status: str = RUNNING
    kv: dict[str, Held] = field(default_factory=dict)
    states: dict[str, Held] = field(default_factory=dict)
    events: list[Record] = field(default_factory=list)
    calls: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def apply(self, records: Iterable[Record]) -> None:
        """Take in records."""
        with self.lock:
            for each in records:
                if each.number > self.last:
                    self.last = each.number
                    self._apply(each)

    def take(self, record: Record) -> None:
        """Take in one that stands elsewhere: in the run that this one was forked from."""
        with self.lock:
            self._apply(record)

    def _apply(self, record: Record) -> None:
        data, kind = record.data, record.kind
        self.unpacker.learn(data)
        self.count += 1
        self.at = record.seconds
        if kind == "begin" and not self.begin:
            self.begin, self.began = data, record.seconds
        elif kind == "end":
            self.status = str(data.get("status", "done"))
        elif kind == "call":
            self.calls += 1
        elif kind == "event":
            self.events.append(record)
        else:
            self._change(record)

    def _change(self, record: Record) -> None:
        data, kind = record.data, record.kind
        key, path = str(data.get("key", "")), record.place[0]
        if kind == "put":
            self.kv[key] = Held(data.get("value"), record.number, path)
        elif kind == "delete":
            self.kv.pop(key, None)
        elif kind == "state":
            self.states[key] = Held(data.get("to"), record.number, path)
        elif kind == "cas" and data.get("answer") is True:
            held = self.kv if data.get("of") == "kv" else self.states
            held[key] = Held(data.get("to"), record.number, path)

    def value(self, of: str, key: str) -> JSON:
        """The value of a key, or of a machine; None for one that is not there."""
        with self.lock:
            held = (self.kv if of == "kv" else self.states).get(key)
        return None if held is None else self.unpacker.unpack(held.value)

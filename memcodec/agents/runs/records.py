"""What a run writes: records, one JSON object each, and how they are read back.

    begin        parent, at, tags, argv, code, nth: how it began
    end          status
    put, delete  key, value: the key-value store
    event        type, body
    trace        thought, confidence, alternatives, more
    state        machine, to: a state that was set
    call         a call of a model or a tool: request, answer or error, ms
    now random uuid   what the clock and chance gave
    cas          of ("kv" or "state"), key, from, to, answer: compare-and-swap
    transaction  request, answer: that the writes before it, of the same group, are there
    read         key, answer: a value that another process had written

All have ``time``, microseconds since 1970. What a replay must give again has ``path`` and ``ordinal``, its place among
what its task did, and ``hash``, the digest of what was asked.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from memcodec.agents.runs.identity import JSON, compact
from memcodec.agents.runs.ledger import MOST_BODY, EventLike, Ledger
from memcodec.errors import ConfigError, Damaged

#: Records whose answers a replay gives again; the others are what the agent does again itself.
ANSWERED = frozenset({"call", "now", "random", "uuid", "cas", "transaction"})
WRITTEN = frozenset({"put", "delete", "event", "trace", "state"})


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it is stored: ``data`` has everything, long values packed."""

    number: int  #: of its event in the file; a value's version
    kind: str
    data: dict[str, Any]

    @property
    def place(self) -> tuple[str, int]:
        """Its task's path and its ordinal there."""
        return str(self.data.get("path", "")), int(self.data.get("ordinal", -1))

    @property
    def seconds(self) -> float:
        """When, since 1970."""
        return float(self.data.get("time", 0)) / 1e6


def made(kind: str, **fields: JSON) -> dict[str, JSON]:
    """A new record; fields that are None are left out."""
    named = {name: value for name, value in fields.items() if value is not None}
    return {"kind": kind, "time": time.time_ns() // 1000, **named}


def written(record: JSON) -> bytes:
    """A record as an event's body. Raises ConfigError for one that is too large."""
    body = compact(record)
    if len(body) > MOST_BODY:
        raise ConfigError(f"a record of {len(body):,} bytes: {MOST_BODY:,} is the most; record fewer at once")
    return body


def parsed(event: EventLike) -> Record:
    """The record of an event. Raises Damaged for what no run wrote."""
    try:
        data = json.loads(event.body)
        return Record(event.number, str(data["kind"]), data)
    except (KeyError, TypeError, ValueError, RecursionError):
        raise Damaged(
            f"event {event.number} of run {event.scope[:32]} is no record; check the file with `verify()`"
        ) from None


def read(ledger: Ledger, run: str, after: int = -1) -> Iterator[Record]:
    """The records of a run beyond a number."""
    return map(parsed, ledger.events(run, after))

"""Who is there, and where: the states that editors tell of themselves (y-protocols' awareness), passed on as they are.

    states  count, of each: client, clock, and its state as JSON; "null" for one that has gone

A state belongs to the connection that told it first, and goes with it: nobody speaks for others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from memcodec.service.notes.wire import Malformed, Reader, number, run

LONGEST = 4096  #: bytes of a state
_EACH = 2  # states of one connection
_GONE = "null"

Who = TypeVar("Who")


class _State(NamedTuple, Generic[Who]):
    clock: int
    text: str
    whose: Who


class Presence(Generic[Who]):
    """The states of one note's editors."""

    def __init__(self) -> None:
        self._states: dict[int, _State[Who]] = {}

    def told(self, states: bytes, whose: Who) -> bytes | None:
        """Take in what a connection tells; what is news of it to the others. Raises Malformed."""
        reader, news = Reader(states), dict[int, tuple[int, str]]()
        count = reader.number()
        for _ in range(count):
            client, clock, text = reader.number(), reader.number(), reader.text()
            if len(text) > LONGEST:
                raise Malformed(f"a state has {LONGEST} bytes at most")
            known = self._states.get(client)
            if known is not None and (known.whose is not whose or known.clock > clock):
                continue  # y-protocols has every client tell of others that they seem to be gone
            if text == _GONE:
                if known is not None:
                    del self._states[client]
                    news[client] = clock, text
                continue
            if known is None and sum(each.whose is whose for each in self._states.values()) >= _EACH:
                continue
            _name(text)
            self._states[client] = _State(clock, text, whose)
            news[client] = clock, text
        reader.end()
        return _packed(news) if news else None

    def left(self, whose: Who) -> bytes | None:
        """A connection has ended; what to tell the others."""
        gone = {client: state for client, state in self._states.items() if state.whose is whose}
        for client in gone:
            del self._states[client]
        return _packed({client: (state.clock + 1, _GONE) for client, state in gone.items()}) if gone else None

    def all(self) -> bytes | None:
        """Everybody, for one who has just come."""
        states = {client: (state.clock, state.text) for client, state in self._states.items()}
        return _packed(states) if states else None

    def names(self, whose: Who) -> Iterable[str]:
        """What the one at a connection is called by his own word."""
        names = (_name(state.text) for state in self._states.values() if state.whose is whose)
        return [name for name in names if name]


def _name(text: str) -> str:
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("a state is JSON") from None
    user = state.get("user") if isinstance(state, dict) else None
    name = user.get("name") if isinstance(user, dict) else None
    return name if isinstance(name, str) else ""


def _packed(states: dict[int, tuple[int, str]]) -> bytes:
    rows = [number(client) + number(clock) + run(text.encode()) for client, (clock, text) in states.items()]
    return number(len(rows)) + b"".join(rows)

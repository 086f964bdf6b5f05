"""What a run keeps: keys and values, events, states of machines. Each process that has the run open sees what all
wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from memcodec.agents.runs import records
from memcodec.agents.runs.paths import worker_of
from memcodec.agents.runs.transactions import swap
from memcodec.agents.runs.values import decode

if TYPE_CHECKING:
    from memcodec.agents.runs.recording import Run


def _read(run: Run, of: str, key: str) -> tuple[bool, Any]:
    """Whether a key or a machine is there, and its value.

    What another process wrote is recorded as it is read: a replay, which has no other process, gives it again.
    """
    if (buffer := run.buffer) is not None:
        is_set, value = buffer.value(of, key)
        if is_set:
            return value is not None, decode(value)
    name = f"{of} {key}"
    path, ordinal = run.place(f"read {name}")
    if (player := run.player) is not None and (found := player.read(path, name, ordinal)) is not None:
        return True, decode(player.run.field(found, "answer"))
    view = run.view()
    held = (view.kv if of == "kv" else view.states).get(key)
    if held is None:
        return False, None
    value = view.unpacker.unpack(held.value)
    if worker_of(held.path) != worker_of(path):
        run.write([records.made("read", path=path, ordinal=ordinal, key=name, answer=value)])
    return True, decode(value)


class KV:
    """A run's keys and values. A value is what JSON, dataclasses or pydantic can write; None is a value too."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key."""
        is_there, value = _read(self._run, "kv", key)
        return value if is_there else default

    def __getitem__(self, key: str) -> Any:
        is_there, value = _read(self._run, "kv", key)
        if not is_there:
            raise KeyError(key)
        return value

    def put(self, key: str, value: Any) -> None:
        """Set a key."""
        self._run.own("put", key=_key(key), value=self._run.encoded(value, f"kv {key}"))

    def __setitem__(self, key: str, value: Any) -> None:
        self.put(key, value)

    def delete(self, key: str) -> None:
        """Take a key away, if it is there."""
        self._run.own("delete", key=_key(key))

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        self.delete(key)

    def cas(self, key: str, expect: Any, value: Any) -> bool:
        """Set a key if its value is what is expected, None where there is none; whether it was.

        No other process can come between. In a transaction it is True, and the transaction raises Conflict at its end.
        """
        return swap(self._run, "kv", _key(key), expect, value)

    def version(self, key: str) -> int | None:
        """The number of the event that set a key; it rises over all writes to the file. None without the key."""
        held = self._run.view().kv.get(key)
        return None if held is None else held.version

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and _read(self._run, "kv", key)[0]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._run.view().kv))

    def __len__(self) -> int:
        return len(self._run.view().kv)

    def keys(self) -> list[str]:
        """The keys, sorted."""
        return list(self)

    def items(self) -> list[tuple[str, Any]]:
        """The keys and their values, sorted by the keys."""
        view = self._run.view()
        return [(key, decode(view.value("kv", key))) for key in sorted(view.kv)]


class Happened(NamedTuple):
    """An event: the number it has in the file, when it was, its type, and what it is about."""

    number: int
    time: datetime
    type: str
    body: Any


class Events:
    """A run's events, in order."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def append(self, type: str, body: Any = None) -> None:  # noqa: A002 - the event's field
        """Say that something happened."""
        self._run.own("event", type=_key(type), body=self._run.encoded(body, f"event {type}"))

    def range(self, type: str | None = None, *, after: int = -1) -> list[Happened]:  # noqa: A002
        """The events, or those of a type; ``after``: beyond the event of that number."""
        view = self._run.view()
        with view.lock:
            found = list(view.events)
        return [
            Happened(
                each.number,
                datetime.fromtimestamp(each.seconds, UTC),
                str(each.data.get("type")),
                decode(view.unpacker.unpack(each.data.get("body"))),
            )
            for each in found
            if each.number > after and type in (None, each.data.get("type"))
        ]

    def __iter__(self) -> Iterator[Happened]:
        return iter(self.range())

    def __len__(self) -> int:
        return len(self._run.view().events)


class State:
    """A machine that is in one state at a time, whoever moves it."""

    def __init__(self, run: Run, name: str) -> None:
        self._run, self.name = run, _key(name)

    @property
    def value(self) -> Any:
        """The state it is in; None before the first."""
        return _read(self._run, "state", self.name)[1]

    def set(self, to: Any) -> None:
        """Move it, whatever state it is in."""
        self._run.own("state", key=self.name, to=self._run.encoded(to, f"state {self.name}"))

    def cas(self, expect: Any, to: Any) -> bool:
        """Move it if it is in the state that is expected, None before the first; whether it was. As ``KV.cas``."""
        return swap(self._run, "state", self.name, expect, to)

    def __repr__(self) -> str:
        return f"<State {self.name}>"


def _key(key: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key is a str, not {type(key).__name__}")
    return key

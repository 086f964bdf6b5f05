"""Writes that are held back until all of them can be made, and compare-and-swap, alone or among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from memcodec.agents.runs import records
from memcodec.agents.runs.identity import JSON, canonical, digest
from memcodec.agents.runs.records import Record
from memcodec.agents.runs.view import View
from memcodec.errors import Conflict

if TYPE_CHECKING:
    from memcodec.agents.runs.recording import Run


def check(of: str, key: str, expect: JSON) -> Callable[[View], None]:
    """A check that a key, or a machine, is what it is expected to be."""

    def look(view: View) -> None:
        if canonical(view.value(of, key)) != canonical(expect):
            raise Conflict(f"{of} {key}: is another value than was expected; read it again")

    return look


def swap(run: Run, of: str, key: str, expect: Any, value: Any) -> bool:
    """Set a key or a machine to ``value`` if it is what is expected; whether it was. ``None``: not there."""
    before, after = run.encoded(expect, key), run.encoded(value, key)
    if (buffer := run.buffer) is not None:
        return buffer.swap(of, key, before, after)
    ask = run.ask("cas", f"{of} {key}", {"from": before, "to": after})
    found = run.recorded(ask)
    fields = {"of": of, "key": key, "from": before, "to": after}
    if found is not None:
        done = found.data.get("answer") is True
        if done:
            run.take(Record(found.number, "cas", {"path": ask.path, **fields, "answer": True}))
        return done
    record = {**run.answered(ask, answer=True), **fields}
    del record["request"]  # it is "from" and "to"
    try:
        run.write([record], check(of, key, before))
    except Conflict:
        run.write([{**record, "answer": False}])
        return False
    return True


class Buffer:
    """What a transaction wrote so far."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._made: list[dict[str, Any]] = []
        self._checks: list[Callable[[View], None]] = []

    def add(self, made: dict[str, Any]) -> None:
        """Hold a record back."""
        self._made.append(made)

    def swap(self, of: str, key: str, before: JSON, after: JSON) -> bool:
        """A compare-and-swap: it is compared with what this transaction wrote, or else at its end."""
        is_set, value = self.value(of, key)
        if is_set:
            if canonical(value) != canonical(before):
                return False
        else:
            self._checks.append(check(of, key, before))
        path, _ = self._run.place("swap")
        self.add(records.made("cas", path=path, of=of, key=key, to=after, answer=True) | {"from": before})
        return True

    def value(self, of: str, key: str) -> tuple[bool, JSON]:
        """Whether this transaction set a key or a machine, and to what."""
        for each in reversed(self._made):
            if each.get("key") == key and _of(each) == of:
                return True, each.get("value", each.get("to"))
        return False, None

    def commit(self) -> None:
        """Write all of it. Raises Conflict, and then nothing was written."""
        if not self._made:
            return
        run = self._run
        writes = [
            [each["kind"], each.get("key", each.get("type")), digest({**each, "time": 0, "ordinal": 0})]
            for each in self._made
        ]
        ask = run.ask("transaction", "transaction", {"writes": writes})
        found = run.recorded(ask)
        if found is not None:
            self._again(found)
            return
        made = [each for each in self._made if each["kind"] == "cas" or not run.was_there(each)]
        try:
            run.write([*made, run.answered(ask, answer=True)], self._check)
        except Conflict:
            run.write([run.answered(ask, answer=False)])
            raise

    def _check(self, view: View) -> None:
        for each in self._checks:
            each(view)

    def _again(self, found: Record) -> None:
        if found.data.get("answer") is not True:
            raise Conflict("the transaction met another value than was expected, as it did then")
        for each in self._made:
            if each["kind"] == "cas" or not self._run.was_there(each):
                self._run.take(Record(found.number, each["kind"], each))


def _of(record: dict[str, Any]) -> str:
    if record["kind"] in ("put", "delete"):
        return "kv"
    return str(record.get("of", "state" if record["kind"] == "state" else ""))

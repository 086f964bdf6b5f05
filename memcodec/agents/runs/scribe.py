"""Appends a run's records to a ledger, and follows what other processes append."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from memcodec.agents.runs import records
from memcodec.agents.runs.identity import JSON
from memcodec.agents.runs.ledger import Ledger
from memcodec.agents.runs.packing import Packed, Packer, Unpacker
from memcodec.agents.runs.redaction import Redactor
from memcodec.agents.runs.values import encode
from memcodec.agents.runs.view import View

#: Fields that may be long.
VALUES = frozenset(
    {
        "request",
        "answer",
        "value",
        "from",
        "to",
        "body",
        "thought",
        "alternatives",
        "more",
        "error",
        "instead",
        "blobs",
    }
)

Check = Callable[[View], None]


class Scribe:
    """One run in a ledger. For many threads: no lock is held while the ledger works, which may call ``check`` back."""

    def __init__(self, ledger: Ledger, run: str, redactor: Redactor) -> None:
        self.ledger, self.run = ledger, run
        self.view = View(Unpacker(ledger))
        self.follows = (
            True  #: whether ``refresh`` looks; a fork sees nothing of its own until its prefix is done
        )
        self._redactor = redactor
        self._packer = Packer(lambda name: next(ledger.events(name), None) is not None)
        self._lock = threading.Lock()  # of the packer

    def tree(self, value: Any, what: str, *, asked: bool = False) -> JSON:
        """A value as JSON, without secrets. Raises ConfigError for what cannot be recorded."""
        return self._redactor.tree(encode(value, asked=asked, what=what))

    def text(self, text: str) -> str:
        """A text without secrets."""
        return self._redactor.text(text)

    def append(self, made: Sequence[dict[str, Any]], check: Check | None = None) -> None:
        """All of these records, or none. ``check`` sees the run as it is at that moment, under the file's lock; what it
        raises is raised.
        """
        with self._lock:
            packs = list[Packed]()
            packed = [self._packed(each, packs) for each in made]
        contents = {scope: bodies for each in packs for scope, bodies in each.contents.items()}
        events = [(scope, body) for scope, bodies in contents.items() for body in bodies]
        events += [(self.run, records.written(each)) for each in packed]
        guard = None if check is None else lambda: self._guarded(check)
        first = self.ledger.append(events, guard=guard)
        if check is not None:  # the view knows all that was there before
            numbers = range(first + len(events) - len(packed), first + len(events))
            self.view.apply(map(records.Record, numbers, (str(each["kind"]) for each in packed), packed))
        with self._lock:
            self._packer.done(packs)

    def _packed(self, record: dict[str, Any], packs: list[Packed]) -> dict[str, Any]:
        made = dict[str, Any]()
        for name, value in record.items():
            if name in VALUES and isinstance(value, str | list | dict):
                packs.append(packed := self._packer.pack(value))
                made[name] = packed.value
            else:
                made[name] = value
        return made

    def _guarded(self, check: Check) -> None:
        self._pull()
        check(self.view)

    def refresh(self) -> View:
        """The run as it is now, with what others wrote."""
        if self.follows:
            self._pull()
        return self.view

    def _pull(self) -> None:
        self.view.apply(list(records.read(self.ledger, self.run, self.view.last)))

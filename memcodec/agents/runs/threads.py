"""A thread of LangGraph as a run: its checkpoints as records, of which each says what changed, and no more.

    checkpoint   ns, id, parent, checkpoint, metadata, blobs: {channel: [version, value]} of what it changed
    writes       ns, id, task, path, writes: [[number, channel, value]]
    drop         all, or ids: [[ns, id]]

A value is ``[kind, bytes in base 64]``, as a serializer gives it, or ``{"list": [values]}`` for a list, so that one
that grows, as messages do, is stored by what is new in it (``packing.py``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from memcodec.agents.runs import records
from memcodec.agents.runs.identity import JSON, id_of
from memcodec.agents.runs.ledger import Ledger
from memcodec.agents.runs.packing import Packer, Unpacker
from memcodec.agents.runs.records import Record

TAG = "thread"  #: of a run that is a thread
_PACKED = ("checkpoint", "metadata", "blobs", "writes")


class Saved(NamedTuple):
    """A checkpoint as it is stored."""

    ns: str
    id: str
    parent: str | None
    checkpoint: JSON
    metadata: JSON


class Write(NamedTuple):
    """A write of a task that is pending at a checkpoint."""

    path: str
    task: str
    number: int
    channel: str
    value: JSON


def run_of(thread: str) -> str:
    """The id of the run that a thread is."""
    return id_of(f"langgraph thread {thread}")


class Thread:
    """One thread in a ledger; other processes may write to it, too."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self.name, self.run = name, run_of(name)
        self._ledger = ledger
        self._unpacker = Unpacker(ledger)
        self._packer = Packer(lambda content: next(ledger.events(content), None) is not None)
        self._last, self._lock = -1, threading.RLock()
        self.saved: dict[tuple[str, str], Saved] = {}
        self._blobs: dict[tuple[str, str, str], JSON] = {}
        self._writes: dict[tuple[str, str], dict[tuple[str, int], Write]] = {}

    def refresh(self) -> Thread:
        """Take in what was written meanwhile, by whomever."""
        found = list(records.read(self._ledger, self.run, self._last))
        with self._lock:
            for each in found:
                if each.number > self._last:
                    self._last = each.number
                    self._unpacker.learn(each.data)
                    self._apply(each)
        return self

    def _apply(self, record: Record) -> None:
        data, where = record.data, (str(record.data.get("ns", "")), str(record.data.get("id", "")))
        if record.kind == "checkpoint":
            parent = data.get("parent")
            self.saved[where] = Saved(*where, parent, data.get("checkpoint"), data.get("metadata"))
            for channel, (version, value) in self._unpacked(data, "blobs").items():
                self._blobs[where[0], channel, str(version)] = value
        elif record.kind == "writes":
            writes = self._writes.setdefault(where, {})
            task, path = str(data.get("task", "")), str(data.get("path", ""))
            for number, channel, value in self._unpacked(data, "writes"):
                if number < 0 or (task, number) not in writes:
                    writes[task, number] = Write(path, task, number, channel, value)
        elif record.kind == "drop" and data.get("all") is True:
            self.saved, self._blobs, self._writes = {}, {}, {}
        elif record.kind == "drop":
            for ns, name in data.get("ids") or []:
                self.saved.pop((ns, name), None)
                self._writes.pop((ns, name), None)

    def _unpacked(self, data: dict[str, Any], name: str) -> Any:
        return self._unpacker.unpack(data.get(name)) or ({} if name == "blobs" else [])

    def unpacked(self, value: JSON) -> JSON:
        """A stored value, whole."""
        return self._unpacker.unpack(value)

    def blob(self, ns: str, channel: str, version: object) -> JSON:
        """A channel's value at a version; None where it has none."""
        return self._blobs.get((ns, channel, str(version)))

    def writes(self, ns: str, name: str) -> list[Write]:
        """What is pending at a checkpoint, in the order in which it is applied."""
        with self._lock:
            return sorted(self._writes.get((ns, name), {}).values(), key=lambda each: each[:3])

    def append(self, made: Sequence[dict[str, Any]]) -> None:
        """Write records; the thread begins with the first."""
        if self._last < 0 and next(self._ledger.events(self.run), None) is None:
            begin = records.made("begin", id=self.run, tags={TAG: self.name}, langgraph=self.name)
            made = [begin, *made]
        packs, bodies = [], []
        with self._lock:
            for each in made:
                record = dict(each)
                for name in _PACKED:
                    if name in record:
                        packs.append(packed := self._packer.pack(record[name]))
                        record[name] = packed.value
                bodies.append((self.run, records.written(record)))
            contents = [event for packed in packs for event in packed.events()]
        self._ledger.append([*contents, *bodies])
        with self._lock:
            self._packer.done(packs)

    def drop(self, ids: Iterable[tuple[str, str]] | None = None) -> None:
        """Take checkpoints out, or all of them."""
        if ids is None:
            self.append([records.made("drop", all=True)])
        elif chosen := [list(each) for each in ids]:
            self.append([records.made("drop", ids=chosen)])

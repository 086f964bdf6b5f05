"""What a journal comes to: the documents that folding it makes, and what they take the place of.

Events become documents, one run of lines for each scope; so who searches, restores, merges or converts a file knows
nothing but documents. What a reader shows of a journal before it is folded is made here, too: the two are one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from memcodec.errors import Damaged
from memcodec.format import documents
from memcodec.format.journal import Event, Group, Note, Text
from memcodec.ingest.item import Item, pieces_of, stored_item
from memcodec.media.journal import Journal
from memcodec.model import Commit
from memcodec.process.fork import ModuleLock

MOST = 1_000_000  #: bytes of a document that is made of events
PREFIX, SUFFIX = "run/", ".jsonl"
#: how the description of such a document begins in a catalogue (format/documents.py): its scope and first number
DESCRIBED = re.compile(rb'\{"id":"[0-9a-f]*","uri":"run/([0-9A-Za-z_-]{1,64})/([0-9]{12,15})\.jsonl"')
_NAMED = re.compile(r"run/([0-9A-Za-z_-]{1,64})/([0-9]{12,15})\.jsonl")
TAG, TYPE = "run", "jsonl"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Line(NamedTuple):
    """An event as it stands in a document, with its group's time."""

    number: int
    line: bytes
    time: datetime


@dataclass
class Contents:
    """``items`` are to be stored, under the ids they have; ``drop`` names what they replace, by uri: ids there.

    The first of the items, so many, are ``texts``, oldest first; the others are made of events. ``commits``: what each
    group of documents did; ``count``: records in all. ``damage``: why the rest cannot be read.
    """

    items: list[Item] = field(default_factory=list)
    texts: int = 0
    drop: dict[str, set[str]] = field(default_factory=dict)
    commits: list[Commit] = field(default_factory=list)
    count: int = 0
    damage: str = ""


_lock = ModuleLock()  # of what is kept of journals that grow


def contents(journal: Journal, file_id: bytes, until: int | datetime | None = None) -> Contents:
    """What a journal comes to, up to one of its commits: its number, or the last one not after a time."""
    if until is not None:
        gathered = _Gathered()
        gathered.take(journal, until)
        return gathered.contents(file_id)
    with _lock:
        kept: _Gathered = journal.memo.setdefault("contents", _Gathered())
        if not kept.is_of(journal):
            kept = journal.memo["contents"] = _Gathered()
        kept.take(journal)
        return kept.contents(file_id)


class _Gathered:
    """What the groups of a journal came to so far."""

    def __init__(self) -> None:
        self._groups: list[Group] = []
        self._texts: dict[str, Item] = {}
        self._events: dict[str, list[_Line]] = {}
        self._drop: dict[str, set[str]] = {}
        self._commits: list[Commit] = []
        self._count, self._damage = 0, ""

    def is_of(self, journal: Journal) -> bool:
        """Whether all of it comes from that journal, which may have grown: each group proves the ones before it."""
        last = len(self._groups) - 1
        return last < len(journal.groups) and (last < 0 or journal.groups[last] is self._groups[last])

    def take(self, journal: Journal, until: int | datetime | None = None) -> None:
        """Take in the groups that are not known yet."""
        begin = len(self._groups)
        for group, size in zip(journal.groups[begin:], journal.sizes[begin:], strict=True):
            if self._damage:
                return
            try:
                records, time = group.records, time_of(group.time)
                if isinstance(until, datetime) and time > until:
                    return
                items = [_item(each) for each in records if isinstance(each, Text)]
            except Damaged as error:
                self._damage = str(error)
                return
            self._groups.append(group)
            self._take(records, items, time, size)
            if isinstance(until, int) and self._commits and self._commits[-1].number >= until:
                return

    def _take(
        self, records: Sequence[Event | Text | Note], items: Iterable[Item], time: datetime, size: int
    ) -> None:
        arriving = iter(items)
        for record in records:
            if isinstance(record, Event):
                made = _Line(record.number, line_of(record), time)
                self._events.setdefault(record.scope, []).append(made)
            elif isinstance(record, Text):
                item = next(arriving)
                for each in record.drop:
                    if self._texts.pop(each, None) is None:
                        self._drop.setdefault(item.uri, set()).add(each)
                self._texts[item.id] = item
            else:
                made_by = "add", record.added, record.changed, 0, size
                self._commits.append(Commit(record.commit, time, *made_by))
            self._count += not isinstance(record, Note)

    def contents(self, file_id: bytes) -> Contents:
        """It all, for somebody to keep."""
        items = [*self._texts.values(), *_of_events(self._events, file_id)]
        drop = {uri: set(ids) for uri, ids in self._drop.items()}
        return Contents(items, len(self._texts), drop, list(self._commits), self._count, self._damage)


def _item(text: Text) -> Item:
    stored = documents.parse(text.row)
    data = text.data
    return replace(stored_item(stored, lambda start, end: pieces_of(data[start:end])), id=stored.document.id)


def time_of(microseconds: int) -> datetime:
    """A group's time."""
    return _EPOCH + timedelta(microseconds=microseconds)


def microseconds_of(time: datetime) -> int:
    """A time as a group has it."""
    return max(0, (time - _EPOCH) // timedelta(microseconds=1))


def _of_events(events: dict[str, list[_Line]], file_id: bytes) -> Iterator[Item]:
    """A scope's events as documents, none much longer than ``MOST`` bytes."""
    for scope, own in events.items():
        lines, size, first, last = list[bytes](), 0, own[0].number, own[0].time
        for number, line, time in own:
            if size and size + len(line) > MOST:
                yield _run(scope, first, b"".join(lines), last, file_id)
                lines, size, first = [], 0, number
            lines.append(line)
            size, last = size + len(line), time
        yield _run(scope, first, b"".join(lines), last, file_id)


def line_of(event: Event) -> bytes:
    """An event as a line of JSON. A body that is no JSON on one line stands there in base64."""
    if _is_line(event.body):
        return b'{"n":%d,"e":%b}\n' % (event.number, event.body)
    return b'{"n":%d,"b":"%b"}\n' % (event.number, base64.b64encode(event.body))


def _is_line(body: bytes) -> bool:
    if b"\n" in body or b"\r" in body:
        return False
    try:
        json.loads(body.decode())
    except (ValueError, RecursionError):
        return False
    return True


def events_of(scope: str, data: bytes) -> Iterator[Event]:
    """The events in a document that is made of them. Raises Damaged."""
    for line in data.split(b"\n"):
        if line:
            yield _event_of(scope, line)


def _event_of(scope: str, line: bytes) -> Event:
    number, _, rest = line.removeprefix(b'{"n":').partition(b",")
    try:
        if rest.startswith(b'"e":') and rest.endswith(b"}"):
            return Event(scope, int(number), rest[4:-1])
        if rest.startswith(b'"b":"') and rest.endswith(b'"}'):
            return Event(scope, int(number), base64.b64decode(rest[5:-2], validate=True))
    except ValueError:
        pass
    raise Damaged(f"a document of run {scope} has a line that is no event; was it changed by hand?")


def uri_of(scope: str, first: int) -> str:
    """Of the document whose first event has that number."""
    return f"{PREFIX}{scope}/{first:012}{SUFFIX}"


def number_of(scope: str, uri: str) -> int | None:
    """The number of the first event in a document of that uri; None for one that is not made of the scope's events."""
    match = _NAMED.fullmatch(uri)
    return int(match[2]) if match is not None and match[1] == scope else None


def _run(scope: str, first: int, data: bytes, time: datetime, file_id: bytes) -> Item:
    uri = uri_of(scope, first)
    name = hashlib.sha256(file_id + uri.encode()).hexdigest()[:16]
    return Item(
        uri,
        f"Run {scope}",
        time,
        len(data),
        hashlib.sha256(data).hexdigest(),
        {TAG: scope},
        partial(pieces_of, data),
        TYPE,
        id=name,
    )

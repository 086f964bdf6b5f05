"""What a journal comes to: the documents that folding it makes, and what they take the place of.

Events become documents, one run of lines for each scope; so who searches, restores, merges or converts a file knows
nothing but documents. What a reader shows of a journal before it is folded is made here, too: the two are one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from memcodec.errors import Damaged
from memcodec.format import documents
from memcodec.format.journal import Event, Note, Text
from memcodec.ingest.item import Item, pieces_of, stored_item
from memcodec.media.journal import Journal
from memcodec.model import Commit

MOST = 1_000_000  #: bytes of a document that is made of events
PREFIX, SUFFIX = "run/", ".jsonl"
#: how the description of such a document begins in a catalogue (format/documents.py): its scope and first number
DESCRIBED = re.compile(rb'\{"id":"[0-9a-f]*","uri":"run/([0-9A-Za-z_-]{1,64})/([0-9]{12,15})\.jsonl"')
TAG, TYPE = "run", "jsonl"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


def contents(journal: Journal, file_id: bytes, until: int | datetime | None = None) -> Contents:
    """What a journal comes to, up to one of its commits: its number, or the last one not after a time."""
    found, texts, events = Contents(), dict[str, Item](), dict[str, list[tuple[Event, datetime]]]()
    for group, size in zip(journal.groups, journal.sizes, strict=True):
        time = time_of(group.time)
        if isinstance(until, datetime) and time > until:
            break
        try:
            records = group.records
            items = [_item(each) for each in records if isinstance(each, Text)]
        except Damaged as error:
            found.damage = str(error)
            break
        found.count += sum(not isinstance(each, Note) for each in records)
        arriving = iter(items)
        for record in records:
            if isinstance(record, Event):
                events.setdefault(record.scope, []).append((record, time))
            elif isinstance(record, Text):
                item = next(arriving)
                _drop(found, texts, item.uri, record.drop)
                texts[item.id] = item
            else:
                found.commits.append(
                    Commit(record.commit, time, "add", record.added, record.changed, 0, size)
                )
        if isinstance(until, int) and found.commits and found.commits[-1].number >= until:
            break
    found.items, found.texts = [*texts.values(), *_of_events(events, file_id)], len(texts)
    return found


def _drop(found: Contents, texts: dict[str, Item], uri: str, ids: Iterable[str]) -> None:
    for each in ids:
        if texts.pop(each, None) is None:
            found.drop.setdefault(uri, set()).add(each)


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


def _of_events(events: dict[str, list[tuple[Event, datetime]]], file_id: bytes) -> Iterator[Item]:
    """A scope's events as documents, none much longer than ``MOST`` bytes."""
    for scope, own in events.items():
        lines, size, first, last = list[bytes](), 0, own[0][0].number, own[0][1]
        for event, time in own:
            line = line_of(event)
            if size and size + len(line) > MOST:
                yield _run(scope, first, b"".join(lines), last, file_id)
                lines, size, first = [], 0, event.number
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

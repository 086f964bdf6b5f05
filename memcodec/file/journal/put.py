"""A group put behind a journal, and documents as its records."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence

from memcodec.errors import MemcodecError, StorageError
from memcodec.file.content import document_of
from memcodec.format import documents
from memcodec.format import journal as groups
from memcodec.format.documents import Stored
from memcodec.format.journal import Text
from memcodec.ingest.item import Item
from memcodec.media.journal import Carrier, Journal
from memcodec.model import Document
from memcodec.storage import Target


def put(
    target: Target,
    journal: Journal,
    carrier: Carrier,
    records: Sequence[bytes],
    number: int,
    time: int,
    events: int = 0,
    durable: int = 0,
) -> None:
    """Write a group where the journal ends, which is where the target does, and enter it in the journal.

    ``number``: of the event that may follow; ``durable``: bytes of the file that surely are on stable storage. When it
    fails the file is what it was; ``time``: microseconds since 1970. Raises StorageError.
    """
    made = groups.group(
        records,
        events=events,
        number=number,
        base=journal.start,
        durable=durable,
        time=time,
        link=journal.link,
        padded=carrier.padded,
        end=carrier.end,
    )
    framed = carrier.wrap(made.data, journal.number)
    try:
        target.append(framed)
    except StorageError:
        with contextlib.suppress(MemcodecError):  # the next writer cuts it then
            target.cut(journal.end)
        raise
    journal.enter(made, carrier, len(framed))


def texts_of(items: Sequence[Item], replaced: Sequence[Document]) -> Iterator[Text]:
    """Items as a journal has them, each with the ids of the versions that it takes the place of."""
    old = dict[str, list[str]]()
    for each in replaced:
        old.setdefault(each.uri, []).append(each.id)
    for item in items:
        name = item.id or os.urandom(8).hex()
        data = b"".join(item.open())
        row = documents.row(Stored(document_of(item, name), 0))
        yield Text(row, tuple(old.pop(item.uri, ())), data)

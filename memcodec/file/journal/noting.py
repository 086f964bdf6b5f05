"""Documents put into a file's journal, where they are a commit, too."""

from __future__ import annotations

from datetime import datetime
from typing import TypeGuard

from memcodec.config.settings import Encode
from memcodec.file.arrivals import Arrivals
from memcodec.file.journal.contents import microseconds_of
from memcodec.file.journal.put import put, texts_of
from memcodec.file.reader import Reader
from memcodec.format.commit import OLDEST
from memcodec.format.journal import Note, pack_note, pack_text
from memcodec.model import Commit
from memcodec.storage import LocalTarget, Target


def takes_notes(target: Target, before: Reader | None, encode: Encode) -> TypeGuard[LocalTarget]:
    """Whether documents may go to the journal: older releases refuse the file already, and it is no sealed one."""
    return (
        encode.journal
        and isinstance(target, LocalTarget)
        and target.published
        and before is not None
        and not before.sealed
        and before.media.carrier is not None
        and before.record.format > OLDEST
    )


def note(target: LocalTarget, before: Reader, found: Arrivals, encode: Encode, time: datetime) -> Commit:
    """Write documents behind the journal, as one group; what that did. Raises StorageError."""
    journal, carrier = before.media.journal, before.media.carrier
    assert journal is not None and carrier is not None, "a file that takes notes has both"
    replaced = [each.document for each in found.replaced]
    uris = {each.uri for each in replaced}
    changed = sum(item.uri in uris for item in found.fresh)
    number, added = before.commit + 1, len(found.fresh) - changed
    records = [pack_note(Note(number, added, changed)), *map(pack_text, texts_of(found.fresh, replaced))]
    size, event = target.size, journal.groups[-1].following if journal.groups else before.record.events
    put(target, journal, carrier, records, number=event, time=microseconds_of(time))
    if encode.durability == "strict":
        target.sync_data()
    elif encode.durability == "batched":
        target.sync_soon()
    return Commit(number, time, "add", added, changed, 0, target.size - size)

"""What of a damaged file's journal can be saved: every group that is right in itself, as one commit more."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import NamedTuple

from memcodec.errors import Damaged, MemcodecError
from memcodec.file.journal.contents import contents
from memcodec.format.change import StateChange
from memcodec.format.journal import Group
from memcodec.media import registry
from memcodec.media.journal import Journal, salvaged
from memcodec.storage import Source
from memcodec.upkeep.salvage import SalvagedCommit


class Waiting(NamedTuple):
    """What was not folded: as a commit, the number of the event that may follow, and what a person should know."""

    commit: SalvagedCommit | None = None
    events: int = 0
    note: str = ""


def salvage_journal(source: Source) -> Waiting:
    """The journal behind the last commit that is found. Of a copy that another program made there is none."""
    with (
        contextlib.suppress(MemcodecError),
        contextlib.closing(registry.detect(source).open(source)) as media,
    ):
        journal, carrier = media.journal, media.carrier
        record = next(media.commits(), None)
        if journal is None or carrier is None or record is None:
            return Waiting()
        groups = [
            each for each in salvaged(media.source, carrier, journal.start) if each.base == journal.start
        ]
        right = [each for each in groups if _is_right(each)]
        if not groups:
            return Waiting()
        found = contents(Journal(journal.start, 0, b"", 0, right, [each.size for each in right]), b"journal")
        lost = len(groups) - len(right) + bool(media.broken)
        note = f"{found.count:,} records come from its journal: they were not folded into media"
        note += "; others there are damaged, and what they said is lost" if lost else ""
        names = tuple(name for ids in found.drop.values() for name in sorted(ids))
        commit = SalvagedCommit(
            b"",
            found.commits[-1].number if found.commits else 0,
            datetime.now(UTC),
            items=found.items,
            ids=[item.id for item in found.items],
            change=StateChange("add", names) if names else None,
        )
        return Waiting(commit, right[-1].following if right else 0, note)
    return Waiting()


def _is_right(group: Group) -> bool:
    try:
        group.records  # noqa: B018 - parsed now
    except Damaged:
        return False
    return True

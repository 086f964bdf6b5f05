"""A memory file's past: what each commit did, and how two states differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from memcodec.file.places import FoundDocument
from memcodec.file.reader import Reader
from memcodec.format.commit import Entry
from memcodec.format.documents import parse_time
from memcodec.model import Commit, Document


@dataclass(slots=True)
class Diff:
    """How the state of commit ``after`` differs from that of commit ``before``.

    ``added`` documents came, ``changed`` ones have another content now, ``removed`` ones went.
    """

    before: int
    after: int
    added: list[Document] = field(default_factory=list)
    changed: list[tuple[Document, Document]] = field(default_factory=list)
    removed: list[Document] = field(default_factory=list)


def log(reader: Reader) -> list[Commit]:
    """What each commit did, oldest first, those that stand in the journal last."""
    ends = [*(entry.begin for entry in reader.entries[1:]), reader.end]
    made = [of_entry(entry, end) for entry, end in zip(reader.entries, ends, strict=True)]
    return [*made, *reader.waiting.commits]


def of_entry(entry: Entry, end: int) -> Commit:
    """A commit that ends at that byte of the file, as people see it."""
    time, size = parse_time(entry.time), end - entry.begin
    return Commit(entry.commit, time, entry.kind, entry.added, entry.changed, entry.removed, size)


def difference(now: Reader, old: Reader) -> tuple[list[FoundDocument], list[FoundDocument]]:
    """The documents of ``now`` to drop, and those to revive, so that its state becomes that of ``old``."""
    then = {each.document.id for each in old.documents()}
    current = {each.document.id for each in now.documents()}
    drop = [each for each in now.documents() if each.document.id not in then]
    missing = then - current
    revive: dict[str, FoundDocument] = {}  # one copy of each: merged streams may hold several
    for segment in now.segments if missing else ():
        for ordinal, stored in enumerate(segment.catalogue.all_documents()):
            if stored.document.id in missing:
                revive.setdefault(stored.document.id, FoundDocument(segment, ordinal, stored))
    return drop, list(revive.values())


def diff(old: Reader, new: Reader) -> Diff:
    """What changed from one state to another. Documents are the same when uri and content are."""
    before, after = _by_uri(old), _by_uri(new)
    made = Diff(old.commit, new.commit)
    for uri in sorted(before.keys() | after.keys()):
        left, right = before.get(uri, []), after.get(uri, [])
        gone, came = _without(left, right), _without(right, left)
        pairs = min(len(gone), len(came))
        made.changed += zip(gone[:pairs], came[:pairs], strict=True)
        made.removed += gone[pairs:]
        made.added += came[pairs:]
    return made


def _by_uri(reader: Reader) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for each in reader.documents():
        found.setdefault(each.document.uri, []).append(each.document)
    return found


def _without(documents: Sequence[Document], others: Sequence[Document]) -> list[Document]:
    """Those of the documents whose content no other one has, each other one counted once."""
    left = [other.sha256 for other in others]
    kept = []
    for document in documents:
        if document.sha256 in left:
            left.remove(document.sha256)
        else:
            kept.append(document)
    return kept

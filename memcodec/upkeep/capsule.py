"""A part of a memory, for somebody: a new sealed file of whole documents, with rules that honest readers keep.

Nothing is copied but the documents' texts, what is known of them, and what a model saw in those that are pictures: they
are compressed, cut and indexed anew, under a dictionary of their own, with new ids, in a file with an id and a key of
its own. So of what was not chosen, of what was forgotten and of the past nothing comes along, and two capsules of one
memory have no bytes in common.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from memcodec.config.settings import Settings
from memcodec.config.times import parse_span
from memcodec.errors import ConfigError, Damaged, NotFound
from memcodec.file.decided import settings_of
from memcodec.file.filter import Filter, select
from memcodec.file.pictures import joined
from memcodec.file.places import FoundDocument
from memcodec.file.reader import Reader
from memcodec.file.restore import read_whole
from memcodec.file.sight import Seen
from memcodec.file.writer import Writer
from memcodec.format import statement
from memcodec.ingest.item import Item
from memcodec.media import registry
from memcodec.model import Document, Progress, silent
from memcodec.seal.asked import sealing_for
from memcodec.storage import Place
from memcodec.storage.attributes import granted_by

if TYPE_CHECKING:
    from memcodec.seal.rules import Rules


@dataclass(frozen=True, slots=True)
class CapsuleReport:
    """What ``capsule`` made: the new ``file`` of ``size`` bytes, and the ``documents`` in it, as they were chosen.

    ``recipients``: for whom it is sealed. ``allow``, ``expires`` and ``note`` are its rules. Where nothing was written
    on purpose, ``size`` is 0. ``notes``: what the user should know.
    """

    file: str
    codec: str
    profile: str
    documents: tuple[Document, ...]
    recipients: tuple[str, ...]
    allow: tuple[str, ...]
    expires: datetime | None = None
    note: str = ""
    size: int = 0
    notes: tuple[str, ...] = ()


def rules_of(allow: Sequence[str] | str | None, expires: datetime | str | None, note: str) -> Rules:
    """The rules as a caller names them. Raises ConfigError for what is none."""
    from memcodec.seal.rules import DEFAULT, Rules, checked

    if isinstance(expires, str):
        try:
            expires = parse_span(expires).last
        except ValueError as error:
            raise ConfigError(f"expires: {expires!r} is {error}") from None
    words = allow.split(",") if isinstance(allow, str) else DEFAULT if allow is None else allow
    return checked(Rules(tuple(each.strip() for each in words), expires, note))


def chosen(
    reader: Reader, only: Filter | None, ids: Collection[str] | None, *, is_past: bool
) -> list[FoundDocument]:
    """The documents for a capsule: those that a filter takes, and of them those of these ids, if any are named.

    Signatures are none of them: they speak of all documents. Raises ConfigError when nothing says which, NotFound when
    there is none.
    """
    if ids is None and not only and not is_past:
        raise ConfigError(
            "nothing says what goes in: give a query or a condition, `Filter(path='*')` for all of it, or open an old "
            "state"
        )
    found = [each for each in select(reader, only) if each.document.type != statement.TYPE]
    if ids is not None:
        found = [each for each in found if each.document.id in ids]
    if not found:
        raise NotFound(f"{reader.source.name}: no document matches; `documents()` shows what there is")
    return found


def capsule(
    reader: Reader,
    found: Sequence[FoundDocument],
    out: Place,
    rules: Rules,
    *,
    to: Sequence[str],
    passphrase: str | None = None,
    settings: Settings | None = None,
    codec: str | None = None,
    profile: str | None = None,
    force: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> CapsuleReport:
    """Write these documents of a file to a new one. ``codec``: as ``out`` is named, or the file's own.

    Raises ConfigError without a recipient, Damaged when a text is lost (``repair`` saves the rest), StorageError when
    ``out`` exists and not ``force``.
    """
    sealing = sealing_for(to, passphrase, rules)
    if sealing is None:
        raise ConfigError("a capsule is for somebody: say for whom, by `to='age1...'` or `passphrase='...'`")
    with contextlib.closing(sealing.keys):
        plan = _plan(reader, out, settings, codec, profile)
        report = CapsuleReport(
            out.name,
            plan.encode.codec,
            plan.encode.profile,
            tuple(each.document for each in found),
            sealing.names,
            rules.allow,
            rules.expires,
            rules.note,
        )
        if dry_run:
            return report
        _check(reader, found, progress or silent)
        writing = Writer.create(
            out, plan, force=force, progress=progress, rights=[granted_by(reader.source)], sealing=sealing
        )
        with contextlib.closing(writing):
            writing.is_named_exactly = True
            ids = [each.document.id for each in found]
            seen = Seen(ids, joined(reader.pictures, set(ids)))
            writing.add([_item(each) for each in found], seen=seen)
            return replace(report, size=writing.size, notes=tuple(writing.notes))


def _plan(
    reader: Reader, out: Place, given: Settings | None, codec: str | None, profile: str | None
) -> Settings:
    """As the file is written: its language and model; its codec, if ``out`` is called so."""
    base, record = given or Settings(), reader.record
    codec = codec or registry.for_file(out.name, record.codec)
    like = settings_of(reader, base).with_options(codec=codec, profile=profile or record.profile)
    if codec == record.codec:
        return like
    return like.with_options(bits=base.encode.bits, rate=base.encode.rate)


def _check(reader: Reader, found: Sequence[FoundDocument], tell: Progress) -> None:
    """Every text is whole. Raises Damaged."""
    ids = {each.document.id for each in found}
    done, total = 0, sum(each.stored.length for each in found)
    for stored, data, _ in read_whole(reader, lambda each: each.document.id in ids):
        if data is None:
            raise Damaged(
                f"{stored.document.uri}: part of it is lost; `repair()` the file, then make a capsule of what is left"
            )
        done += stored.length
        tell("documents", done, total)


def _item(found: FoundDocument) -> Item:
    """A document to be stored as if it came from nowhere: without the folder it came from on another's machine."""
    return replace(found.segment.item(found.stored), root=None, source="")

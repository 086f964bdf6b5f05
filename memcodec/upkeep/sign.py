"""A signature over what a memory file holds: a statement of its documents, signed, and kept in the file as one more.

Whoever changes a document's text, name or anything that is known of it, or takes one away, breaks it. What only moves
bytes about does not: the statement is over content (format/statement.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from memcodec.errors import ConfigError, Damaged, NotFound
from memcodec.file.reader import Reader
from memcodec.file.restore import read_whole
from memcodec.file.writer import Writer
from memcodec.format import statement
from memcodec.format.commit import CommitRecord
from memcodec.format.documents import Stored, format_time, parse_time
from memcodec.format.statement import Kept, Row, Signature, Statement
from memcodec.ingest.item import Item, pieces_of
from memcodec.model import Commit, Progress, silent
from memcodec.signing.keys import PublicKey, SigningKey
from memcodec.upkeep.statements import by_key, signatures

NAME = "statement.json"  #: what a statement is called where its signature names it


@dataclass(frozen=True, slots=True)
class SignReport:
    """What ``sign`` did: ``documents`` of the file, ``size`` bytes of text, are signed by the key ``key``.

    ``statement`` is what was signed, ``signature`` as the key's own program writes it: ``kind`` "ssh" or "minisign".
    ``key`` is the public key in a line, ``fingerprint`` as its program shows it. ``commit`` is None when the same was
    signed by that key already.
    """

    file: str
    commit: Commit | None
    documents: int
    size: int
    kind: str
    key: str
    fingerprint: str
    statement: bytes
    signature: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature on its way into a file, or the one that is there already: then ``made`` is None."""

    made: CommitRecord | None
    said: Statement
    signature: Signature


def sign(
    writing: Writer, before: Reader, key: SigningKey, note: str = "", progress: Progress | None = None
) -> Signed:
    """Sign all documents of the state, and write a commit with the signature, in the place of the key's older ones.

    All text is read, and checked by its hash. Raises Damaged when part of it is lost, NotFound when there is none.
    """
    if len(note) > statement.MAX_NOTE or len(note.splitlines()) > 1:
        raise ConfigError(f"a note is one line of at most {statement.MAX_NOTE:,} characters")
    found = signatures(before)
    keeping = {each.found.document.id for each in found if each.kept is not None}
    old = list(by_key(found, key.public.line))
    rows, size = _rows(before, keeping, progress or silent)
    if not rows:
        raise NotFound(f"{before.source.name}: holds no document; there is nothing to sign")
    last = _newest([kept for _, kept in old], key.public)
    root = statement.root(rows)
    if last is not None:
        told, signature = last
        is_same = (told.documents, told.root) == (len(rows), root)
        if is_same and len(old) == 1 and note in ("", told.note):
            return Signed(None, told, signature)
    now = datetime.now(UTC).replace(microsecond=0)
    said = Statement(
        before.record.file,
        before.commit,
        format_time(now),
        len(rows),
        size,
        root,
        statement.digest(last[1].statement) if last is not None else "",
        note,
    )
    data = said.to_bytes()
    signature = Signature(data, key.public.line, key.sign(data, NAME, int(now.timestamp())))
    item = _item(Kept(signature, rows).to_bytes(), data, now, key.public)
    return Signed(writing.add([item], [each for each, _ in old]), said, signature)


def _rows(before: Reader, keeping: set[str], tell: Progress) -> tuple[list[Row], int]:
    """The documents to sign in the tree's order, and the bytes of their texts."""

    def is_signed(stored: Stored) -> bool:
        return not (stored.document.id in keeping and statement.is_kept_in(stored.document))

    total = sum(found.stored.length for found in before.documents() if is_signed(found.stored))
    rows, size, done = list[Row](), 0, 0
    for stored, data, _ in read_whole(before, is_signed):
        if data is None:
            raise Damaged(
                f"{stored.document.uri}: part of it is lost; `repair()` the file, then sign what is left"
            )
        rows.append(statement.row_of(stored, data[: stored.document.size]))
        size, done = size + stored.document.size, done + stored.length
        tell("documents", done, total)
    return statement.in_order(rows), size


def _newest(kept: list[Kept], key: PublicKey) -> tuple[Statement, Signature] | None:
    """The last of a key's signatures that holds."""
    told = [
        (statement.parse(each.signature.statement), each.signature)
        for each in kept
        if key.holds(each.signature.signature, each.signature.statement)
    ]
    return max(told, key=lambda each: parse_time(each[0].time), default=None)


def _item(data: bytes, said: bytes, time: datetime, key: PublicKey) -> Item:
    return Item(
        statement.uri_of(said),
        f"Signature by {key.fingerprint}",
        time,
        len(data),
        hashlib.sha256(data).hexdigest(),
        {},
        partial(pieces_of, data),
        statement.TYPE,
    )

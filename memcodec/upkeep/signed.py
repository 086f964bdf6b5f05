"""By whom a memory file is signed: whether what was signed is there as it was, and what came since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from memcodec.errors import Unproven
from memcodec.file.reader import Reader
from memcodec.file.restore import read_whole
from memcodec.format import statement
from memcodec.format.documents import parse_time
from memcodec.format.statement import Kept, Row, Signature
from memcodec.model import Document, Progress, silent
from memcodec.signing.allowed import Signer
from memcodec.signing.keys import public_keys
from memcodec.upkeep.statements import Found, signatures


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """A statement, signed by one of those who were asked for, held against the file.

    It speaks of ``documents``: those that file ``file_id`` had after its commit ``commit``; ``time`` is the signer's
    word. ``missing`` ones are not there any more, ``changed`` ones are not what they were: their uris. ``fingerprint``
    is the key's, ``signer`` the name it goes by, if there is one.
    """

    fingerprint: str
    signer: str
    time: datetime
    file_id: str
    commit: int
    documents: int
    note: str
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    statement: bytes = field(repr=False)
    signature: str = field(repr=False)

    @property
    def ok(self) -> bool:
        """All that was signed is there as it was."""
        return not self.missing and not self.changed


@dataclass(frozen=True, slots=True)
class SignedReport:
    """By whom ``file`` is signed, of those who were asked for; ``since``: documents that no such statement speaks of.

    ``others`` are the fingerprints of other keys that signed, too; nothing is said of what those are worth.
    """

    file: str
    signatures: tuple[SignatureReport, ...]
    since: tuple[Document, ...] = field(repr=False)
    others: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """All that was signed is there as it was; more may have come since."""
        return all(each.ok for each in self.signatures)

    @property
    def complete(self) -> bool:
        """And nothing came since: the documents are those that were signed."""
        return self.ok and not self.since

    def check(self) -> None:
        """Raise Unproven if something that was signed is missing or changed."""
        for each in self.signatures:
            if not each.ok:
                raise Unproven(f"{self.file}: {_told(each)}")


class _There(NamedTuple):
    """A document of the state, and how a statement speaks of it: None where it is damaged, or none does."""

    document: Document
    row: Row | None


def signed(reader: Reader, by: Sequence[Signer], progress: Progress | None = None) -> SignedReport:
    """Hold the file against the statements in it that these signed.

    Of all documents that they speak of the text is read. Raises Unproven when there is no statement by any of these, or
    one that is forged, cut short or not of their time.
    """
    found = signatures(reader)
    mine = [(signer, each) for each in found if (signer := _signer(each, by)) is not None]
    if not mine:
        raise Unproven(f"{reader.source.name}: {_nobody(found)}")
    kept = [(signer, each.kept) for signer, each in mine if each.kept is not None]
    names = frozenset(row.id for _, each in kept for row in each.rows)
    state = _state(reader, names, progress or silent)
    made = tuple(_report(signer, each, state) for signer, each in kept)
    others = _others(found, by)
    beside = {_name(each.found.document) for _, each in mine} | others.keys()
    covered = {(row.id, row.leaf) for _, each in kept for row in each.rows}
    since = tuple(each for each in _once(state, covered) if _name(each) not in beside)
    return SignedReport(reader.source.name, made, since, tuple(dict.fromkeys(others.values())))


def _signer(found: Found, by: Sequence[Signer]) -> Signer | None:
    return _by(found.kept.signature, by) if found.kept is not None else None


def _name(document: Document) -> tuple[str, str, str]:
    """What tells a document that keeps a signature from all that only say they do."""
    return document.id, document.uri, document.sha256


def _by(signature: Signature, by: Sequence[Signer]) -> Signer | None:
    """Who of these a signature is by. Raises Unproven when it says so and is not, or is not of their time."""
    mine = [each for each in by if each.key.line == signature.key]
    if not mine:
        return None
    if not mine[0].key.holds(signature.signature, signature.statement):
        raise Unproven(f"a signature by {mine[0].key.fingerprint} is forged, or was changed")
    time = parse_time(statement.parse(signature.statement).time)
    for each in mine:
        if each.allows(time):
            return each
    raise Unproven(
        f"{mine[0].name or mine[0].key.fingerprint} was not allowed to sign on {time:%Y-%m-%d}, when this was signed"
    )


def checked(signature: Signature, by: Sequence[Signer]) -> Signer:
    """Who of these a signature is by. Raises Unproven when it is by none of them."""
    signer = _by(signature, by)
    if signer is None:
        raise Unproven(f"it is signed by {_fingerprint(signature.key)}, and not by anyone that was asked for")
    return signer


def _nobody(found: Sequence[Found]) -> str:
    """Why there is no statement by anyone that was asked for."""
    if not found:
        return "is not signed"
    kept = [each.kept for each in found if each.kept is not None]
    keys = dict.fromkeys(_fingerprint(each.signature.key) for each in kept)
    faults = [each.fault for each in found if each.fault]
    told = f"is not signed by that key; by {', '.join(keys)}" if keys else "has no signature that can be read"
    return f"{told} ({faults[0]})" if faults else told


def _others(found: Sequence[Found], by: Sequence[Signer]) -> dict[tuple[str, str, str], str]:
    """The documents of others' signatures that hold, and the fingerprints of their keys."""
    lines = {each.key.line for each in by}
    made = dict[tuple[str, str, str], str]()
    for each in found:
        if each.kept is None or each.kept.signature.key in lines:
            continue
        signature = each.kept.signature
        try:
            (key,) = public_keys(signature.key)
            each.kept.checked()
        except (ValueError, Unproven):
            continue
        if key.line == signature.key and key.holds(signature.signature, signature.statement):
            made[_name(each.found.document)] = key.fingerprint
    return made


def _fingerprint(line: str) -> str:
    try:
        return public_keys(line)[0].fingerprint
    except ValueError:
        return "a key that cannot be read"


def _state(reader: Reader, names: frozenset[str], tell: Progress) -> list[_There]:
    """Every document of the state; with their leaves those of these ids."""
    every = list(reader.documents())
    total = sum(each.stored.length for each in every if each.document.id in names)
    made = [_There(each.document, None) for each in every if each.document.id not in names]
    done = 0
    for stored, data, _ in read_whole(reader, lambda stored: stored.document.id in names):
        done += stored.length
        tell("documents", done, total)
        text = data[: stored.document.size] if data is not None else None
        made.append(_There(stored.document, statement.row_of(stored, text) if text is not None else None))
    return made


def _once(state: Sequence[_There], covered: set[tuple[str, str]]) -> list[Document]:
    """The documents that no statement speaks of; the second of two that are the same, too."""
    left, made = set(covered), list[Document]()
    for each in state:
        name = (each.row.id, each.row.leaf) if each.row is not None else None
        if name is not None and name in left:
            left.remove(name)
        else:
            made.append(each.document)
    return made


def _report(signer: Signer, kept: Kept, state: Sequence[_There]) -> SignatureReport:
    said = kept.checked()
    there = {(each.row.id, each.row.leaf): each.row for each in state if each.row is not None}
    if any(there.get((row.id, row.leaf), row) != row for row in kept.rows):
        raise Unproven("the list of documents is not the one that was signed; it was changed")
    gone = [row for row in kept.rows if (row.id, row.leaf) not in there]
    ids, uris = {each.document.id for each in state}, {each.document.uri for each in state}
    # Changed, damaged, or there as another version:
    changed = [row for row in gone if row.id in ids or row.uri in uris]
    missing = [row for row in gone if not (row.id in ids or row.uri in uris)]
    return SignatureReport(
        signer.key.fingerprint,
        signer.name,
        parse_time(said.time),
        said.file,
        said.commit,
        said.documents,
        said.note,
        tuple(each.uri for each in missing),
        tuple(each.uri for each in changed),
        kept.signature.statement,
        kept.signature.signature,
    )


def _told(each: SignatureReport) -> str:
    parts = []
    for uris, what in ((each.changed, "changed"), (each.missing, "missing")):
        if uris:
            more = f" and {len(uris) - 1:,} more" if len(uris) > 1 else ""
            parts.append(f"{what} since: {uris[0]}{more}")
    name = each.signer or each.fingerprint
    return f"what {name} signed on {each.time:%Y-%m-%d} is not what it was; {'; '.join(parts)}"

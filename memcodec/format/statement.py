"""What a signature says, as bytes: the statement that is signed, and the document that keeps it in a memory file.

A statement is over content: a Merkle tree over the documents, each with its name, what is known of it, and the tree of
its text. So it holds in whatever medium, order and file they stand. docs/FORMAT.md, "Signatures", is the contract.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from typing import Any, NamedTuple

from memcodec.errors import Damaged, SourceError, Unproven
from memcodec.format import documents, merkle
from memcodec.format.documents import Stored
from memcodec.model import Document

TYPE = "signature"  #: of the documents that keep signatures; no search looks in them
PREFIX, SUFFIX = "signatures/", ".jsonl"  #: of their uris
#: how the description of such a document begins in a catalogue (format/documents.py)
DESCRIBED = re.compile(rb'\{"id":"[^"]*","uri":"signatures/')
VERSION = 1
MAX_STATEMENT = 16 << 10  #: bytes
MAX_SIGNATURE = 4 << 10  #: characters
MAX_NOTE = 1000  #: characters
MAX_KEPT = 128 << 20  #: bytes of a document that keeps a signature
_HASH = 64  # digits


@dataclass(frozen=True, slots=True)
class Statement:
    """What was signed: the ``documents`` that file ``file`` had after its commit ``commit``, ``size`` bytes of text.

    ``root`` is that of their tree, in hexadecimal; ``time`` is when the signer says it was, ISO 8601 in UTC.
    ``previous``: the SHA-256 of the signer's statement that this one takes the place of, or "".
    """

    file: str
    commit: int
    time: str
    documents: int
    size: int
    root: str
    previous: str = ""
    note: str = ""

    def to_bytes(self) -> bytes:
        """The bytes that are signed: JSON that people can read, too."""
        made = json.dumps(
            {"memcodec": "statement", "version": VERSION, **asdict(self)}, ensure_ascii=False, indent=2
        )
        return f"{made}\n".encode()


def parse(data: bytes) -> Statement:
    """Read a statement. Raises Unproven when it is none, or of a version that this release does not know."""
    raw = object_of(data, MAX_STATEMENT, "statement")
    values = {each.name: raw.get(each.name) for each in fields(Statement)}
    for each in fields(Statement):
        value = values[each.name]
        if type(value).__name__ != each.type or (isinstance(value, int) and not 0 <= value < 1 << 62):
            raise Unproven(f"the statement's field {each.name!r} is missing or wrong")
    made = Statement(**values)  # type: ignore[arg-type]  # they were looked at one by one
    if not _is_hash(made.root) or (made.previous and not _is_hash(made.previous)):
        raise Unproven("the statement's hashes are none")
    try:
        documents.parse_time(made.time)
    except Damaged as error:
        raise Unproven("the statement's time cannot be read") from error
    return made


def object_of(data: bytes, most: int, kind: str) -> dict[str, Any]:
    """A JSON object of that kind and of a version that is known. Raises Unproven."""
    if len(data) > most:
        raise Unproven(f"a {kind} of {len(data):,} bytes; {most:,} are the most")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unproven(f"a {kind} cannot be read: {error}") from error
    if not isinstance(found, dict) or found.get("memcodec") != kind:
        raise Unproven(f"this is no {kind} of memcodec's")
    version = found.get("version")
    if type(version) is not int or version != VERSION:
        raise Unproven(
            f"a {kind} of version {str(version)[:20]}; this release reads {VERSION}: update memcodec"
        )
    return found


def digest(statement: bytes) -> str:
    """How the next statement of a signer names this one."""
    return hashlib.sha256(statement).hexdigest()


def uri_of(statement: bytes) -> str:
    """Of the document that keeps it: no two statements have one."""
    return f"{PREFIX}{digest(statement)[:16]}{SUFFIX}"


def is_kept_in(document: Document) -> bool:
    """Whether a document says of itself that it keeps a signature."""
    return document.type == TYPE and document.uri.startswith(PREFIX)


class Signature(NamedTuple):
    """A statement's bytes, its signature, and whose it is, each as its file has it (``memcodec.signing``)."""

    statement: bytes
    key: str
    signature: str


class Row(NamedTuple):
    """A document that was signed: its leaf in the tree, and the hashes of its text's blocks if it has two or more."""

    id: str
    leaf: str
    uri: str
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What a signature's document holds: the signature, and the documents that it speaks of, in the tree's order."""

    signature: Signature
    rows: Sequence[Row]

    def to_bytes(self) -> bytes:
        """Lines of JSON, first the signature. Raises SourceError when there are more than a reader takes."""
        lines = [_line(_signature_row(self.signature))]
        lines += (_line([each.id, each.leaf, each.uri, *each.blocks]) for each in self.rows)
        made = "".join(lines).encode()
        if len(made) > MAX_KEPT:
            raise SourceError(
                f"the list of what is signed takes {len(made):,} bytes, {MAX_KEPT:,} are the most"
            )
        return made

    def checked(self) -> Statement:
        """The statement, which speaks of just these documents. Raises Unproven. The signature is not looked at."""
        made = parse(self.signature.statement)
        told = len(self.rows), root(self.rows)
        if told != (made.documents, made.root) or not all(
            one.id <= other.id for one, other in pairwise(self.rows)
        ):
            raise Unproven(
                "the list of documents is not the one that was signed; it was changed or cut short"
            )
        return made


def root(rows: Sequence[Row]) -> str:
    """The root of the tree over these documents."""
    return merkle.root([bytes.fromhex(each.leaf) for each in rows]).hex()


def unpack(data: bytes) -> Kept:
    """Read what ``Kept.to_bytes`` wrote. Raises Unproven."""
    if len(data) > MAX_KEPT:
        raise Unproven(f"a signature of {len(data):,} bytes; {MAX_KEPT:,} are the most")
    first, _, rest = data.partition(b"\n")
    if not rest.endswith(b"\n") and rest:
        raise Unproven("the list of what was signed is cut short")
    return Kept(signature_of(object_of(first, 4 * MAX_STATEMENT, "signature")), list(_rows(rest)))


def _rows(data: bytes) -> Iterator[Row]:
    for line in data.splitlines():
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Unproven(f"the list of what was signed cannot be read: {error}") from error
        if not isinstance(found, list) or len(found) < 3 or not all(type(each) is str for each in found):
            raise Unproven("the list of what was signed has a line that names no document")
        made = Row(found[0], found[1], found[2], tuple(found[3:]))
        if not all(map(_is_hash, (made.leaf, *made.blocks))):
            raise Unproven("the list of what was signed has a hash that is none")
        yield made


def signature_of(raw: Mapping[str, Any]) -> Signature:
    """A signature as the JSON object that ``signature_row`` made. Raises Unproven."""
    texts = [raw.get(each) for each in Signature._fields]
    if not all(type(each) is str for each in texts):
        raise Unproven("a signature's fields are missing or wrong")
    statement, key, made = (_encoded(str(each)) for each in texts)
    if len(statement) > MAX_STATEMENT or len(key) + len(made) > MAX_SIGNATURE:
        raise Unproven("a signature is longer than any is")
    return Signature(statement, key.decode(), made.decode())


def _signature_row(signature: Signature) -> dict[str, Any]:
    return {"memcodec": TYPE, "version": VERSION, **fields_of(signature)}


def fields_of(signature: Signature) -> dict[str, str]:
    """A signature as fields of a JSON object."""
    return {
        "statement": signature.statement.decode(),
        "key": signature.key,
        "signature": signature.signature,
    }


def described(stored: Stored, text: str) -> dict[str, Any]:
    """What is signed of a document: all that is known of it, and ``text``, the root of its text's tree."""
    row = documents.row(stored)
    del row["start"]
    return row | {"text": text}


def canonical(value: object) -> bytes:
    """JSON as RFC 8785 has it, but for integers, which are written out; names in the order of their code points."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def row_of(stored: Stored, text: bytes) -> Row:
    """A document with its text as a statement speaks of it."""
    leaves = merkle.pieces(text)
    blocks = [each.hex() for each in merkle.blocks(leaves)] if len(leaves) > merkle.BLOCK else []
    made = merkle.leaf(canonical(described(stored, merkle.root(leaves).hex())))
    return Row(stored.document.id, made.hex(), stored.document.uri, tuple(blocks))


def in_order(rows: Iterable[Row]) -> list[Row]:
    """As the tree has them."""
    return sorted(rows)


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n"


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Unproven("a signature holds half a character") from error


def _is_hash(text: str) -> bool:
    return len(text) == _HASH and not text.strip("0123456789abcdef")

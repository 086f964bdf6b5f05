"""Whose signatures a file has, and whether it is there as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memcodec.answers.typed import TypedDict
from memcodec.format.documents import format_time

if TYPE_CHECKING:
    from memcodec.upkeep.prove import Proof
    from memcodec.upkeep.signed import SignedReport


class SignatureAnswer(TypedDict):
    """A signature that was asked for: whose, when it says it was made, of which file's commit, over how many documents.

    ``missing`` and ``changed`` documents, by uri, are not as they were signed.
    """

    ok: bool
    fingerprint: str
    signer: str
    time: str
    file_id: str
    commit: int
    documents: int
    note: str
    missing: list[str]
    changed: list[str]


class SinceAnswer(TypedDict):
    """A document that came since."""

    id: str
    uri: str


class SignedAnswer(TypedDict):
    """Whether what was signed is there as it was, ``ok``, and whether nothing came since: ``complete``.

    ``others`` are fingerprints of keys that signed, too, and were not asked for.
    """

    ok: bool
    complete: bool
    signatures: list[SignatureAnswer]
    since: list[SinceAnswer]
    others: list[str]


def signed(report: SignedReport) -> SignedAnswer:
    """By whom a file is signed."""
    return {
        "ok": report.ok,
        "complete": report.complete,
        "signatures": [
            {
                "ok": each.ok,
                "fingerprint": each.fingerprint,
                "signer": each.signer,
                "time": format_time(each.time),
                "file_id": each.file_id,
                "commit": each.commit,
                "documents": each.documents,
                "note": each.note,
                "missing": list(each.missing),
                "changed": list(each.changed),
            }
            for each in report.signatures
        ],
        "since": [{"id": each.id, "uri": each.uri} for each in report.since],
        "others": list(report.others),
    }


class ProofAnswer(TypedDict):
    """``verify`` of a proof: bytes ``start`` to ``end`` of document ``uri`` are ``text``, as was signed."""

    proof: str
    ok: bool
    id: str
    uri: str
    title: str
    document_time: str
    sha256: str
    size: int
    start: int
    end: int
    text: str
    fingerprint: str
    signer: str
    time: str
    file_id: str
    commit: int
    note: str


def proof(file: str, found: Proof) -> ProofAnswer:
    """What a proof proves."""
    document = found.document
    return {
        "proof": file,
        "ok": True,
        "id": document.id,
        "uri": document.uri,
        "title": document.title,
        "document_time": format_time(document.time),
        "sha256": document.sha256,
        "size": document.size,
        "start": found.start,
        "end": found.end,
        "text": found.text,
        "fingerprint": found.fingerprint,
        "signer": found.signer,
        "time": format_time(found.time),
        "file_id": found.file_id,
        "commit": found.commit,
        "note": found.note,
    }

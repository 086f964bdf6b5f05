"""Files that were sealed or unsealed, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memcodec.answers.typed import TypedDict

if TYPE_CHECKING:
    from memcodec.upkeep.capsule import CapsuleReport
    from memcodec.upkeep.convert import ConvertReport
    from memcodec.upkeep.recipients import RecipientsReport


class RewrittenAnswer(TypedDict):
    """``seal``, ``unseal`` and ``reseal``: sizes of the file before and of the new one."""

    output: str
    codec: str
    profile: str
    commits: int
    documents: int
    before: int
    size: int


def rewritten(output: str, report: ConvertReport) -> RewrittenAnswer:
    """What a file was written anew as."""
    return {
        "output": output,
        "codec": report.codec,
        "profile": report.profile,
        "commits": report.commits,
        "documents": report.documents,
        "before": report.before,
        "size": report.after,
    }


class CapsuleDocumentAnswer(TypedDict):
    """A document that went into a capsule."""

    uri: str
    title: str
    bytes: int


class CapsuleAnswer(TypedDict):
    """``capsule``: what went in, for whom, and the rules. ``size`` is None after a dry run."""

    output: str
    codec: str
    profile: str
    documents: list[CapsuleDocumentAnswer]
    recipients: list[str]
    allow: list[str]
    expires: str | None
    note: str
    size: int | None
    notes: list[str]


def capsule(output: str, report: CapsuleReport, *, dry_run: bool) -> CapsuleAnswer:
    """What a capsule was made of."""
    return {
        "output": output,
        "codec": report.codec,
        "profile": report.profile,
        "documents": [
            {"uri": each.uri, "title": each.title, "bytes": each.size} for each in report.documents
        ],
        "recipients": list(report.recipients),
        "allow": list(report.allow),
        "expires": report.expires.isoformat() if report.expires is not None else None,
        "note": report.note,
        "size": None if dry_run else report.size,
        "notes": list(report.notes),
    }


class RecipientsAnswer(TypedDict):
    """``recipients`` and ``rotate``: without a key (``known`` is false) no name is told."""

    file: str
    key: str
    files: int
    passphrase: bool
    known: bool
    recipients: list[str]
    commit: int | None


def recipients(report: RecipientsReport) -> RecipientsAnswer:
    """For whom a file is sealed."""
    return {
        "file": report.file,
        "key": report.key,
        "files": report.files,
        "passphrase": report.passphrase,
        "known": report.known,
        "recipients": list(report.names),
        "commit": report.commit,
    }

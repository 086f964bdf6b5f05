"""Files that were sealed or unsealed, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memcodec.answers.typed import TypedDict

if TYPE_CHECKING:
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

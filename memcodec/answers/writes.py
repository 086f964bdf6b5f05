"""What became of a file that was written to, or made of another, and what is to become of it: reports and jobs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from memcodec.answers import documents, files
from memcodec.answers.documents import DocumentAnswer
from memcodec.answers.files import CommitAnswer, SkippedAnswer
from memcodec.answers.typed import TypedDict

if TYPE_CHECKING:
    from memcodec.file.sync import SyncReport
    from memcodec.ingest.walk import Skipped
    from memcodec.jobs import Job
    from memcodec.model import Commit, CommitReport
    from memcodec.upkeep.branch import BranchReport
    from memcodec.upkeep.compact import CompactReport
    from memcodec.upkeep.merge import MergeReport
    from memcodec.upkeep.sign import SignReport


def _commit(made: Commit | None) -> CommitAnswer | None:
    return files.commit(made) if made is not None else None


class AppendAnswer(TypedDict):
    """``append``: ``commit`` is null when nothing was new; ``unchanged`` counts what was left out for that.

    ``elsewhere`` documents of those that changed came from another place before. With ``--dry-run``, ``planned`` is
    what ``commit`` would be but for its time and size.
    """

    file: str
    commit: CommitAnswer | None
    planned: CommitAnswer | None
    unchanged: int
    elsewhere: int
    size: int
    seconds: float
    skipped: dict[str, SkippedAnswer]
    files: list[str]
    notes: list[str]
    job: int | None


def append(
    file: str, report: CommitReport, skipped: Skipped, *, seconds: float, job: int | None
) -> AppendAnswer:
    """What was added to a file."""
    return {
        "file": file,
        "commit": _commit(report.commit),
        "planned": _commit(report.planned),
        "unchanged": report.unchanged,
        "elsewhere": report.elsewhere,
        "size": report.size,
        "seconds": round(seconds, 3),
        "skipped": dict(files.left_out(skipped)),
        "files": [*skipped.failures, *skipped.notes],
        "notes": list(report.notes),
        "job": job,
    }


class FoldAnswer(TypedDict):
    """``fold``: ``commit`` is null when nothing stood in the journal."""

    file: str
    commit: CommitAnswer | None
    size: int
    notes: list[str]


def fold(file: str, report: CommitReport) -> FoldAnswer:
    """A journal that was folded."""
    return {
        "file": file,
        "commit": _commit(report.commit),
        "size": report.size,
        "notes": list(report.notes),
    }


class SignAnswer(TypedDict):
    """``sign``: ``commit`` is null when the key had signed just this. ``written``: paths of statement and signature."""

    file: str
    commit: CommitAnswer | None
    documents: int
    size: int
    kind: str
    key: str
    fingerprint: str
    statement: str
    signature: str
    written: list[str]
    notes: list[str]


def sign(file: str, report: SignReport, written: Iterable[str]) -> SignAnswer:
    """What was signed."""
    return {
        "file": file,
        "commit": _commit(report.commit),
        "documents": report.documents,
        "size": report.size,
        "kind": report.kind,
        "key": report.key,
        "fingerprint": report.fingerprint,
        "statement": report.statement.decode(),
        "signature": report.signature,
        "written": list(written),
        "notes": list(report.notes),
    }


class RenamedAnswer(TypedDict):
    """A document whose file was renamed: its uri before, and now."""

    old: str
    new: str


class SyncAnswer(TypedDict):
    """``sync``: uris by what became of them. ``kept`` documents were not compared: their files were not read.

    ``commit`` is null when nothing was to be done, and with ``dry_run``. So many files were ``scanned``, ``read`` bytes
    of them were read; the file grew by ``written`` to ``size`` bytes. ``files`` has lines about single files.
    """

    file: str
    dry_run: bool
    sources: list[str]
    commit: CommitAnswer | None
    new: list[str]
    changed: list[str]
    renamed: list[RenamedAnswer]
    removed: list[str]
    kept: list[str]
    unchanged: int
    scanned: int
    read: int
    written: int
    size: int
    seconds: float
    skipped: dict[str, SkippedAnswer]
    files: list[str]
    notes: list[str]
    job: int | None


def sync(file: str, report: SyncReport, *, seconds: float, job: int | None) -> SyncAnswer:
    """A file that mirrors its sources."""
    return {
        "file": file,
        "dry_run": report.dry_run,
        "sources": list(report.sources),
        "commit": _commit(report.commit),
        "new": list(report.new),
        "changed": list(report.changed),
        "renamed": [{"old": old, "new": new} for old, new in report.renamed],
        "removed": list(report.removed),
        "kept": list(report.kept),
        "unchanged": report.unchanged,
        "scanned": report.scanned,
        "read": report.read,
        "written": report.written,
        "size": report.size,
        "seconds": round(seconds, 3),
        "skipped": dict(files.left_out(report.skipped)),
        "files": [*report.skipped.failures, *report.skipped.notes],
        "notes": list(report.notes),
        "job": job,
    }


class FollowAnswer(TypedDict):
    """``append --follow``: ``stopped`` is the signal's name that ended it, or null."""

    file: str
    commits: int
    lines: int
    bytes: int
    size: int
    seconds: float
    stopped: str | None
    notes: list[str]
    job: int | None


class TagAnswer(TypedDict):
    """``tag``: ``unchanged`` documents were so already."""

    file: str
    commit: CommitAnswer | None
    unchanged: int
    notes: list[str]


def tag(file: str, report: CommitReport) -> TagAnswer:
    """Documents that were marked."""
    return {
        "file": file,
        "commit": _commit(report.commit),
        "unchanged": report.unchanged,
        "notes": list(report.notes),
    }


class ForgetAnswer(TypedDict):
    """``forget``: ``commit`` is null when it was only to be shown what would be forgotten."""

    file: str
    commit: CommitAnswer | None
    forgotten: list[DocumentAnswer]


def forget(file: str, report: CommitReport) -> ForgetAnswer:
    """Documents that were removed from a file's state."""
    gone = list(map(documents.document, report.forgotten))
    return {"file": file, "commit": _commit(report.commit), "forgotten": gone}


class RollbackAnswer(TypedDict):
    """``rollback``: ``commit`` is null when the state was that already."""

    file: str
    commit: CommitAnswer | None


def rollback(file: str, report: CommitReport) -> RollbackAnswer:
    """An old state that was brought back."""
    return {"file": file, "commit": _commit(report.commit)}


class BranchAnswer(TypedDict):
    """``branch``: the new file, and the number of its last commit."""

    file: str
    commit: int
    size: int


def branch(file: str, report: BranchReport) -> BranchAnswer:
    """A file made of an old state."""
    return {"file": file, "commit": report.commit, "size": report.size}


class CompactAnswer(TypedDict):
    """``compact``: sizes in bytes; ``dropped`` documents are gone for good."""

    file: str
    before: int
    after: int
    documents: int
    dropped: int
    copied_frames: int
    encoded_frames: int
    recoded_commits: int
    seconds: float
    notes: list[str]


def compact(file: str, report: CompactReport, *, seconds: float) -> CompactAnswer:
    """A file that was rewritten."""
    return {
        "file": file,
        "before": report.before,
        "after": report.after,
        "documents": report.documents,
        "dropped": report.dropped,
        "copied_frames": report.copied,
        "encoded_frames": report.encoded,
        "recoded_commits": report.recoded,
        "seconds": round(seconds, 3),
        "notes": list(report.notes),
    }


class MergeAnswer(TypedDict):
    """``merge``: a segment is what one commit added; of those that are ``carried`` the packets were encoded.

    ``size`` is null with ``--dry-run``.
    """

    file: str
    files: int
    documents: int
    duplicates: int
    conflicts: int
    copied_segments: int
    carried_segments: int
    codec: str
    profile: str
    size: int | None
    seconds: float
    job: int | None


def merge(
    file: str, report: MergeReport, *, size: int | None, seconds: float, job: int | None
) -> MergeAnswer:
    """Files made one. ``size``: of the new one, with the vectors that were made since."""
    return {
        "file": file,
        "files": report.files,
        "documents": report.documents,
        "duplicates": report.duplicates,
        "conflicts": report.conflicts,
        "copied_segments": report.copied,
        "carried_segments": report.carried,
        "codec": report.codec,
        "profile": report.profile,
        "size": size,
        "seconds": round(seconds, 3),
        "job": job,
    }


# Indexing


class IndexedAnswer(TypedDict):
    """A file that was indexed: how many chunks there are, have vectors, and got them now; ``pictures`` seen now."""

    file: str
    chunks: int
    indexed: int
    made: int
    lexical: bool
    model: str | None
    pictures: int
    seconds: float


class IndexAnswer(TypedDict):
    """``index``; with ``--background`` it is ``JobsAnswer``."""

    files: list[IndexedAnswer]


class JobOptionsAnswer(TypedDict):
    """How a job is worked on."""

    workers: int
    nice: int
    batch: int
    every: float
    cluster: str | None
    language: str
    bits: int


class JobAnswer(TypedDict):
    """A job: ``done`` and ``total`` count chunks, ``rate`` is chunks a second, ``left`` seconds. Times are ISO 8601."""

    id: int
    path: str
    model: str | None
    rebuild: bool
    options: JobOptionsAnswer
    state: str
    tries: int
    done: int
    total: int
    created: str
    started: str | None
    updated: str
    ended: str | None
    error: str | None
    rate: float | None
    left: float | None
    stalled: bool


class JobsAnswer(TypedDict):
    """``jobs list``, ``jobs status`` and ``jobs wait``."""

    jobs: list[JobAnswer]


_TIMES = ("created", "started", "updated", "ended")
_INNER = ("base", "is_stalled")


def jobs(found: Iterable[Job]) -> JobsAnswer:
    """Indexing jobs."""
    return {"jobs": list(map(_job, found))}


def _job(job: Job) -> JobAnswer:
    shown = {name: value for name, value in asdict(job).items() if name not in _INNER}
    times = {name: _iso(getattr(job, name)) for name in _TIMES}
    speed = {"rate": _rounded(job.rate), "left": _rounded(job.left), "stalled": job.is_stalled}
    return cast("JobAnswer", {**shown, **times, **speed})


def _iso(time: float | None) -> str | None:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds") if time is not None else None


def _rounded(number: float | None) -> float | None:
    return round(number, 1) if number is not None else None


class CancelAnswer(TypedDict):
    """``jobs cancel``: the numbers of those that had not ended."""

    cancelled: list[int]


def cancelled(numbers: Iterable[int]) -> CancelAnswer:
    """Jobs that were stopped."""
    return {"cancelled": list(numbers)}


class PruneAnswer(TypedDict):
    """``jobs prune``: the numbers of those that were forgotten."""

    pruned: list[int]


def pruned(numbers: Iterable[int]) -> PruneAnswer:
    """Jobs that are no longer known."""
    return {"pruned": list(numbers)}


class LogLine(TypedDict):
    """Something that happened to a job."""

    time: str
    text: str


class LogsAnswer(TypedDict):
    """``jobs logs``."""

    job: int
    file: str
    lines: list[LogLine]


def logs(job: Job, lines: Iterable[tuple[str, str]]) -> LogsAnswer:
    """What happened to a job."""
    told: list[LogLine] = [{"time": time, "text": text} for time, text in lines]
    return {"job": job.id, "file": job.path, "lines": told}

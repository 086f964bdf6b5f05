"""What is in a memory file and whether it is whole: info, log, restore, verify, repair, scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

from memcodec.answers import signatures
from memcodec.answers.signatures import SignedAnswer
from memcodec.answers.transfers import RequestsAnswer
from memcodec.answers.typed import NotRequired, TypedDict
from memcodec.format.documents import format_time

if TYPE_CHECKING:
    from memcodec.file.info import Info
    from memcodec.file.restore import RestoreReport
    from memcodec.ingest.walk import Skipped
    from memcodec.model import Commit, Loss
    from memcodec.share.paper import ScanReport
    from memcodec.upkeep.repair import RepairReport
    from memcodec.upkeep.signed import SignedReport
    from memcodec.upkeep.verify import VerifyReport


class OriginAnswer(TypedDict):
    """Where merged segments came from: a file's name and id, its commit, and how much of it."""

    name: str
    file: str
    commit: int
    segments: int
    documents: int


class RootAnswer(TypedDict):
    """A folder that was named: how many documents are from there, and what their uris begin with.

    ``path`` is where it lies or lay, null unless it was to be kept.
    """

    name: str
    bases: list[str]
    documents: int
    path: str | None


class CapsuleRulesAnswer(TypedDict):
    """The rules of a capsule: what it is allowed for, when it expires, if it does, and a note."""

    allow: list[str]
    expires: str | None
    note: str


class InfoAnswer(TypedDict):
    """``info``, and ``convert`` of what it wrote: a file in numbers. ``parts``, in bytes, add up to ``size``."""

    file: str
    size: int
    file_id: str
    codec: str
    profile: str
    created: str
    changed: str
    commit: int
    commits: int
    documents: int
    dead: int
    chunks: int
    text: int
    stream: int
    frames: int
    packets: int
    parity_packets: int
    lexical: bool
    model: str | None
    parts: dict[str, int]
    origins: list[OriginAnswer]
    roots: list[RootAnswer]
    sealed: str | None
    capsule: CapsuleRulesAnswer | None
    requests: NotRequired[RequestsAnswer]


def info(info: Info) -> InfoAnswer:
    """What is inside a file."""
    return cast("InfoAnswer", {**asdict(info), "origins": list(info.origins), "roots": list(info.roots)})


class SeveralAnswer(TypedDict):
    """A reading command's answer about several files, or a folder: of each that has what was asked for, as of one."""

    files: list[Mapping[str, object]]


def several(answers: Iterable[Mapping[str, object]]) -> SeveralAnswer:
    """The answers about several files."""
    return {"files": list(answers)}


class SkippedAnswer(TypedDict):
    """How many files were left out for one reason, and some of their names."""

    count: int
    examples: list[str]


class EncodeAnswer(InfoAnswer):
    """``encode``: what is inside; ``skipped`` files by reason; lines about single ``files``; the vectors' job."""

    seconds: float
    skipped: dict[str, SkippedAnswer]
    files: list[str]
    notes: list[str]
    job: int | None


def encode(
    found: Info, skipped: Skipped, notes: Iterable[str], *, seconds: float, job: int | None
) -> EncodeAnswer:
    """A file that was made."""
    told = {"skipped": left_out(skipped), "files": [*skipped.failures, *skipped.notes], "notes": list(notes)}
    return cast("EncodeAnswer", {**info(found), "seconds": round(seconds, 3), **told, "job": job})


def left_out(skipped: Skipped) -> Mapping[str, SkippedAnswer]:
    """What a walk left out, by reason."""
    return {
        str(reason): {"count": count, "examples": skipped.examples[reason]}
        for reason, count in skipped.counts.items()
    }


class CommitAnswer(TypedDict):
    """A commit: documents ``added``, ``changed`` and ``removed``, and the bytes it took."""

    number: int
    time: str
    kind: str
    added: int
    changed: int
    removed: int
    size: int


def commit(commit: Commit) -> CommitAnswer:
    """One commit."""
    return cast("CommitAnswer", {**asdict(commit), "time": format_time(commit.time)})


class LogAnswer(TypedDict):
    """``log``."""

    file: str
    commits: list[CommitAnswer]


def log(file: str, commits: Iterable[Commit]) -> LogAnswer:
    """Commits of a file."""
    return {"file": file, "commits": list(map(commit, commits))}


class HistoryAnswer(LogAnswer):
    """Commits of a file, the newest first: ``total`` counts what there is, of which these are a part."""

    total: int


def history(file: str, shown: Iterable[Commit], total: int) -> HistoryAnswer:
    """Some of a file's commits."""
    return {**log(file, shown), "total": total}


class LossAnswer(TypedDict):
    """A document that is lost, and which of its bytes: first and the one after the last; none: its hash fails."""

    id: str
    uri: str
    title: str
    size: int
    ranges: list[list[int]]


def losses(lost: Iterable[Loss]) -> list[LossAnswer]:
    """Documents that are lost."""
    return [
        {
            "id": each.document.id,
            "uri": each.document.uri,
            "title": each.document.title,
            "size": each.document.size,
            "ranges": [list(span) for span in each.ranges],
        }
        for each in lost
    ]


class RestoredAnswer(TypedDict):
    """A document that was written to ``path``."""

    id: str
    uri: str
    path: str
    size: int
    sha256: str


class UnwrittenAnswer(TypedDict):
    """A document that could not be written to ``path``."""

    id: str
    uri: str
    path: str
    reason: str


class RestoreAnswer(TypedDict):
    """``restore``: ``identical`` files were there already."""

    folder: str
    documents: int
    identical: int
    bytes: int
    files: list[RestoredAnswer]
    losses: list[LossAnswer]
    unwritten: list[UnwrittenAnswer]


def restore(folder: str, report: RestoreReport) -> RestoreAnswer:
    """Documents that were written back."""
    files: list[RestoredAnswer] = [
        {
            "id": document.id,
            "uri": document.uri,
            "path": str(path),
            "size": document.size,
            "sha256": document.sha256,
        }
        for document, path in report.files
    ]
    return {
        "folder": folder,
        "documents": len(files),
        "identical": len(report.identical),
        "bytes": report.bytes,
        "files": files,
        "losses": losses(report.losses),
        "unwritten": [
            {"id": each.document.id, "uri": each.document.uri, "path": str(each.path), "reason": each.reason}
            for each in report.unwritten
        ],
    }


class DamageAnswer(TypedDict):
    """A damaged part of a file: ``length`` bytes at ``offset``."""

    part: str
    offset: int
    length: int
    note: str


class VerifyAnswer(TypedDict):
    """``verify``: ``complete``: every document can be given back; ``sealed``: it is, and was checked without a key.

    ``signed`` is there when signatures were asked for; null when none of those asked for has signed, or one is forged.
    """

    file: str
    ok: bool
    complete: bool
    deep: bool
    sealed: bool
    frames: int
    damage: list[DamageAnswer]
    lost_packets: int
    recovered_packets: int
    losses: list[LossAnswer]
    signed: NotRequired[SignedAnswer | None]


def verify(report: VerifyReport, *asked: SignedReport | None) -> VerifyAnswer:
    """Whether a file is whole, and, where that was ``asked``, as it was signed."""
    answer: VerifyAnswer = {
        "file": report.file,
        "ok": report.ok,
        "complete": report.complete,
        "deep": report.deep,
        "sealed": report.sealed,
        "frames": report.frames,
        "damage": [cast("DamageAnswer", asdict(each)) for each in report.damage],
        "lost_packets": report.lost,
        "recovered_packets": report.recovered,
        "losses": losses(report.losses),
    }
    for each in asked:
        answer["signed"] = signatures.signed(each) if each is not None else None
    return answer


class RepairAnswer(TypedDict):
    """``repair``: ``unnamed`` counts documents lost together with their names, ``unopened`` sealed commits whose key
    was not given.
    """

    file: str
    output: str
    complete: bool
    codec: str
    profile: str
    commits: int
    documents: int
    packets: int
    lost_packets: int
    recovered_packets: int
    losses: list[LossAnswer]
    unnamed: int
    unopened: int
    notes: list[str]
    job: int | None


def repair(file: str, output: str, report: RepairReport, *, job: int | None) -> RepairAnswer:
    """What came back of a file."""
    return {
        "file": file,
        "output": output,
        "complete": report.complete,
        "codec": report.codec,
        "profile": report.profile,
        "commits": report.commits,
        "documents": report.documents,
        "packets": report.packets,
        "lost_packets": report.lost,
        "recovered_packets": report.recovered,
        "losses": losses(report.losses),
        "unnamed": report.unnamed,
        "unopened": report.unopened,
        "notes": report.notes,
        "job": job,
    }


class ScanAnswer(TypedDict):
    """``scan``: ``symbols`` is what the pages had when they were printed, null where no page's label was read.

    ``commits_unseen`` counts commits of which not one symbol was read.
    """

    output: str
    complete: bool
    codec: str
    profile: str
    pictures: int
    symbols: int | None
    symbols_read: int
    pages_lacking: list[int]
    commits: int
    commits_unseen: int
    documents: int
    packets: int
    lost_packets: int
    recovered_packets: int
    losses: list[LossAnswer]
    unnamed: int
    notes: list[str]
    job: int | None


def scan(output: str, report: ScanReport, *, job: int | None) -> ScanAnswer:
    """What came back from paper."""
    gathered, made = report.gathered, report.repair
    return {
        "output": output,
        "complete": report.complete,
        "codec": made.codec,
        "profile": made.profile,
        "pictures": gathered.pictures,
        "symbols": gathered.symbols,
        "symbols_read": len(gathered.packets),
        "pages_lacking": gathered.lacking,
        "commits": made.commits,
        "commits_unseen": report.unseen,
        "documents": made.documents,
        "packets": made.packets,
        "lost_packets": made.lost,
        "recovered_packets": made.recovered,
        "losses": losses(made.losses),
        "unnamed": made.unnamed,
        "notes": made.notes,
        "job": job,
    }

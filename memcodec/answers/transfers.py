"""Files on their way: requests to servers, publish and fetch, split and join, print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memcodec.answers.typed import TypedDict

if TYPE_CHECKING:
    from memcodec.share.delivery import Fetched, Published
    from memcodec.share.page import PageReport
    from memcodec.share.paper import PrintReport
    from memcodec.share.parts import JoinReport, SplitReport
    from memcodec.storage.remote.log import RequestLog


class RequestAnswer(TypedDict):
    """A request: ranges are first byte and the one after the last; those of one round run side by side."""

    round: int
    method: str
    ranges: list[list[int]]
    status: int
    bytes: int
    milliseconds: float


class RequestsAnswer(TypedDict):
    """What was asked of the place of a file, and the totals."""

    file: str
    requests: int
    rounds: int
    bytes: int
    log: list[RequestAnswer]


def requests(file: str, log: RequestLog | None) -> RequestsAnswer:
    """Every request sent for a file; there is none for one of this machine."""
    entries: list[RequestAnswer] = [
        {
            "round": each.round,
            "method": each.method,
            "ranges": [[offset, offset + length] for offset, length in each.spans],
            "status": each.status,
            "bytes": each.received,
            "milliseconds": round(each.milliseconds, 3),
        }
        for each in log or ()
    ]
    return {
        "file": file,
        "requests": log.requests if log else 0,
        "rounds": log.rounds if log else 0,
        "bytes": log.received if log else 0,
        "log": entries,
    }


class PublishAnswer(TypedDict):
    """``publish``: ``resumed`` bytes were there already; ``verified`` is "etag" or "sha256"."""

    file: str
    url: str
    size: int
    resumed: int
    verified: str
    content_type: str
    seconds: float


def publish(file: str, made: Published, *, seconds: float) -> PublishAnswer:
    """A file that was uploaded."""
    return {
        "file": file,
        "url": made.url,
        "size": made.size,
        "resumed": made.resumed,
        "verified": made.verified,
        "content_type": made.content_type,
        "seconds": round(seconds, 3),
    }


class PageFileAnswer(TypedDict):
    """A file of a page."""

    file: str
    size: int


class PageAnswer(TypedDict):
    """``page``: its files, the page itself first; ``memory`` is where it looks for the file, "" when it is inside."""

    file: str
    page: str
    memory: str
    files: list[PageFileAnswer]


def page(file: str, report: PageReport) -> PageAnswer:
    """A page that was made."""
    return {
        "file": file,
        "page": str(report.files[0][0]),
        "memory": report.memory,
        "files": [{"file": str(path), "size": size} for path, size in report.files],
    }


class FetchAnswer(TypedDict):
    """``fetch``: ``resumed`` bytes were here already; requests and bytes are of this run."""

    url: str
    file: str
    size: int
    resumed: int
    requests: int
    bytes: int
    frames: int
    seconds: float


def fetch(made: Fetched, *, seconds: float) -> FetchAnswer:
    """A file that was downloaded."""
    return {
        "url": made.url,
        "file": str(made.file),
        "size": made.size,
        "resumed": made.resumed,
        "requests": made.requests,
        "bytes": made.received,
        "frames": made.frames,
        "seconds": round(seconds, 3),
    }


class PartAnswer(TypedDict):
    """A part that was written."""

    file: str
    size: int


class SplitAnswer(TypedDict):
    """``split``: any ``needed`` of the parts give the file back."""

    file: str
    size: int
    sha256: str
    needed: int
    spare: int
    parts: list[PartAnswer]
    seconds: float


def split(file: str, report: SplitReport, *, seconds: float) -> SplitAnswer:
    """A file in parts."""
    return {
        "file": file,
        "size": report.size,
        "sha256": report.sha256,
        "needed": report.needed,
        "spare": report.spare,
        "parts": [{"file": each.path, "size": each.size} for each in report.parts],
        "seconds": round(seconds, 3),
    }


class UnusableAnswer(TypedDict):
    """A file that is no part, and why."""

    file: str
    reason: str


class JoinAnswer(TypedDict):
    """``join``: ``name`` is what the file was called, ``missing`` the numbers of the parts that were not there."""

    file: str
    name: str
    size: int
    sha256: str
    needed: int
    spare: int
    missing: list[int]
    damaged: list[str]
    unusable: list[UnusableAnswer]
    seconds: float


def join(file: str, report: JoinReport, *, seconds: float) -> JoinAnswer:
    """Parts put together again."""
    return {
        "file": file,
        "name": report.name,
        "size": report.size,
        "sha256": report.sha256,
        "needed": report.needed,
        "spare": report.spare,
        "missing": list(report.missing),
        "damaged": list(report.damaged),
        "unusable": [{"file": each.path, "reason": each.reason} for each in report.unusable],
        "seconds": round(seconds, 3),
    }


class PrintAnswer(TypedDict):
    """``print``: ``stream`` is the compressed memory in bytes, ``size`` what the output files take."""

    file: str
    outputs: list[str]
    pages: int
    symbols: int
    parity_symbols: int
    stream: int
    bytes_per_page: int
    size: int


def printed(file: str, report: PrintReport) -> PrintAnswer:
    """A memory on paper."""
    return {
        "file": file,
        "outputs": list(report.files),
        "pages": report.pages,
        "symbols": report.symbols,
        "parity_symbols": report.parity,
        "stream": report.stream,
        "bytes_per_page": report.per_page,
        "size": report.size,
    }

"""Files on web servers and CDNs: range requests (RFC 9110, section 14), every answer checked against what was asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from memcodec.errors import Changed, StorageError
from memcodec.storage.http import byteranges
from memcodec.storage.http.client import Get, Web
from memcodec.storage.http.connections import Response, TooLong
from memcodec.storage.http.deadline import Deadline
from memcodec.storage.http.faults import Again
from memcodec.storage.remote import ranges
from memcodec.storage.remote.log import RequestLog, Round
from memcodec.storage.remote.ranges import Span
from memcodec.storage.remote.source import PIECE, FirstAnswer

DEADLINE = 25.0  #: seconds that one round of requests may take, retries and all
PACE = (
    128 << 10
)  #: bytes a second: a round of more than 1 MiB has the time that the rest takes at this pace beside it
RANGES = 64  #: ranges of one request at most: servers refuse many, and headers of many KB
WHOLE = 1 << 20  #: bytes: a file so short is taken whole from a server that knows no ranges
STILL = 0.4  #: of the deadline is waited for a server that says nothing: so a second try has time
_FRAMING = 1024  # bytes a part of an answer takes beside its own, at most
_PLAIN = ("", "identity", "aws-chunked")  # the last is how S3's clients upload; some servers keep the word
_SINGLE = {"AmazonS3"}  # servers known to answer several ranges with the whole file


@dataclass(frozen=True)
class _Version:
    """What an answer calls the file's version (RFC 9110, section 8.8)."""

    etag: str
    modified: str

    @classmethod
    def of(cls, reply: Response) -> _Version:
        return cls(_plain(reply.header("etag")), _plain(reply.header("last-modified")))

    def is_other(self, later: _Version) -> bool:
        return later.etag != self.etag if self.etag else later.modified != self.modified

    def required(self) -> dict[str, str]:
        """Headers by which the server itself refuses another version."""
        if self.etag.startswith('"'):  # a weak one, W/"...", never matches
            return {"If-Match": self.etag}
        return {"If-Unmodified-Since": self.modified} if self.modified else {}

    def unless(self) -> dict[str, str]:
        """Headers by which the server answers only with another version."""
        if self.etag:
            return {"If-None-Match": self.etag}
        return {"If-Modified-Since": self.modified} if self.modified else {}


class NoRanges(StorageError):
    """The server serves whole files alone."""


class _NoTail(StorageError):
    """The last bytes are refused: of an empty object S3's servers say no more."""


class HttpTransport:
    """One file at a URL. A ``Transport``: for many threads.

    ``headers`` are sent to the URL's own host alone. ``deadline``: seconds that a round may take; what is longer than
    1 MiB gets more, at ``PACE``. Raises ConfigError for a URL that cannot be used.
    """

    def __init__(
        self, url: str, *, headers: Mapping[str, str] | None = None, deadline: float = DEADLINE
    ) -> None:
        self._deadline, self.log = deadline, RequestLog()
        self._web = self.connected(url, headers or {}, STILL * deadline)
        self.name, self.key = self._web.name, self._web.key
        self._version, self._size = _Version("", ""), 0
        self._whole: bytes | None = None  # of a short file on a server that knows no ranges
        self._several = self._web.several  # whether the server may answer several ranges at once

    def connected(self, url: str, headers: Mapping[str, str], idle: float) -> Web:
        return Web(url, headers, idle)

    def open(self, tail: int) -> FirstAnswer:
        headers = {"Range": f"bytes=-{tail}"}
        limit = Deadline(self._deadline)
        ask = Get(headers, [], limit, self.log.begin(), lambda reply: self._opened(reply, tail))
        try:
            data = self._web.get(ask)
        except _NoTail:
            data = self._web.get(replace(ask, headers={}))
        return FirstAnswer(self._size, self._version.etag or self._version.modified, data)

    def _opened(self, reply: Response, tail: int) -> bytes:
        """The last bytes of the file; keeps its version and size."""
        self._check_plain(reply)
        if reply.status == 206:
            data = self._tail(reply, tail)
        elif reply.status == 200:
            self._whole = self._short(reply)
            self._size, data = len(self._whole), self._whole[-tail:]
        elif reply.status == 416 and byteranges.unsatisfied(reply.header("content-range")) == 0:
            self._size, data = 0, b""
        elif reply.status == 416:
            raise _NoTail(str(self._unexpected(reply)))
        else:
            raise self._unexpected(reply)
        reply.spans = [(self._size - len(data), len(data))]
        self._version = _Version.of(reply)
        self._several = self._web.several and reply.header("server") not in _SINGLE
        return data

    def _tail(self, reply: Response, tail: int) -> bytes:
        part = byteranges.content_range(reply.header("content-range"))
        if part is None or part.offset + part.length != part.total or part.length != min(tail, part.total):
            raise self._other_range()
        self._size = part.total
        return self._body(reply, part.length)

    def _short(self, reply: Response) -> bytes:
        """A whole file that is short, from a server that knows no ranges."""
        length = reply.header("content-length")
        framed = length.isdigit() or reply.header("transfer-encoding").lower() == "chunked"
        # Without either, a file cut short looks like one that ends there.
        if not framed or (length.isdigit() and int(length) > WHOLE):
            raise self._no_ranges()
        try:
            return reply.body(WHOLE)
        except TooLong:
            raise self._no_ranges() from None

    def fetch(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        if (whole := self._whole) is not None:
            return [whole[offset : offset + length] for offset, length in spans]
        limit = Deadline(self._deadline + max(0, sum(length for _, length in spans) - WHOLE) / PACE)
        found: dict[Span, bytes] = {}
        if self._several:
            self._round(list(_groups(spans)), limit, found)
        if rest := [[span] for span in spans if span not in found]:
            self._round(rest, limit, found)
        return [found[span] for span in spans]

    def _round(self, groups: Sequence[Sequence[Span]], limit: Deadline, found: dict[Span, bytes]) -> None:
        """One request for each group; a group is not found if the server does not answer several ranges at once."""
        note = self.log.begin()
        jobs = [partial(self._ask, group, limit, note) for group in groups]
        for group, answer in zip(groups, self._side_by_side(jobs, limit), strict=True):
            if answer is None:
                self._several = False
            else:
                found.update(zip(group, answer, strict=True))

    def _ask(self, spans: Sequence[Span], limit: Deadline, note: Round) -> list[bytes] | None:
        headers = {"Range": byteranges.header(spans), **self._version.required()}
        read = self._one if len(spans) == 1 else self._parts
        return self._web.get(Get(headers, spans, limit, note, lambda reply: read(reply, spans)))

    def _one(self, reply: Response, spans: Sequence[Span]) -> list[bytes]:
        """The bytes of the one span asked for."""
        if reply.status == 200:
            self._check_version(reply)
            raise self._no_ranges()
        self._check_partial(reply)
        part = byteranges.content_range(reply.header("content-range"))
        if part is not None and part.total != self._size:
            raise self._changed()
        if part is None or part[:2] != spans[0]:
            raise self._other_range()
        return [self._body(reply, part.length)]

    def _parts(self, reply: Response, spans: Sequence[Span]) -> list[bytes] | None:
        """The bytes of several spans; None from a server that does not give them so."""
        if reply.status == 200:
            self._check_version(reply)
            return None
        self._check_partial(reply)
        boundary = byteranges.boundary(reply.header("content-type"))
        if boundary is None:
            return None
        try:
            body = reply.body(sum(length for _, length in spans) + _FRAMING * (len(spans) + 1))
            parts = byteranges.parts(body, boundary)
        except TooLong:
            return None
        except ValueError:
            raise Again("sends broken answers") from None
        if any(part.total != self._size for part, _ in parts):
            raise self._changed()
        held = [(part.offset, data) for part, data in parts]
        with contextlib.suppress(ValueError):  # a server may send other ranges than asked for
            return [bytes(ranges.joined(held, offset, length)) for offset, length in spans]
        return None

    def _side_by_side(
        self, jobs: Sequence[Callable[[], list[bytes] | None]], limit: Deadline
    ) -> Iterable[list[bytes] | None]:
        if len(jobs) == 1:
            return [jobs[0]()]
        pool = ThreadPoolExecutor(min(len(jobs), self._web.abreast), "memcodec-http")
        running = [pool.submit(job) for job in jobs]
        try:
            return [job.result() for job in running]
        except BaseException:
            limit.cancel()  # the others end at once
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def changed(self) -> bool:
        headers = {"Range": "bytes=-1", **self._version.unless()}
        return self._web.get(Get(headers, [], Deadline(self._deadline), self.log.begin(), self._is_other))

    def _is_other(self, reply: Response) -> bool:
        if reply.status not in (200, 206, 304, 416):
            raise self._unexpected(reply)
        if reply.status == 304:
            return False
        value = reply.header("content-range")
        part = byteranges.content_range(value)
        size = part.total if part else byteranges.unsatisfied(value)
        if reply.status == 200 and reply.header("content-length").isdigit():
            size = int(reply.header("content-length"))
        return size != self._size or self._version.is_other(_Version.of(reply))

    def _check_partial(self, reply: Response) -> None:
        if reply.status in (412, 416):
            raise self._changed()
        if reply.status != 206:
            raise self._unexpected(reply)
        self._check_version(reply)
        self._check_plain(reply)

    def _check_version(self, reply: Response) -> None:
        if self._version.is_other(_Version.of(reply)):
            raise self._changed()

    def _check_plain(self, reply: Response) -> None:
        if reply.header("content-encoding").lower() not in _PLAIN:
            raise StorageError(
                f"{self.name}: the server compresses what it sends, so ranges have no meaning; turn it off there"
            )

    def _body(self, reply: Response, length: int) -> bytes:
        try:
            data = reply.body(length)
        except TooLong:
            raise StorageError(f"{self.name}: the server sent more bytes than asked for") from None
        if len(data) < length:
            raise Again("sends less than it says")
        return data

    def _changed(self) -> Changed:
        return Changed(f"{self.name}: was replaced while it was read; open it again")

    def _no_ranges(self) -> NoRanges:
        return NoRanges(
            f"{self.name}: the server does not serve parts of files; `memcodec fetch` downloads it"
        )

    def _other_range(self) -> StorageError:
        return StorageError(
            f"{self.name}: the server sent another range than asked for; it cannot be read there"
        )

    def _unexpected(self, reply: Response) -> StorageError:
        return StorageError(f"{self.name}: the server gives no answer to a read (HTTP {reply.status})")

    def close(self) -> None:
        self._web.close()


def _groups(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Spans that go into one request: not too many, not too long together."""
    group: list[Span] = []
    for span in spans:
        if group and (len(group) == RANGES or sum(length for _, length in [*group, span]) > PIECE):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _plain(value: str) -> str:
    """A header's value that can be sent back; "" for one that cannot."""
    return value if value.isascii() and value.isprintable() and len(value) <= 256 else ""

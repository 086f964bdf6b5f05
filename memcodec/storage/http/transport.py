"""Files on web servers and CDNs: range requests (RFC 9110, section 14), every answer checked against what was asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from memcodec.errors import Changed, StorageError
from memcodec.storage.http import answers, byteranges
from memcodec.storage.http.client import Get, Web
from memcodec.storage.http.connections import Response, TooLong
from memcodec.storage.http.deadline import Deadline
from memcodec.storage.http.faults import Again
from memcodec.storage.http.opening import WHOLE, Opening
from memcodec.storage.http.version import Version
from memcodec.storage.remote import ranges
from memcodec.storage.remote.log import RequestLog, Round
from memcodec.storage.remote.ranges import Span
from memcodec.storage.remote.source import PIECE, FirstAnswer

DEADLINE = 25.0  #: seconds that one round of requests may take, retries and all
PACE = (
    128 << 10
)  #: bytes a second: a round of more than 1 MiB has the time that the rest takes at this pace beside it
RANGES = 64  #: ranges of one request at most: servers refuse many, and headers of many KB
STILL = 0.4  #: of the deadline is waited for a server that says nothing: so a second try has time
_FRAMING = 1024  # bytes a part of an answer takes beside its own, at most


class _Unmatched(Exception):
    """A request with a condition is refused: of another version, or by a server that does not know the condition."""

    def __init__(self, error: StorageError) -> None:
        super().__init__(str(error))
        self.error = error  #: what the user is told if it is refused without the condition too


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
        self._version, self._size = Version(), 0
        self._whole: bytes | None = None  # of a short file on a server that knows no ranges
        self._several = False  # whether the server answers several ranges at once
        self._conditions = True  # whether its conditions can be relied upon

    def connected(self, url: str, headers: Mapping[str, str], idle: float) -> Web:
        return Web(url, headers, idle)

    def open(self, tail: int) -> FirstAnswer:
        found = Opening(self._web, self.log, Deadline(self._deadline), tail).open()
        self._size, self._version, self._whole = found.size, found.version, found.whole
        self._several = found.several
        return FirstAnswer(found.size, found.version.name, found.data)

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
        read = self._one if len(spans) == 1 else self._parts
        headers = {"Range": byteranges.header(spans)}
        ask = Get(headers, spans, limit, note, lambda reply: read(reply, spans))
        required = self._version.required()
        if self._conditions and required:
            with contextlib.suppress(_Unmatched):
                return self._web.get(replace(ask, headers={**headers, **required}))
        try:
            found = self._web.get(ask)
        except _Unmatched as refused:
            raise refused.error from None
        self._conditions = False  # it is the same version all the same: some servers refuse every condition
        return found

    def _one(self, reply: Response, spans: Sequence[Span]) -> list[bytes]:
        """The bytes of the one span asked for."""
        if reply.status == 200:
            self._check_version(reply)
            raise answers.no_part(self.name)
        self._check_partial(reply)
        part = byteranges.content_range(reply.header("content-range"))
        if part is not None and part.total != self._size:
            raise self._changed()
        if part is None or part[:2] != spans[0]:
            raise answers.other_range(self.name)
        return [answers.body(self.name, reply, part.length)]

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
        headers = {"Range": "bytes=0-0", **self._version.unless()}
        return self._web.get(Get(headers, [], Deadline(self._deadline), self.log.begin(), self._is_other))

    def _is_other(self, reply: Response) -> bool:
        if reply.status not in (200, 206, 304, 416):
            raise answers.unexpected(self.name, reply)
        if reply.status == 304:
            return False
        value = reply.header("content-range")
        if reply.status == 416:  # what has no first byte is empty
            return (byteranges.unsatisfied(value) or 0) != self._size
        part = byteranges.content_range(value)
        size = part.total if part else None
        if reply.status == 200 and reply.header("content-length").isdigit():
            size = int(reply.header("content-length"))
        return size != self._size or self._version.is_other(Version.of(reply))

    def _check_partial(self, reply: Response) -> None:
        if reply.status == 412:
            raise _Unmatched(self._changed())
        if reply.status in (400, 501):
            raise _Unmatched(answers.unexpected(self.name, reply))
        if reply.status == 416:
            raise self._changed()
        if reply.status != 206:
            raise answers.unexpected(self.name, reply)
        self._check_version(reply)
        answers.check_plain(self.name, reply)

    def _check_version(self, reply: Response) -> None:
        if self._version.is_other(Version.of(reply)):
            raise self._changed()

    def _changed(self) -> Changed:
        return Changed(f"{self.name}: was replaced while it was read; open it again")

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

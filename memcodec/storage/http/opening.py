"""How a file on a web server is opened: its size, version and last bytes, by as few requests as that server needs.

One suffix range does on most servers. Some ignore it, refuse it (400, 416, 501) or take it for another range: there
the size is asked first, unless they told it, and then the last bytes by their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from memcodec.errors import StorageError
from memcodec.storage.http import answers, byteranges
from memcodec.storage.http.client import Get, Web
from memcodec.storage.http.connections import Response, TooLong
from memcodec.storage.http.deadline import Deadline
from memcodec.storage.http.version import Version
from memcodec.storage.remote.log import RequestLog

WHOLE = 1 << 20  #: bytes: a file so short is taken whole from a server that knows no ranges
_REFUSED = frozenset({400, 405, 416, 501})  # what servers say of a range they do not understand
_STATIC = re.compile(r'(?:nginx|Apache)\b.*"([0-9a-f]+)-([0-9a-f]+)"')
_BETWEEN = ("via", "age", "x-cache", "cf-ray", "x-served-by")  # headers of caches and proxies

T = TypeVar("T")


@dataclass(frozen=True)
class Opened:
    """What is known of a file after it was opened."""

    size: int
    version: Version
    data: bytes  #: its last bytes
    whole: bytes | None = None  #: all of a short file whose server knows no ranges
    several: bool = False  #: whether the server answers several ranges in one answer


class _Refused(Exception):
    """The range asked for is not what came."""

    def __init__(self, error: StorageError, size: int | None = None) -> None:
        super().__init__(str(error))
        self.error = error  #: what the user is told if nothing else helps
        self.size = size  #: of the file, when the answer told it


class Opening:
    """Opens one file. Its requests follow one another: each is a round of its own."""

    def __init__(self, web: Web, log: RequestLog, limit: Deadline, tail: int) -> None:
        self._web, self._log, self._limit, self._tail = web, log, limit, tail
        self._name = web.name

    def open(self) -> Opened:
        """Raises StorageError."""
        try:
            return self._asked(f"bytes=-{self._tail}", self._end)
        except _Refused as refused:
            size = refused.size
        try:
            found = self._asked("bytes=0-0", self._sized) if size is None else size
        except _Refused:
            found = 0
        # Of an empty object S3's servers refuse every range and say no more.
        span = f"bytes={max(0, found - self._tail)}-{found - 1}" if found else ""
        try:
            return self._asked(span, self._end)
        except _Refused as refused:
            raise refused.error from None

    def _asked(self, span: str, read: Callable[[Response], T]) -> T:
        headers = {"Range": span} if span else {}
        return self._web.get(Get(headers, [], self._limit, self._log.begin(), read))

    def _end(self, reply: Response) -> Opened:
        """The file's last bytes, if it is these that came."""
        answers.check_plain(self._name, reply)
        if reply.status == 200:
            return self._all(reply)
        if reply.status != 206:
            return self._none(reply)
        part = byteranges.content_range(reply.header("content-range"))
        if part is None or sum(part[:2]) != part.total or part.length != min(self._tail, part.total):
            raise _Refused(answers.other_range(self._name))
        data = answers.body(self._name, reply, part.length)
        reply.spans = [part[:2]]
        return Opened(part.total, Version.of(reply), data, several=self._several(reply, part.total))

    def _all(self, reply: Response) -> Opened:
        """A short file whole; a long one is not read on."""
        length = reply.header("content-length")
        size = int(length) if length.isdigit() else None
        # Without either, a file cut short looks like one that ends there.
        framed = size is not None or reply.header("transfer-encoding").lower() == "chunked"
        no_ranges = answers.no_ranges(self._name)
        if reply.header("accept-ranges").lower() == "none" and (size is None or size > WHOLE):
            raise no_ranges
        if not framed or (size is not None and size > WHOLE):
            raise _Refused(no_ranges, size)
        try:
            data = reply.body(WHOLE)
        except TooLong:
            raise _Refused(no_ranges) from None
        reply.spans = [(0, len(data))]
        return Opened(len(data), Version.of(reply), data[-self._tail :], data)

    def _none(self, reply: Response) -> Opened:
        """An empty file has no range. Others may be refused for another reason."""
        size = byteranges.unsatisfied(reply.header("content-range")) if reply.status == 416 else None
        if size == 0:
            return Opened(0, Version.of(reply), b"")
        error = answers.unexpected(self._name, reply)
        raise _Refused(error, size) if reply.status in _REFUSED else error

    def _sized(self, reply: Response) -> int:
        """The file's size, by its first byte."""
        if reply.status != 206:
            opened = self._end(reply)
            return opened.size
        answers.check_plain(self._name, reply)
        part = byteranges.content_range(reply.header("content-range"))
        if part is None or part[:2] != (0, 1):
            raise answers.other_range(self._name)
        return part.total

    def _several(self, reply: Response, size: int) -> bool:
        """Whether the answer is of a server that reads the file itself and is known to answer several ranges.

        Others (buckets, most CDNs) answer them with the whole file, which is on its way before it can be stopped. The
        tag that nginx and Apache make for their own files has the size in it, and nobody stands between.
        """
        found = _STATIC.fullmatch(f"{reply.header('server')} {reply.header('etag').removeprefix('W/')}")
        direct = not any(reply.header(name) for name in _BETWEEN)
        return self._web.several and direct and found is not None and f"{size:x}" in found.groups()

"""A file from a web server that gives whole files alone: one GET, front to back, and nothing to go on from."""

from __future__ import annotations

import contextlib
import os

from memcodec.errors import StorageError
from memcodec.model import Progress
from memcodec.storage.descriptors import write_at
from memcodec.storage.http.answers import check_plain
from memcodec.storage.http.client import Get, Web
from memcodec.storage.http.connections import Response
from memcodec.storage.http.deadline import Deadline
from memcodec.storage.http.faults import Again
from memcodec.storage.remote.log import RequestLog

LONGEST = 6 * 3600.0  #: seconds that it may take
UNSAID = 4 << 30  #: bytes that a server may send that does not say how many come
_IDLE = 20.0  # seconds to wait for a server that says nothing


def download(url: str, fd: int, progress: Progress, most: int) -> RequestLog:
    """Write what ``url`` holds, ``most`` bytes of it at most, to an open file, from its first byte on.

    Raises StorageError.
    """
    log, web = RequestLog(), Web(url, {}, _IDLE)

    def read(reply: Response) -> int:
        total = _length(reply, web.name)
        limit = total or min(most, UNSAID)
        if limit > most:
            raise too_much(web.name, total, most)
        os.ftruncate(fd, 0)
        at = 0
        for block in reply.blocks():
            if 0 < total < at + len(block):
                raise StorageError(f"{web.name}: the server sent more bytes than it said")
            if at + len(block) > limit:
                raise too_much(web.name, 0, limit)
            write_at(fd, block, at)
            at += len(block)
            progress("fetch", at, total)
        if at < total:
            raise Again("sends less than it says")
        return at

    with contextlib.closing(web):
        web.get(Get({}, [], Deadline(LONGEST), log.begin(), read))
    return log


def too_much(name: str, size: int, most: int) -> StorageError:
    """The error for a file of ``size`` bytes, 0 for one that does not end, of which ``most`` may be taken."""
    told = f"has {size:,} bytes" if size else "does not end"
    return StorageError(
        f"{name}: {told}, and {most:,} may be taken; make room, or name another `max_size` if you trust the server"
    )


def _length(reply: Response, name: str) -> int:
    """The bytes to come (RFC 9110, section 8.6); 0 when the server does not say, but marks the end."""
    if reply.status != 200:
        raise StorageError(f"{name}: the server gives no answer to a read (HTTP {reply.status})")
    check_plain(name, reply)
    length = reply.header("content-length")
    if length.isascii() and length.isdigit():
        return int(length[:18])
    if reply.header("transfer-encoding").lower() == "chunked":
        return 0
    raise StorageError(
        f"{name}: the server does not say where the file ends; it cannot be fetched from there"
    )

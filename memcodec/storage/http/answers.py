"""What every answer to a range request is checked for, and what users are told of one that is not right."""

from __future__ import annotations

from memcodec.errors import StorageError
from memcodec.storage.http.connections import Response, TooLong
from memcodec.storage.http.faults import Again

# "aws-chunked" is how S3's clients upload; servers keep the word, and what is stored is the file itself.
_PLAIN = frozenset({"", "identity", "aws-chunked", "none", "binary"})


class NoRanges(StorageError):
    """The server serves whole files alone."""


def check_plain(name: str, reply: Response) -> None:
    """Raises StorageError for bytes that are not the file's own."""
    if not {word.strip() for word in reply.header("content-encoding").lower().split(",")} <= _PLAIN:
        raise StorageError(
            f"{name}: the server compresses what it sends, so ranges have no meaning; turn it off there"
        )


def body(name: str, reply: Response, length: int) -> bytes:
    """The body, of ``length`` bytes. Raises StorageError for a longer one, Again for a shorter one."""
    try:
        data = reply.body(length)
    except TooLong:
        raise StorageError(f"{name}: the server sent more bytes than asked for") from None
    if len(data) < length:
        raise Again("sends less than it says")
    return data


def no_ranges(name: str) -> NoRanges:
    return NoRanges(f"{name}: the server does not serve parts of files; `memcodec fetch` downloads it")


def no_part(name: str) -> NoRanges:
    return NoRanges(
        f"{name}: the server sent the whole file where a part was asked for; `memcodec fetch` downloads it"
    )


def other_range(name: str) -> StorageError:
    return StorageError(f"{name}: the server sent another range than asked for; it cannot be read there")


def unexpected(name: str, reply: Response) -> StorageError:
    return StorageError(f"{name}: the server gives no answer to a read (HTTP {reply.status})")

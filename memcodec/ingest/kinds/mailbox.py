"""Where the messages of a mailbox begin and end (mbox, RFC 4155, in the forms that mailers write)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FROM_LINE = re.compile(rb"^From [^\r\n]*\r?\n", re.MULTILINE)
_DAYS = frozenset(b"mon tue wed thu fri sat sun".split())
_MONTHS = frozenset(b"jan feb mar apr may jun jul aug sep oct nov dec".split())
_TIME = re.compile(rb"\d{1,2}:\d{2}(?::\d{2})?")
_YEAR = re.compile(rb"(?:19|20)\d{2}")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:[ \t]{0,9}(\d{1,12})[ \t]{0,9}\r?$", re.IGNORECASE | re.MULTILINE)
HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,80}:")  #: a field name, RFC 5322 section 2.2


def is_one(data: bytes) -> bool:
    """Whether a mailbox begins so."""
    first = _FROM_LINE.match(data)
    return first is not None and _begins(data, first, first=True)


def messages(data: bytes) -> Iterator[bytes]:
    """The messages of a mailbox, without the lines that part them."""
    starts = [match for match in _FROM_LINE.finditer(data) if _begins(data, match, first=match.start() == 0)]
    ends = [*(found.start() for found in starts[1:]), len(data)]
    possible, at = set(ends), 0
    for match, following in zip(starts, ends, strict=True):
        if match.start() < at:
            continue
        stated = _stated_end(data, match.end())
        at = stated if stated in possible else following
        yield _QUOTED.sub(rb"\1", data[match.end() : at])


def _stated_end(data: bytes, start: int) -> int:
    """Where the message that begins at ``start`` ends by its own word, with the blank lines behind it; 0 without.

    Mailers that write the length need not quote lines that begin with "From ".
    """
    blank = _BLANK.search(data, start)
    said = _LENGTH.search(data, start, blank.start() + 1) if blank else None
    end = blank.end() + int(said[1]) if blank and said else 0
    while end < len(data) and end and data[end] in b"\r\n":
        end += 1
    return end


def _begins(data: bytes, line: re.Match[bytes], *, first: bool) -> bool:
    """Whether a line ``From `` parts messages: it names a sender and a day, time and year, and a header follows.

    Prose begins lines with that word too, and not all mailers quote them. The file's first line need not be so exact.
    """
    following = HEADER.match(data, line.end()) or data.startswith(b">From ", line.end())
    if first:
        return bool(following) or data.startswith((b"\n", b"\r\n"), line.end())
    said = line[0].lower().replace(b",", b" ").split()[2:]
    dated = not _DAYS.isdisjoint(word[:3] for word in said if len(word) == 3) and not _MONTHS.isdisjoint(said)
    return bool(following) and dated and all(any(map(each.fullmatch, said)) for each in (_TIME, _YEAR))

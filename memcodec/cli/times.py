"""Times as options take them: ISO 8601 dates and times, each the span that it names."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

# ISO 8601-1:2019, 4.3.2, extended: a blank may stand for the T (RFC 3339, section 5.6).
_FORM = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?P<seconds>:\d{2}(?P<fraction>\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?"
)
_INSTANT = timedelta(microseconds=1)


class Span(NamedTuple):
    """The first and the last instant that a written time covers; both have a time zone."""

    first: datetime
    last: datetime


def parse_span(text: str) -> Span:
    """``2026-04-02`` covers that day, ``2026-04-02T08:00`` that minute, ``2026-04-02T08:00:05Z`` that second.

    A time without a zone is local. Raises ValueError when it is not a time, or none that this machine can tell.
    """
    text = text.strip().upper()
    match = _FORM.fullmatch(text)
    if not match:
        raise ValueError(
            "not a time; write a date, 2026-04-02, or a time, 2026-04-02T08:00 or 2026-04-02T08:00:05Z"
        )
    if len(text) == len("2026-04-02"):
        unit = timedelta(days=1)
    elif match["fraction"]:
        unit = _INSTANT
    else:
        unit = timedelta(seconds=1) if match["seconds"] else timedelta(minutes=1)
    try:
        first = datetime.fromisoformat(text)
        # Counted on the local clock: a day that has 23 hours ends at midnight, too.
        return Span(_zoned(first), _zoned(first + (unit - _INSTANT)))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no such time ({error})") from error


def _zoned(time: datetime) -> datetime:
    return time if time.tzinfo is not None else time.astimezone()

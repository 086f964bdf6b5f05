"""Times as options take them: ISO 8601 dates and times, and English words for them, each the span that it names."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from memcodec.errors import ConfigError

if TYPE_CHECKING:
    from dateparser.date import DateData

# ISO 8601-1:2019, 4.3.2, extended: a blank may stand for the T (RFC 3339, section 5.6).
_FORM = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?P<seconds>:\d{2}(?P<fraction>\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?"
)
_INSTANT = timedelta(microseconds=1)
_LONGEST = 60  # characters: no time has more words
# A year, a month, a quarter, or something with a word: "12", "3/4/2024" and "5pm" are anybody's guess.
_NAMED = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?|q[1-4] \d{4}|.*[a-z]{3}.*")
_CALENDAR = re.compile(r"\b(?:last|this|next|past|previous)\s+(?:week|month|year)\b")
_COUNTED = re.compile(r"\b(?:week|fortnight|month|year)s?\b")
_HOURS = re.compile(r"\d:\d")
_VAGUE = re.compile(r"decade|centur")  # dateparser takes them for years
_BY_THE_SECOND = re.compile(r"\d:\d{2}:\d{2}")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class TimeSpan(NamedTuple):
    """The first and the last instant that a written time covers; both have a time zone."""

    first: datetime
    last: datetime


def parse_span(text: str, now: datetime | None = None) -> TimeSpan:
    """``2026-04-02`` covers that day, ``2026-04-02T08:00`` that minute, ``2026-04-02T08:00:05Z`` that second.

    So does English: ``yesterday`` and ``last Tuesday`` a day, ``March 2024`` a month, ``last week`` Monday to Sunday,
    ``2 weeks ago`` the day, ``3 hours ago`` an instant; as seen from ``now``, a local time without a zone. Where it
    may be past or future ("Tuesday", "March") it is past. A time without a zone is local. Raises ValueError when it is
    not a time, or none that this machine can tell.
    """
    text = text.strip()
    match = _FORM.fullmatch(text.upper())
    try:
        if match:
            first = datetime.fromisoformat(match[0])
            unit = _unit(match)
        else:
            first, unit = _in_words(text.lower(), now or datetime.now())
        # Counted on the local clock: a day that has 23 hours ends at midnight, too.
        return TimeSpan(_zoned(first), _zoned(first + (unit - _INSTANT)))
    except NotATime:
        raise
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no such time ({error})") from error


class NotATime(ValueError):
    """Nothing that names a time."""

    def __init__(self) -> None:
        super().__init__(
            "not a time; write a date, 2026-04-02, or a time, 2026-04-02T08:00 or 2026-04-02T08:00:05Z, "
            'or say it: yesterday, "last Tuesday", "March 2024", "2 weeks ago"'
        )


def state_of(written: int | str | None) -> int | datetime | None:
    """A state of a file as ``--as-of`` takes it; None: the newest.

    Raises ConfigError for neither a number nor a time.
    """
    if not isinstance(written, str):
        return written
    if written.isascii() and written.isdecimal() and len(written) < 10:
        return int(written)
    try:
        return parse_span(written).last if written else None
    except ValueError as error:
        raise ConfigError(f"as_of: {written!r} is not a commit's number and {error}") from None


def _unit(match: re.Match[str]) -> timedelta:
    if len(match[0]) == len("2026-04-02"):
        return timedelta(days=1)
    if match["fraction"]:
        return _INSTANT
    return timedelta(seconds=1) if match["seconds"] else timedelta(minutes=1)


def _in_words(text: str, now: datetime) -> tuple[datetime, timedelta]:
    """Where a time in words begins, and how long it is. Raises NotATime."""
    found = _look_up(text, now) if len(text) <= _LONGEST and _NAMED.fullmatch(text) else None
    if found is None or found.date_obj is None or _VAGUE.search(text):
        raise NotATime
    time, period = found.date_obj, found.period
    if period == "time":
        if time.second or time.microsecond or _BY_THE_SECOND.search(text):
            return time, timedelta(seconds=1) if _BY_THE_SECOND.search(text) else _INSTANT
        return time, timedelta(minutes=1)
    if _HOURS.search(text):  # and yet it was not read as a time of day
        raise NotATime
    day = time.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "day" or (_COUNTED.search(text) and not _CALENDAR.search(text)):
        return day, timedelta(days=1)
    if period == "week":
        return day - timedelta(days=day.weekday()), timedelta(weeks=1)
    if period not in _MONTHS:  # "last night": its hours are anybody's guess, too
        raise NotATime
    return _months(day, _MONTHS[period])


def _months(day: datetime, count: int) -> tuple[datetime, timedelta]:
    """The calendar's month, quarter or year, so many months long, that a day is in."""
    month = (day.month - 1) // count * count
    first = day.replace(month=month + 1, day=1)
    years, month = divmod(month + count, 12)
    return first, first.replace(year=first.year + years, month=month + 1) - first


def _look_up(text: str, now: datetime) -> DateData | None:
    from dateparser.date import DateDataParser  # 0.1 s, for those who write words

    parser = DateDataParser(
        languages=["en"],
        settings={
            "RELATIVE_BASE": now,
            "TIMEZONE": "UTC",  # or it asks for the machine's zone by name, which not every machine can tell
            "PREFER_DATES_FROM": "past",
            "PREFER_DAY_OF_MONTH": "current",
            "RETURN_TIME_AS_PERIOD": True,
            "PARSERS": ["relative-time", "absolute-time"],
        },
    )
    return parser.get_date_data(text)


def _zoned(time: datetime) -> datetime:
    if time.tzinfo is not None:
        return time
    try:
        return time.astimezone()
    except OSError:  # Windows knows of no time before 1970 what was the hour here
        return time.replace(tzinfo=datetime.now().astimezone().tzinfo)

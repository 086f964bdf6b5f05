"""What a text says of itself before it begins: YAML between ``---``, TOML between ``+++``, or JSON."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from memcodec.ingest.kinds.builder import one_line, when

_MAX = 1 << 16  # characters
_MARKS = {"---": ("---", "..."), "+++": ("+++",)}
_DEEP = 2  # keys in keys whose values are taken
_ENTRIES = 100  # of a list
_DATES = (
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d.%m.%Y",
    "%B %d, %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%d %b %Y",
    "%Y-%m-%d %H:%M:%S %z",
)


def front_matter(text: str) -> tuple[dict[str, str], int, str]:
    """The block that ``text`` may begin with: its keys, the characters it takes, what is wrong with it."""
    mark = len(text) - len(text.removeprefix("\ufeff"))
    if text.startswith("{", mark):
        return _json(text, mark)
    first, _, _ = text[mark : mark + 80].partition("\n")
    if (fence := first.rstrip()) not in _MARKS:
        return {}, 0, ""
    start = mark + len(first) + 1
    found = _end(text, start, _MARKS[fence])
    if found is None:
        return {}, 0, ""
    inner, end = found
    try:
        loaded = _yaml(inner) if fence == "---" else tomllib.loads(inner.replace("\r\n", "\n"))
    except ImportError:
        return {}, end, "front matter not read: that needs pip install 'memcodec[documents]'"
    except (ValueError, RecursionError) as error:
        return {}, end, f"front matter not read: {' '.join(str(error).split())[:120]}"
    if not isinstance(loaded, dict):
        return {}, end if loaded is None else 0, ""
    return _values(loaded), end, ""


def stated_time(value: str) -> datetime | None:
    """The time that front matter states, the first of a list: ISO 8601 or as people write days; None for none."""
    if not value:
        return None
    return next(
        (found for each in (value, value.partition(", ")[0]) if (found := _time(each)) is not None), None
    )


def _time(value: str) -> datetime | None:
    if (found := when(value)) is not None:
        return found
    for form in _DATES:
        try:
            return when(datetime.strptime(value.strip(), form))
        except ValueError:
            continue
    try:
        return when(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _end(text: str, start: int, marks: tuple[str, ...]) -> tuple[str, int] | None:
    """What stands before the line that ends the block, and where the text goes on."""
    at = start
    while at < min(len(text), _MAX):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end + 1
        if text[at:end].rstrip() in marks:
            return text[start:at], end
        at = end
    return None


def _yaml(inner: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(inner)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _json(text: str, mark: int) -> tuple[dict[str, str], int, str]:
    """An object that a text begins with; one that is the whole text, or holds no key, is no front matter."""
    try:
        loaded, end = json.JSONDecoder().raw_decode(text[mark : mark + _MAX])
    except (ValueError, RecursionError):
        return {}, 0, ""
    after = text[mark + end :]
    if (
        not isinstance(loaded, dict)
        or not loaded
        or not after.startswith(("\n", "\r\n"))
        or not after.strip()
    ):
        return {}, 0, ""
    return _values(loaded), mark + end + 1 + after.startswith("\r"), ""


def _values(loaded: dict[Any, Any], before: str = "", deep: int = 1) -> dict[str, str]:
    """The keys with their values as lines; a key in a key is ``outer.inner``."""
    said: dict[str, str] = {}
    for key, raw in list(loaded.items())[:_ENTRIES]:
        name = before + one_line(str(key)).lower()
        if isinstance(raw, dict):
            said |= _values(raw, f"{name}.", deep + 1) if deep < _DEEP else {}
        elif name and (value := _value(raw)):
            said[name] = value
    return said


def _value(raw: Any) -> str:
    """One line of a scalar or a list of them; deeper lists are not shown: aliases make them grow without end."""
    if isinstance(raw, dict):  # one of a list: an author, a category
        raw = raw.get("name") or raw.get("title")
    if isinstance(raw, list):
        words = (_value(entry) for entry in raw[:_ENTRIES] if not isinstance(entry, list))
        return ", ".join(word for word in words if word)
    if isinstance(raw, (datetime, date)):
        return raw.isoformat()
    return one_line(str(raw)) if isinstance(raw, (str, int, float, bool)) else ""

"""Markdown (CommonMark): the text as it stands, its ATX and setext headings as paths, YAML front matter as metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from memcodec.ingest.kinds.builder import one_line, when
from memcodec.ingest.kinds.extracted import Extracted, TextSection
from memcodec.ingest.kinds.limits import MAX_SECTIONS, reading
from memcodec.ingest.kinds.plain import decode

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd")

_MARKS = set("#`~=-")  # what a line that matters here begins with
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE = re.compile(r" {0,3}(`{3,}(?!.*`)|~{3,})")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_CLOSING = re.compile(r"(^|[ \t]+)#+[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_NO_PARAGRAPH = re.compile(r" {4}|\t| {0,3}(>|[-+*][ \t]|\d{1,9}[.)][ \t]|\||<)")
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?\r?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_MAX_FRONT = 1 << 16
_TITLES, _AUTHORS, _TIMES = ("title",), ("author", "authors"), ("updated", "lastmod", "modified", "date")
_LANGUAGES = ("lang", "language")
_KNOWN = {*_TITLES, *_AUTHORS, *_TIMES, *_LANGUAGES}


class Heading(NamedTuple):
    """A heading and the characters it takes, its line's end included."""

    start: int
    end: int
    level: int
    text: str


def extract(data: bytes, name: str) -> Extracted:
    """The text, unchanged but for its encoding. Raises SourceError; MissingExtra where that has to be guessed."""
    with reading(name, "Markdown file"):
        text, note = decode(data, name)
        said, length, problem = front_matter(text)
        found = [heading for heading in headings(text[length:], length) if heading.text]
        title = _first(said, _TITLES) or next((heading.text for heading in found if heading.level == 1), None)
        return Extracted(
            text,
            tuple(_sections(found))[:MAX_SECTIONS],
            title,
            _first(said, _AUTHORS),
            next((time for key in _TIMES if (time := when(said.get(key)))), None),
            _first(said, _LANGUAGES),
            tuple(line for line in (note, problem) if line),
            {key: value for key, value in said.items() if key not in _KNOWN},
        )


def headings(text: str, offset: int = 0) -> Iterator[Heading]:
    """The headings that stand outside fences, quotes and lists; ``offset`` is added to their places."""
    fence = ""
    before: re.Match[str] | None = None  # a line that an underline would make a heading
    for match in _LINE.finditer(text):
        line = match[0].rstrip("\r\n")
        if line.lstrip(" ")[:1] not in _MARKS:
            before = None if fence else match
            continue
        mark = _FENCE.match(line)
        if fence:
            closes = mark and mark[1].startswith(fence) and not line[mark.end() :].strip()
            fence, before = "" if closes else fence, None
        elif mark:
            fence, before = mark[1], None
        elif atx := _ATX.match(line):
            words = _CLOSING.sub("", atx[2] or "").strip()
            yield Heading(offset + match.start(), offset + match.end(), len(atx[1]), one_line(words))
            before = None
        elif before and (under := _UNDERLINE.match(line)) and _may_be_heading(before[0]):
            level = 1 if under[1][0] == "=" else 2
            yield Heading(offset + before.start(), offset + match.end(), level, one_line(before[0]))
            before = None
        else:
            before = match


def _may_be_heading(line: str) -> bool:
    return bool(line.strip()) and not _NO_PARAGRAPH.match(line)


def _sections(found: list[Heading]) -> Iterator[TextSection]:
    path: list[Heading] = []
    for heading in found:
        path = [*(above for above in path if above.level < heading.level), heading]
        yield TextSection(heading.start, tuple(above.text for above in path))


def front_matter(text: str) -> tuple[dict[str, str], int, str]:
    """The YAML block that ``text`` may begin with: its keys, the characters it takes, what is wrong with it."""
    match = _FRONT.match(text, 0, _MAX_FRONT)
    if not match:
        return {}, 0, ""
    try:
        import yaml
    except ImportError:
        return {}, match.end(), "front matter not read: that needs pip install 'memcodec[documents]'"
    try:
        loaded = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return {}, match.end(), f"front matter not read: {' '.join(str(error).split())[:120]}"
    if not isinstance(loaded, dict):
        return {}, match.end() if loaded is None else 0, ""
    return (
        {one_line(str(key)).lower(): value for key, raw in loaded.items() if (value := _value(raw))},
        match.end(),
        "",
    )


def _value(raw: Any) -> str:
    """One line of a scalar or a list of them; deeper ones are not shown: aliases make them grow without end."""
    if isinstance(raw, list):
        return ", ".join(
            word for entry in raw[:100] if not isinstance(entry, list) and (word := _value(entry))
        )
    if isinstance(raw, (datetime, date)):
        return raw.isoformat()
    return one_line(str(raw)) if isinstance(raw, (str, int, float, bool)) else ""


def _first(said: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((said[key] for key in keys if said.get(key)), None)

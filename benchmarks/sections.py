"""A labelled set made from manuals in reStructuredText: each heading asks, and the section under it is the answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

SHORTEST, LONGEST = 300, 5_000  # characters of a section
WORDS = 2  # in a heading, at least

_HEADING = re.compile(
    r"^(?:(?P<over>([=\-~^\"'*#+.`:])\2{2,})\n)?"  # a line over it, perhaps
    r"[ ]?(?P<title>\S.*)\n(?P<under>([=\-~^\"'*#+.`:])\5{2,})[ ]*$",
    re.M,
)
_ROLE = re.compile(r":[\w:+.-]+:`!?~?\.?([^`<]*?)\s*(?:<[^>`]*>)?`")
_MARKUP = re.compile(r"``|`_*|\*\*?|\\|---?|\|")
_LABEL = re.compile(r"^\.\. (?:_[^\n]*:|index::[^\n]*(?:\n +[^\n]*)*)$\n?", re.M)


class Question(NamedTuple):
    """A heading's words, and the text of its section without them."""

    query: str
    text: str


def questions(texts: Iterable[str]) -> list[Question]:
    """The sections of all texts whose heading stands once, has some words, and is followed by some text.

    A section ends at the next heading, of whatever level. Labels and index entries, which repeat it, are left out.
    """
    found = [section for text in texts for section in _sections(text)]
    often = Counter(section.query.lower() for section in found)
    return [
        section
        for section in found
        if often[section.query.lower()] == 1
        and len(section.query.split()) >= WORDS
        and SHORTEST <= len(section.text) <= LONGEST
    ]


def _sections(text: str) -> Iterator[Question]:
    headings = [match for match in _HEADING.finditer(text) if len(match["under"]) >= len(match["title"]) - 2]
    ends = [*(match.start() for match in headings[1:]), len(text)]
    for heading, end in zip(headings, ends, strict=False):
        yield Question(_plain(heading["title"]), _LABEL.sub("", text[heading.end() : end]).strip())


def _plain(title: str) -> str:
    return " ".join(_MARKUP.sub(" ", _ROLE.sub(r"\1", title)).split())


def spread(found: list[Question], characters: int) -> list[Question]:
    """Some of them, evenly spaced, whose texts come to about ``characters``; all, if they are no more."""
    whole = sum(len(each.text) for each in found)
    count = min(len(found), round(len(found) * characters / max(1, whole)))
    return [found[at * len(found) // count] for at in range(count)]

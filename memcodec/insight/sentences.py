"""Sentences of prose, with the lines they stand on: no tables, no code, no headings, no directives, no lists of
names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

SHORTEST, LONGEST = 40, 600  #: characters
_WORDS = 6
_ENDS = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[`*]*[A-ZÀ-ÞА-ЯΑ-Ω0-9`])")
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|Mr|Mrs|Dr|Prof|No|Fig|Eq|Sec|Ch|al|approx|resp|bzw|z\.B|d\.h|ca|Nr|p|pp|Vol|St|Jr|"
    r"[A-Z])\.)$"
)
_NOT_PROSE = re.compile(
    r"^\s*(?:\.\.\s|:[\w-]+:|>>>|\.\.\.\s|\$\s|#|//|/\*|\||\+[-=]|[-=~^\"'*+#_]{3,}\s*$|@|%|<[!/?a-zA-Z]|[\w.]+ = )"
)
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_MARKUP = re.compile(
    r":[a-zA-Z][\w+.-]{0,20}(?::[\w+.-]{1,20})?:`[!~.]{0,2}([^`<]{1,100}?)(?:\s*<[^>`]{1,200}>)?`"
    r"|``([^`]{1,100})``|`([^`<]{1,100}?)(?:\s*<[^>`]{1,200}>)?`_{0,2}|\[([^\]\[]{1,100})\]\([^)\s]{1,300}\)"
    r"|\*\*([^*]{1,100})\*\*|(?<![\w*])\*([^*\s][^*]{0,98})\*(?![\w*])|\|([\w ]{1,40})\|"
)
_SIGNS = re.compile(r"[{}<>=;|\\_@$%^~#]|\(\)|::")


class Sentence(NamedTuple):
    """A sentence as a reader sees it, without markup; the line of its text it begins on, from 0, and its place among
    the sentences of its paragraph.
    """

    text: str
    line: int
    place: int


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of prose in a text. Takes time linear in it."""
    for first, paragraph in _paragraphs(text):
        joined = "\n".join(paragraph)
        at = place = 0
        for piece in _split(joined):
            line = first + joined.count("\n", 0, at + len(piece) - len(piece.lstrip()))
            at += len(piece)
            if (shown := plain(piece)) and _is_prose(shown):
                yield Sentence(shown, line, place)
                place += 1


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that may be prose, with the number of the first one."""
    run, start = list[str](), 0
    block_indent = -1  # of the line that opened code, whose indented lines follow
    lines = text.split("\n")
    for number, line in enumerate([*lines, ""]):
        bare = line.rstrip()
        indent = len(bare) - len(bare.lstrip())
        if block_indent >= 0 and (not bare or indent > block_indent):
            continue
        block_indent = -1
        if not bare or _NOT_PROSE.match(bare) or _BULLET.match(bare):
            if run:
                yield start, run
            run, start = [], number + 1
            if bare.lstrip().startswith(".. "):
                block_indent = indent
            elif _BULLET.match(bare) and bare:
                run, start = [_BULLET.sub("", bare)], number
            continue
        if not run:
            start = number
        run.append(bare.strip())
        if bare.endswith("::"):
            yield start, run
            run, start, block_indent = [], number + 1, indent


def _split(text: str) -> Iterator[str]:
    """A paragraph, cut where sentences end; the pieces make it up."""
    begin = 0
    for end in _ENDS.finditer(text):
        if _ABBREVIATIONS.search(text, max(begin, end.start() - 12), end.start()):
            continue
        yield text[begin : end.end()]
        begin = end.end()
    yield text[begin:]


def plain(text: str) -> str:
    """Words without the marks around them, on one line."""
    shown = _MARKUP.sub(lambda match: next(each for each in match.groups() if each is not None), text)
    return " ".join(shown.replace("::", ":").split())


def _is_prose(text: str) -> bool:
    if not SHORTEST <= len(text) <= LONGEST or text[-1] not in ".!?…:\"'”’)":
        return False
    words = text.split()
    letters = sum(map(str.isalpha, text))
    return (
        len(words) >= _WORDS
        and letters > 0.7 * (len(text) - len(words))
        and len(_SIGNS.findall(text)) <= len(words) / 6
    )

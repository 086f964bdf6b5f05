"""Subtitles (SubRip; WebVTT, W3C): cues joined to sentences, times as places.

Read here: the usual library takes a WebVTT cue's name for words of the cue before it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder, clean
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.plain import decode

SUFFIXES = (".srt", ".vtt")

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}")
_BLOCK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_TAG = re.compile(r"<[^<>]{1,200}>|\{\\[^{}]{1,100}\}")
_ENDS = re.compile(r"""[.!?…。！？]["'”’»)\]]*$""")
_PAUSE = 4000  # milliseconds of silence that end a sentence
_LONG = 400  # characters that do, too


class Cue(NamedTuple):
    """Words, and when they are said, in milliseconds."""

    start: int
    end: int
    words: str


def extract(data: bytes, name: str) -> Extracted:
    """The spoken text, one place a sentence. Raises SourceError; MissingExtra where the encoding has to be guessed."""
    with reading(name, "subtitle file"):
        text, note = decode(data, name)
        out, found = Builder(), list(cues(clean(text)))
        if not found:
            raise SourceError(f"{name}: no subtitles found in it; name a text .txt")
        if note:
            out.note(note)
        add_sentences(out, found)
        return out.build()


def cues(text: str) -> Iterator[Cue]:
    """The cues, in file order. Text outside them (a header, notes, styles) is none of what is said."""
    for block in _BLOCK.split(text):
        lines = block.splitlines()
        timings = [number for number, line in enumerate(lines) if _TIMING.match(line)]
        for number, end in zip(timings, [*timings[1:], len(lines)], strict=False):
            times = _TIMING.match(lines[number])
            words = html.unescape(_TAG.sub("", " ".join(lines[number + 1 : end])))
            if times and words.strip():
                yield Cue(
                    _milliseconds(times.groups()[:4]),
                    _milliseconds(times.groups()[4:]),
                    " ".join(words.split()),
                )


def add_sentences(out: Builder, spoken: list[Cue]) -> None:
    """Adds what is said, joined to sentences, each at the time it begins."""
    sentence: list[str] = []
    first = last = 0
    for cue in spoken:
        if sentence and (
            cue.start - last > _PAUSE or _ENDS.search(sentence[-1]) or sum(map(len, sentence)) > _LONG
        ):
            _add(out, first, sentence)
            sentence = []
        if not sentence:
            first = cue.start
        if not sentence or sentence[-1] != cue.words:  # rolling captions repeat the line above
            sentence.append(cue.words)
        last = cue.end
    _add(out, first, sentence)


def clock(milliseconds: int) -> str:
    """``00:01:23``."""
    seconds = max(milliseconds, 0) // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _add(out: Builder, start: int, sentence: list[str]) -> None:
    out.place(clock(start))
    out.paragraph(" ".join(sentence))


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))

"""Subtitles: cues joined to sentences, times as places. SubRip and WebVTT (W3C) are read here, SubStation Alpha and
MicroDVD by pysubs2.

pysubs2 knows SubRip and WebVTT too, but loses words: lines with times inside, as YouTube writes them, and a last line
that is a number; and it takes WebVTT's notes and names of cues for words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any, NamedTuple
from warnings import catch_warnings

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder, clean
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.limits import library, reading
from memcodec.ingest.kinds.plain import decode
from memcodec.ingest.kinds.sniff import by_name, by_text

_FRAMES = 25.0  # a second, where a MicroDVD file does not say
_RATE = re.compile(r"\s*\{[01]\}\{[01]\}([1-9]\d{0,2}(?:\.\d{1,4})?)[ \t]*\n")
_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}")
_TAG = re.compile(r"<[^<>]{1,200}>|\{\\[^{}]{1,100}\}")
_VOICE = re.compile(r"\s*<v(?:\.[\w.-]*)?[ \t]+([^<>]{1,200})>")
_ENDS = re.compile(r"""[.!?…。！？]["'”’»)\]]*$""")
_PAUSE = 4000  # milliseconds of silence that end a sentence
_LONG = 400  # characters that do, too


class Cue(NamedTuple):
    """Words, and when they are said, in milliseconds."""

    start: int
    end: int
    words: str


def extract(data: bytes, name: str) -> Extracted:
    """The spoken text, one place a sentence. Raises SourceError; MissingExtra where a library is needed."""
    with reading(name, "subtitle file"):
        text, note = decode(data, name)
        out = Builder()
        out.note(note)
        found = _cues(clean(text), by_name(name), out)
        if not found:
            raise SourceError(f"{name}: no subtitles found in it; name a text .txt")
        add_sentences(out, found)
        return out.build()


def _cues(text: str, suffix: str, out: Builder) -> list[Cue]:
    if by_text(text.encode()) == "subtitles":
        return _microdvd(text, out)
    if suffix in (".ass", ".ssa"):
        return _substation(text, suffix)
    return list(_timed_lines(text, webvtt=suffix == ".vtt" or text.startswith("WEBVTT")))


def _timed_lines(text: str, *, webvtt: bool) -> Iterator[Cue]:
    """The cues of SubRip and WebVTT, in file order; who speaks is told when another one does.

    In WebVTT an empty line ends a cue; SubRip's may hold some.
    """
    lines = text.split("\n")
    timings = [(number, times) for number, line in enumerate(lines) if (times := _TIMING.match(line))]
    speaker = ""
    following = [*(number for number, _ in timings[1:]), len(lines)]
    for (number, times), end in zip(timings, following, strict=False):
        numbered = end < len(lines) and lines[end - 1].strip().isdecimal()
        said = lines[number + 1 : end - numbered]
        if (voice := _VOICE.match(" ".join(said))) and voice[1].strip() != speaker:
            speaker = voice[1].strip()
            said = [f"{html.unescape(speaker)}: ", *said]
        words = html.unescape(_TAG.sub("", " ".join(takewhile(bool, said) if webvtt else said)))
        if words.strip():
            first, last = _milliseconds(times.groups()[:4]), _milliseconds(times.groups()[4:])
            yield Cue(first, last, " ".join(words.split()))


def _microdvd(text: str, out: Builder) -> list[Cue]:
    pysubs2 = library("pysubs2", "documents", "MicroDVD's subtitles")
    try:
        rate = _RATE.match(text)  # where pysubs2 writes it; it looks for it at frame 1 itself
        if rate:
            return _shown(pysubs2.SSAFile.from_string(text[rate.end() :], "microdvd", fps=float(rate[1])))
        return _shown(pysubs2.SSAFile.from_string(text, "microdvd"))
    except pysubs2.UnknownFPSError:
        out.note(f"it does not say its frame rate: times are at {_FRAMES:.0f} frames a second")
        return _shown(pysubs2.SSAFile.from_string(text, "microdvd", fps=_FRAMES))


def _substation(text: str, suffix: str) -> list[Cue]:
    """Of the lines that are said: styles, fonts and comments say nothing, and may be damaged or large."""
    pysubs2 = library("pysubs2", "documents", "SubStation's subtitles")
    said = "\n".join(line for line in text.split("\n") if line.lstrip().startswith("Dialogue:"))
    with catch_warnings(action="ignore"):  # of fields that nobody needs here
        return sorted(_shown(pysubs2.SSAFile.from_string(said, suffix[1:])))


def _shown(events: Any) -> list[Cue]:
    """pysubs2's events, without drawings."""
    cues = (
        Cue(event.start, event.end, " ".join(event.plaintext.split())) for event in events if event.is_text
    )
    return [cue for cue in cues if cue.words]


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

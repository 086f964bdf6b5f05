"""Puts an ``Extracted`` together, piece by piece: paragraphs, headings, places, notes, each within bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from memcodec.config.units import format_count
from memcodec.ingest.kinds import terminal
from memcodec.ingest.kinds.extracted import Extracted, TextSection
from memcodec.ingest.kinds.limits import MAX_SECTIONS, MAX_TEXT, SECONDS, TimeLimit

_NOTES = 20
MAX_LINE = 500  #: characters of a title, a heading in a path, a place
# control characters, and what shows nothing within a word: zero-width spaces, word joiners, marks of byte order
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """``text`` as valid Unicode, without control characters and a terminal's codes, its line ends LF."""
    text = _SURROGATE.sub("\ufffd", _UNWANTED.sub("", terminal.shown(text)))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def one_line(text: str | None) -> str:
    """``text`` as a title, a heading or a place: one short line."""
    return " ".join(clean(text or "").split())[:MAX_LINE]


def when(value: str | datetime | None) -> datetime | None:
    """The time an ISO 8601 text states, in UTC where it names no zone; None when it states none."""
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None


class Builder:
    """Text in the order it comes, with the section each part belongs to.

    Text beyond the bound is left out and noted. A loop that asks ``full`` notes what it leaves out itself.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.limit = TimeLimit(seconds)
        self._pieces: list[str] = []
        self._length = 0
        self._sections: list[TextSection] = []
        self._next: TextSection | None = None
        self._headings: list[tuple[int, str]] = []
        self._place = ""
        self._notes: list[str] = []
        self._unnoted = 0
        self._overflown = False

    @property
    def full(self) -> str:
        """Why no more should come: too much text, or too much time; empty while more may."""
        if self._overflown:
            return "too much text"
        return f"took over {self.limit.seconds:.0f} s" if self.limit.passed else ""

    def heading(self, level: int, text: str) -> None:
        """A heading of ``level`` (1: the outermost): what follows stands under it."""
        if not (line := one_line(text)):
            return
        self._headings = [
            (depth, title) for depth, title in self._headings if depth < level and title != line
        ]
        self._headings.append((level, line))
        self._begin()
        self.paragraph(line)

    def under(self, path: tuple[str, ...], place: str = "") -> None:
        """What follows stands under exactly ``path``, at ``place``; headings that come stand below it."""
        lines = enumerate(map(one_line, path), 1 - len(path))
        self._headings = [(depth, line) for depth, line in lines if line]
        self.place(place)

    def place(self, place: str) -> None:
        """What follows is found at ``place``."""
        self._place = one_line(place)
        self._begin()

    def paragraph(self, text: str) -> None:
        """A paragraph of its own. An empty one is none."""
        self._add(clean(text).strip("\n"), "\n\n")

    def line(self, text: str) -> None:
        """A line of its own."""
        self._add(clean(text).strip("\n"), "\n")

    def note(self, text: str) -> None:
        """Something that people should know of, once: what of the file is not in the text. An empty one is none."""
        line = one_line(text)
        if line and line not in self._notes and len(self._notes) < _NOTES:
            self._notes.append(line)
        elif line and line not in self._notes:
            self._unnoted += 1

    def build(
        self,
        *,
        title: str | None = None,
        author: str | None = None,
        time: datetime | None = None,
        language: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Extracted:
        """All of it. A language that is no BCP 47 tag is left out."""
        text = "".join([*self._pieces, "\n"]) if self._length else ""
        more = (f"and {format_count(self._unnoted)} notes more",) if self._unnoted else ()
        language = (language or "").strip().replace("_", "-")
        return Extracted(
            text,
            tuple(self._sections),
            one_line(title) or None,
            one_line(author) or None,
            time,
            language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", language) else None,
            (*self._notes, *more),
            {key: line for key, value in (tags or {}).items() if (line := one_line(value))},
        )

    def _begin(self) -> None:
        self._next = TextSection(0, tuple(text for _, text in self._headings), self._place)

    def _add(self, text: str, separator: str) -> None:
        if self._overflown or not text.strip():
            return
        if self._length + len(text) + 3 > MAX_TEXT:
            self._overflown = True
            self.note(f"the text beyond {format_count(self._length)} characters is left out")
            return
        if self._length:
            self._put(separator)
        if self._next:
            self._open(self._next)
        self._put(text)

    def _open(self, section: TextSection) -> None:
        self._next = None
        if len(self._sections) < MAX_SECTIONS:
            self._sections.append(section._replace(start=self._length))
            if len(self._sections) == MAX_SECTIONS:
                self.note(f"what follows {section.place or 'the last heading'} has no place of its own")

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

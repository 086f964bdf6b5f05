"""What a loader takes out of a file: its text, where its places begin in it, and what the file says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class TextSection(NamedTuple):
    """A part of the text that begins at character ``start``, up to the next section.

    ``path``: the headings it stands under, outermost first. ``place``: where a person finds it in the file ("page 3",
    "slide 2", "row 15", "00:01:23", "line 40"); empty where the text's own lines say it.
    """

    start: int
    path: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Extracted:
    """A file's text and its parts. ``sections`` rise by ``start``. ``notes`` say what of it could not be read."""

    text: str
    sections: Sequence[TextSection] = ()
    title: str | None = None
    author: str | None = None
    time: datetime | None = None
    language: str | None = None  #: BCP 47 ("en", "de-AT"), as the file states it
    notes: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)  #: front matter's other keys

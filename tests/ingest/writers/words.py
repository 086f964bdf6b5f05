"""Files of every kind by independent writers, with a word of its own in each place that a kind has.

A writer fills ``Words``: what it asks for, it writes. ``tests/ingest/kinds/test_places.py`` compares what is found with
the table in docs/KINDS.md.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

WHEN = datetime(2017, 4, 5, 6, 7, 8, tzinfo=UTC)  #: the day that files state
LANGUAGE = "de-AT"  #: the language that they state


class Words(dict[str, str]):
    """The word of each place, made when it is asked for: "first header" is ``qfirstheaderq``."""

    def __missing__(self, place: str) -> str:
        return self.setdefault(place, f"q{''.join(filter(str.isalpha, place))}q")


class Made(NamedTuple):
    """A file that ``writer`` wrote, and the places that it wrote words in."""

    writer: str
    name: str
    data: bytes
    places: tuple[str, ...]

"""What of a file's pictures is read, and what that may cost; what people should know of it afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from memcodec.errors import MissingExtra, SourceError
from memcodec.ingest.kinds.limits import TimeLimit

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PICTURES = 5_000  #: read in one file
SECONDS = 3600.0  #: after which no more of a file's pictures are read
_LEAST = (60, 16)  # pixels of the longer and the shorter side of a picture that may hold a word
_UNSURE = 0.8  # the mean confidence of a picture's characters below which people are told
_NAMED = 5


class Wanted(NamedTuple):
    """``ocr``: "auto" where a page or picture has no text of its own, "always", "never". ``gps``: where photographs
    were taken is text too."""

    ocr: str = "never"
    gps: bool = False


NOT_WANTED = Wanted()


class Recognition:
    """Reads the pictures of one file. ``progress`` is called with how many are read, and of how many if known."""

    def __init__(
        self, wanted: Wanted = NOT_WANTED, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.wanted = wanted
        self.total = 0
        self.missing = ""  #: what to install, when there was something to read
        self._progress = progress or (lambda done, total: None)
        self._limit = TimeLimit(SECONDS)
        self._seen: set[bytes] = set()
        self._unsure: list[str] = []
        self._count = self._left_out = 0

    def embedded(self, read: Callable[[], bytes], place: str) -> str:
        """The text in a picture that a document holds; of one that it shows again, nothing. Raises MissingExtra."""
        if self.wanted.ocr == "never":
            return ""
        from memcodec.ingest.kinds import bitmaps, ocr

        try:
            data = read()
            digest = hashlib.sha256(data).digest()
            if digest in self._seen:
                return ""
            self._seen.add(digest)
            with bitmaps.opened(data) as image:
                return self.text(partial(bitmaps.upright, image, ocr.SIDE), place)
        except (OSError, ValueError, SyntaxError, EOFError, SourceError):
            return (
                ""  # drawings in formats of Office's own, and what is damaged: the document is whole without
            )

    def text(self, draw: Callable[[], Image], place: str) -> str:
        """The text in a picture (RGB), which is drawn when it is to be read.

        Nothing where no extra is there to read it: then ``missing`` is set.
        """
        if self.wanted.ocr == "never":
            return ""
        from memcodec.ingest.kinds import ocr

        if self._count == MAX_PICTURES or self._limit.passed:
            self._left_out += 1
            return ""
        try:
            ocr.check()
            return self._read(draw(), place)
        except MissingExtra as error:
            if self.wanted.ocr == "always":
                raise
            self.missing = str(error)
            return ""

    def notes(self) -> Iterator[str]:
        """What people should know of."""
        if self._unsure:
            more = f" and {len(self._unsure) - _NAMED} more" if len(self._unsure) > _NAMED else ""
            named = ", ".join(filter(None, self._unsure[:_NAMED]))
            yield f"{named}{more}: read with little confidence; expect mistakes".removeprefix(": ")
        if self._left_out:
            yield f"the text in {self._left_out} pictures is not read (too many, or took over {SECONDS / 60:.0f} min)"

    def _read(self, image: Image, place: str) -> str:
        if max(image.size) < _LEAST[0] or min(image.size) < _LEAST[1]:
            return ""
        import numpy as np

        from memcodec.ingest.kinds import layout, ocr

        lines = ocr.lines(np.asarray(image))
        self._count += 1
        self._progress(self._count, self.total)
        letters = sum(len(line.text) for line in lines)
        if letters and sum(line.confidence * len(line.text) for line in lines) < _UNSURE * letters:
            self._unsure.append(place)
        return layout.arranged(lines)

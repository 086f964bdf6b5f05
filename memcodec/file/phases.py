"""How far long work is: what a ``Progress`` is told while frames are made, and while segments are taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memcodec.format.stream import Packetizer
from memcodec.model import Frame, Progress

if TYPE_CHECKING:
    from memcodec.file.content import Content


class Encoding:
    """The frames of one stream: ``media`` counts what went into them, ``parity`` the repair packets after that.

    What waits in the encoder is not done: data is counted by the frames that are in the file.
    """

    def __init__(self, progress: Progress, content: Content, packets: Packetizer) -> None:
        self._tell, self._content, self._packets, self._written = progress, content, packets, 0

    def enter(self, frame: Frame) -> None:
        """A frame is written."""
        self._written += frame.packets
        data, parity = self._packets.count, self._packets.parity_count
        if parity is None or self._written < data:
            taken, total = self._content.taken
            self._tell("media", taken * self._written // max(data, self._written), total)
        elif parity:
            self._tell("parity", min(self._written - data, parity), parity)


class Overall:
    """One bar over many parts of known sizes, whatever each of them does: a ``Progress`` for the part under way."""

    def __init__(self, progress: Progress, stage: str, total: int) -> None:
        self._tell, self._stage, self._total = progress, stage, total
        self._done = self._size = 0
        self._ended = False

    def begin(self, size: int) -> None:
        """The next part begins; the one before is done."""
        self._done, self._size = self._done + self._size, size
        self._tell(self._stage, self._done, self._total)

    def end(self) -> None:
        """The last part is done; what follows is joining of indexes."""
        self._ended = True
        self._tell("fold", 0, 0)

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Of a part's phases the encoding and the copying of frames take its time."""
        if self._ended:
            if stage == "sync":
                self._tell(stage, done, total)
        elif stage in ("media", "copy") and total:
            self._tell(self._stage, self._done + self._size * done // total, self._total)

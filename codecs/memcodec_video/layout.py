"""The geometry of a frame: a grid of symbols on white, each beside the next with one quiet zone between."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from memcodec.media.contract import PacketSize
from memcodec_video import qr

QUIET = 4  #: modules of quiet zone, shared by neighbours (ISO/IEC 18004 section 6.3.8)
PITCH = qr.SIDE + QUIET
DARK, LIGHT = 0, 255
MIDDLE = 128
_SMALLEST = 6  # version of symbols that packets are made for: smaller ones are mostly header
_FRAME = 1000  # modules that a frame without symbols would pay for: AV1's headers and the boxes and tables about it
_MAX_PIXELS = 16
_MAX_GRID = 16
_STRUCT = struct.Struct("<cBBB")  # level, columns, rows, pixels a module

Luma = npt.NDArray[np.uint8]  #: [height, width]


@dataclass(frozen=True)
class Layout:
    """``columns`` x ``rows`` symbols of ``pixels`` x ``pixels`` modules; slots count row by row from 0.

    A slot has room for a symbol of version 40; a smaller one stands in its top left corner.
    """

    level: qr.Level
    columns: int
    rows: int
    pixels: int

    @property
    def slots(self) -> int:
        return self.columns * self.rows

    @cached_property
    def packet_size(self) -> int:
        return qr.capacity(self.level)

    @cached_property
    def packet_sizes(self) -> list[PacketSize]:
        """What symbols hold, from version to version; a frame costs what its modules do, and as many as ``_FRAME``."""
        versions = range(_SMALLEST if self.level == "L" else qr.LARGEST, qr.LARGEST + 1)
        return [PacketSize(qr.capacity(self.level, each), _FRAME + qr.side(each) ** 2) for each in versions]

    @property
    def width(self) -> int:
        return _aligned((self.columns * PITCH + QUIET) * self.pixels)

    @property
    def height(self) -> int:
        return _aligned((self.rows * PITCH + QUIET) * self.pixels)

    def origin(self, slot: int) -> tuple[int, int]:
        """Row and column of the slot's first module, in pixels."""
        row, column = divmod(slot, self.columns)
        return (row * PITCH + QUIET) * self.pixels, (column * PITCH + QUIET) * self.pixels

    def paint(self, symbols: qr.Modules) -> Luma:
        """A frame showing the symbols [n <= slots, 177, 177] in the first slots; the others stay white."""
        frame = np.full((self.height, self.width), LIGHT, np.uint8)
        colours = (~symbols).view(np.uint8) * np.uint8(LIGHT)  # dark is 0
        side = qr.SIDE * self.pixels
        for slot, symbol in enumerate(colours):
            top, left = self.origin(slot)
            target = frame[top : top + side, left : left + side]
            for y in range(self.pixels):
                for x in range(self.pixels):
                    target[y :: self.pixels, x :: self.pixels] = symbol
        return frame

    def modules(self, luma: Luma, slots: list[int]) -> qr.Modules:
        """The modules seen at the slots' places in a frame of this layout: [n, 177, 177]."""
        step, middle = self.pixels, self.pixels // 2
        dark = luma[middle::step, middle::step] < MIDDLE  # in one go: rows of one symbol are short
        seen = np.empty((len(slots), qr.SIDE, qr.SIDE), np.bool_)
        for one, slot in zip(seen, slots, strict=True):
            top, left = (place // step for place in self.origin(slot))
            one[:] = dark[top : top + qr.SIDE, left : left + qr.SIDE]
        return seen

    def crop(self, luma: Luma, slot: int) -> Luma:
        """The slot and its quiet zone, cut from a frame of this layout at any scale."""
        vertical, horizontal = luma.shape[0] / self.height, luma.shape[1] / self.width
        top, left = self.origin(slot)
        quiet, side = QUIET * self.pixels, qr.SIDE * self.pixels
        rows = slice(round((top - quiet) * vertical), round((top + side + quiet) * vertical))
        columns = slice(round((left - quiet) * horizontal), round((left + side + quiet) * horizontal))
        return luma[rows, columns]

    def fits(self, height: int, width: int) -> bool:
        """Whether a picture of that size can be a frame of this layout, scaled (a codec may round to even)."""
        scale = height / self.height
        return abs(width - self.width * scale) <= 2 * max(1.0, scale) and scale * self.pixels >= 0.9

    def to_bytes(self) -> bytes:
        return _STRUCT.pack(self.level.encode(), self.columns, self.rows, self.pixels)

    @classmethod
    def from_bytes(cls, data: bytes) -> Layout:
        """Raises ValueError for a layout that no profile could have."""
        level, columns, rows, pixels = _STRUCT.unpack(data)
        for name in qr.LEVELS:
            if (
                name.encode() == level
                and 0 < columns <= _MAX_GRID
                and 0 < rows <= _MAX_GRID
                and 0 < pixels <= _MAX_PIXELS
            ):
                return cls(name, columns, rows, pixels)
        raise ValueError("no such layout")


SIZE = _STRUCT.size


def _aligned(length: int) -> int:
    """Frame sides are multiples of 8: whole transform blocks, and even still at three quarters of the size."""
    return -(-length // 8) * 8

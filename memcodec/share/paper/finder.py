"""Every symbol in a picture of pages: a look at the whole, more looks at it prepared, then at each place left out.

Nothing found is trusted: a text counts when it is an intact packet, or a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from memcodec.share.paper import label, lattice, symbol
from memcodec.share.paper.label import Label
from memcodec.share.paper.lattice import Corners
from memcodec.share.paper.symbol import Luma

_LONG_SIDE = 4200  #: pixels of a larger picture that are looked at: a page at 300 dpi, and some around it
_SHORT_SIDE = 2600  #: pixels below which a picture is enlarged
_BACKGROUND = 61  #: pixels: the neighbourhood whose brightness is taken for the paper's


@dataclass(slots=True)
class FoundSymbols:
    """What a picture shows. ``places`` are where packets were read: corners from the symbol's upper left, clockwise."""

    labels: set[Label] = field(default_factory=set)
    packets: dict[bytes, Corners] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """All that the labels promise was read."""
        return bool(self.labels) and len(self.packets) >= sum(each.symbols for each in self.labels)

    def take(self, barcodes: Iterable[Any], moved: Callable[[Corners], Corners]) -> bool:
        """Keep what is ours; whether anything was new."""
        before = len(self.packets) + len(self.labels)
        for barcode in barcodes:
            if (found := label.parse(barcode.bytes)) is not None:
                self.labels.add(found)
            elif (packet := symbol.decode(barcode.bytes)) is not None:
                self.packets.setdefault(packet, moved(_corners(barcode)))
        return len(self.packets) + len(self.labels) > before


def find(picture: Luma) -> FoundSymbols:
    """All labels and packets that can be read from a picture of one page or some."""
    found = FoundSymbols()
    picture = _sized(picture)
    for prepare in (_as_is, _calm, _level, _median):
        prepared, scale = prepare(picture)
        found.take(read_all(prepared), lambda corners, scale=scale: corners / scale)  # type: ignore[misc]
        if found.complete:
            return found
    while not found.complete and found.packets and _look_again(picture, found):
        pass
    return found


def read_all(picture: Luma, *, pure: bool = False) -> list[Any]:
    """Every QR symbol that the reader sees. With ``pure`` the picture is one symbol and nothing else."""
    import zxingcpp

    return zxingcpp.read_barcodes(  # type: ignore[no-any-return]
        np.ascontiguousarray(picture),
        formats=zxingcpp.BarcodeFormat.QRCode,
        is_pure=pure,
        try_rotate=not pure,
        try_downscale=not pure,
        try_invert=False,
    )


def _look_again(picture: Luma, found: FoundSymbols) -> bool:
    """Read the places of the grid where nothing was read. Whether that gave anything new."""
    news = False
    for corners in lattice.gaps(list(found.packets.values()), picture.shape):
        news |= any(
            found.take(read_all(crop, pure=pure), lambda _, at=corners: at)  # type: ignore[misc]
            for crop, pure in _crops(picture, corners)
        )
    return news


def _crops(picture: Luma, corners: Corners) -> Iterator[tuple[Luma, bool]]:
    """One symbol set upright, in several ways; and whether it fills the picture."""
    for margin in (0, lattice.MARGIN):
        upright = lattice.upright(picture, corners, margin)
        if not margin:
            yield lattice.averaged(upright), True
            continue
        for prepare in (_as_is, _calm, _level):
            yield prepare(upright)[0], False


def _sized(picture: Luma) -> Luma:
    import cv2

    scale = _LONG_SIDE / max(picture.shape)
    if scale < 1:
        return np.asarray(
            cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
    return picture


def _as_is(picture: Luma) -> tuple[Luma, float]:
    return picture, 1.0


def _calm(picture: Luma) -> tuple[Luma, float]:
    """Enlarged where it is small, and without the grain: the reader looks at one pixel a module."""
    import cv2

    scale = 2.0 if max(picture.shape) < _SHORT_SIDE else 1.0
    if scale > 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.8 * scale), np.uint8), scale


def _level(picture: Luma) -> tuple[Luma, float]:
    """As if the paper were white all over: shadows and stains that let the print through are gone."""
    import cv2

    calm, scale = _calm(picture)
    size = int(_BACKGROUND * scale) | 1
    paper = cv2.morphologyEx(calm, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    paper = cv2.blur(paper, (size, size))
    return np.asarray(cv2.divide(calm, paper, scale=255), np.uint8), scale


def _median(picture: Luma) -> tuple[Luma, float]:
    import cv2

    return np.asarray(cv2.medianBlur(picture, 3), np.uint8), 1.0


def _corners(barcode: Any) -> Corners:
    at = barcode.position
    points = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    return np.array([[point.x, point.y] for point in points], np.float32)

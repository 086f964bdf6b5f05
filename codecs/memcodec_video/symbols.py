"""From pixels to packets: three independent readers, and the sampler that spares them the clean frames.

A reader's word counts for nothing until ``is_intact`` agrees: what is returned is right or it is None.
"""

from __future__ import annotations

import numpy as np

from memcodec.format import base45
from memcodec.format.packet import is_intact
from memcodec_video import qr, sampler
from memcodec_video.layout import PITCH, Layout, Luma
from memcodec_video.libraries import READERS, by_zxing, zxing

_SYMBOL = 1536  # bytes, fewer than any codec takes for a symbol
_AREA = 1 << 22  # pixels that zxing looks through in the time of all readers on one symbol
_PLENTY = 8  # pixels a module; more tell no reader more
_PATTERNS = 0.9  # a fifth of the symbol lost; level L corrects a fourteenth
_CONTRAST = 48  # grey levels between dark and light below which a slot is blank


class Tries:
    """How many symbols the slow readers may be asked for in vain, in pictures coded in so many bytes: for each that is
    damaged there were bytes, and a small file that shows many which are none is not to take minutes. For many threads.
    """

    def __init__(self, size: int) -> None:
        self._left = -(-size // _SYMBOL)

    def are_left(self) -> bool:
        return self._left > 0

    def spend(self, count: int = 1) -> None:
        self._left -= count


def read_slots(luma: Luma, layout: Layout, slots: list[int], tries: Tries) -> list[bytes | None]:
    """The packets in those slots of a frame of this layout; None where all readers fail."""
    if luma.shape != (layout.height, layout.width):
        return [read_crop(layout.crop(luma, slot), tries) for slot in slots]
    symbols = layout.modules(luma, slots)
    packets = sampler.sample(symbols, layout.level)
    return [
        packet if packet is not None and is_intact(packet) else _read_known(luma, layout, slot, symbol, tries)
        for slot, packet, symbol in zip(slots, packets, symbols, strict=True)
    ]


def _read_known(luma: Luma, layout: Layout, slot: int, symbol: qr.Modules, tries: Tries) -> bytes | None:
    top, left = layout.origin(slot)
    side = qr.SIDE * layout.pixels
    packet = accept(zxing(luma[top : top + side, left : left + side], pure=True))
    if packet is None and _worth_reading(symbol):
        packet = read_crop(layout.crop(luma, slot), tries)
    return packet


def _worth_reading(symbol: qr.Modules) -> bool:
    """Whether the function patterns are mostly there: where they are not, no correction reaches."""
    version = int(qr.versions(symbol[None])[0])
    dark, free = qr.function_patterns(version)
    seen = symbol[: qr.side(version), : qr.side(version)]
    return float(np.mean((seen == dark)[~free])) > _PATTERNS


def read_crop(crop: Luma, tries: Tries) -> bytes | None:
    """The packet of the one symbol in a picture, by whichever reader sees it first."""
    if not tries.are_left() or crop.size == 0 or int(crop.max()) - int(crop.min()) < _CONTRAST:
        return None
    crop = _smaller(crop)
    for reader in READERS:
        for text in reader(crop):
            packet = accept([text])
            if packet is not None:
                return packet
    tries.spend()
    return None


def _smaller(crop: Luma) -> Luma:
    """The same picture in means of squares, where it has more pixels than readers need."""
    times = min(crop.shape) // (_PLENTY * PITCH)
    if times < 2:
        return crop
    height, width = (side // times * times for side in crop.shape)
    squares = crop[:height, :width].reshape(height // times, times, width // times, times)
    means: Luma = squares.mean(axis=(1, 3), dtype=np.float32).astype(np.uint8)
    return means


def accept(texts: list[bytes]) -> bytes | None:
    """The first intact packet among texts that may be base45."""
    for text in texts:
        try:
            packet = base45.decode(text)
        except ValueError:
            continue
        if is_intact(packet):
            return packet
    return None


def read_picture(luma: Luma, layouts: tuple[Layout, ...], tries: Tries) -> list[bytes]:
    """Every packet in a picture of unknown layout and scale."""
    fitting = [layout for layout in layouts if layout.fits(*luma.shape)]
    if len(fitting) > 1:  # slow readers are not to be asked about places where no symbol is
        fitting = [layout for layout in fitting if _shows(luma, layout)] or fitting
    for layout in fitting:
        packets = read_slots(luma, layout, list(range(layout.slots)), tries)
        found = [packet for packet in packets if packet is not None]
        if found:
            return found
    return _everywhere(luma, tries)


def _shows(luma: Luma, layout: Layout) -> bool:
    """Whether zxing alone finds a packet in any slot of the layout."""
    return any(accept(list(by_zxing(layout.crop(luma, slot)))) is not None for slot in range(layout.slots))


def _everywhere(luma: Luma, tries: Tries) -> list[bytes]:
    import zxingcpp

    if not tries.are_left():
        return []
    found = zxingcpp.read_barcodes(np.ascontiguousarray(luma), formats=zxingcpp.BarcodeFormat.QRCode)
    packets = [packet for barcode in found if (packet := accept([barcode.bytes])) is not None]
    tries.spend(0 if packets else luma.size // _AREA)
    return packets


def reads_as(luma: Luma, layout: Layout, slot: int, packet: bytes) -> bool:
    """Whether zxing, which corrects errors, reads exactly this packet from the slot."""
    top, left = layout.origin(slot)
    side = qr.SIDE * layout.pixels
    return base45.encode(packet) in zxing(luma[top : top + side, left : left + side], pure=True)

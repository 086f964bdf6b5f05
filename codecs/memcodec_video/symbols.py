"""From pixels to packets: three independent readers, and the sampler that spares them the clean frames.

A reader's word counts for nothing until ``is_intact`` agrees: what is returned is right or it is None.
"""

from __future__ import annotations

import numpy as np

from memcodec.format import base45
from memcodec.format.packet import is_intact
from memcodec_video import qr, sampler
from memcodec_video.layout import Layout, Luma
from memcodec_video.libraries import READERS, by_zxing, zxing

_PATTERNS = 0.9  # a fifth of the symbol lost; level L corrects a fourteenth
_CONTRAST = 48  # grey levels between dark and light below which a slot is blank


def read_slots(luma: Luma, layout: Layout, slots: list[int]) -> list[bytes | None]:
    """The packets in those slots of a frame of this layout; None where all readers fail."""
    if luma.shape != (layout.height, layout.width):
        return [read_crop(layout.crop(luma, slot)) for slot in slots]
    symbols = layout.modules(luma, slots)
    packets = sampler.sample(symbols, layout.level)
    return [
        packet if packet is not None and is_intact(packet) else _read_known(luma, layout, slot, symbol)
        for slot, packet, symbol in zip(slots, packets, symbols, strict=True)
    ]


def _read_known(luma: Luma, layout: Layout, slot: int, symbol: qr.Modules) -> bytes | None:
    top, left = layout.origin(slot)
    side = qr.SIDE * layout.pixels
    packet = accept(zxing(luma[top : top + side, left : left + side], pure=True))
    if packet is None and _worth_reading(symbol):
        packet = read_crop(layout.crop(luma, slot))
    return packet


def _worth_reading(symbol: qr.Modules) -> bool:
    """Whether the function patterns are mostly there: where they are not, no correction reaches."""
    dark, free = qr.function_patterns()
    return float(np.mean((symbol == dark)[~free])) > _PATTERNS


def read_crop(crop: Luma) -> bytes | None:
    """The packet of the one symbol in a picture, by whichever reader sees it first."""
    if crop.size == 0 or int(crop.max()) - int(crop.min()) < _CONTRAST:
        return None
    for reader in READERS:
        for text in reader(crop):
            packet = accept([text])
            if packet is not None:
                return packet
    return None


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


def read_picture(luma: Luma, layouts: tuple[Layout, ...]) -> list[bytes]:
    """Every packet in a picture of unknown layout and scale."""
    fitting = [layout for layout in layouts if layout.fits(*luma.shape)]
    if len(fitting) > 1:  # slow readers are not to be asked about places where no symbol is
        fitting = [layout for layout in fitting if _shows(luma, layout)] or fitting
    for layout in fitting:
        packets = read_slots(luma, layout, list(range(layout.slots)))
        found = [packet for packet in packets if packet is not None]
        if found:
            return found
    return [packet for text in _everywhere(luma) if (packet := accept([text])) is not None]


def _shows(luma: Luma, layout: Layout) -> bool:
    """Whether zxing alone finds a packet in any slot of the layout."""
    return any(accept(list(by_zxing(layout.crop(luma, slot)))) is not None for slot in range(layout.slots))


def _everywhere(luma: Luma) -> list[bytes]:
    import zxingcpp

    found = zxingcpp.read_barcodes(np.ascontiguousarray(luma), formats=zxingcpp.BarcodeFormat.QRCode)
    return [barcode.bytes for barcode in found]


def reads_as(luma: Luma, layout: Layout, slot: int, packet: bytes) -> bool:
    """Whether zxing, which corrects errors, reads exactly this packet from the slot."""
    top, left = layout.origin(slot)
    side = qr.SIDE * layout.pixels
    return base45.encode(packet) in zxing(luma[top : top + side, left : left + side], pure=True)

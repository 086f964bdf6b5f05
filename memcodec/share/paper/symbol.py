"""One packet as one QR symbol of paper's size, and back: base45 (RFC 9285) in ISO/IEC 18004, section 7.4.4."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from memcodec.format import base45
from memcodec.format.packet import is_intact

Level = Literal["L", "M", "Q", "H"]
LEVELS: tuple[Level, ...] = get_args(Level)
Luma = npt.NDArray[np.uint8]  #: [height, width], 0 black, 255 white

VERSION = 17  #: small enough for any telephone; finer symbols lose less to a stain, coarser ones spend less on headers
SIDE = 17 + 4 * VERSION  #: modules along a side (section 6.3.1)
PACKET_SIZE: dict[Level, int] = {"L": 624, "M": 488, "Q": 354, "H": 272}  #: bytes, by Table 7's characters


def encode(data: bytes) -> str:
    """The base45 text of ``data``."""
    return base45.encode(data).decode("ascii")


def decode(text: bytes) -> bytes | None:
    """The packet a text stands for; None when it is no intact packet."""
    try:
        packet = base45.decode(text)
    except ValueError:
        return None
    return packet if is_intact(packet) else None


def draw(text: str, level: Level, version: int = VERSION) -> Luma:
    """The symbol of a text of the alphanumeric alphabet, one pixel a module, without its quiet zone."""
    import zxingcpp

    barcode = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, options=f"ecLevel={level},version={version}"
    )
    drawn: Luma = np.array(barcode.to_image(scale=1, add_quiet_zones=False))
    side = 17 + 4 * version
    if drawn.shape != (side, side):
        raise ValueError(
            f"a text of {len(text)} characters does not fit a symbol of version {version}-{level}"
        )
    return drawn

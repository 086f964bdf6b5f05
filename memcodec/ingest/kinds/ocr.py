"""Text recognition (OCR) by RapidOCR: the models PP-OCRv6, which its wheel carries, on ONNX Runtime.

One model finds lines, one tells which stand upside down, one reads them. A page that was scanned lying on its side or
on its head is turned first: what most of its lines say is believed, not each.
"""

from __future__ import annotations

import socket
from functools import cache
from typing import TYPE_CHECKING, Any

from memcodec.errors import MissingExtra, ModelError
from memcodec.ingest.kinds.layout import Line
from memcodec.ingest.kinds.limits import library
from memcodec.process import machine, telemetry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Boxes = NDArray[np.float32]

SIDE = 2400  #: pixels of the longer side of what is read: A4 at 205 dots an inch
_FOUND_SIDE = 1600  # in which lines are looked for: in larger ones the model misses single lines
_TALL = 1.5  # times its width: such a line was turned before it is read
_SURE = 0.5  # lines that are read with less confidence are none


def lines(picture: Pixels) -> list[Line]:
    """The lines of text in a picture, RGB [height, width, 3]. Raises MissingExtra, ModelError."""
    engine = _engine()
    shown = picture[:, :, ::-1].copy()
    boxes, crops, flips = _found(engine, shown)
    if turns := _quarter_turns(boxes, flips):
        import numpy as np

        boxes, crops, flips = _found(engine, np.ascontiguousarray(np.rot90(shown, turns)))
    return _read(engine, boxes, crops, flips) if len(boxes) else []


def check() -> None:
    """Raises MissingExtra where there is nothing to read with, ModelError where it does not load."""
    _engine()


@cache
def _engine() -> Any:
    telemetry.turn_off()
    library("onnxruntime", "ocr", "the text in pictures")
    options = {
        "Global.log_level": "critical",
        "Global.max_side_len": SIDE,
        "Det.limit_type": "max",
        "Det.limit_side_len": _FOUND_SIDE,
        "EngineConfig.onnxruntime.intra_op_num_threads": machine.cores(),
    }
    try:
        return _recogniser()(params=options)
    except MissingExtra:
        raise
    except Exception as error:  # of OmegaConf, ONNX Runtime and the file system
        raise _unloadable(error) from error


def _recogniser() -> Any:
    """RapidOCR's class. It imports urllib3, which opens a socket as it is imported where it believes in IPv6."""
    known, socket.has_ipv6 = socket.has_ipv6, False
    try:
        return library("rapidocr", "ocr", "the text in pictures").RapidOCR
    finally:
        socket.has_ipv6 = known


def _unloadable(error: Exception) -> ModelError:
    reason = " ".join(str(error).split())[:160]
    return ModelError(f"the models that read pictures cannot be loaded: {reason}; install rapidocr again")


def _found(engine: Any, picture: Pixels) -> tuple[Boxes, list[Pixels], list[float]]:
    """Where lines are [lines, 4 corners, 2], each line's pixels, and how surely it stands on its head (-1 to 1)."""
    import numpy as np
    from rapidocr.main import RapidOCRError

    prepared, record = engine.preprocess_img(picture)
    try:
        crops, found = engine.detect_and_crop(prepared, record)
    except RapidOCRError:  # nothing is found
        return np.empty((0, 4, 2), np.float32), [], []
    _, classes = engine.cls_and_rotate(crops)
    flips = [float(sure) * (1 if "180" in label else -1) for label, sure in classes.cls_res]
    return np.asarray(found.boxes, np.float32), crops, flips


def _sides(boxes: Boxes) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The width and height of each box."""
    import numpy as np

    across = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    down = np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1)
    return across, down


def _quarter_turns(boxes: Boxes, flips: list[float]) -> int:
    """How often a page is to be turned to the left by a quarter for most of its text to stand upright."""
    import numpy as np

    if not len(boxes):
        return 0
    across, down = _sides(boxes)
    tall = down >= _TALL * across
    length = np.maximum(across, down)
    is_on_side = length[tall].sum() > length[~tall].sum()
    most = tall == is_on_side
    is_flipped = float(np.dot(length[most], np.array(flips)[most])) > 0
    return int(is_on_side) + 2 * int(is_flipped)


def _read(engine: Any, boxes: Boxes, crops: list[Pixels], flips: list[float]) -> list[Line]:
    import numpy as np

    across, down = _sides(boxes)
    upright = [
        np.ascontiguousarray(crop[::-1, ::-1]) if is_tall and flip > 0 else crop
        for crop, is_tall, flip in zip(crops, down >= _TALL * across, flips, strict=True)
    ]
    said = engine.recognize_txt(upright)
    places = _levelled(boxes)
    return [
        Line(*place, text.strip(), float(sure))
        for place, text, sure in zip(places, said.txts, said.scores, strict=True)
        if sure >= _SURE and text.strip()
    ]


def _levelled(boxes: Boxes) -> list[tuple[float, float, float, float]]:
    """The boxes' bounds on a page that is turned until its lines are level."""
    import numpy as np

    across, down = _sides(boxes)
    edges = (boxes[:, 1] - boxes[:, 0])[across > 2 * down]
    angle = float(np.median(np.arctan2(edges[:, 1], edges[:, 0]))) if len(edges) else 0.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    level = boxes @ turn
    low, high = level.min(axis=1), level.max(axis=1)
    return [(float(a[0]), float(a[1]), float(b[0]), float(b[1])) for a, b in zip(low, high, strict=True)]

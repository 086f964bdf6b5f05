"""The independent readers: each gives the texts it sees in the picture of one symbol.

They see what they see: whether a text is a packet is for ``symbols.py`` to judge. zxing-cpp is always there; zbar and
OpenCV are asked where they are installed, and only OpenCV finds symbols that were filmed.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec_video import qr
from memcodec_video.layout import LIGHT, MIDDLE, PITCH, QUIET, Luma

Corners = npt.NDArray[np.float32]  #: [4, (x, y)]
Grey = npt.NDArray[np.float32]

_ZBAR_PIXELS = 3  # a module, for zbar: it likes them large
_CROP = qr.SIDE + 2 * QUIET  # modules along a side of a crop
_RECTIFIED = 4  # pixels a module, after rectifying
_NEIGHBOURHOOD = 31  # modules, for the threshold
_SPREAD = 5.0  # modules: the neighbourhood's standard deviation
_ALIKE = 0.8
_LOADING = threading.Lock()


def by_zxing(crop: Luma) -> Iterator[bytes]:
    yield from zxing(crop, pure=False)


def by_zbar(crop: Luma) -> Iterator[bytes]:
    """Silent where the system lacks libzbar0."""
    pyzbar = _pyzbar()
    if pyzbar is None:
        return
    scale = max(1, round(_ZBAR_PIXELS * PITCH / max(crop.shape)))
    enlarged = np.kron(crop, np.ones((scale, scale), np.uint8))
    for found in pyzbar.decode(enlarged, symbols=[pyzbar.ZBarSymbol.QRCODE]):
        yield bytes(found.data)


@cache
def _pyzbar() -> Any | None:
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError):  # Windows says that a library's file is missing
        return None
    return pyzbar


def zxing(image: Luma, *, pure: bool) -> list[bytes]:
    import zxingcpp

    found = zxingcpp.read_barcode(
        np.ascontiguousarray(image),
        formats=zxingcpp.BarcodeFormat.QRCode,
        is_pure=pure,
        try_rotate=not pure,
        try_downscale=not pure,
        try_invert=False,
    )
    return [found.bytes] if found is not None else []


def by_modules(crop: Luma) -> Iterator[bytes]:
    """Average each module where it is expected, threshold by neighbourhood; zxing decodes."""
    height, width = crop.shape
    averaged = _shares(height) @ crop.astype(np.float32) @ _shares(width).T
    for binary in _binaries(averaged):
        for upright in _upright(binary):
            yield from _decode(upright)


@lru_cache(8)
def _shares(pixels: int) -> Grey:
    """What part each pixel along a side has in each module's average, shape [modules, pixels]."""
    edges = np.linspace(0, pixels, _CROP + 1, dtype=np.float32)[:, None]
    inside = np.clip(edges - np.arange(pixels, dtype=np.float32), 0, 1)  # of a pixel, before each edge
    shares = np.diff(inside, axis=0)
    each: Grey = shares / np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return each


def _binaries(modules: Grey) -> Iterator[Luma]:
    """Black and white by the neighbourhood's weighted mean: as it is, then sharpened against blur."""
    blurred = _smooth(modules, np.array([0.25, 0.5, 0.25], np.float32))
    for sharp in (modules, 2 * modules - blurred):
        sharp = np.clip(sharp, 0, LIGHT)
        yield np.where(sharp > _smooth(sharp, _gaussian()), np.uint8(LIGHT), np.uint8(0))


@cache
def _gaussian() -> Grey:
    distance = np.arange(_NEIGHBOURHOOD) - _NEIGHBOURHOOD // 2
    weights = np.exp(-(distance**2) / (2 * _SPREAD**2))
    normal: Grey = (weights / weights.sum()).astype(np.float32)
    return normal


def _smooth(image: Grey, weights: Grey) -> Grey:
    """A separable convolution; beyond the edges the outermost pixels go on."""
    for axis in (0, 1):
        padded = np.pad(
            image, [(len(weights) // 2,) * 2 if one == axis else (0, 0) for one in (0, 1)], mode="edge"
        )
        image = np.lib.stride_tricks.sliding_window_view(padded, len(weights), axis=axis) @ weights
    return image


def by_opencv(crop: Luma) -> Iterator[bytes]:
    """Locate a turned, shifted or filmed symbol, rectify it, and read it as ``by_modules`` does; OpenCV decodes, too.

    Silent where OpenCV is not installed.
    """
    cv2 = _opencv()
    if cv2 is None:
        return
    for corners in (_expected(crop), *_located(crop)):
        square = _rectify(crop, corners).reshape(_CROP, _RECTIFIED, _CROP, _RECTIFIED)
        for binary in _binaries(square.mean(axis=(1, 3), dtype=np.float32)):
            for upright in _upright(binary):
                yield from _decode(upright)
                if len(upright) < _CROP:
                    continue  # its square is not this one
                enlarged = np.kron(upright, np.ones((_RECTIFIED, _RECTIFIED), np.uint8))
                # OpenCV raises either for a picture that is no symbol.
                with contextlib.suppress(cv2.error, UnicodeDecodeError):
                    yield cv2.QRCodeDetector().decode(enlarged, _square_corners()[None])[0].encode()


def _opencv() -> Any:
    """The module, None where it is not installed. Its loading takes it out of ``sys.modules`` meanwhile."""
    with _LOADING:
        return _imported()


@cache
def _imported() -> Any:
    try:
        import cv2
    except ImportError:
        return None
    return cv2


def _upright(binary: Luma) -> Iterator[Luma]:
    """The picture of a symbol of one pixel a module with its quiet zone, in each turn in which it looks like one."""
    for turn in range(4):
        turned = np.rot90(binary, turn)
        symbol = _without_quiet_zone(turned) < MIDDLE
        end = qr.side(int(qr.versions(symbol[None])[0]))
        if looks_like_symbol(symbol[:end, :end]):
            yield turned[: end + 2 * QUIET, : end + 2 * QUIET]


def _decode(upright: Luma) -> list[bytes]:
    return zxing(_without_quiet_zone(upright), pure=True)


def _without_quiet_zone(picture: Luma) -> Luma:
    return picture[QUIET:-QUIET, QUIET:-QUIET]


def _expected(crop: Luma) -> Corners:
    """The symbol's corners if the crop is the symbol and its quiet zone."""
    height, width = crop.shape
    top, left = height * QUIET / _CROP, width * QUIET / _CROP
    corners = [[left, top], [width - left, top], [width - left, height - top], [left, height - top]]
    return np.array(corners, np.float32)


def _located(crop: Luma) -> Iterator[Corners]:
    """The corners of the largest dark patch: where a turned, shifted or filmed symbol is."""
    import cv2

    module = max(1, max(crop.shape) // _CROP)
    _, dark = cv2.threshold(
        cv2.GaussianBlur(crop, (3, 3), 0), 0, LIGHT, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU
    )
    closed = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((4 * module + 1, 4 * module + 1), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if contours:
        hull = cv2.convexHull(max(contours, key=cv2.contourArea))
        corners = cv2.approxPolyDP(hull, 0.05 * cv2.arcLength(hull, True), True)
        corners = corners if len(corners) == 4 else cv2.boxPoints(cv2.minAreaRect(hull))
        corners = corners.reshape(4, 2)
        middle = corners.mean(axis=0)  # contours run through pixel centres, half a pixel inside the edge
        yield (corners + np.sign(corners - middle) / 2).astype(np.float32)


def _square_corners() -> Corners:
    start, end = QUIET * _RECTIFIED, (QUIET + qr.SIDE) * _RECTIFIED
    return np.array([[start, start], [end, start], [end, end], [start, end]], np.float32)


def _rectify(crop: Luma, corners: Corners) -> Luma:
    import cv2

    transform = cv2.getPerspectiveTransform(corners, _square_corners())
    side = _CROP * _RECTIFIED
    square: Luma = cv2.warpPerspective(
        crop, transform, (side, side), flags=cv2.INTER_LINEAR, borderValue=LIGHT
    )
    return square


def looks_like_symbol(symbol: qr.Modules) -> bool:
    """Whether two of three finder patterns are roughly there: spares noise and blank slots the slow readers."""
    corners = (np.s_[:8, :8], np.s_[:8, -8:], np.s_[-8:, :8])
    pattern, _ = qr.function_patterns(qr.LARGEST)
    return sum(float(np.mean(symbol[corner] == pattern[corner])) > _ALIKE for corner in corners) >= 2


READERS: tuple[Callable[[Luma], Iterator[bytes]], ...] = (by_zxing, by_zbar, by_modules, by_opencv)

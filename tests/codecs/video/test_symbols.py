"""The three readers: each reads, each has something only it can do, and none is believed without proof."""

from __future__ import annotations

import builtins
import math
import subprocess
import sys
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from memcodec.format import base45
from memcodec.format.packet import DATA, Packet
from memcodec_video import libraries, qr
from memcodec_video import symbols as readers
from memcodec_video.layout import Layout, Luma
from memcodec_video.profiles import DENSE, ROBUST
from tests.support.needs import lacks

PACKET = Packet(DATA, b"test", 1, 0, 0, 2840, np.random.default_rng(1).bytes(2840)).to_bytes()
TEXT = base45.encode(PACKET)
TRIES = readers.Tries(1 << 30)


def picture(layout: Layout = ROBUST) -> Luma:
    frame = layout.paint(qr.draw([PACKET]))
    return layout.crop(frame, 0).copy()


def filmed(noise: float = 0, turn: float = 0, blur: float = 0) -> Luma:
    """The symbol as a camera sees it: turned, blurred, grey, lit from one side, noisy."""
    image = picture().astype(np.float32)
    height, width = image.shape
    reach = math.cos(math.radians(turn)) + abs(math.sin(math.radians(turn)))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1 / reach)
    image = cv2.warpAffine(image, matrix, (width, height), borderValue=255)
    image = cv2.GaussianBlur(image, (0, 0), blur) if blur else image
    image = image * 0.6 + np.linspace(0, 40, width) + np.random.default_rng(2).normal(0, noise, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


@pytest.fixture
def zbar() -> None:
    if libraries._pyzbar() is None:
        lacks("libzbar", "apt install libzbar0")


@pytest.mark.parametrize("reader", libraries.READERS)
@pytest.mark.parametrize("layout", [ROBUST, Layout("L", 1, 1, 2)])
def test_each_reads_a_clean_symbol(zbar: None, reader: Callable[[Luma], list[bytes]], layout: Layout) -> None:
    assert TEXT in list(reader(picture(layout)))


@pytest.mark.slow
@pytest.mark.parametrize(
    "image", [filmed(noise=30), filmed(noise=55), filmed(noise=30, turn=3), filmed(turn=-8)]
)
def test_opencv_reads_a_filmed_symbol(image: Luma) -> None:
    assert TEXT in list(libraries.by_opencv(image))
    assert readers.read_crop(image, TRIES) == PACKET


def test_readers_are_tried_in_order_until_one_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def reader(name: str, text: bytes) -> Callable[[Luma], list[bytes]]:
        return lambda crop: tried.append(name) or [text]  # type: ignore[func-returns-value]

    wrong = base45.encode(PACKET[:-1] + b"?")
    table = (reader("one", wrong), reader("two", b"not base45!"), reader("three", TEXT), reader("four", TEXT))
    monkeypatch.setattr(readers, "READERS", table)
    assert readers.read_crop(picture(), TRIES) == PACKET
    assert tried == ["one", "two", "three"]


def test_the_order_of_readers() -> None:
    order = libraries.by_zxing, libraries.by_zbar, libraries.by_modules, libraries.by_opencv
    assert order == libraries.READERS


@pytest.mark.parametrize("scale", [0.75, 1.3])
def test_numpy_alone_reads_a_scaled_and_noisy_symbol(scale: float) -> None:
    image = cv2.resize(filmed(noise=55), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert TEXT in list(libraries.by_modules(np.asarray(image, np.uint8)))


def test_modules_are_averaged_and_parted_as_opencv_does() -> None:
    image = filmed(noise=30)
    size = (libraries._CROP, libraries._CROP)
    theirs = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    ours = libraries._shares(image.shape[0]) @ image.astype(np.float32) @ libraries._shares(image.shape[1]).T
    assert np.abs(ours - theirs).max() <= 1
    binary = next(libraries._binaries(theirs.astype(np.float32)))
    kind = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
    parted = cv2.adaptiveThreshold(theirs, 255, kind, cv2.THRESH_BINARY, libraries._NEIGHBOURHOOD, 0)
    assert (
        np.mean(binary != parted) < 0.02
    )  # where a module is as bright as its neighbourhood, to a grey level


def test_missing_opencv_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "_opencv", lambda: None)
    assert list(libraries.by_opencv(picture())) == []
    assert readers.read_crop(filmed(noise=55), TRIES) == PACKET


_RACE = """
import sys, threading
from memcodec_video import libraries
sys.setswitchinterval(1e-6)
start, found = threading.Barrier(8), []
def look():
    start.wait()
    found.append(libraries._opencv())
threads = [threading.Thread(target=look) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert len(found) == 8 and all(each is sys.modules["cv2"] for each in found)
"""


@pytest.mark.slow
def test_threads_that_need_opencv_at_once_all_get_it() -> None:
    assert subprocess.run([sys.executable, "-c", _RACE], capture_output=True).stderr == b""


def test_missing_zbar_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def refuse(name: str, *args: object, **kwargs: object) -> object:
        if name.startswith("pyzbar"):
            raise ImportError("Unable to find zbar shared library")
        return original(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", refuse)
    libraries._pyzbar.cache_clear()
    try:
        assert list(libraries.by_zbar(picture())) == []
        assert readers.read_crop(filmed(noise=55), TRIES) == PACKET
    finally:
        libraries._pyzbar.cache_clear()


def test_a_symbol_that_is_no_packet_is_none() -> None:
    frame = ROBUST.paint(qr.draw([PACKET[:-1] + b"?"]))
    assert readers.read_slots(frame, ROBUST, [0], TRIES) == [None]


@pytest.mark.parametrize("errors", [0, 1, 100])
def test_wrong_modules_are_corrected(errors: int) -> None:
    symbols = qr.draw([PACKET] * 9)
    places = np.random.default_rng(3).integers(20, 150, (2, errors))
    symbols[:, places[0], places[1]] ^= True
    assert readers.read_slots(DENSE.paint(symbols), DENSE, [8, 0], TRIES) == [PACKET, PACKET]


def test_blank_and_noisy_slots_cost_no_slow_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(crop: Luma) -> list[bytes]:
        raise AssertionError("a slow reader was asked")

    monkeypatch.setattr(readers, "READERS", (never,))
    frame = DENSE.paint(qr.draw([PACKET]))
    noise = np.random.default_rng(4).integers(0, 256, frame.shape, np.uint8)
    assert readers.read_slots(frame, DENSE, [0, 5], TRIES) == [PACKET, None]
    assert readers.read_slots(noise, DENSE, [0, 5], TRIES) == [None, None]


def test_a_picture_of_unknown_layout_is_searched() -> None:
    canvas = np.full((900, 1300), 255, np.uint8)
    canvas[60 : 60 + 740, 200 : 200 + 740] = picture()
    assert readers.read_picture(canvas, (DENSE, ROBUST), TRIES) == [PACKET]

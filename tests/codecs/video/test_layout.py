"""Frames as grids: what is painted is found again, at any scale."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec_video import qr
from memcodec_video.layout import LIGHT, QUIET, Layout
from memcodec_video.profiles import DENSE, LAYOUTS, ROBUST

layouts = st.builds(
    Layout, st.sampled_from("LMQH"), st.integers(1, 16), st.integers(1, 16), st.integers(1, 16)
)


@given(layouts)
def test_layouts_survive_the_file(layout: Layout) -> None:
    assert Layout.from_bytes(layout.to_bytes()) == layout


@pytest.mark.parametrize("data", [b"X\1\1\1", b"L\0\1\1", b"L\1\0\1", b"L\1\1\0", b"L\xff\1\1", b"L\1\1\xff"])
def test_impossible_layouts_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="layout"):
        Layout.from_bytes(data)


@given(layouts)
def test_sides_suit_codecs_and_slots_lie_inside(layout: Layout) -> None:
    assert layout.width % 8 == layout.height % 8 == 0
    top, left = layout.origin(layout.slots - 1)
    margin = (qr.SIDE + QUIET) * layout.pixels
    assert layout.height - 8 < top + margin <= layout.height
    assert layout.width - 8 < left + margin <= layout.width


@pytest.mark.parametrize("layout", [DENSE, ROBUST, Layout("H", 2, 1, 3)])
def test_modules_are_where_they_were_painted(layout: Layout) -> None:
    symbols = np.random.default_rng(1).random((layout.slots, qr.SIDE, qr.SIDE)) < 0.5
    frame = layout.paint(symbols)
    assert frame.shape == (layout.height, layout.width)
    assert np.array_equal(layout.modules(frame, list(range(layout.slots))), symbols)


def test_empty_slots_stay_white() -> None:
    frame = DENSE.paint(qr.draw([b"one"]))
    assert (frame[:, DENSE.origin(1)[1] :] == LIGHT).all()


@pytest.mark.parametrize("scale", [0.75, 1, 2, 3])
def test_crops_hold_symbol_and_quiet_zone_at_any_scale(scale: float) -> None:
    frame = DENSE.paint(np.ones((9, qr.SIDE, qr.SIDE), bool))
    scaled = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for slot in range(9):
        crop = DENSE.crop(scaled, slot)
        quiet = round(QUIET * scale) - 1
        assert (crop[:quiet] > 128).all()
        assert (crop[-quiet:] > 128).all()
        middle = crop[crop.shape[0] // 2]
        assert abs(np.count_nonzero(middle < 128) - qr.SIDE * scale) <= 2


def test_a_picture_fits_its_layout_only() -> None:
    for layout in LAYOUTS:
        assert layout.fits(layout.height, layout.width)
        assert layout.fits(layout.height * 2, layout.width * 2)
        assert not layout.fits(layout.height, layout.width * 2)

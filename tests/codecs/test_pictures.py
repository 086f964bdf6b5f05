"""What ``picture`` draws: frames whose symbols are still symbols, sound with scales."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

import memcodec
from memcodec.config.settings import Settings
from memcodec.media import registry
from memcodec.storage.local import LocalSource
from memcodec_audio.picture import _ticks
from memcodec_video import picture


def drawn(path: Path, codec: str, profile: str) -> Image.Image:
    with memcodec.create(path, settings=Settings.of(codec=codec, profile=profile, model="none")) as memory:
        memory.add("The grey heron waits in the reeds.")
        memory.commit()
    source = LocalSource(path)
    return Image.open(io.BytesIO(registry.detect(source).picture(source)))


@pytest.mark.parametrize("profile", ["dense", "robust"])
def test_symbols_in_a_contact_sheet_can_be_read(profile: str, tmp_path: Path) -> None:
    sheet = drawn(tmp_path / "a.mp4", "av1", profile)
    large = np.asarray(sheet.convert("L"))[picture._HEAD :, : picture.LARGE + 2 * picture._GAP]
    assert any(len(found.bytes) > 100 for found in zxingcpp.read_barcodes(np.ascontiguousarray(large)))


def test_a_spectrogram_has_room_for_its_scales(tmp_path: Path) -> None:
    page = np.asarray(drawn(tmp_path / "a.flac", "flac", "robust").convert("L"))
    for stretch in (page[:, :70], page[-40:, :], page[:, -80:], page[:50, :]):
        assert stretch.min() < 128 < stretch.max()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 9.9, [0, 2, 4, 6, 8]),
        (0, 24000, [0, 5000, 10000, 15000, 20000]),
        (-110, -20, [-100, -80, -60, -40, -20]),
    ],
)
def test_scales_have_round_numbers(low: float, high: float, expected: list[float]) -> None:
    found = _ticks(low, high, 6)
    assert found == expected and "-0" not in [f"{each:g}" for each in found]

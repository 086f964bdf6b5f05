"""Our symbols against the ``qrcode`` package's, module by module, and back through zxing and the sampler."""

from __future__ import annotations

import random
from typing import get_args

import numpy as np
import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.format import base45
from memcodec_video import qr, sampler

LEVELS = get_args(qr.Level)
THEIRS = {"L": 1, "M": 0, "Q": 3, "H": 2}


def reference(data: bytes, level: qr.Level, mask: int) -> qr.Modules:
    """The smallest symbol of level L, or one of version 40, in the corner of its picture."""
    code = qrcode.QRCode(version=1 if level == "L" else 40, error_correction=THEIRS[level], mask_pattern=mask)
    code.add_data(qrcode.util.QRData(base45.encode(data), mode=qrcode.util.MODE_ALPHA_NUM))
    code.make(fit=level == "L")
    room = qr.SIDE - code.modules_count
    return np.pad(np.array(code.modules, bool), (0, room))


@pytest.mark.slow
@pytest.mark.parametrize("version", range(1, qr.LARGEST + 1))
def test_a_packet_takes_the_smallest_symbol(version: int) -> None:
    most = qr.capacity("L", version)
    data = random.Random(version).randbytes(most)
    drawn = qr.draw([data])
    assert np.array_equal(drawn[0], reference(data, "L", qr.DEFAULT_MASK))
    assert qr.smallest(most, "L") == version == qr.versions(drawn)[0]
    assert version == 1 or qr.smallest(qr.capacity("L", version - 1) + 1, "L") == version
    assert sampler.sample(drawn, "L") == [data]


@pytest.mark.slow
@pytest.mark.parametrize("mask", range(qr.MASKS))
@pytest.mark.parametrize("level", LEVELS)
def test_symbols_are_the_reference_writers(level: qr.Level, mask: int) -> None:
    data = random.Random(mask).randbytes(qr.capacity(level) - mask)
    assert np.array_equal(qr.draw([data], level, mask)[0], reference(data, level, mask))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 1000, 2861, 2862, 2863, 2864])
def test_every_length_is_padded_as_the_reference_does(size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert np.array_equal(qr.draw([data])[0], reference(data, "L", qr.DEFAULT_MASK))


def test_packets_of_unlike_length_are_drawn_together() -> None:
    packets = [random.Random(size).randbytes(size) for size in (5, 2864, 0, 5, 2863)]
    together = qr.draw(packets)
    assert together.shape == (5, qr.SIDE, qr.SIDE)
    assert all(
        np.array_equal(symbol, qr.draw([packet])[0]) for symbol, packet in zip(together, packets, strict=True)
    )


@pytest.mark.parametrize("level", LEVELS)
def test_capacity_is_exact(level: qr.Level) -> None:
    assert {"L": 2864, "M": 2260, "Q": 1613, "H": 1234}[level] == qr.capacity(level)
    with pytest.raises(ValueError, match="does not fit"):
        qr.draw([bytes(qr.capacity(level) + 1)], level)


@pytest.mark.parametrize("mask", range(qr.MASKS))
def test_zxing_reads_them(mask: int) -> None:
    data = random.Random(mask).randbytes(qr.capacity("L"))
    picture = np.where(np.pad(qr.draw([data], "L", mask)[0], 4), np.uint8(0), np.uint8(255))
    found = zxingcpp.read_barcode(picture)
    assert found is not None
    assert found.bytes == base45.encode(data)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LEVELS), st.integers(0, 7), st.lists(st.binary(max_size=1234), min_size=1, max_size=4))
def test_sampler_undoes_the_writer(level: qr.Level, mask: int, packets: list[bytes]) -> None:
    assert sampler.sample(qr.draw(packets, level, mask), level) == packets


def test_sampler_survives_noise() -> None:
    noise = np.random.default_rng(1).random((20, qr.SIDE, qr.SIDE)) < 0.5
    assert len(sampler.sample(noise, "L")) == 20

"""The fixed pseudo-random sequences of the robust modem, all drawn from SHAKE-256 (FIPS 202) of a label."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt


def stream(label: str, size: int) -> bytes:
    """``size`` pseudo-random bytes: SHAKE-256 of the label's ASCII bytes."""
    return hashlib.shake_256(label.encode("ascii")).digest(size)


def permutation(label: str, size: int) -> npt.NDArray[np.intp]:
    """The order that sorts ``size`` little-endian 32-bit numbers of the label's stream; equal ones keep their order."""
    return np.argsort(np.frombuffer(stream(label, 4 * size), "<u4"), kind="stable")


def quadrants(label: str, size: int) -> npt.NDArray[np.complex64]:
    """``size`` QPSK values of magnitude 1: byte b of the label's stream gives exp(i pi/4 (2 (b mod 4) + 1))."""
    turns = np.frombuffer(stream(label, size), np.uint8) & 3
    return np.asarray(np.exp(1j * np.pi / 4 * (2 * turns + 1)), np.complex64)

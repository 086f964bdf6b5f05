"""The law of bursts, against every single start of a run in a small commit."""

from __future__ import annotations

import numpy as np

from benchmarks import bursts
from memcodec.format.stream import parity_packets

DATA = 40
SPARE = parity_packets(DATA, 1, 0.1)
MEDIA = bursts.Media(
    np.random.default_rng(3).integers(90, 110, DATA + SPARE), np.arange(DATA + SPARE), DATA, SPARE
)


def sets_of(length: int) -> set[tuple[int, int]]:
    """Which frames a run of so many bytes touches, over every place it may begin at."""
    frame = np.repeat(np.arange(DATA + SPARE), MEDIA.lengths)
    return {
        (int(frame[start]), int(frame[start + length - 1]) + 1) for start in range(len(frame) - length + 1)
    }


def test_a_run_as_long_as_the_law_says_is_restored_wherever_it_begins_and_a_longer_one_is_not() -> None:
    law = bursts.law(MEDIA, ids=1)
    assert law.share >= 0.08
    assert all(bursts.restored(MEDIA, *each) for each in sets_of(law.bears))
    assert not all(bursts.restored(MEDIA, *each) for each in sets_of(law.bears + 1))


def test_another_file_id_is_never_worth_more() -> None:
    assert bursts.law(MEDIA, ids=50).share <= bursts.law(MEDIA, ids=1).share


def test_no_frame_outside_of_a_run_is_missed() -> None:
    missed, tried = bursts.scan_misses(MEDIA.lengths[:9], ids=2)
    assert tried > 1000
    assert missed == 0

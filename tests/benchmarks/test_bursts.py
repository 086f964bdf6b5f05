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


def test_no_packet_of_sound_outside_of_a_run_is_missed() -> None:
    """What a run of zeroed or other bytes costs a FLAC is the frames that it touches, as in an MP4."""
    data, frames = bursts._sound(0)
    chance = np.random.default_rng(1)
    for at, _ in frames:
        for start in (at.offset - 3, at.offset, at.offset + 1, at.offset + 7, at.offset + at.length - 1):
            for length in (1, 9, len(data) // 10, at.length + 2):
                end = min(start + length, len(data))
                for filling in (bytes(end - start), chance.bytes(end - start)):
                    found = bursts._scanned(data[:start] + filling + data[end:])
                    assert {
                        packet
                        for each, packet in frames
                        if each.offset >= end or each.offset + each.length <= start
                    } <= found

"""Boxes and frames are found in whole files, damaged files and noise."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.model import Extent
from memcodec.storage import MemorySource
from memcodec_video import boxes, mp4
from memcodec_video.boxes import DAMAGED

SIZES = [300, 5, 1000, 40]
CHANCE = random.Random(1)
SAMPLES = [[CHANCE.randbytes(size) for size in SIZES] for _ in range(4)]


def movie() -> tuple[bytes, list[list[Extent]]]:
    """A header and four fragments; and each fragment's frames."""
    data = mp4.header("vp9", 552, 552, mp4.full_box(b"stsd", 0, 0, bytes(4)), b"config")
    extents = []
    for number, samples in enumerate(SAMPLES):
        part, starts = mp4.fragment(number + 1, number * 4, samples)
        extents.append([Extent(len(data) + start, size) for start, size in zip(starts, SIZES, strict=True)])
        data += part
    return data, extents


DATA, EXTENTS = movie()
EVERY = [extent for fragment in EXTENTS for extent in fragment]
FRAGMENT = EXTENTS[1][0].offset - EXTENTS[0][0].offset
SECOND = EXTENTS[1][0].offset - (FRAGMENT - sum(SIZES) - len(mp4.footer(SIZES)))


def found(data: bytes) -> list[Extent]:
    return list(boxes.samples(MemorySource(data)))


def zeroed(start: int, end: int) -> bytes:
    return DATA[:start] + bytes(end - start) + DATA[end:]


def test_every_frame_of_a_whole_file_is_found() -> None:
    assert found(DATA) == EVERY
    assert [DATA[start : start + length] for start, length in EVERY] == [s for part in SAMPLES for s in part]


def test_a_lost_moof_loses_nothing() -> None:
    start = SECOND
    assert found(zeroed(start, EXTENTS[1][0].offset - 8)) == EVERY


def test_a_lost_moof_and_mdat_header_lose_nothing() -> None:
    assert found(zeroed(SECOND, EXTENTS[1][0].offset)) == EVERY


def test_a_lost_mdat_header_loses_nothing() -> None:
    assert found(zeroed(EXTENTS[1][0].offset - 8, EXTENTS[1][0].offset)) == EVERY


def test_a_lost_footer_loses_nothing() -> None:
    end = EXTENTS[1][-1].offset + SIZES[-1]
    assert found(zeroed(end, end + len(mp4.footer(SIZES)))) == EVERY


def test_a_hole_from_one_fragment_into_the_next_keeps_the_rest() -> None:
    hole = zeroed(EXTENTS[1][2].offset, EXTENTS[2][0].offset + 3)
    lost = {EXTENTS[1][2], EXTENTS[1][3], EXTENTS[2][0]}
    assert set(found(hole)) >= {*EVERY} - lost


def test_a_run_that_begins_or_ends_anywhere_between_frames_hides_no_other() -> None:
    chance, length = random.Random(2), 900
    inside = {at for start, size in EVERY for at in range(start + 1, start + size - 1)}
    for place in sorted({*range(len(DATA))} - inside):
        for start, end in ((place, place + length), (max(0, place - length), place)):
            for filling in (bytes(end - start), chance.randbytes(end - start)):
                kept = set(found((DATA[:start] + filling + DATA[end:])[: len(DATA)]))
                assert kept >= {each for each in EVERY if each[0] >= end or sum(each) <= start}


def test_a_changed_size_does_not_hide_what_follows() -> None:
    place = EXTENTS[1][0].offset - 8
    for size in (1, 7, 8, 100, FRAGMENT, 2 * FRAGMENT, 0xFFFFFFFF):
        changed = DATA[:place] + size.to_bytes(4, "big") + DATA[place + 4 :]
        assert set(found(changed)) >= {*EXTENTS[0], *EXTENTS[2], *EXTENTS[3]}


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_one_changed_byte_loses_no_frame_of_another_fragment(place: int, change: int) -> None:
    changed = bytearray(DATA)
    changed[place] ^= change
    kept = set(found(bytes(changed)))
    for fragment in EXTENTS:
        start, end = fragment[0].offset - 200, fragment[-1].offset + 200
        if not start <= place <= end:
            assert kept >= set(fragment)


@settings(max_examples=200)
@given(
    st.binary(max_size=200),
    st.lists(st.sampled_from([b"moof", b"mdat", b"uuid", b"\0\0\0\1", b"\0\0\0\x18"])),
)
def test_noise_is_survived(noise: bytes, words: list[bytes]) -> None:
    data = noise[:50] + b"".join(words) + noise[50:]
    source = MemorySource(data)
    assert sum(box.end - box.offset for box in boxes.walk(source)) == len(data)
    assert all(0 <= start <= start + length <= len(data) for start, length in boxes.samples(source))
    assert sum(extent.length for _, extent in boxes.names(source, len(data))) == len(data)


def test_of_a_page_and_its_repeats_the_page_is_found() -> None:
    part, starts = mp4.fragment(1, 0, SAMPLES[0], repeats=True)
    page = [Extent(len(DATA) + starts[0], SIZES[0])]
    assert found(DATA + part) == EVERY + page
    spoilt = part[: -len(mp4.footer(SIZES))] + bytes(len(mp4.footer(SIZES)))
    assert found(DATA + spoilt) == EVERY + page
    source = MemorySource(DATA + part)
    assert [name for name, _ in boxes.names(source, source.size)] == ["header", "media", "guide"]


def test_a_header_that_claims_to_be_longer_hides_no_frame() -> None:
    moov = DATA.index(b"moov") - 4
    longer = int.from_bytes(DATA[moov : moov + 4], "big") + 128
    assert found(DATA[:moov] + longer.to_bytes(4, "big") + DATA[moov + 4 :]) == EVERY


def test_a_hole_is_named() -> None:
    source = MemorySource(zeroed(SECOND, SECOND + FRAGMENT))
    kinds = [box.kind for box in boxes.walk(source)]
    assert kinds == [b"ftyp", b"moov", b"moof", b"mdat", DAMAGED, *[b"moof", b"mdat"] * 2]
    assert [name for name, _ in boxes.names(source, source.size)] == ["header", "media", "damaged", "media"]


def test_blobs_are_aligned_at_any_offset() -> None:
    for offset in range(130):
        head, place = mp4.blob_box(offset, len(b"blob"), 64)
        assert place % 64 == 0
        assert offset + len(head) == place
        assert int.from_bytes(head[:4], "big") == len(head) + 4

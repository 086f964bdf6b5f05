"""What every codec must do, in every profile: this suite runs over all installed ones."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import count, islice
from typing import get_args

import numpy as np
import pytest

from memcodec.errors import CodecError, Damaged, NotAMemoryFile, StorageError
from memcodec.format.packet import DATA, HEADER_SIZE, Packet
from memcodec.media import registry
from memcodec.media.contract import MediaReader, Profile
from memcodec.model import Extent, Frame, PacketPlace
from memcodec.storage import MemorySource, MemoryTarget

QUICK = {("av1", "dense"), ("flac", "dense")}
pytestmark = pytest.mark.parametrize(
    ("name", "profile"),
    [
        pytest.param(name, profile, marks=[] if (name, profile) in QUICK else pytest.mark.slow)
        for name in registry.names()
        for profile in get_args(Profile)
    ],
)
BLOB = bytes(range(256)) * 20


@dataclass(frozen=True)
class File:
    """Two commits: the first with a guide, packets and a blob, the second with packets alone."""

    data: bytes
    packets: tuple[bytes, ...]
    frames: tuple[Frame, ...]
    blob: Extent
    first_end: int

    @property
    def places(self) -> list[PacketPlace]:
        return places_of(self.frames)


def places_of(frames: Iterable[Frame]) -> list[PacketPlace]:
    return [
        PacketPlace(frame.offset, frame.length, slot) for frame in frames for slot in range(frame.packets)
    ]


class Failing(MemoryTarget):
    """Refuses one call of ``failing``: the one that ``after`` others went before."""

    failing, after = "", 0

    def refuse(self, call: str) -> None:
        if call == self.failing:
            self.after -= 1
            if self.after < 0:
                self.failing = ""
                raise StorageError("no space")

    def append(self, data: bytes | bytearray | memoryview) -> int:
        self.refuse("append")
        return super().append(data)

    def patch(self, offset: int, data: bytes) -> None:
        self.refuse("patch")
        super().patch(offset, data)

    def sync(self) -> None:
        self.refuse("sync")


class Counting(MemorySource):
    """Counts its reads."""

    reads = 0

    def get_bytes(self, offset: int, length: int) -> memoryview:
        self.reads += 1
        return super().get_bytes(offset, length)


def make_packets(number: int, size: int, seed: int) -> list[bytes]:
    generator = np.random.default_rng(seed)
    payloads = [generator.bytes(size - HEADER_SIZE) for _ in range(number)]
    made = [Packet(DATA, b"test", seed, i, 0, len(payload), payload) for i, payload in enumerate(payloads)]
    return [packet.to_bytes() for packet in made]


@cache
def file_of(name: str, profile: Profile) -> File:
    codec, target = registry.get(name), MemoryTarget()
    writer = codec.create(target, profile)
    writer.write_guide(["What this is.\nHow to read it."])
    first = make_packets(2 * writer.frame_packets + 1, writer.packet_size, 1)
    frames = list(writer.write_packets(first, writer.frame_packets))
    blob = writer.write_blob(BLOB)
    writer.commit(b"first")
    writer.close()
    first_end = target.size
    writer = codec.reopen(target)
    second = make_packets(3, writer.packet_size - 7, 2)
    frames += writer.write_packets(second, 1)
    writer.commit(b"second" * 1000)
    writer.close()
    data = bytes(target.source().get_bytes(0, target.size))
    return File(data, (*first, *second), tuple(frames), blob, first_end)


def opened(name: str, data: bytes) -> MediaReader:
    return registry.get(name).open(MemorySource(data))


def damaged(data: bytes, start: int, length: int) -> bytes:
    return data[:start] + bytes(length) + data[start + length :]


def spots(size: int, number: int) -> Iterator[int]:
    generator = random.Random(size)
    return (generator.randrange(size) for _ in range(number))


def test_packets_come_back_from_their_places_in_any_order(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    order = list(range(len(file.places)))
    random.Random(1).shuffle(order)
    reader = opened(name, file.data)
    assert reader.read_packets([file.places[i] for i in order]) == [file.packets[i] for i in order]
    assert reader.read_packets([file.places[-1]]) == [file.packets[-1]]
    assert reader.read_packets([]) == []
    reader.close()


def test_many_threads_may_read(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    reader = opened(name, file.data)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda place: reader.read_packets([place])[0], file.places))
    assert results == list(file.packets)
    reader.close()


def test_commits_are_newest_first(name: str, profile: Profile) -> None:
    reader = opened(name, file_of(name, profile).data)
    assert list(reader.commits()) == [b"second" * 1000, b"first"]
    reader.close()


def test_a_file_cut_where_a_commit_ends_is_the_one_it_left(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    reader = opened(name, file.data)
    assert list(reader.ends()) == [len(file.data), file.first_end]
    reader.close()
    reader = opened(name, file.data[: file.first_end])
    assert (list(reader.commits()), list(reader.ends()), reader.torn) == ([b"first"], [file.first_end], 0)
    reader.close()


def test_commits_are_read_as_they_are_taken(name: str, profile: Profile) -> None:
    source = Counting(file_of(name, profile).data)
    reader = registry.get(name).open(source)
    reads, commits = source.reads, reader.commits()
    assert reads == 1
    assert next(commits) == b"second" * 1000
    assert source.reads == reads
    assert next(commits) == b"first"
    assert source.reads > reads
    reader.close()


def test_blob_stands_raw_in_the_file(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    reader = opened(name, file.data)
    assert bytes(reader.read_blob(file.blob)) == BLOB
    assert bytes(reader.read_blob(file.blob, 5, 9)) == BLOB[5:14]
    reader.close()


def test_scan_finds_every_packet(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    reader = opened(name, file.data)
    assert sorted(reader.scan()) == sorted(file.packets)
    reader.close()


def test_scan_needs_no_head_and_no_tail(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    beheaded = damaged(file.data, 0, file.places[0].offset)
    curtailed = beheaded[: file.places[-1].offset + file.places[-1].length + 200]
    reader = opened(name, curtailed)
    assert set(file.packets) - set(reader.scan()) == set()
    reader.close()


def test_layout_accounts_for_every_byte(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    reader = opened(name, file.data)
    parts = list(reader.layout())
    ends = [0, *(extent.offset + extent.length for _, extent in parts)]
    assert [extent.offset for _, extent in parts] == ends[:-1]
    assert ends[-1] == len(file.data)
    assert {part for part, _ in parts} == {"header", "guide", "media", "index", "commit"}
    reader.close()


def test_a_file_cut_anywhere_opens_at_the_commit_before(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    cuts = [file.first_end + 1 + spot for spot in spots(len(file.data) - file.first_end - 1, 20)]
    for cut in [file.first_end, len(file.data) - 1, *cuts]:
        reader = opened(name, file.data[:cut])
        assert list(reader.commits()) == [b"first"]
        assert reader.torn == cut - file.first_end
        reader.close()
    reader = opened(name, file.data[: file.first_end - 1])
    assert list(reader.commits()) == []
    reader.close()


def test_a_changed_byte_never_gives_wrong_bytes(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    for spot in spots(len(file.data), 12):
        changed = bytearray(file.data)
        changed[spot] ^= 1 << spot % 8
        reader = opened(name, bytes(changed))
        for packet, read in zip(file.packets, reader.read_packets(file.places), strict=True):
            assert read in (packet, None)
        assert set(reader.scan()) <= set(file.packets)
        assert set(reader.commits()) <= {b"first", b"second" * 1000}
        assert sum(extent.length for _, extent in reader.layout()) == len(changed)
        reader.close()


def test_a_zeroed_run_costs_only_the_frames_it_touches(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    middle = file.places[len(file.places) // 2]
    reader = opened(name, damaged(file.data, middle.offset, middle.length))
    touched = [place.offset == middle.offset for place in file.places]
    expected = [None if hit else packet for hit, packet in zip(touched, file.packets, strict=True)]
    assert reader.read_packets(file.places) == expected
    assert set(reader.scan()) == set(expected) - {None}
    reader.close()


def test_places_that_are_nowhere_give_none(name: str, profile: Profile) -> None:
    file = file_of(name, profile)
    good = file.places[0]
    wrong = [
        PacketPlace(len(file.data) + 5, 10, 0),
        PacketPlace(good.offset, len(file.data), 0),
        PacketPlace(-4, 10, 0),
        PacketPlace(good.offset, -1, 0),
        PacketPlace(good.offset, 0, 0),
        good._replace(slot=999),
        good._replace(slot=-1),
        good._replace(offset=good.offset + 3),
    ]
    reader = opened(name, file.data)
    assert reader.read_packets(wrong) == [None] * len(wrong)
    assert reader.read_packets([good]) == [file.packets[0]]
    reader.close()


def test_the_file_says_which_codec_it_is(name: str, profile: Profile) -> None:
    data = file_of(name, profile).data
    assert registry.detect(MemorySource(data)).name == name
    assert not registry.get(name).sniff(b"# a text\n")
    with pytest.raises(NotAMemoryFile):
        registry.detect(MemorySource(b"# a text\n" * 10))


def test_only_an_empty_target_begins_and_only_a_commit_is_continued(name: str, profile: Profile) -> None:
    codec, data = registry.get(name), file_of(name, profile).data
    with pytest.raises(CodecError, match="empty"):
        codec.create(MemoryTarget(b"x"), profile)
    with pytest.raises(CodecError, match="commit"):
        codec.reopen(MemoryTarget(data[:-3]))


def test_what_does_not_fit_is_refused(name: str, profile: Profile) -> None:
    writer = registry.get(name).create(MemoryTarget(), profile)
    with pytest.raises(CodecError):
        list(writer.write_packets([bytes(writer.packet_size + 1)], 1))
    for per_frame in (0, writer.frame_packets + 1):
        with pytest.raises(CodecError):
            list(writer.write_packets([b""], per_frame))
    writer.close()


def test_frames_of_other_files_are_copied(name: str, profile: Profile) -> None:
    codec, file = registry.get(name), file_of(name, profile)
    target, source = MemoryTarget(), MemorySource(file.data)
    writer = codec.create(target, profile)
    own = make_packets(1, writer.packet_size, 9)
    assert writer.accepts(source)
    frames = list(writer.copy_frames(source, file.frames))
    frames += writer.write_packets(own, 1)
    frames += writer.copy_frames(source, file.frames[::-2])
    writer.write_blob(BLOB)
    writer.commit(b"copied")
    writer.close()
    writer = codec.reopen(target)
    frames += writer.copy_frames(source, iter(file.frames[:1]))
    writer.commit(b"more")
    writer.close()
    shown = dict(zip(file.places, file.packets, strict=True))
    again = [shown[place] for place in places_of([*file.frames[::-2], file.frames[0]])]
    expected = [*file.packets, *own, *again]
    reader = codec.open(target.source())
    assert reader.read_packets(places_of(frames)) == expected
    assert sorted(reader.scan()) == sorted(expected)
    assert list(reader.commits()) == [b"more", b"copied"]
    assert "damaged" not in dict(reader.layout())
    reader.close()


def test_only_frames_of_its_own_kind_are_accepted(name: str, profile: Profile) -> None:
    data = file_of(name, profile).data
    headless = MemorySource(damaged(data, 0, 2000))
    for other in registry.names():
        for kind in get_args(Profile):
            writer = registry.get(other).create(MemoryTarget(), kind)
            assert writer.accepts(MemorySource(data)) == ((other, kind) == (name, profile))
            assert not writer.accepts(headless)
            assert not writer.accepts(MemorySource(b""))
            writer.close()


def test_no_frame_is_copied_from_where_none_can_be(name: str, profile: Profile) -> None:
    file, target = file_of(name, profile), MemoryTarget()
    source, writer = MemorySource(file.data), registry.get(name).create(target, profile)
    good = file.frames[0]
    for wrong in [
        good._replace(offset=len(file.data) - 5),
        good._replace(offset=-1),
        good._replace(length=0),
        good._replace(length=-1),
        good._replace(length=1 << 40),
    ]:
        with pytest.raises(Damaged, match="no frame at byte"):
            list(writer.copy_frames(source, [wrong]))
    (copied,) = writer.copy_frames(source, [good])
    writer.commit(b"")
    reader = registry.get(name).open(target.source())
    assert reader.read_packets(places_of([copied])) == list(file.packets[: good.packets])
    reader.close()
    writer.close()


def test_it_is_known_whether_a_commit_that_failed_is_in_the_file(name: str, profile: Profile) -> None:
    codec, file = registry.get(name), file_of(name, profile)
    steps = [("sync", 0, False), ("append", 0, False), ("sync", 1, True)]
    steps += [("patch", 0, True)] if name == "flac" else []
    for failing, after, committed in steps:
        target = Failing(file.data)
        writer = codec.reopen(target)
        assert not writer.committed
        target.failing, target.after = failing, after
        with pytest.raises(StorageError):
            writer.commit(b"third")
        assert writer.committed == committed
        reader = codec.open(target.source())
        assert next(reader.commits()) == (b"third" if committed else b"second" * 1000)
        reader.close()
        writer.commit(b"fourth")  # the writer has not lost count
        assert writer.committed
        records = list(codec.open(target.source()).commits())
        assert records == [b"fourth", *[b"third"] * committed, b"second" * 1000, b"first"]
        writer.close()


@pytest.mark.slow
def test_writing_takes_no_more_than_it_needs(name: str, profile: Profile) -> None:
    target = MemoryTarget()
    writer = registry.get(name).create(target, profile)
    (packet,) = make_packets(1, writer.packet_size, 1)
    taken = count()
    endless = (packet for _ in taken)
    frames = list(islice(writer.write_packets(endless, writer.frame_packets), 3))
    assert len(frames) == 3
    assert next(taken) < 120 * writer.frame_packets
    assert all(frame.offset + frame.length <= target.size for frame in frames)
    writer.close()


def test_nothing_reaches_the_terminal(name: str, profile: Profile, capfd: pytest.CaptureFixture[str]) -> None:
    codec, target = registry.get(name), MemoryTarget()
    writer = codec.create(target, profile)
    packets = make_packets(2, writer.packet_size, 3)
    frames = list(writer.write_packets(packets, 1))
    writer.commit(b"")
    writer.close()
    reader = codec.open(target.source())
    assert sorted(reader.scan()) == sorted(packets)
    broken = PacketPlace(frames[0].offset + 1, frames[0].length - 1, 0)
    assert reader.read_packets([broken]) == [None]
    reader.close()
    assert capfd.readouterr() == ("", "")

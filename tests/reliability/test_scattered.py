"""Damage all over a file: what parity can restore is restored; beyond it only what was hit is lost."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

import memcodec
from memcodec.file.reader import Reader, read_file
from memcodec.format.budget import Budget
from memcodec.storage.open import place_of
from memcodec.upkeep import repair
from memcodec.upkeep.salvage import Described, Key, gathered, read_streams
from tests.reliability.support import MEDIA, PLAIN_AND_ONE_SEALED, create

pytestmark = pytest.mark.slow

UNIT = 512  # bytes: a sector
PAGE, DRAWS = 4096, 50
SHARES = (0.002, 0.01, 0.04, 0.06)  # of the media's sectors; parity takes the first


@dataclass(frozen=True)
class Whole:
    """A file of one commit, before it is damaged. ``reader`` has it open, and its keys."""

    path: Path
    reader: Reader
    texts: dict[str, str]
    packets: int
    frames: list[tuple[int, int, list[bytes]]]  # where each begins and ends, its packets
    dictionary: tuple[int, int]  # where the copy of it lies
    described: dict[Key, Described]

    def untouched(self, hit: set[int]) -> list[bytes]:
        """The packets of the frames that lie in no unit that is hit."""
        return [
            packet
            for start, end, packets in self.frames
            if hit.isdisjoint(range(start // UNIT, (end - 1) // UNIT + 1))
            for packet in packets
        ]

    def due(self, packets: list[bytes]) -> set[str]:
        """The documents that those packets hold, with all that an index can tell."""
        return set(self.salvaged(packets, self.described))

    def salvaged(self, packets: Sequence[bytes], described: dict[Key, Described]) -> dict[str, str]:
        """The documents, each as it comes back."""
        account = Budget(self.path.stat().st_size)
        made = read_streams(gathered(packets), account, described, keys=self.reader.keys)
        return {item.uri: b"".join(item.open()).decode() for commit in made for item in commit.items}


@pytest.fixture(scope="module", params=PLAIN_AND_ONE_SEALED)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    path = tmp_path_factory.mktemp("scattered") / f"m.{request.param}"
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghiklmnoprstuvw", k=chance.randint(3, 9))) for _ in range(4000)]
    lines = [" ".join(chance.choices(words, k=9)) for _ in range(2000)]
    texts = {f"{number}.txt": "\n".join(chance.choices(lines, k=60)) for number in range(240)}
    create(path, texts)
    with closing(read_file(place_of(path))) as reader:
        (segment,) = reader.segments
        (copy,) = segment.catalogue.blob.span("dictionary")
        at = copy.extent.offset + copy.start
        packets = iter([each for each in reader.media.scan() if each[3] in (0, 1, 3)])  # those of frames
        frames = [
            (offset, offset + length, [next(packets) for _ in range(count)])
            for offset, length, count in (
                (each.offset, each.length, each.packets) for each in segment.frames()
            )
        ]
        key = bytes.fromhex(segment.record.file), segment.record.commit
        told = segment.catalogue.dictionary_remains(), segment.catalogue.dictionary_spares()
        described = {key: Described(list(segment.catalogue.all_documents()), *told)}
        yield Whole(path, reader, texts, segment.record.packets, frames, (at, at + copy.length), described)


def saved(whole: Whole, hit: set[int], tmp_path: Path) -> set[str]:
    """The documents that come back, each as it was."""
    data, chance = bytearray(whole.path.read_bytes()), random.Random(2)
    for unit in hit:
        data[unit * UNIT : (unit + 1) * UNIT] = chance.randbytes(len(data[unit * UNIT : (unit + 1) * UNIT]))
    damaged = tmp_path / whole.path.name
    damaged.write_bytes(data)
    place = place_of(damaged)
    with closing(place.open()) as source:
        back = whole.salvaged([*repair._scan(source)], repair._described(place, whole.reader.keys))
    assert back.items() <= whole.texts.items()
    return set(back)


@pytest.mark.parametrize("share", SHARES)
def test_what_parity_can_restore_is_restored_and_beyond_it_what_was_not_hit(
    whole: Whole, share: float, tmp_path: Path
) -> None:
    units = whole.frames[-1][1] // UNIT
    hit = set(random.Random(f"{share}").sample(range(units), round(share * units)))
    left = whole.untouched(hit)
    back = saved(whole, hit, tmp_path)
    assert back >= whole.due(left)
    if len(left) >= whole.packets + 2:
        assert back == set(whole.texts)
    assert len(left) >= whole.packets + 2 or share != SHARES[0]
    assert len(left) < whole.packets or share < SHARES[2]


def test_two_in_a_hundred_pages_take_fewer_packets_than_parity_brings_back(tmp_path: Path) -> None:
    """On average: so many packets has a frame of a commit that is large enough to fill its frames."""
    path = tmp_path / "m.mp4"
    with memcodec.create(path, model="none") as memory:
        memory.add(base64.b64encode(random.Random(3).randbytes(1_700_000)).decode(), uri="dice.txt")
    with closing(read_file(place_of(path))) as reader:
        (segment,) = reader.segments
        frames, parity = list(segment.frames()), segment.record.parity
    pages, lost = range(frames[0].offset // PAGE, frames[-1].offset // PAGE), 0
    for seed in range(DRAWS):
        hit = set(random.Random(seed).sample(pages, round(0.02 * len(pages))))
        for each in frames:
            touched = range(each.offset // PAGE, (each.offset + each.length - 1) // PAGE + 1)
            lost += 0 if hit.isdisjoint(touched) else each.packets
    assert lost / DRAWS < parity


def test_a_dictionary_that_is_hit_in_both_its_places_costs_nothing_that_was_not_hit(
    whole: Whole, tmp_path: Path
) -> None:
    """Its first packet is lost, and of its copy the end; and of all packets more than parity brings back."""
    _hit_in_both(whole, whole.dictionary[1] // UNIT - 1, tmp_path)


def test_a_piece_of_a_dictionary_that_is_hit_in_both_its_places_comes_back(
    whole: Whole, tmp_path: Path
) -> None:
    """Its first packet is lost, more than parity brings back, and of its copy the beginning: its own parity does."""
    _hit_in_both(whole, whole.dictionary[0] // UNIT + 1, tmp_path)


def _hit_in_both(whole: Whole, unit: int, folder: Path) -> None:
    """Lose a dictionary's first packet, a unit of its copy, and more of all packets than parity brings back."""
    hit = {whole.frames[0][0] // UNIT + 1, unit}
    hit |= {(start + end) // 2 // UNIT for start, end, _ in whole.frames[-len(whole.frames) // 3 :]}
    left = whole.untouched(hit)
    assert len(left) < whole.packets
    due = whole.due(left)
    assert 0 < len(due) < len(whole.texts)
    assert saved(whole, hit, folder) >= due


@pytest.mark.parametrize("whole", MEDIA, indirect=True)
def test_a_dictionary_comes_back_though_nothing_leads_to_its_copy(whole: Whole, tmp_path: Path) -> None:
    """As before, and the commit record is lost: only the media tells of documents then. Of a sealed file it does not
    come back: without the record it is not known where what is sealed was to stand.
    """
    first, copy = whole.frames[0], whole.dictionary
    hit = {first[0] // UNIT + 1, copy[1] // UNIT - 1}
    last = (whole.path.stat().st_size - 1) // UNIT
    hit |= {last - 1, last}
    hit |= {(start + end) // 2 // UNIT for start, end, _ in whole.frames[-len(whole.frames) // 3 :]}
    left = whole.untouched(hit)
    assert len(left) < whole.packets
    ((key, described),) = whole.described.items()
    due = set(whole.salvaged(left, {key: Described((), described.dictionary)}))
    assert 0 < len(due) < len(whole.texts)
    assert saved(whole, hit, tmp_path) >= due

"""Damage up to the parity rate costs nothing; beyond it, it costs what it hits and says so; never a wrong byte."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import memcodec
from memcodec.errors import MemcodecError
from memcodec.memory import Memory

pytestmark = pytest.mark.slow


class Media:
    """A memory file's bytes, and where its frames lie."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        with memcodec.open(path) as memory:
            (segment,) = memory.reader.segments
            offsets, lengths, first, _ = segment.catalogue.frames()
            self.frames = list(zip(offsets.tolist(), lengths.tolist(), strict=True))
            self.packets = segment.record.packets
            self.first = first.tolist()
        self.begin, self.end = self.frames[0][0], sum(self.frames[-1])

    def zeroed(self, *runs: tuple[int, int]) -> bytes:
        data = bytearray(self.data)
        for start, length in runs:
            data[start : start + length] = bytes(length)
        return bytes(data)


@pytest.fixture(scope="module")
def media(lexical_file: Path) -> Media:
    return Media(lexical_file)


@contextlib.contextmanager
def opened(data: bytes, tmp_path: Path) -> Iterator[Memory]:
    path = tmp_path / "damaged.mp4"
    path.write_bytes(data)
    with memcodec.open(path) as memory:
        yield memory


def assert_whole(memory: Memory, folder: Path, out: Path) -> None:
    report = memory.restore(out)
    assert not report.losses
    for document, path in report.files:
        assert path.read_bytes() == (folder / document.uri).read_bytes()


@pytest.mark.parametrize("at", [0.0, 0.123, 0.5, 0.77, 1.0])
def test_any_run_of_8_percent_of_the_media_is_brought_back(
    media: Media, folder: Path, tmp_path: Path, at: float
) -> None:
    length = (media.end - media.begin) * 8 // 100
    start = media.begin + int((media.end - media.begin - length) * at)
    with opened(media.zeroed((start, length)), tmp_path) as memory:
        report = memory.verify()
        assert not report.ok
        assert report.complete
        assert report.lost == report.recovered > 0
        hit = [damage for damage in report.damage if damage.part == "media"]
        assert min(damage.offset for damage in hit) <= start
        assert max(damage.offset + damage.length for damage in hit) >= start + length
        assert_whole(memory, folder, tmp_path / "out")
        assert memory.search("patient heron")


@pytest.mark.parametrize("seed", range(5))
def test_8_percent_of_frames_at_random_are_brought_back(
    media: Media, folder: Path, tmp_path: Path, seed: int
) -> None:
    dropped = random.Random(seed).sample(media.frames, len(media.frames) * 8 // 100)
    assert dropped
    with opened(media.zeroed(*dropped), tmp_path) as memory:
        assert memory.verify().complete
        assert_whole(memory, folder, tmp_path / "out")


def test_beyond_parity_the_hit_documents_are_named_and_the_others_come_back(
    media: Media, folder: Path, tmp_path: Path
) -> None:
    start = media.begin + (media.end - media.begin) // 2
    lost = (start, (media.end - media.begin) // 3)
    with opened(media.zeroed(lost), tmp_path) as memory:
        verified = memory.verify()
        assert not verified.complete
        report = memory.restore(tmp_path / "out")
        assert {loss.document.uri for loss in verified.losses} == {
            loss.document.uri for loss in report.losses
        }
        assert report.losses
        assert len(report.files) > 10
        for document, path in report.files:
            assert path.read_bytes() == (folder / document.uri).read_bytes()
        for loss in report.losses:
            assert loss.ranges
            assert all(0 <= begin < end <= loss.document.size for begin, end in loss.ranges)


def test_an_intact_file_verifies(lexical_file: Path) -> None:
    with memcodec.open(lexical_file) as memory:
        for deep in (False, True):
            report = memory.verify(deep=deep)
            assert report.ok
            assert report.complete
            assert (report.lost, report.damage, report.losses) == (0, [], [])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A little file, so that a random byte often is one that matters."""
    path = tmp_path_factory.mktemp("small") / "m.mp4"
    texts = {
        f"{number}.txt": f"{'north' if number % 2 else 'south'} heron {number} " * 20 for number in range(8)
    }
    with memcodec.create(path, model="none") as memory:
        for uri, text in texts.items():
            memory.add(text, uri=uri)
    return path, texts


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_single_byte_flipped_is_a_right_answer_or_a_clear_error(
    small: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path, texts = small
    raw = bytearray(path.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1), label="offset")] ^= data.draw(
        st.integers(1, 255), label="change"
    )
    damaged = tmp_path_factory.getbasetemp() / "flipped.mp4"
    damaged.write_bytes(raw)
    try:
        with memcodec.open(damaged) as memory:
            for hit in memory.search("north heron", k=20):
                content = texts[hit.document.uri].encode()
                assert content[hit.start : hit.end].decode() == hit.text
            assert {document.uri for document in memory.documents()} == texts.keys()
    except MemcodecError as error:
        assert "\n" not in str(error)


def test_damage_to_each_part_is_a_clear_error_or_a_right_answer(
    media: Media, folder: Path, tmp_path: Path
) -> None:
    size = len(media.data)
    for start in range(media.end, size, max(1, (size - media.end) // 60)):
        try:
            with opened(media.zeroed((start, 40)), tmp_path) as memory:
                for hit in memory.search("patient heron"):
                    text = (folder / hit.document.uri).read_bytes()[hit.start : hit.end].decode()
                    assert text == hit.text
        except MemcodecError as error:
            assert "\n" not in str(error)

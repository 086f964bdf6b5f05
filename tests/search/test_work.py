"""What a search does, counted: it reads and unpacks what its hits need, once, however many documents there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.file import catalogue_builder, commit
from memcodec.file.catalogue import Catalogue
from memcodec.format import block, documents
from memcodec.format.blob import Blob
from memcodec.model import Extent, Hit
from memcodec_video.reader import VideoReader
from tests.support import memories


@dataclass
class Work:
    """What was done since it was last looked at."""

    frames: list[Extent] = field(default_factory=list)
    described: list[str] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    units: int = 0

    def clear(self) -> None:
        self.__init__()  # type: ignore[misc]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    done = Work()

    def watch(owner: Any, name: str, note: Any) -> None:
        original = getattr(owner, name)

        def call(*args: Any) -> Any:
            note(*args)
            return original(*args)

        monkeypatch.setattr(owner, name, call)

    watch(VideoReader, "_read_frame", lambda self, extent, slots: done.frames.append(extent))
    watch(documents, "parse", lambda row: done.described.append(row["id"]))
    watch(Catalogue, "_read_group", lambda self, group: done.groups.append(group))

    def proven(self: Blob, name: str, section: Any, first: int, last: int) -> None:
        done.units += last - first + 1

    watch(Blob, "_proven", proven)
    return done


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two packets to a frame."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("ALONE", 0), ("SPREAD", 1), ("FILLED", (2, 2))):
            patch.setattr(commit, name, value)
        patch.setattr(catalogue_builder, "COPIED", 1)
        path = tmp_path_factory.mktemp("work") / "films.mp4"
        yield memories.create(path, memories.texts("films", 150, 1500), model="none")


def _frames_of(memory: memcodec.Memory, hits: list[Hit]) -> set[Extent]:
    """The frames that the hits' blocks of text lie in."""
    (segment,) = memory.reader.segments
    starts = {stored.document.id: stored.start for _, stored in segment.live()}
    spans = [(starts[hit.document.id] + hit.start, starts[hit.document.id] + hit.end) for hit in hits]
    blocks = {number for span in spans for number in block.numbers(*span)}
    stream = [segment.catalogue.block_span(number) for number in blocks]
    size = segment.record.payload
    packets = {number for start, end in stream for number in range(start // size, (end - 1) // size + 1)}
    return {Extent(place.offset, place.length) for place in segment.places(packets)}


def test_frames_without_a_hit_are_not_decoded(films: Path, work: Work) -> None:
    with memcodec.open(films) as memory:
        hits = memory.search("heron library", k=3, mode="lexical")
        read = list(work.frames)
        assert len(hits) == 3
        assert len(read) == len(set(read)) < memory.info().frames / 2
        assert set(read) == _frames_of(memory, hits)


def test_of_a_group_of_documents_the_hit_alone_is_parsed(films: Path, work: Work) -> None:
    with memcodec.open(films) as memory:
        hits = memory.search("heron library", k=3, mode="lexical")
        assert sorted(work.described) == sorted({hit.document.id for hit in hits})


def test_what_was_shown_is_not_read_again(films: Path, work: Work) -> None:
    with memcodec.open(films) as memory:
        hits = memory.search("heron library", mode="lexical")
        work.clear()
        assert memory.search("heron library", mode="lexical") == hits
        assert work == Work()
        assert memory.search("library heron", mode="lexical") == hits  # other rows of words, the same texts
        assert (work.frames, work.described) == ([], [])


def test_what_is_read_does_not_grow_with_the_documents(tmp_path: Path, work: Work) -> None:
    wanted = {f"wanted{number}.txt": f"a cormorant dries wing number{number}\n" * 20 for number in range(5)}
    done = []
    for others in (20, 600):
        texts = wanted | memories.texts("others", others, 300)
        path = memories.create(tmp_path / f"{others}.flac", texts, model="none", positions=False)
        with memcodec.open(path) as memory:
            work.clear()
            assert {hit.document.uri for hit in memory.search("cormorant", mode="lexical")} == set(wanted)
            done.append((len(work.described), len(work.groups), work.units))
    (few_described, few_groups, few_units), (described, groups, units) = done
    assert (described, groups) == (few_described, few_groups) == (5, 1)
    assert units <= few_units + 2  # a section of one number for each group has grown by a page or two

"""MP4 files whose boxes another program moved, by tags or a new order: read as they were, never continued."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import Damaged
from memcodec.file.reader import Reader
from memcodec.search.engine import Searcher
from memcodec_video.mp4 import box
from tests.support import far

TEXTS = {f"{number}.txt": f"the heron of marsh {number}\n" * 400 for number in range(6)}
TAGS = box(b"udta", box(b"meta", bytes(90_000)))
XMP = box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), b"<x:xmpmeta/>" * 300)
Dress = Callable[[bytes], bytes]


def cut(data: bytes) -> tuple[bytes, bytes, bytes]:
    """``ftyp``, ``moov`` and the rest."""
    middle = int.from_bytes(data[:4], "big")
    end = middle + int.from_bytes(data[middle : middle + 4], "big")
    return data[:middle], data[middle:end], data[end:]


def with_tags(data: bytes) -> bytes:
    """At the front of ``moov``: what stands there is beyond the first bytes of the file."""
    ftyp, moov, rest = cut(data)
    return ftyp + box(b"moov", TAGS, moov[8:]) + rest


def with_tags_and_room(data: bytes) -> bytes:
    """As programs do that leave room for tags to come, here within the guide's first fragment."""
    ftyp, moov, rest = cut(data)
    first = int.from_bytes(rest[:4], "big")
    return ftyp + box(b"moov", moov[8:], TAGS) + rest[:first] + box(b"free", bytes(40)) + rest[first:]


def with_metadata_before(data: bytes) -> bytes:
    ftyp, moov, rest = cut(data)
    return ftyp + XMP + moov + rest


def with_header_at_the_end(data: bytes) -> bytes:
    ftyp, moov, rest = cut(data)
    return ftyp + rest + moov


def without_header(data: bytes) -> bytes:
    return cut(data)[2]


def with_all(data: bytes) -> bytes:
    return box(b"free", bytes(5000)) + with_tags(data) + XMP


DRESSES = [
    with_tags,
    with_tags_and_room,
    with_metadata_before,
    with_header_at_the_end,
    without_header,
    with_all,
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file of three commits, the last of which only drops a document."""
    path = tmp_path_factory.mktemp("moved") / "m.mp4"
    with memcodec.create(path, model="none", codec="h264") as memory:
        for uri, text in TEXTS.items():
            memory.add(text, uri=uri)
    with memcodec.open(path) as memory:
        memory.add("a grebe came later", uri="later.txt")
        memory.commit()
    with memcodec.open(path) as memory:
        memory.forget(memcodec.Filter(documents="0.txt"))
    return path.read_bytes()


@pytest.mark.parametrize("dress", DRESSES)
def test_a_moved_file_is_searched_restored_and_verified(written: bytes, dress: Dress, tmp_path: Path) -> None:
    data = dress(written)
    with memcodec.open(data) as memory:
        assert [hit.document.uri for hit in memory.search("grebe")] == ["later.txt"]
        assert memory.search("marsh 3")[0].document.uri == "3.txt"
        memory.restore(tmp_path / "out")
        report = memory.verify(deep=True)
        assert report.complete
        behind = dress in (with_header_at_the_end, with_all)
        assert [each.note for each in report.damage] == (["torn part"] if behind else [])
        assert len(list(memory.log())) == 3
        assert memory.info().size == len(data) == sum(memory.info().parts.values())
    restored = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    left = {uri: text for uri, text in TEXTS.items() if uri != "0.txt"}
    assert restored == {**left, "later.txt": "a grebe came later"}
    with memcodec.open(data, as_of=1) as memory:
        assert memory.search("marsh 0")[0].document.uri == "0.txt"


@pytest.mark.parametrize("dress", [with_tags, with_metadata_before, without_header])
def test_a_moved_file_far_away_is_searched_in_as_many_round_trips(written: bytes, dress: Dress) -> None:
    trips = []
    for data in (written, dress(written)):
        source = far.source(data)
        with contextlib.closing(Reader(source)) as reader:
            (hit, *_) = Searcher([reader]).search("grebe", 5, "lexical")
            assert hit.document.uri == "later.txt"
        trips.append(source.requests.rounds)
    assert trips[0] == trips[1]


def test_a_moved_file_is_not_continued_until_it_is_compacted(written: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.mp4"
    path.write_bytes(with_all(written))
    with (
        memcodec.open(path) as memory,
        pytest.raises(Damaged, match=r"moved its frames .*`compact\(\)`"),
    ):
        memory.add("more", uri="more.txt")
    assert path.read_bytes() == with_all(written)
    with memcodec.open(path) as memory:
        memory.compact()
    with memcodec.open(path) as memory:
        memory.add("a smew as well", uri="more.txt")
        memory.commit()
        assert memory.search("smew")[0].document.uri == "more.txt"
        assert memory.verify(deep=True).ok
        assert memory.info().codec == "h264"


def test_damage_in_a_moved_file_is_found(written: bytes) -> None:
    data = bytearray(with_tags(written))
    data[data.index(b"memcodec-index") - 2000] ^= 1
    with memcodec.open(bytes(data)) as memory:
        assert not memory.verify().ok


def test_a_commit_is_where_its_record_says_whatever_it_wrote(written: bytes) -> None:
    """Of no file that nobody moved is it said that someone did."""
    for end in (len(written), *commit_ends(written)):
        with memcodec.open(written[:end]) as memory:
            assert memory.reader.media.moved == 0


def commit_ends(data: bytes) -> list[int]:
    found, at = [], 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        at += size
        if kind == b"uuid" and data[at - 8 : at] == b"memcodc1":
            found.append(at)
    return found

"""Files whose frames another program's tags moved: read as they were, never continued."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import Damaged, StorageError
from memcodec.file.reader import Reader
from memcodec.search.engine import Searcher
from memcodec.storage import MemorySource
from memcodec.storage.moved import MovedSource
from memcodec_audio import flac
from tests.support import far

TEXTS = {f"{number}.txt": f"the heron of marsh {number}\n" * 400 for number in range(6)}
Dress = Callable[[bytes], bytes]


def metadata(data: bytes) -> list[bytes]:
    """The file's metadata blocks."""
    found, at = [], 4
    while not found or not found[-1][0] & 0x80:
        end = at + 4 + int.from_bytes(data[at + 1 : at + 4], "big")
        found.append(data[at:end])
        at = end
    return found


def with_blocks(data: bytes, blocks: list[bytes]) -> bytes:
    """The file with other metadata before its frames."""
    marked = [bytes([block[0] & 0x7F]) + block[1:] for block in blocks]
    marked[-1] = bytes([marked[-1][0] | 0x80]) + marked[-1][1:]
    return data[:4] + b"".join(marked) + data[4 + sum(map(len, metadata(data))) :]


def with_id3(data: bytes) -> bytes:
    return b"ID3\4\0\0\0\0\x07\x68" + bytes(1000) + data


def with_picture(data: bytes) -> bytes:
    return with_blocks(data, [*metadata(data), flac.block(6, bytes(range(256)) * 900)])


def with_tags_before(data: bytes) -> bytes:
    """As programs do that write all blocks anew and drop what they do not know."""
    return with_blocks(data, [metadata(data)[0], flac.block(flac.VORBIS_COMMENT, bytes(7001))])


def without_padding(data: bytes) -> bytes:
    return with_blocks(data, metadata(data)[:-1])


def without_all(data: bytes) -> bytes:
    return with_blocks(data, metadata(data)[:1])


def with_all(data: bytes) -> bytes:
    return with_id3(with_picture(data)) + b"TAG" + bytes(125)


DRESSES = [with_id3, with_picture, with_tags_before, without_padding, without_all, with_all]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file of three commits, one of which only drops a document."""
    path = tmp_path_factory.mktemp("moved") / "m.flac"
    with memcodec.create(path, model="none") as memory:
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
        assert [each.note for each in report.damage] == (["torn part"] if data.endswith(bytes(125)) else [])
        assert len(list(memory.log())) == 3
        assert memory.info().size == len(data) == sum(memory.info().parts.values())
    restored = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    left = {uri: text for uri, text in TEXTS.items() if uri != "0.txt"}
    assert restored == {**left, "later.txt": "a grebe came later"}
    with memcodec.open(data, as_of=1) as memory:
        assert memory.search("marsh 0")[0].document.uri == "0.txt"


@pytest.mark.parametrize("dress", [with_id3, with_picture, without_all])
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
    path = tmp_path / "m.flac"
    for dress in (with_picture, without_padding, with_all):
        path.write_bytes(dress(written))
        with (
            memcodec.open(path) as memory,
            pytest.raises(Damaged, match=r"moved its frames .*`compact\(\)`"),
        ):
            memory.add("more", uri="more.txt")
        assert path.read_bytes() == dress(written)
        with memcodec.open(path) as memory:
            memory.compact()
        with memcodec.open(path) as memory:
            memory.add("a smew as well", uri="more.txt")
            memory.commit()
            assert memory.search("smew")[0].document.uri == "more.txt"
            assert memory.verify(deep=True).ok


def test_damage_in_a_moved_file_is_found(written: bytes) -> None:
    data = bytearray(with_picture(written))
    first = len(data) - len(written) + written.index(flac.header(0, 24))
    data[first + 3000] ^= 1
    with memcodec.open(bytes(data)) as memory:
        assert not memory.verify().ok


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["metaflac", "--add-padding=70000"],
        ["metaflac", "--remove-all", "--dont-use-padding"],
        ["metaflac", "--set-tag=LYRICS=" + "la " * 9000],
    ],
)
def test_what_tag_editors_do_is_read(written: bytes, command: list[str], tmp_path: Path) -> None:
    path = tmp_path / "m.flac"
    path.write_bytes(written)
    subprocess.run([*command, path], check=True)
    assert len(path.read_bytes()) != len(written)
    with memcodec.open(path) as memory:
        assert memory.search("grebe")[0].document.uri == "later.txt"
        assert memory.verify(deep=True).ok


@pytest.mark.slow
def test_a_remuxed_file_is_read(written: bytes, tmp_path: Path) -> None:
    path, out = tmp_path / "m.flac", tmp_path / "out.flac"
    path.write_bytes(written)
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-c", "copy", "-metadata", "title=x", out], check=True
    )
    with memcodec.open(out) as memory:
        assert memory.search("grebe")[0].document.uri == "later.txt"
        assert memory.verify(deep=True).ok


def test_a_moved_source_reads_bytes_where_they_were() -> None:
    data = bytes(range(100))
    later, earlier = MovedSource(MemorySource(data), 10), MovedSource(MemorySource(data), -10)
    assert (later.size, earlier.size) == (90, 110)
    assert bytes(later.get_bytes(0, 3)) == bytes(later.view(0, 3)) == data[10:13]
    assert bytes(earlier.get_bytes(8, 4)) == bytes(earlier.view(8, 4)) == b"\0\0\0\1"
    assert bytes(earlier.get_bytes(2, 5)) == bytes(5)
    for source, offset in ((later, 89), (earlier, 109), (earlier, -1)):
        with pytest.raises(StorageError):
            source.get_bytes(offset, 2)

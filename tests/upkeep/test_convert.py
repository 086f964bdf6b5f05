"""Another medium, the same memory: nothing that the packets and the index carry changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import memcodec
from fixtures.prose import prose
from memcodec.config.settings import Encode, Settings
from memcodec.errors import ConfigError, Damaged
from memcodec.index.vectors import segment
from memcodec.upkeep.convert import convert

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three commits with tags; a dictionary in the first; the lexical index."""
    path = tmp_path_factory.mktemp("convert") / "original.mp4"
    with memcodec.create(path, model="none") as memory:
        for number in range(60):
            memory.add(prose(number, 8000), uri=f"big/{number}.md")
        memory.commit()
        for number in range(3):
            memory.add(prose(100 + number, 900), uri=f"small/{number}.md", tags={"n": str(number)})
        memory.add("", uri="empty")
        memory.commit()
        memory.add("東京の図書館 and one late heron", uri="late")
    return path


def snapshot(path: Path) -> dict[str, object]:
    """All that must stay: documents, commits, chunks, hits, and the bytes of the index blobs."""
    with memcodec.open(path) as memory:
        reader = memory.reader
        return {
            "documents": list(memory.documents()),
            "commits": [(each.file, each.commit, each.time) for each in reader.chain],
            "log": [replace(each, size=0) for each in memory.log()],
            "chunks": [
                (hit.start, hit.end, hit.line, hit.text)
                for hit in map(memory.get, range(0, reader.chunks, 7))
            ],
            "hits": [(hit.chunk, hit.score) for hit in memory.search("patient heron", k=20)],
            "lexical": [bytes(blob.whole()) for run in reader.indexes if (blob := run.lexical) is not None],
        }


TARGETS = [
    ("out.mp4", "h264", "robust"),
    ("out.mp4", "vp9", "dense"),
    ("out.flac", "flac", "dense"),
    ("out.flac", "flac", "robust"),
]


@pytest.mark.parametrize(("name", "codec", "profile"), TARGETS)
def test_everything_is_carried_over_and_back(
    name: str, codec: str, profile: str, original: Path, tmp_path: Path
) -> None:
    there, back = tmp_path / name, tmp_path / "back.mp4"
    convert(original, there, settings=Settings(encode=Encode(codec=codec, profile=profile)))
    assert snapshot(there) == snapshot(original)
    with memcodec.open(there) as memory:
        assert memory.verify(deep=True).ok
        assert (memory.info().codec, memory.info().profile) == (codec, profile)
    convert(there, back)
    assert snapshot(back) == snapshot(original)
    with memcodec.open(back) as memory:
        assert not memory.restore(tmp_path / "out").losses


def test_vectors_are_not_computed_again(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = np.random.default_rng(1).normal(size=(1, 8)).astype(np.float32)
    blob = segment.build(made / np.linalg.norm(made), model="m@1", precision="int8", dimensions=8, bits=8)
    monkeypatch.setattr("memcodec.models.embedding.available", lambda: True)
    monkeypatch.setattr("memcodec.file.indexing.vectors", lambda *_: blob)
    with memcodec.create(tmp_path / "a.mp4") as memory:
        memory.add("one chunk", uri="one")
    monkeypatch.undo()
    convert(tmp_path / "a.mp4", tmp_path / "b.flac", settings=Settings(encode=Encode(codec="flac")))
    with memcodec.open(tmp_path / "b.flac") as memory:
        (run,) = memory.reader.indexes
        (each,) = run.vectors
        assert bytes(each.blob.whole()) == blob
        assert memory.info().model == "m@1"


def test_losses_up_to_parity_are_cured_on_the_way_and_others_are_told(original: Path, tmp_path: Path) -> None:
    with memcodec.open(original) as memory:
        offsets, lengths, *_ = memory.reader.segments[0].catalogue.frames().tolist()
    for share, cured in ((20, True), (3, False)):
        data = bytearray(original.read_bytes())
        for offset, length in list(zip(offsets, lengths, strict=True))[1 : 1 + len(offsets) // share]:
            data[offset : offset + length] = bytes(length)
        (tmp_path / "damaged.mp4").write_bytes(data)
        if cured:
            convert(tmp_path / "damaged.mp4", tmp_path / "whole.mp4")
            assert snapshot(tmp_path / "whole.mp4") == snapshot(original)
            continue
        with pytest.raises(Damaged):
            convert(tmp_path / "damaged.mp4", tmp_path / "none.mp4")
        assert not (tmp_path / "none.mp4").exists()


def test_an_old_commit_whose_record_is_damaged_is_told(original: Path, tmp_path: Path) -> None:
    """The newest state is whole, but the old ones do not all come along."""
    data, out = bytearray(original.read_bytes()), tmp_path / "out.flac"
    with memcodec.open(original) as memory:
        end = memory.reader.entries[1].begin
    data[end - 60] ^= 1
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)
    with memcodec.open(damaged) as memory:
        assert len(memory) == 65
    with pytest.raises(Damaged, match=r"old commit is damaged; `repair\(\)`"):
        convert(damaged, out, settings=Settings(encode=Encode(codec="flac")))
    assert not out.exists()


def test_the_input_is_never_overwritten(original: Path) -> None:
    with pytest.raises(ConfigError, match="never overwrites"):
        convert(original, original, force=True)

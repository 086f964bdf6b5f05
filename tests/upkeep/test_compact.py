"""Compaction: only the state is left, in few segments; the file is the old one or the new one at every moment."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.config.settings import Encode, Settings
from memcodec.errors import ConfigError, MemcodecError, StorageError
from memcodec.file.index_run import IndexRun
from memcodec.index.lexical.segment import LexicalSegment
from memcodec.upkeep import compact as compaction
from memcodec.upkeep.compact import compact
from memcodec.upkeep.merge import merge
from memcodec.upkeep.repair import repair
from tests.reliability import sealing
from tests.reliability.support import forks, running
from tests.support.memories import (
    LEXICAL,
    MEDIA,
    Embedder,
    append,
    contents,
    create,
    documents,
    embedder,
    forget,
    hits,
    is_sound,
    reading,
    stripped,
    texts,
    told,
    uris,
)
from tests.support.processes import append_when_it_may, compact_it

pytestmark = pytest.mark.slow

__all__ = ["embedder"]
KILLS = 20
ROUNDS = {"mp4": 40, "flac": 120}  # commits of one document each


@pytest.fixture(scope="module", params=MEDIA)
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def grown(suffix: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many small commits, some of which changed or forgot documents. Do not change it: copy it first."""
    path = tmp_path_factory.mktemp("grown") / f"grown.{suffix}"
    with memcodec.create(path, model="none") as memory:
        for number, (uri, text) in enumerate(texts("oak", ROUNDS[suffix], 800).items()):
            memory.add(text, uri=uri, tags={"n": str(number)})
            memory.commit()
    append(path, {"oak/3.md": "a new version", "secret.md": "the word nevermorian"})
    forget(path, "oak/5.md", "secret.md")
    return path


@pytest.fixture
def copy(grown: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(grown, tmp_path / f"copy{grown.suffix}"))


def test_many_small_commits_become_one_segment(grown: Path, copy: Path, suffix: str) -> None:
    with memcodec.open(copy) as memory:
        report = memory.compact()
        assert len(memory.reader.segments) == 2  # the other tells of the compaction
        assert len([run for run in memory.reader.indexes if run.record.chunks]) == 1
        assert memory.info().size == report.after < 0.5 * report.before == 0.5 * grown.stat().st_size
        assert (report.documents, report.dropped) == (ROUNDS[suffix] - 1, 3)
    assert documents(copy) == documents(grown)
    assert contents(copy) == contents(grown)
    assert hits(copy) == hits(grown)
    assert is_sound(copy)
    assert b"nevermorian" in told(grown)
    assert b"nevermorian" not in told(copy)


def test_chunks_stay_as_they_were_cut(suffix: str, tmp_path: Path) -> None:
    path = create(tmp_path / f"m.{suffix}", texts("oak", 4, 3000), chunk_size=170, overlap=20)
    append(path, texts("elm", 2, 3000), settings=Settings(encode=Encode(chunk_size=333)))
    forget(path, "oak/1.md", "elm/0.md")
    before = chunks(path)
    compact(path)
    assert chunks(path) == before
    assert len(before) > 50


def chunks(path: Path) -> list[tuple[str, int, int, int, int]]:
    with reading(path) as reader:
        live = [
            (each, number) for each in reader.segments for number in each.live_chunks.nonzero()[0].tolist()
        ]
        places = [reader.chunk_in(*each) for each in live]
        return [(each.stored.document.id, *each[2:]) for each in places]


def test_it_is_as_small_as_one_encode(copy: Path, tmp_path: Path) -> None:
    fresh = create(tmp_path / f"fresh{copy.suffix}", {uri: text for uri, (text,) in contents(copy).items()})
    compact(copy)
    with reading(copy) as reader:
        told = reader.segments[-1]
        assert not told.documents
        change = sum(frame.length for frame in told.frames())  # a few frames, however large the file
    assert copy.stat().st_size - change <= 1.15 * fresh.stat().st_size
    assert hits(copy) == hits(fresh)


def test_old_commits_are_compressed_again_where_that_is_smaller(
    copy: Path, grown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "SMALL", 0)  # so that nothing else makes one of them
    plain = tmp_path / f"plain{copy.suffix}"
    compact(copy, plain)
    report = compact(copy, recode=True)
    with reading(grown) as reader:
        assert report.recoded == sum(bool(each.documents) for each in reader.segments) > 30
    assert report.after < 0.7 * plain.stat().st_size
    assert (documents(copy), contents(copy), hits(copy)) == (documents(grown), contents(grown), hits(grown))
    assert is_sound(copy)
    again = compact(copy, recode=True)  # nothing is gained a second time
    assert (again.recoded, again.encoded) == (0, 0) and again.copied


def test_life_goes_on(copy: Path, grown: Path) -> None:
    compact(copy)
    last = len(documents(copy))
    append(
        copy, {"oak/3.md": "a newer version", "oak/4.md": texts("oak", 5, 800)["oak/4.md"], "new.md": "new"}
    )
    forget(copy, "oak/0.md")
    with memcodec.open(copy) as memory:
        numbers = [commit.number for commit in memory.log()]
        assert [commit.kind for commit in memory.log()] == ["compact", "add", "forget"]
        memory.rollback(numbers[0])
        assert [commit.kind for commit in memory.log()][-1] == "rollback"
    assert documents(copy) == documents(copy, numbers[0]) == documents(grown)
    assert len(documents(copy, numbers[1])) == last + 1
    compact(copy)
    assert (documents(copy), contents(copy)) == (documents(grown), contents(grown))


def test_repair_of_a_compacted_file(copy: Path, tmp_path: Path) -> None:
    compact(copy)
    append(copy, {"later.md": "a later heron", "oak/3.md": "the last version"})
    for wreck in (copy, stripped(copy, tmp_path)):
        out = tmp_path / f"out{copy.suffix}"
        assert repair(wreck, out, settings=LEXICAL, force=True).complete
        assert (documents(out), contents(out), hits(out)) == (documents(copy), contents(copy), hits(copy))
        with memcodec.open(out) as after, memcodec.open(copy) as before:
            assert after.info().file_id == before.info().file_id


def test_a_clean_file_is_copied(suffix: str, tmp_path: Path) -> None:
    path = create(tmp_path / f"m.{suffix}", texts("yew", 3))
    before = documents(path), contents(path), hits(path)
    report = compact(path)
    assert (report.dropped, report.copied > 0) == (0, True)
    assert (documents(path), contents(path), hits(path)) == before
    assert is_sound(path)


def test_an_empty_memory_is_left_when_all_was_forgotten(suffix: str, tmp_path: Path) -> None:
    path = create(tmp_path / f"m.{suffix}", {"a": "nevermorian", "b": "another word"})
    forget(path, "a", "b")
    report = compact(path)
    assert (report.documents, report.dropped) == (0, 2)
    assert documents(path) == []
    assert hits(path) == [[]] * 5
    assert is_sound(path)
    assert b"nevermorian" not in told(path)
    compact(path)
    append(path, {"c": "a heron at last"})
    assert contents(path) == {"c": ["a heron at last"]}
    assert len(hits(path, ["heron"])[0]) == 1
    repair(stripped(path, tmp_path), tmp_path / f"out.{suffix}", settings=LEXICAL)
    assert documents(tmp_path / f"out.{suffix}") == documents(path)


def test_empty_documents_stay(suffix: str, tmp_path: Path) -> None:
    path = create(tmp_path / f"m.{suffix}", {"void": "", "a": "a heron", "b": "gone"})
    append(path, {"void too": ""})
    append(path, {"c": "the last heron"})
    forget(path, "b")
    compact(path)
    assert contents(path) == {"void": [""], "a": ["a heron"], "void too": [""], "c": ["the last heron"]}
    assert len(hits(path, ["heron"])[0]) == 2
    assert is_sound(path)


def test_indexes_of_several_kinds_stay_what_they_are(suffix: str, tmp_path: Path, embedder: Embedder) -> None:
    path = create(tmp_path / f"m.{suffix}", {"0": "heron zero", "x": "gone"}, model="words")
    none = Settings(encode=Encode(index="none"))
    for number in range(1, 8):
        append(path, {str(number): f"heron {number}"}, settings=none if number % 3 == 1 else None)
    forget(path, "x")
    before = hits(path), hits(path, ["heron 3"], mode="semantic"), documents(path)
    compact(path)
    assert documents(path) == before[-1]
    assert sorted(contents(path)) == [str(number) for number in range(8)]
    assert hits(path) == before[0]
    (found,) = hits(path, ["heron 3"], mode="semantic")
    assert [hit.uri for hit in found] == [hit.uri for hit in before[1][0]]
    assert is_sound(path)


def language(run: IndexRun) -> str | None:
    return LexicalSegment(run.lexical).language if run.lexical is not None else None


def test_two_languages(suffix: str, tmp_path: Path) -> None:
    a = create(tmp_path / f"a.{suffix}", {"en": "herons were waiting", "x": "gone"})
    b = create(tmp_path / f"b.{suffix}", {"de": "die Häuser der Reiher"}, language="german")
    path = tmp_path / f"m.{suffix}"
    merge([a, b], path)
    for number in range(20):
        append(path, {str(number): f"ein Haus und noch {number}"})
    forget(path, "x")
    with reading(path) as reader:
        assert [language(run) for run in reader.indexes][:2] == ["english", "german"]
        assert len(reader.indexes) < 12  # folded although the first is of another language
    compact(path)
    with reading(path) as reader:
        assert [language(run) for run in reader.indexes if run.record.chunks] == ["english", "german"]
    assert len(uris(path)) == 22
    assert len(hits(path, ["Haus"], k=50)[0]) == 21
    assert is_sound(path)


def test_to_another_file(copy: Path, grown: Path, tmp_path: Path) -> None:
    out = tmp_path / f"out{copy.suffix}"
    with memcodec.open(copy) as memory:
        memory.compact(out)
        assert len(memory.log()) > 3
    assert copy.read_bytes() == grown.read_bytes()
    assert documents(out) == documents(grown)
    with pytest.raises(StorageError, match="exists"):
        compact(copy, out)
    compact(copy, out, force=True)
    with pytest.raises(ConfigError, match="leave `out` out"):
        compact(copy, copy, force=True)


def test_what_is_pending_comes_first(copy: Path) -> None:
    with memcodec.open(copy) as memory:
        memory.add("pending")
        with pytest.raises(ConfigError, match="commit"):
            memory.compact()
        memory.commit()
        memory.compact()
        memory.add("and on", uri="on")
    assert "on" in uris(copy)


def test_a_failed_proof_leaves_the_old_file(copy: Path, grown: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcodec.file.segment.SegmentReader.item", broken)
    with pytest.raises(MemcodecError):
        compact(copy)
    assert copy.read_bytes() == grown.read_bytes()
    assert os.listdir(copy.parent) == [copy.name]


def broken(segment: object, stored: object) -> object:
    raise StorageError("the disk is full")


def test_an_open_reader_goes_on(copy: Path, grown: Path) -> None:
    with memcodec.open(copy) as memory:
        compact(copy)
        assert [hit.text for hit in memory.search("heron", mode="lexical")]
        assert memory.verify(deep=True).ok
    assert documents(copy) == documents(grown)


def test_a_kill_leaves_the_old_file_or_the_new(grown: Path, tmp_path: Path) -> None:
    killed(grown, tmp_path / f"m{grown.suffix}", KILLS)


def test_a_kill_leaves_the_old_sealed_file_or_the_new(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMCODEC_IDENTITY", sealing.IDENTITY)
    path = create(tmp_path_factory.mktemp("sealed") / "m.sealed.flac", texts("oak", 2, 800))
    for uri, text in texts("elm", 40 if sealing.FULL else 8, 800).items():
        append(path, {uri: text})
    forget(path, "oak/0.md")
    killed(path, tmp_path / path.name, KILLS if sealing.FULL else 6)


def killed(grown: Path, path: Path, times: int) -> None:
    """Compact copies of a file, and be killed in the middle."""
    tmp_path, context, rng = path.parent, forks(), random.Random(4)
    expected, took, seen = documents(grown), 0.6, set()
    for number in range(times + 1):
        shutil.copy(grown, path)
        began = time.monotonic()
        with running(context.Process(target=compact_it, args=(str(path),))) as process:
            process.join(None if number == 0 else rng.uniform(0, 1.1 * took))
            if process.is_alive():
                os.kill(process.pid or 0, signal.SIGKILL)
            process.join()
        took = time.monotonic() - began if number == 0 else took
        for name in set(os.listdir(tmp_path)) - {path.name}:
            assert name == f".{path.name}.memcodec-partial"
        with memcodec.open(path) as memory:
            assert list(memory.documents()) == expected
            kinds = [commit.kind for commit in memory.log()]
            seen.add(kinds == ["compact"])
        if kinds != ["compact"]:
            assert path.read_bytes() == grown.read_bytes()
    assert seen == {False, True}
    compact(path)
    assert os.listdir(tmp_path) == [path.name]
    assert documents(path) == expected


def test_a_writer_that_waits_writes_to_the_new_file(
    copy: Path, grown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, prove = forks(), compaction._prove
    ready = context.Event()
    process = context.Process(target=append_when_it_may, args=(str(copy), ready))

    def _prove(*compacted: Any) -> None:
        process.start()
        assert ready.wait(30)
        time.sleep(0.2)
        assert process.is_alive()
        prove(*compacted)

    monkeypatch.setattr(compaction, "_prove", _prove)
    try:
        compact(copy)
        process.join()
        assert process.exitcode == 0
    finally:
        process.kill()
    assert [uri for uri in uris(copy) if uri not in uris(grown)] == ["waited"]
    with memcodec.open(copy) as memory:
        assert [commit.kind for commit in memory.log()] == ["compact", "add"]
    assert is_sound(copy)

"""Many files into one: nothing is encoded, compressed or indexed again, and search cannot tell the difference."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.config.settings import Encode, Settings
from memcodec.errors import ConfigError, Damaged, NotFound
from memcodec.file.commit import CommitWriter
from memcodec.index.lexical.segment import LexicalBuilder
from memcodec.upkeep.merge import merge
from memcodec.upkeep.repair import repair
from tests.support.memories import (
    LEXICAL,
    MEDIA,
    Embedder,
    append,
    contents,
    create,
    damaged,
    documents,
    embedder,
    forget,
    frames_of,
    hits,
    is_sound,
    reading,
    stripped,
    texts,
    uris,
)

__all__ = ["embedder"]
NAMES = ("ash", "birch", "cedar")


@pytest.fixture(scope="module", params=MEDIA)
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def parts(suffix: str, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three files; the last of two commits, with a document that was dropped. Do not change them: copy them first."""
    folder = tmp_path_factory.mktemp("parts")
    made = [create(folder / f"{name}.{suffix}", texts(name, 5)) for name in NAMES]
    append(made[2], {"late.md": "a heron that came late", "gone.md": "the heron nobody wants"})
    forget(made[2], "gone.md")
    return made


@pytest.fixture(scope="module")
def whole(suffix: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One encode of what is in the parts."""
    everything = {uri: text for name in NAMES for uri, text in texts(name, 5).items()}
    late = {"late.md": "a heron that came late"}
    return create(tmp_path_factory.mktemp("whole") / f"whole.{suffix}", everything | late)


@pytest.fixture(scope="module")
def merged(parts: list[Path], suffix: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three of them in one."""
    out = tmp_path_factory.mktemp("merged") / f"merged.{suffix}"
    merge(parts, out)
    return out


@pytest.mark.slow
def test_it_is_as_one_encode_of_everything(parts: list[Path], merged: Path, whole: Path) -> None:
    assert hits(merged) == hits(whole)
    assert [len(found) > 3 for found in hits(merged)] == [True, True, True, True, False]
    assert contents(merged) == contents(whole)
    assert documents(merged) == [document for path in parts for document in documents(path)]
    assert len({document.id for document in documents(merged)}) == 16
    assert is_sound(merged)


def test_frames_are_copied_and_indexes_carried(
    parts: list[Path], suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded, write = list[int](), CommitWriter.add_stream

    def add_stream(self: CommitWriter, content: Any, identity: Any = None) -> Any:
        made = write(self, content, identity)
        encoded.append(made.documents)
        return made

    def add(self: LexicalBuilder, texts: object) -> None:
        raise AssertionError("indexed again")

    monkeypatch.setattr(CommitWriter, "add_stream", add_stream)
    monkeypatch.setattr(LexicalBuilder, "add", add)
    out = tmp_path / f"out.{suffix}"
    report = merge(parts, out)
    assert encoded == [0]  # the merge itself is told in the media
    assert (report.files, report.documents, report.copied, report.carried) == (3, 16, 4, 0)
    before = [span for path in parts for segment in segments_of(path) for span in frame_bytes(path, segment)]
    after = [span for segment in range(4) for span in frame_bytes(out, segment)]
    assert before == after


def segments_of(path: Path) -> list[int]:
    with reading(path) as reader:
        return [segment.number for segment in reader.segments if segment.documents]


def frame_bytes(path: Path, segment: int) -> list[bytes]:
    """The frames' bytes; of FLAC those that do not hold the frame's number or a check of it."""
    data, head, tail = path.read_bytes(), *((0, 0) if path.suffix == ".mp4" else (16, 2))
    return [data[at + head : at + length - tail] for at, length in frames_of(path, segment)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("other", "options"),
    [("other.flac", {}), ("other.mp4", {"codec": "h264"}), ("other.flac", {"bits": "16"})],
    ids=["other medium", "other codec", "other bits"],
)
def test_packets_are_carried_when_frames_cannot_be_copied(
    other: str, options: dict[str, str], tmp_path: Path
) -> None:
    first = create(tmp_path / ("first.flac" if options.get("bits") else "first.mp4"), texts("ash", 3))
    second = create(tmp_path / other, texts("birch", 3), **options)
    everything = create(tmp_path / "whole.mp4", texts("ash", 3) | texts("birch", 3))
    for number, order in enumerate(([first, second], [second, first])):
        out = tmp_path / f"{number}{order[0].suffix}"
        report = merge(order, out)
        assert (report.copied, report.carried) == (1, 1)
        assert contents(out) == contents(everything)
        ours, theirs = (hits(path, k=100)[0] for path in (out, everything))
        assert Counter(map(str, ours)) == Counter(map(str, theirs))
        assert documents(out) == [each for path in order for each in documents(path)]
        assert is_sound(out)
        with memcodec.open(out) as memory, memcodec.open(order[0]) as like:
            assert (memory.info().codec, memory.reader.media.options) == (
                like.info().codec,
                like.reader.media.options,
            )


def test_the_codec_can_be_chosen(parts: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    report = merge(parts[:1], out, settings=Settings(encode=Encode(codec="vp9")))
    assert (report.copied, report.carried) == (0, 1)
    assert contents(out) == contents(parts[0])


@pytest.mark.slow
def test_vectors_are_carried(suffix: str, tmp_path: Path, embedder: Embedder) -> None:
    both = [texts("ash", 12, 300), texts("birch", 12, 300)]
    parts = [create(tmp_path / f"{n}.{suffix}", documents, model="words") for n, documents in enumerate(both)]
    whole = create(tmp_path / f"whole.{suffix}", both[0] | both[1], model="words")
    embedder.embed = None  # type: ignore[assignment, method-assign]
    merge(parts, tmp_path / f"out.{suffix}")
    del embedder.embed
    out = tmp_path / f"out.{suffix}"
    for mode in ("semantic", "hybrid"):
        for ours, theirs in zip(hits(out, mode=mode), hits(whole, mode=mode), strict=True):
            assert {(hit.uri, hit.start) for hit in ours[:5]} == {(hit.uri, hit.start) for hit in theirs[:5]}
    exact = list(both[1].values())[:6]
    assert [found[0].uri for found in hits(out, exact, 1, "semantic")] == list(both[1])[:6]
    append(out, {"more": "patient heron more"})
    assert hits(out, ["patient heron more"], 1, "semantic")[0][0].uri == "more"


@pytest.mark.slow
def test_identical_documents_are_kept_once_and_conflicting_ones_both(suffix: str, tmp_path: Path) -> None:
    a = create(tmp_path / f"a.{suffix}", {"same": "the same heron", "other": "one heron", "a": "ours"})
    b = create(tmp_path / f"b.{suffix}", {"b": "theirs", "same": "the same heron", "other": "another heron"})
    report = merge([a, b], tmp_path / f"out.{suffix}")
    assert (report.documents, report.duplicates, report.conflicts) == (5, 1, 2)
    everything = {
        "same": ["the same heron"],
        "other": ["one heron", "another heron"],
        "a": ["ours"],
        "b": ["theirs"],
    }
    assert contents(tmp_path / f"out.{suffix}") == everything
    assert len(hits(tmp_path / f"out.{suffix}", ["heron"])[0]) == 3
    # A document of another text takes the place of both.
    append(tmp_path / f"out.{suffix}", {"other": "the last heron"})
    assert contents(tmp_path / f"out.{suffix}")["other"] == ["the last heron"]


@pytest.mark.slow
def test_a_file_with_itself_or_its_own_past_is_that_file(
    parts: list[Path], suffix: str, tmp_path: Path
) -> None:
    path = parts[2]
    copy, branch, out = (tmp_path / f"{name}.{suffix}" for name in ("copy", "branch", "out"))
    shutil.copy(path, copy)
    with memcodec.open(path) as memory:
        memory.branch(1, branch)
    for others in ([path], [copy], [branch], [branch, copy]):
        for order in ([path, *others], [*others, path]):
            report = merge(order, out, force=True)
            assert (report.documents, report.duplicates) == (6, 0)
            assert sorted(documents(out), key=str) == sorted(documents(path), key=str)
    assert hits(out) == hits(path)


@pytest.mark.slow
def test_what_was_dropped_stays_dropped_unless_another_file_has_it(suffix: str, tmp_path: Path) -> None:
    a = create(tmp_path / f"a.{suffix}", texts("ash", 3))
    b, out = tmp_path / f"b.{suffix}", tmp_path / f"out.{suffix}"
    shutil.copy(a, b)
    forget(a, "ash/0.md", "ash/1.md")
    forget(b, "ash/1.md", "ash/2.md")
    merge([a], out)
    assert uris(out) == ["ash/2.md"]
    for order in ([a, b], [b, a]):
        merge(order, out, force=True)
        assert uris(out) == ["ash/0.md", "ash/2.md"]
        assert is_sound(out)


def test_copies_that_grew_apart_come_together(suffix: str, tmp_path: Path) -> None:
    a = create(tmp_path / f"a.{suffix}", texts("ash", 2))
    b, out = tmp_path / f"b.{suffix}", tmp_path / f"out.{suffix}"
    shutil.copy(a, b)
    append(a, {"ash/0.md": "a new version", "both": "said by both"})
    append(b, {"b": "another commit of the same number", "both": "said by both"})
    report = merge([a, b], out)
    assert report.duplicates == 1
    # The old version is live in the other copy.
    assert contents(out) == {
        "ash/0.md": [texts("ash", 2)["ash/0.md"], "a new version"],
        "ash/1.md": [texts("ash", 2)["ash/1.md"]],
        "both": ["said by both"],
        "b": ["another commit of the same number"],
    }


@pytest.mark.slow
def test_fifty_files(suffix: str, tmp_path: Path) -> None:
    base = create(tmp_path / f"base.{suffix}", {"0": "heron number 0"})
    files = [base]
    for number in range(1, 50):
        # Grown out of copies, which is faster than fifty new files and shares a document between them all.
        files.append(tmp_path / f"{number}.{suffix}")
        shutil.copy(base, files[-1])
        append(files[-1], {str(number): f"heron number {number}"})
    out = tmp_path / f"out.{suffix}"
    report = merge(files, out)
    assert (report.files, report.documents, report.copied) == (50, 50, 50)
    assert contents(out) == {str(number): [f"heron number {number}"] for number in range(50)}
    assert is_sound(out)
    with memcodec.open(out) as memory:
        assert len(memory.search("heron", k=100)) == 50
        assert len(memory.reader.indexes) < 10
        assert len(memory.info().origins) == 50


@pytest.mark.slow
def test_where_everything_came_from_is_told(parts: list[Path], suffix: str, tmp_path: Path) -> None:
    two, three = tmp_path / f"two.{suffix}", tmp_path / f"three.{suffix}"
    merge(parts[:2], two)
    with memcodec.open(two) as memory:
        assert [(each["name"], each["commit"], each["documents"]) for each in memory.info().origins] == [
            (f"ash.{suffix}", 1, 5),
            (f"birch.{suffix}", 1, 5),
        ]
    merge([two, parts[2]], three)
    with memcodec.open(three) as memory:
        names = [each["name"] for each in memory.info().origins]
        assert names == [f"{name}.{suffix}" for name in ("ash", "birch", "two", "cedar")]
        assert [commit.kind for commit in memory.log()] == ["merge"]
        memory.compact()
        assert [each["name"] for each in memory.info().origins] == names


@pytest.mark.slow
def test_merged_files_merge(
    parts: list[Path], merged: Path, whole: Path, suffix: str, tmp_path: Path
) -> None:
    two, three = tmp_path / f"two.{suffix}", tmp_path / f"three.{suffix}"
    merge(parts[:2], two)
    report = merge([two, merged, parts[2], two], three)
    assert (report.documents, report.duplicates, report.copied) == (16, 0, 4)
    assert hits(three) == hits(whole)
    assert contents(three) == contents(whole)
    assert is_sound(three)


@pytest.mark.slow
def test_merging_goes_on_as_any_file_does(merged: Path, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"m.{suffix}"
    shutil.copy(merged, path)
    append(path, {"new": "a heron after the merge", "late.md": "a heron that came late"})
    forget(path, "ash/0.md")
    with memcodec.open(path) as memory:
        memory.rollback(1)
    assert documents(path) == documents(merged) == documents(path, 1)
    assert [len(uris(path, number)) for number in (1, 2, 3, 4)] == [16, 17, 16, 16]


@pytest.mark.slow
def test_damage_in_an_input_is_cured(parts: list[Path], whole: Path, suffix: str, tmp_path: Path) -> None:
    bad = damaged(parts[0], frames_of(parts[0], 0)[1:2], tmp_path / f"bad.{suffix}")
    report = merge([bad, *parts[1:]], tmp_path / f"out.{suffix}")
    assert (report.copied, report.carried) == (3, 1)
    assert is_sound(tmp_path / f"out.{suffix}")
    assert contents(tmp_path / f"out.{suffix}") == contents(whole)
    assert hits(tmp_path / f"out.{suffix}") == hits(whole)


def test_damage_beyond_parity_leaves_no_file(parts: list[Path], suffix: str, tmp_path: Path) -> None:
    bad = damaged(parts[0], frames_of(parts[0], 0), tmp_path / f"bad.{suffix}")
    with pytest.raises(Damaged):
        merge([*parts[1:], bad], tmp_path / f"out.{suffix}")
    assert [path.name for path in tmp_path.iterdir()] == [bad.name]


def test_what_cannot_be_merged_is_said(parts: list[Path], suffix: str, tmp_path: Path) -> None:
    copy = tmp_path / f"copy.{suffix}"
    shutil.copy(parts[0], copy)
    for out in (copy, tmp_path / ".." / tmp_path.name / copy.name):
        with pytest.raises(ConfigError, match="never overwrites"):
            merge([parts[1], copy], out, force=True)
    forget(copy, *uris(copy))
    with pytest.raises(NotFound, match="nothing to merge"):
        merge([copy], tmp_path / f"out.{suffix}")
    assert uris(copy, 1) == uris(parts[0])
    assert [path.name for path in tmp_path.iterdir()] == [copy.name]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["as it is", "stripped", "index lost"])
def test_repair_gives_the_same_documents(how: str, merged: Path, suffix: str, tmp_path: Path) -> None:
    path, out = tmp_path / f"m.{suffix}", tmp_path / f"out.{suffix}"
    shutil.copy(merged, path)
    append(path, {"late.md": "a newer version", "new.md": "and a new one"})
    forget(path, "ash/1.md")
    wreck = path
    if how == "stripped":
        wreck = stripped(path, tmp_path)
    elif how == "index lost":
        wreck = damaged(path, [(path.stat().st_size - 3000, 3000)], tmp_path / f"bad.{suffix}")
    report = repair(wreck, out, settings=LEXICAL)
    assert report.complete
    assert by_id(out) == by_id(path)
    assert contents(out) == contents(path)
    with memcodec.open(out) as after, memcodec.open(path) as before:
        assert after.info().file_id == before.info().file_id


@pytest.mark.slow
def test_copies_compacted_apart_come_together(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each lacks bytes that the other has, and the packets of both go by the same names."""
    monkeypatch.setattr("memcodec.upkeep.compact.SMALL", 20_000)
    # Without a dictionary: one that has text of what is dropped is made anew, and with it all blocks.
    monkeypatch.setattr("memcodec.format.block._LEAST", 1 << 30)
    whole = create(tmp_path / f"whole.{suffix}", texts("elm", 30, 9000))
    dropped, out = {"a": "elm/3.md", "b": "elm/20.md"}, tmp_path / f"out.{suffix}"
    for name, uri in dropped.items():
        shutil.copy(whole, tmp_path / f"{name}.{suffix}")
        forget(tmp_path / f"{name}.{suffix}", uri)
        with memcodec.open(tmp_path / f"{name}.{suffix}") as memory:
            assert memory.compact().copied > 0
    a, b = (tmp_path / f"{name}.{suffix}" for name in dropped)
    for order in ([a, b], [b, a], [a, b, whole], [whole, a, b]):
        report = merge(order, out, force=True)
        assert (report.documents, report.duplicates) == (30, 0)
        assert by_id(out) == by_id(whole)
        assert contents(out) == contents(whole)
        assert is_sound(out)
    forget(whole, "elm/5.md")
    for order in ([a, whole], [whole, a]):
        merge(order, out, force=True)
        assert len(uris(out)) == 30
    merge([a, b], out, force=True)
    repair(stripped(out, tmp_path), tmp_path / f"again.{suffix}", settings=LEXICAL)
    assert by_id(tmp_path / f"again.{suffix}") == by_id(out)


@pytest.mark.slow
def test_a_document_in_two_streams_is_one(suffix: str, tmp_path: Path) -> None:
    """Small segments are written anew by a compaction: to other streams, with the old ids."""
    old, new, out = (tmp_path / f"{name}.{suffix}" for name in ("old", "new", "out"))
    create(old, texts("fir", 3))
    shutil.copy(old, new)
    forget(new, "fir/0.md")
    with memcodec.open(new) as memory:
        memory.compact()
    forget(old, "fir/1.md")
    for order in ([old, new], [new, old]):
        report = merge(order, out, force=True)
        assert (report.documents, report.duplicates) == (3, 0)
        assert by_id(out).keys() == by_id(new).keys() | by_id(old).keys()
        repair(stripped(out, tmp_path), tmp_path / f"again.{suffix}", settings=LEXICAL, force=True)
        assert by_id(tmp_path / f"again.{suffix}") == by_id(out)


@pytest.mark.slow
def test_a_rollback_brings_one_copy_back(suffix: str, tmp_path: Path) -> None:
    old, new, out = (tmp_path / f"{name}.{suffix}" for name in ("old", "new", "out"))
    create(old, texts("fir", 3))
    with memcodec.open(old) as memory:
        memory.forget(memcodec.Filter(documents=next(iter(memory))))
        memory.compact(new)
        memory.rollback(1)
    forget(old, "fir/1.md")
    merge([old, new], out)
    forget(out, "fir/2.md")
    with memcodec.open(out) as memory:
        memory.rollback(1)
    assert documents(out) == documents(out, 1)


@pytest.mark.slow
def test_what_a_merge_dropped_is_told_by_its_parity_too(suffix: str, tmp_path: Path) -> None:
    """The media of a merge is one small frame: without it, old changes of the parts would count again."""
    a, b = create(tmp_path / f"a.{suffix}", texts("ash", 3)), tmp_path / f"b.{suffix}"
    shutil.copy(a, b)
    forget(a, "ash/0.md")
    append(a, {"a": "only in the one", "ash/1.md": "another version"})
    merge([a, b], tmp_path / f"out.{suffix}")
    with reading(tmp_path / f"out.{suffix}") as reader:
        last = reader.segments[-1]
        assert not last.documents
        lost = [(last.frames()[0].offset, last.frames()[0].length)]
    bad = damaged(tmp_path / f"out.{suffix}", lost, tmp_path / f"bad.{suffix}")
    repair(bad, tmp_path / f"again.{suffix}", settings=LEXICAL)
    assert by_id(tmp_path / f"again.{suffix}") == by_id(tmp_path / f"out.{suffix}")


def by_id(path: Path) -> dict[str, Any]:
    found = documents(path)
    assert len({document.id for document in found}) == len(found)
    return {document.id: replace(document, id="") for document in found}

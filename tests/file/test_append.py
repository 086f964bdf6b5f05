"""A file that is opened and added to: what is new is written, what is known is not, and the file decides how."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import memcodec
from memcodec.config.settings import Encode, Index, Settings
from memcodec.errors import ConfigError, ModelError, NotFound, SourceError, StorageError
from memcodec.index.lexical.segment import LexicalSegment
from memcodec.ingest.item import Item
from memcodec.model import Commit, CommitReport
from memcodec.upkeep.merge import merge
from tests.reliability import sealing
from tests.support.memories import (
    MEDIA,
    Embedder,
    append,
    contents,
    create,
    documents,
    embedder,
    frames_of,
    hits,
    is_sound,
    reading,
    texts,
    uris,
)

__all__ = ["embedder"]


@pytest.fixture(scope="module", params=MEDIA)
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def original(suffix: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four documents. Do not change it: copy it first."""
    return create(tmp_path_factory.mktemp("append") / f"m.{suffix}", texts("ash", 4))


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(original, tmp_path / original.name))


def counts(commit: Commit | CommitReport) -> tuple[int, int, int]:
    return commit.added, commit.changed, commit.removed


def test_what_is_new_is_added_what_is_known_is_not(path: Path) -> None:
    before = path.read_bytes()
    with memcodec.open(path) as memory:
        memory.add(texts("ash", 4)["ash/0.md"], uri="ash/0.md", title="no other title makes it new")
        memory.add("another text than before", uri="ash/1.md")
        memory.add("a new heron", uri="new")
        memory.add("a new heron", uri="new")
        report = memory.commit()
        assert counts(report) == (1, 1, 0)
        assert report.unchanged == 2
        assert report.commit == memory.log()[-1]
        nothing = memory.commit()
        assert not nothing and nothing == CommitReport(str(path), None, size=path.stat().st_size)
        assert [document.uri for document in memory.documents()] == [f"ash/{n}.md" for n in (0, 2, 3, 1)] + [
            "new"
        ]
        assert [hit.document.uri for hit in memory.search("another text than before")] == ["ash/1.md"]
        assert memory.search("new heron")[0].document.uri == "new"
        assert (report.written, report.size) == (path.stat().st_size - len(before), path.stat().st_size)
    assert unpatched(path)[: len(before)] == unpatched(path, before)
    assert len({document.id for number in (1, 2) for document in documents(path, number)}) == 6
    assert is_sound(path)


def unpatched(path: Path, data: bytes | None = None) -> bytes:
    """A file's bytes, but for the length that FLAC states."""
    made = bytearray(path.read_bytes() if data is None else data)
    if path.suffix == ".flac":
        made[18:26] = bytes(8)
    return bytes(made)


def test_nothing_new_writes_nothing(path: Path) -> None:
    before = path.read_bytes()
    assert append(path, texts("ash", 4)) is None
    assert path.read_bytes() == before


def test_a_folder_again(folder: Path, suffix: str, tmp_path: Path) -> None:
    tree = Path(shutil.copytree(folder / "birds", tmp_path / "birds"))
    path = tmp_path / f"m.{suffix}"
    with memcodec.create(path, model="none") as memory:
        memory.add_path(tree)
    count = len(uris(path))
    changed, gone, *_ = sorted(tree.iterdir())
    changed.write_text("changed")
    gone.unlink()
    (tree / "new.md").write_text("new")
    with memcodec.open(path) as memory:
        memory.add_path(tree)
        report = memory.commit()
        assert (counts(report), report.unchanged) == ((1, 1, 0), count - 2)
    assert len(uris(path)) == count + 1  # a file that is gone is not forgotten for that


def test_commit_after_commit_in_one_go(path: Path) -> None:
    with memcodec.open(path) as memory:
        for number in range(3):
            memory.add(f"version {number}", uri="v")
            memory.commit()
            assert [hit.text for hit in memory.search("version")] == [f"version {number}"]
        memory.forget(memcodec.Filter(path="v"))
        memory.add("version 3", uri="v")
    assert [counts(commit) for commit in log(path)] == [
        (4, 0, 0),
        (1, 0, 0),
        (0, 1, 0),
        (0, 1, 0),
        (0, 0, 1),
        (1, 0, 0),
    ]
    assert [contents(path, number).get("v") for number in range(1, 7)] == [
        None,
        ["version 0"],
        ["version 1"],
        ["version 2"],
        None,
        ["version 3"],
    ]


def log(path: Path) -> list[Commit]:
    with memcodec.open(path) as memory:
        return memory.log()


def test_what_is_not_committed_is_dropped(path: Path) -> None:
    before = path.read_bytes()
    memory = memcodec.open(path)
    memory.add("pending", uri="pending")
    with pytest.warns(ResourceWarning, match="never committed"):
        memory.close()
    with pytest.raises(ZeroDivisionError), memcodec.open(path) as memory:
        memory.add("pending", uri="pending")
        raise ZeroDivisionError
    assert path.read_bytes() == before


def test_what_failed_stays_pending(path: Path) -> None:
    good = [True]

    def read() -> list[bytes]:
        return [b"right" if good[0] else b"wrong"]

    digest = "27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9"
    item = Item("moving", "t", datetime(2024, 1, 1, tzinfo=UTC), 5, digest, {}, read)
    good[0] = False
    before = unpatched(path)
    with memcodec.open(path) as memory:
        memory.add_items([item])
        memory.add("with it", uri="with it")
        with pytest.raises(SourceError, match="changed while"):
            memory.commit()
        assert unpatched(path) == before
        good[0] = True
        assert counts(memory.commit()) == (2, 0, 0)
    assert contents(path)["moving"] == ["right"]
    assert is_sound(path)


def test_an_old_state_is_for_reading_alone(path: Path) -> None:
    append(path, {"new": "new"})
    with memcodec.open(path, as_of=1) as memory:
        for change in (
            lambda: memory.add("more"),
            lambda: memory.forget(memcodec.Filter(path="*")),
            lambda: memory.rollback(1),
        ):
            with pytest.raises(ConfigError, match="as of an old commit"):
                change()
    with pytest.raises(NotFound):
        memcodec.open(path, as_of=7)


def test_a_torn_tail_is_cut_and_told(path: Path) -> None:
    whole = path.read_bytes()
    append(path, {"new": "new"})
    path.write_bytes(path.read_bytes()[:-100])
    assert uris(path) == list(texts("ash", 4))
    with memcodec.open(path) as memory:
        memory.add("newer", uri="newer")
        (note,) = memory.commit().notes
        assert note.startswith("cut ")
        assert "interrupted commit" in note
    assert unpatched(path)[: len(whole)] == unpatched(path, whole)
    assert uris(path) == [*texts("ash", 4), "newer"]
    assert is_sound(path)


def test_one_writer_at_a_time(path: Path) -> None:
    with memcodec.open(path) as first, memcodec.open(path) as second:
        first.add("first", uri="first")
        with pytest.raises(StorageError, match="is writing to it"):
            second.add("second", uri="second")
        assert len(list(second.documents())) == 4
        first.commit()
        first.close()
        second.add("second", uri="second")
    assert uris(path)[4:] == ["first", "second"]


OTHERS = Settings(
    encode=Encode(codec="vp9", profile="robust", bits="auto", rate="low"), index=Index("french", "none")
)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("m.mp4", {"codec": "h264", "language": "german"}),
        ("m.flac", {"bits": "16", "language": "german"}),
        ("m.flac", {"bits": "24"}),
        pytest.param("m.flac", {"profile": "robust", "rate": "low"}, marks=pytest.mark.slow),
    ],
)
def test_the_file_decides_how(name: str, options: dict[str, Any], tmp_path: Path) -> None:
    path = create(tmp_path / name, {"a": "die Häuser"}, **options)
    with reading(path) as reader:
        before = reader.record.codec, reader.record.profile, reader.media.options
    append(path, {"b": "ein Haus"}, settings=OTHERS)
    with reading(path) as reader:
        assert (reader.record.codec, reader.record.profile, reader.media.options) == before
        assert [LexicalSegment(run.lexical).language for run in reader.indexes if run.lexical] == [
            options.get("language", "english")
        ] * 2
    assert is_sound(path)


def test_the_rest_is_as_the_settings_say(path: Path) -> None:
    small = Settings(encode=Encode(chunk_size=100, overlap=0, parity=50), index=Index(model="none"))
    append(path, texts("birch", 4), settings=small)
    with reading(path) as reader:
        first, second = (segment.record for segment in reader.segments)
        assert second.chunks > 5 * first.chunks
        assert second.parity > first.parity
    append(path, {"unseen": "an unseen kestrel"}, settings=Settings(encode=Encode(index="none")))
    assert hits(path, ["kestrel"]) == [[]]
    assert uris(path)[-1] == "unseen"
    assert is_sound(path)


def test_the_model_of_the_file_is_used(suffix: str, tmp_path: Path, embedder: Embedder) -> None:
    path = create(tmp_path / f"m.{suffix}", {"a": "patient heron"}, model="words")
    append(path, {"b": "borrowed kettle"}, settings=Settings(index=Index(model="none")))
    (found,) = hits(path, ["borrowed kettle"], 1, "semantic")
    assert [hit.uri for hit in found] == ["b"]


def test_a_model_that_is_not_there_is_told(
    suffix: str, tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = create(tmp_path / f"m.{suffix}", {"a": "patient heron"}, model="words")

    def load_exact(name: str) -> None:
        raise ModelError(f"no model {name!r} on this machine")

    monkeypatch.setattr("memcodec.models.embedding.load_exact", load_exact)
    with memcodec.open(path) as memory:
        memory.add("borrowed kettle", uri="b")
        report = memory.commit()
        assert report.notes == ("lexical index only: no model 'words@1' on this machine",)
    assert [hit.uri for hit in hits(path, ["kettle"])[0]] == ["b"]


def test_damage_to_the_old_does_not_stop_the_new(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for offset, length in frames_of(path, 0):
        data[offset : offset + length] = bytes(length)
    path.write_bytes(data)
    append(path, {"new": "a heron all the same"})
    with memcodec.open(path) as memory:
        assert [hit.text for hit in memory.search("all the same", k=1)] == ["a heron all the same"]
        assert not memory.verify().complete


NAMES = ("a", "b/c", "d")
WORDS = st.text(st.sampled_from("heron kettle äß東\n"), max_size=60)
DOCUMENTS = st.dictionaries(st.sampled_from(NAMES), WORDS, min_size=1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), DOCUMENTS),
        st.tuples(st.just("forget"), st.sampled_from(NAMES)),
        st.tuples(st.just("rollback"), st.integers(0, 5)),
        st.tuples(st.sampled_from(["compact", "merge", "merge copy"]), st.none()),
    ),
    min_size=2,
    max_size=7,
)


FEW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.slow
@FEW
@given(first=DOCUMENTS, steps=STEPS)
def test_whatever_happens_to_a_file_it_holds_what_it_should(
    first: dict[str, str], steps: list[tuple[str, Any]], suffix: str, tmp_path: Path
) -> None:
    lives(tmp_path / f"m.{suffix}", first, steps)


@pytest.mark.slow
@pytest.mark.parametrize("medium", sealing.MEDIA)
@settings(FEW, max_examples=12 if sealing.FULL else 3)
@given(first=DOCUMENTS, steps=STEPS)
def test_and_so_does_a_sealed_one(
    first: dict[str, str],
    steps: list[tuple[str, Any]],
    medium: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MEMCODEC_IDENTITY", sealing.IDENTITY)
    lives(tmp_path / f"m.{medium}", first, steps)


def lives(path: Path, first: dict[str, str], steps: list[tuple[str, Any]]) -> None:
    """After each step the file is what a plain dictionary says."""
    create(path, first, force=True)
    model, past = dict(first), {1: dict(first)}
    for what, value in steps:
        model = step(path, what, value, model, past)
        number = log(path)[-1].number
        past = {number: model} if what in ("compact", "merge", "merge copy") else past | {number: model}
        assert contents(path) == {uri: [text] for uri, text in model.items()}
    assert is_sound(path)
    for number, then in past.items():
        assert contents(path, number) == {uri: [text] for uri, text in then.items()}


def step(
    path: Path, what: str, value: Any, model: dict[str, str], past: dict[int, dict[str, str]]
) -> dict[str, str]:
    """Do it to the file, and return what is in it then."""
    with memcodec.open(path) as memory:
        if what == "add":
            for uri, text in value.items():
                memory.add(text, uri=uri)
            memory.commit()
            return model | value
        if what == "forget" and value in model:
            memory.forget(memcodec.Filter(path=value))
            return {uri: text for uri, text in model.items() if uri != value}
        if what == "rollback":
            number = sorted(past)[value % len(past)]
            memory.rollback(number)
            return past[number]
        if what == "compact":
            memory.compact()
    if what.startswith("merge") and model:
        out, copy = (path.with_name(f"{name}{path.suffix}") for name in ("out", "copy"))
        shutil.copy(path, copy)
        merge([path, copy] if what == "merge copy" else [path, path], out, force=True)
        out.replace(path)
        copy.unlink()
    return model

"""Other tags, titles, authors and languages for documents that are there."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import NotFound, SourceError
from memcodec.format.budget import Budget
from memcodec.format.documents import unpack
from memcodec.format.record import DOCUMENTS
from memcodec.ingest.item import time_of
from memcodec.ingest.lines import lines_item
from memcodec.model import Document

TEXTS = {"a.txt": "a heron\n" * 4000, "b.txt": "a swift\n", "c/d.txt": "a kettle\n"}


@pytest.fixture(params=["mp4", "flac"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path: Path = tmp_path / f"a.{request.param}"
    with memcodec.create(path, model="none") as memory:
        for uri, text in TEXTS.items():
            memory.add(text, uri=uri, tags={"draft": "yes", "place": "pond"})
    return path


def documents(path: Path, as_of: int | None = None) -> dict[str, Document]:
    with contextlib.closing(memcodec.open(path, as_of=as_of)) as memory:
        return {each.uri: each for each in memory.documents()}


def restored(path: Path, out: Path) -> dict[str, str]:
    with memcodec.open(path) as memory:
        assert memory.restore(out)
    return {uri: (out / uri).read_text() for uri in TEXTS}


def tags_in_media(path: Path) -> set[tuple[str, ...]]:
    """The keys of the tags of every description of a document that the media holds."""
    with contextlib.closing(memcodec.open(path)) as memory:
        found = (each for segment in memory.reader.segments for each in segment.records())
        tables = [unpack(each.body, Budget(1 << 20)) for each in found if each.kind == DOCUMENTS]
    return {tuple(sorted(each.document.tags)) for table in tables for each in table}


def test_everything_that_can_be_changed(path: Path, tmp_path: Path) -> None:
    before = documents(path)
    with memcodec.open(path) as memory:
        made = memory.tag(
            memcodec.Filter(documents=["a.txt", before["b.txt"].id]),
            tags={"status": "done", "place": "lake"},
            untag=["draft", "never"],
            title="Birds",
            author="Ada",
            language="en-GB",
        )
        assert made and (made.added, made.changed, made.removed) == (0, 2, 0)
        assert memory.verify(deep=True).ok
        assert {hit.document.title for hit in memory.search("heron swift kettle")} == {"Birds", "a kettle"}
    after = documents(path)
    for uri in ("a.txt", "b.txt"):
        old, new = before[uri], after[uri]
        assert new.tags == {"place": "lake", "status": "done"}
        assert (new.title, new.author, new.language) == ("Birds", "Ada", "en-GB")
        assert (new.sha256, new.size, new.time, new.type) == (old.sha256, old.size, old.time, old.type)
        assert new.id != old.id
    assert after["c/d.txt"] == before["c/d.txt"]
    assert documents(path, as_of=1) == before
    assert restored(path, tmp_path / "out") == TEXTS


def test_what_was_there_can_be_taken_away(path: Path) -> None:
    with memcodec.open(path) as memory:
        memory.tag(memcodec.Filter(path="*"), author="Ada", language="de", title="x")
        memory.tag(memcodec.Filter(path="?.txt"), author="", language="", title="", untag=["draft", "place"])
    after = documents(path)
    assert all(
        (after[uri].author, after[uri].language, after[uri].title, dict(after[uri].tags)) == ("", "", "", {})
        for uri in ("a.txt", "b.txt")
    )
    assert after["c/d.txt"].author == "Ada"


def test_documents_that_are_so_already_are_left_alone(path: Path) -> None:
    before = path.read_bytes()
    with memcodec.open(path) as memory:
        made = memory.tag(memcodec.Filter(path="*"), tags={"place": "pond"}, untag=["never"])
        assert not made and made.unchanged == 3
    assert path.read_bytes() == before
    with memcodec.open(path) as memory:
        memory.tag(memcodec.Filter(documents="a.txt"), tags={"place": "lake"})
        made = memory.tag(memcodec.Filter(path="*"), tags={"place": "lake"})
    assert (made.changed, made.unchanged) == (2, 1)


@pytest.mark.slow
def test_compaction_takes_old_tags_out(path: Path, tmp_path: Path) -> None:
    with memcodec.open(path) as memory:
        memory.tag(memcodec.Filter(path="*"), untag=["draft"], tags={"status": "done"})
        assert tags_in_media(path) == {("draft", "place"), ("place", "status")}
        memory.compact()
    assert {tuple(sorted(each.tags)) for each in documents(path).values()} == {("place", "status")}
    with pytest.raises(NotFound):
        memcodec.open(path, as_of=1)
    assert tags_in_media(path) == {("place", "status")}
    assert restored(path, tmp_path / "out") == TEXTS


@pytest.mark.slow
def test_a_repaired_file_has_the_newest_tags(path: Path, tmp_path: Path) -> None:
    with memcodec.open(path) as memory:
        memory.tag(memcodec.Filter(documents="b.txt"), tags={"status": "done"}, title="Swifts")
    out = tmp_path / f"repaired{path.suffix}"
    memcodec.repair(path, out)
    assert documents(out) == documents(path)


def test_a_rollback_brings_old_tags_back(path: Path) -> None:
    before = documents(path)
    with memcodec.open(path) as memory:
        memory.tag(memcodec.Filter(path="*"), tags={"status": "done"})
        memory.rollback(1)
    assert documents(path) == before


def test_kept_originals_come_along(path: Path, tmp_path: Path) -> None:
    data = b"gr\xfc\xdfe\n"
    item = lines_item(data, time_of(0), {})
    with memcodec.open(path) as memory:
        memory.add_items([item])
    with memcodec.open(path) as memory:
        memory.tag(memcodec.Filter(documents=item.uri), tags={"host": "a"})
        memory.restore(tmp_path / "out", memcodec.Filter(documents=item.uri))
    assert documents(path)[item.uri].tags == {"host": "a"}
    assert (tmp_path / "out" / item.uri).read_bytes() == data


@pytest.mark.slow
def test_who_is_not_there(path: Path) -> None:
    with memcodec.open(path) as memory:
        with pytest.raises(NotFound, match="no document absent"):
            memory.tag(memcodec.Filter(documents="absent"), title="x")
        with pytest.raises(NotFound, match="no document matches"):
            memory.tag(memcodec.Filter(documents="a.txt", path="b*"), title="x")


@pytest.mark.slow
@pytest.mark.parametrize(
    "marks",
    [{"language": "no tag"}, {"title": "two\nlines"}, {"author": "x" * 121}, {"tags": {"": "x"}}],
    ids=str,
)
def test_what_is_no_mark(path: Path, marks: dict[str, str]) -> None:
    before = path.read_bytes()
    with memcodec.open(path) as memory, pytest.raises(SourceError):
        memory.tag(memcodec.Filter(path="*"), **marks)  # type: ignore[arg-type]
    assert path.read_bytes() == before

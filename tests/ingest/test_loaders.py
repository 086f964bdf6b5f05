"""Files of every kind go in, are found, come back byte for byte, and damaged ones stop nothing."""

from __future__ import annotations

import hashlib
import random
import re
from functools import partial
from pathlib import Path

import pytest

import memcodec
from memcodec.config.settings import Ingest
from memcodec.errors import SourceError
from memcodec.ingest.item import Item, Reason
from memcodec.ingest.kinds import sandbox
from memcodec.ingest.walk import Skipped, walk
from tests.ingest import made

KEEP = Ingest(keep_originals=True)


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kinds")
    for name, data in made.simple().items():
        (folder / name).write_bytes(data)
    (folder / "old.txt").write_bytes(
        "Die Größe der Fässer, schöne Übermütige, für Äpfel.\n".encode("cp1252") * 9
    )
    (folder / "bundle.zip").write_bytes(made.zipped({"inner/note.md": b"# Inner\n\nA lantern.\n"}))
    return folder


@pytest.fixture(scope="module")
def memory_of_kinds(kinds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / "kinds.mp4"
    with memcodec.create(path, model="none") as memory:
        assert memory.add_path(kinds, options=KEEP).failures == []
    return path


@pytest.mark.slow
def test_every_kind_comes_back_byte_for_byte(kinds: Path, memory_of_kinds: Path, tmp_path: Path) -> None:
    with memcodec.open(memory_of_kinds) as memory:
        memory.restore(tmp_path)
    originals = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in kinds.iterdir()}
    restored = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in tmp_path.iterdir()
        if path.is_file()
    }
    assert originals == restored
    assert len(originals) > 8


@pytest.mark.slow
def test_every_kind_is_found(kinds: Path, memory_of_kinds: Path) -> None:
    with memcodec.open(memory_of_kinds) as memory:
        found = {document.uri for document in memory.documents()}
        assert {path.name for path in kinds.iterdir()} <= found
        assert memory.search("lantern")[0].document.uri == "bundle.zip/inner/note.md"
        assert memory.search("Größe Fässer")[0].document.uri == "old.txt"
        chunks = [memory.get(number) for number in range(memory.reader.chunks)]
        assert {chunk.document.uri for chunk in chunks} == found
        for chunk in chunks:
            words = " ".join(re.findall(r"\w{3,}", chunk.text)[:6])
            assert chunk.document.uri in {hit.document.uri for hit in memory.search(words, k=50)}, words
        assert memory.verify(deep=True).ok


@pytest.mark.slow
def test_originals_survive_all_that_a_file_goes_through(
    memory_of_kinds: Path, kinds: Path, tmp_path: Path
) -> None:
    grown = tmp_path / "grown.mp4"
    grown.write_bytes(memory_of_kinds.read_bytes())
    with memcodec.open(grown) as memory:
        there = len(list(memory.documents()))
        memory.add("another text", uri="another.txt")
        memory.add_path(kinds, options=KEEP)
        assert memory.commit().unchanged == there
        memory.forget(memcodec.Filter(path="old.txt"))
        memory.compact()
    memcodec.merge([grown], tmp_path / "merged.mp4")
    memcodec.convert(tmp_path / "merged.mp4", tmp_path / "sound.flac")
    memcodec.repair(tmp_path / "sound.flac", tmp_path / "repaired.mp4")
    with memcodec.open(tmp_path / "repaired.mp4") as memory:
        memory.restore(tmp_path / "out")
        assert b"Gr\xf6" not in b"".join(reader_told(memory))
    for path in kinds.iterdir():
        if path.name != "old.txt":
            assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes(), path.name


def reader_told(memory: memcodec.Memory) -> list[bytes]:
    return [segment.text(0, segment.record.text) for segment in memory.reader.segments if segment.record.text]


def test_text_that_is_taken_out_does_not_pass_for_the_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "table.xlsx").write_bytes(made.workbook())
    (tmp_path / "in" / "page.html").write_bytes(b"<title>Page</title><p>A kingfisher.</p>")
    with memcodec.create(tmp_path / "file.mp4", model="none") as memory:
        memory.add_path(tmp_path / "in")
    with memcodec.open(tmp_path / "file.mp4") as memory:
        names = sorted(path.name for _, path in memory.restore(tmp_path / "out").files)
    # What was text comes back as it was, unasked.
    assert names == ["page.html", "table.xlsx.txt"]
    assert (tmp_path / "out" / "page.html").read_bytes() == (tmp_path / "in" / "page.html").read_bytes()


@pytest.mark.slow
def test_damaged_files_are_a_line_each_and_stop_nothing(tmp_path: Path) -> None:
    rng, samples = random.Random(7), sorted(made.simple().items())
    for number in range(60):
        name, data = rng.choice([each for each in samples if not each[0].endswith((".csv", ".md"))])
        cut = data[: rng.randrange(len(data))]
        (tmp_path / f"{number:03}-{name}").write_bytes(cut)
    (tmp_path / "bomb.zip").write_bytes(made.bomb())
    (tmp_path / "good.txt").write_text("A good one.")
    skipped = Skipped()
    found = [item.uri for item in walk([tmp_path], skipped=skipped)]
    assert "good.txt" in found
    assert "bomb.zip" not in found
    assert skipped.counts[Reason.DAMAGED] == len(skipped.failures) > 5
    assert all("\n" not in line for line in skipped.failures)
    with pytest.raises(SourceError):
        list(walk([tmp_path], Ingest(strict=True)))


def test_headings_are_searched_and_shown(tmp_path: Path) -> None:
    text = (
        "# Birds\n\n"
        + "Of feathers and flight. " * 60
        + "\n\n## Herons\n\n"
        + "They wait in the shallows. " * 90
    )
    (tmp_path / "birds.md").write_text(text)
    with memcodec.create(tmp_path / "file.mp4", model="none") as memory:
        memory.add_path(tmp_path / "birds.md")
    with memcodec.open(tmp_path / "file.mp4") as memory:
        hit = memory.search("birds herons shallows")[0]
        assert hit.path == ("Birds", "Herons")
        assert "Birds" not in hit.text


@pytest.mark.slow
def test_a_memory_file_is_no_recording(tmp_path: Path, lexical_file: Path) -> None:
    (tmp_path / "notes.mp4").write_bytes(lexical_file.read_bytes())
    skipped = Skipped()
    assert not [item for item in walk([tmp_path], skipped=skipped) if isinstance(item, Item)]
    assert skipped.counts == {Reason.BINARY: 1}


def test_markdown_with_a_byte_order_mark_keeps_it_and_has_its_sections(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf# Gr\xc3\xbc\xc3\x9fe\n\nA lamp.\n\n## Sea\n\nWaves.\n"
    (tmp_path / "a.md").write_bytes(data)
    item = next(walk([tmp_path / "a.md"]))
    assert b"".join(item.open()) == data
    assert [data[section.start :].split(b"\n")[0] for section in item.sections] == [
        b"# Gr\xc3\xbc\xc3\x9fe",
        b"## Sea",
    ]


def test_what_is_left_out_of_markdown_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\na: [\n---\n# Lamp\n")
    skipped = Skipped()
    assert [section.path for section in next(walk([tmp_path / "a.md"], skipped=skipped)).sections] == [
        ("Lamp",)
    ]
    assert "a.md: front matter not read" in skipped.notes[0]


def test_markdown_whose_reader_is_ended_is_text_without_sections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("# Lamp\n" + "- a *word*\n" * 100_000)
    monkeypatch.setattr(sandbox, "extract", partial(sandbox.extract, seconds=0.05))
    skipped = Skipped()
    item = next(walk([tmp_path / "a.md"], skipped=skipped))
    assert (item.sections, item.type, item.title) == ((), "markdown", "Lamp")
    assert "a.md: no sections: reading it took more than" in skipped.notes[0]


def test_a_file_without_text_is_noted_but_no_empty_module(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md", "a.py"):
        (tmp_path / name).write_bytes(b"")
    skipped = Skipped()
    assert len(list(walk([tmp_path], skipped=skipped))) == 3
    assert sorted(skipped.notes) == ["a.md: no text found in it", "a.txt: no text found in it"]

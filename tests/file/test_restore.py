from __future__ import annotations

import hashlib
import os
import random
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import memcodec
from memcodec.errors import NotFound, StorageError
from memcodec.file.paths import MAX_NAME, plan
from memcodec.format.block import BLOCK_SIZE

HOSTILE = [
    "../../escape.txt",
    "/etc/passwd",
    "a/../../b.txt",
    "..",
    ".",
    "",
    "nul\0inside.txt",
    "n" * 300 + ".txt",
    "Ä" * 200,
    "same.txt",
    "same.txt",
    "same.txt/child.txt",
    "folder/x.txt",
    "folder",
    "~/.bashrc",
    "trailing/",
    "emoji 🪶.md",
]


def inside(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_hostile_names_are_stored_and_restored_inside_the_folder(tmp_path: Path) -> None:
    with memcodec.create(tmp_path / "m.mp4", model="none") as memory:
        for number, uri in enumerate(HOSTILE):
            memory.add(f"document {number} {uri!r}", uri=uri)
    before = set(tmp_path.rglob("*"))
    with memcodec.open(tmp_path / "m.mp4") as memory:
        assert [document.uri for document in memory.documents()] == HOSTILE
        report = memory.restore(tmp_path / "deep" / "out")
    out = tmp_path / "deep" / "out"
    assert len(inside(out)) == len(HOSTILE)
    assert {path for path in set(tmp_path.rglob("*")) - before if path.is_file()} == inside(out)
    for document, path in report.files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == document.sha256
        assert all(len(part.encode()) <= MAX_NAME for part in path.parts)


@given(st.lists(st.text(max_size=12) | st.sampled_from(HOSTILE), max_size=12))
def test_planned_paths_are_safe_and_different(uris: list[str]) -> None:
    paths = plan(uris)
    assert len({os.path.normcase(path) for path in paths}) == len(uris)
    for path in paths:
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert "\0" not in str(path)
    folders = {parent for path in paths for parent in path.parents}
    assert not folders & set(paths)


def test_ordinary_names_stay_as_they_are() -> None:
    uris = ["README", "readme", "docs/what?.md", "a b/c:d.txt", "x.tar.gz"]
    assert [path.as_posix() for path in plan(uris)] == uris


def test_a_file_in_the_folder_s_place_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with memcodec.create(tmp_path / "m.mp4", model="none") as memory:
        memory.add("text", uri="a.txt")
        memory.add("text", uri="b.txt")
    with (
        memcodec.open(tmp_path / "m.mp4") as memory,
        pytest.raises(StorageError, match="out: is a file; name a folder"),
    ):
        memory.restore(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_file_names_that_are_not_unicode_come_back(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    names = [b"caf\xe9.txt", b"100%25.txt", b"plain%.txt", "Größe.txt".encode()]
    for name in names:
        (source / os.fsdecode(name)).write_text("text")
    with memcodec.create(tmp_path / "m.mp4", model="none") as memory:
        memory.add_path(source)
    with memcodec.open(tmp_path / "m.mp4") as memory:
        memory.restore(tmp_path / "out")
    assert sorted(os.listdir(os.fsencode(tmp_path / "out"))) == sorted(names)


def test_a_link_in_the_folder_leads_nowhere(tmp_path: Path) -> None:
    with memcodec.create(tmp_path / "m.mp4", model="none") as memory:
        memory.add("text", uri="link/file.txt")
        memory.add("text", uri="name.txt")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for link, target in (("link", elsewhere), ("name.txt", elsewhere / "stolen.txt")):
        out = tmp_path / f"out-{link}"
        out.mkdir()
        (out / link).symlink_to(target)
        with memcodec.open(tmp_path / "m.mp4") as memory, pytest.raises(StorageError):
            memory.restore(out, force=True)
    assert not inside(elsewhere)


def test_files_in_the_way_are_kept_unless_forced(tmp_path: Path) -> None:
    with memcodec.create(tmp_path / "m.mp4", model="none") as memory:
        memory.add("new", uri="a.txt")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").write_text("old")
    with memcodec.open(tmp_path / "m.mp4") as memory:
        with pytest.raises(StorageError, match="`force=True`"):
            memory.restore(tmp_path / "out")
        assert (tmp_path / "out" / "a.txt").read_text() == "old"
        memory.restore(tmp_path / "out", force=True)
    assert (tmp_path / "out" / "a.txt").read_text() == "new"


def test_an_empty_document_among_unwanted_ones_costs_no_other(tmp_path: Path) -> None:
    blocks = {"a.take": 4.5, "b": 1, "c.take": 0, "d": 0.7, "e.take": 0.1}
    texts = {
        uri: random.Random(uri).randbytes(int(size * BLOCK_SIZE / 2)).hex() for uri, size in blocks.items()
    }
    with memcodec.create(tmp_path / "m.mp4", model="none") as memory:
        for uri, text in texts.items():
            memory.add(text, uri=uri)
    with memcodec.open(tmp_path / "m.mp4") as memory:
        report = memory.restore(tmp_path / "out", memcodec.Filter(path="*.take"))
    assert report.losses == []
    wanted = {uri: text for uri, text in texts.items() if uri.endswith(".take")}
    assert {document.uri: path.read_text() for document, path in report.files} == wanted


def test_a_glob_chooses_documents(lexical_file: Path, folder: Path, tmp_path: Path) -> None:
    with memcodec.open(lexical_file) as memory:
        report = memory.restore(tmp_path / "out", memcodec.Filter(path="birds/*"))
        names = {document.uri for document, _ in report.files}
        assert names == {path.relative_to(folder).as_posix() for path in (folder / "birds").rglob("*.md")}
        with pytest.raises(NotFound, match="no document matches"):
            memory.restore(tmp_path / "out2", memcodec.Filter(path="nothing-like-this"))


def test_a_file_has_its_documents_time(tmp_path: Path) -> None:
    source = tmp_path / "notes"
    source.mkdir()
    stamps = {
        "otter.txt": 1_557_032_705_123_456_000,
        "old.txt": -1_000_000_000,
        "late.txt": 4_000_000_000 * 10**9,
    }
    for name, stamp in stamps.items():
        (source / name).write_text(name)
        os.utime(source / name, ns=(stamp, stamp))
    with memcodec.create(tmp_path / "m.mp4", index="none") as memory:
        memory.add_path(source)
    with memcodec.open(tmp_path / "m.mp4") as memory:
        memory.restore(tmp_path / "out")
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()} == {
        path.name: path.stat().st_mtime_ns // 1000 * 1000 for path in source.iterdir()
    }


texts = st.one_of(
    st.text(max_size=3000),
    st.text(alphabet="\n\r\0 \u200da\u0301", max_size=300),
    st.integers(0, 40_000).map(lambda size: "x" * size),
)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(texts, min_size=1, max_size=5), st.sampled_from([0.0, 10.0]))
def test_any_text_comes_back_byte_for_byte(contents: list[str], parity: float) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with memcodec.create(
            folder / "m.mp4", model="none", settings=memcodec.Settings.of(parity=parity)
        ) as memory:
            for number, content in enumerate(contents):
                memory.add(content, uri=str(number))
        with memcodec.open(folder / "m.mp4") as memory:
            memory.restore(folder / "out")
            covered = [memory.get(chunk) for chunk in range(memory.reader.chunks)]
        for number, content in enumerate(contents):
            assert (folder / "out" / str(number)).read_bytes() == content.encode()
        for hit in covered:
            assert hit.text.encode() == contents[int(hit.document.uri)].encode()[hit.start : hit.end]


PLAIN = memcodec.Settings.of(model="none", index="none", parity=0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_times_and_permissions_come_back(tmp_path: Path, umask: None) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, mode in (("run.sh", 0o755), ("mine.txt", 0o600), ("open.txt", 0o4777), ("kept.txt", 0o444)):
        (folder / name).write_text(name)
        (folder / name).chmod(mode)
        os.utime(folder / name, ns=(1, 1_234_567_890_123_456_789))
    (folder / "dated.md").write_text("---\ndate: 2001-02-03\n---\n# Dated\n")
    with memcodec.create(settings=PLAIN) as memory:
        memory.add_path(folder)
        memory.commit()
        memory.restore(tmp_path / "out")
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "out").iterdir()}
    assert modes.pop("dated.md") == stat.S_IMODE((folder / "dated.md").stat().st_mode)
    assert modes == {"run.sh": 0o755, "mine.txt": 0o600, "open.txt": 0o755, "kept.txt": 0o444}
    for each in folder.iterdir():
        assert (tmp_path / "out" / each.name).stat().st_mtime_ns == each.stat().st_mtime_ns


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    with memcodec.create(settings=PLAIN) as memory:
        for name in ("a.txt", "b.txt"):
            memory.add(name, uri=name)
        memory.commit()
        memory.restore(tmp_path)
        (tmp_path / "b.txt").unlink()
        first = (tmp_path / "a.txt").stat()
        report = memory.restore(tmp_path)
        assert [document.uri for document, _ in report.identical] == ["a.txt"]
        assert [document.uri for document, _ in report.files] == ["b.txt"]
        assert (tmp_path / "a.txt").stat() == first
        (tmp_path / "a.txt").write_text("A.TXT")  # of the same size
        with pytest.raises(StorageError, match="exists already"):
            memory.restore(tmp_path)


def test_a_link_to_the_same_bytes_is_no_file_of_the_document(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere.txt").write_text("a.txt")
    (tmp_path / "out/a.txt").symlink_to(tmp_path / "elsewhere.txt")
    with memcodec.create(settings=PLAIN) as memory:
        memory.add("a.txt", uri="a.txt")
        memory.commit()
        with pytest.raises(StorageError, match="is a link"):
            memory.restore(tmp_path / "out")

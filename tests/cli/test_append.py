"""``memcodec append``."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

import memcodec
from tests.cli.support import (
    DOCUMENTS,
    FOLDER,
    NEWER,
    Run,
    documents,
    program,
    uris,
    without_signal_mask,
    write_documents,
)

AGAIN = ("--as", FOLDER)  #: the folder of the file's documents, in another place
CHANGED = NEWER.keys() & DOCUMENTS.keys()


@pytest.fixture
def file(memory_file: str) -> str:
    return str(shutil.copy(memory_file, "birds.mp4"))


@pytest.fixture
def newer() -> Path:
    """``DOCUMENTS`` as they were, with ``NEWER`` over them."""
    return write_documents(write_documents(Path("in")), NEWER)


def test_the_report(run: Run, file: str, newer: Path) -> None:
    (newer / "image.bin").write_bytes(b"\xff\xfe\x00")
    before = Path(file).stat().st_size
    words = run("append", file, newer, *AGAIN).stdout
    assert words.startswith("birds.mp4\n")
    assert f"documents  1 added, 1 changed, {len(DOCUMENTS) - 1} unchanged" in words
    assert "commit     2\n" in words
    assert "file       grew by " in words and "1 not text (image.bin)" in words
    assert Path(file).stat().st_size > before
    assert [path.name for path in Path().iterdir() if path.is_file()] == ["birds.mp4"]


def test_json(run: Run, file: str, newer: Path) -> None:
    before = Path(file).stat().st_size
    result = run("append", file, newer, *AGAIN, "--json")
    made = json.loads(result.stdout)
    assert set(made) == {
        "file",
        "commit",
        "planned",
        "unchanged",
        "elsewhere",
        "size",
        "seconds",
        "skipped",
        "files",
        "notes",
        "job",
    }
    assert made["size"] == Path(file).stat().st_size
    assert made["unchanged"] == len(DOCUMENTS) - len(CHANGED)
    commit = made["commit"]
    assert set(commit) == {"number", "time", "kind", "added", "changed", "removed", "size"}
    assert (commit["number"], commit["kind"], commit["added"], commit["changed"]) == (2, "add", 1, 1)
    assert commit["size"] == made["size"] - before
    assert (made["elsewhere"], result.stderr) == (
        1,
        "note: replaced 1 document that came from another place\n",
    )
    assert commit == json.loads(run("log", file, "--json").stdout)["commits"][0]


@pytest.mark.parametrize("suffix", [".mp4", ".flac"])
def test_what_was_appended_is_found_and_restored(run: Run, newer: Path, folder: Path, suffix: str) -> None:
    run("encode", folder, "-o", "a" + suffix, "--model", "none")
    run("append", "a" + suffix, newer, *AGAIN)
    hits = json.loads(run("search", "swallows broken", "a" + suffix, "--json").stdout)["hits"]
    assert {hit["document"]["uri"] for hit in hits} == NEWER.keys()
    assert json.loads(run("search", "whistles", "a" + suffix, "--json").stdout)["hits"] == []
    run("restore", "a" + suffix, "-o", "out")
    found = {
        path.relative_to("out").as_posix(): path.read_bytes().decode()
        for path in Path("out").rglob("*")
        if path.is_file()
    }
    assert found == DOCUMENTS | NEWER
    run("verify", "a" + suffix, "--deep")


def test_nothing_new_writes_nothing(run: Run, file: str, folder: Path) -> None:
    before, status = Path(file).read_bytes(), Path(file).stat()
    words = run("append", file, folder).stdout
    assert f"nothing new: {len(DOCUMENTS)} unchanged" in words and "left as it was" in words
    answer = json.loads(run("append", file, folder, "--json").stdout)
    assert (answer["commit"], answer["unchanged"]) == (None, len(DOCUMENTS))
    assert Path(file).read_bytes() == before and Path(file).stat().st_mtime_ns == status.st_mtime_ns


def test_quiet_says_nothing(run: Run, file: str, newer: Path) -> None:
    assert run("append", file, newer, *AGAIN, "-q").output == ""


def test_standard_input(run: Run, file: str) -> None:
    for _ in range(2):
        run("append", file, "-", input="piped herons\n")
    first, second = sorted(uris(run, file) - DOCUMENTS.keys())
    assert re.fullmatch(r"stdin-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ", first)
    assert second > first
    run("append", file, "-", "--uri", "herons", "--title", "Herons", input="piped herons\n")
    run("append", file, "-", "--uri", "herons", "--title", "Herons", input="they wait\n")
    (named,) = (each for each in documents(run, file) if each["uri"] == "herons")
    assert (named["title"], named["size"]) == ("Herons", 10)


def test_a_note(run: Run, file: str) -> None:
    run("append", file, "--text", "The heron waits.", "--title", "Heron", "--uri", "today", "--tag", "by=me")
    run("append", file, "--text", "The swift does not.")
    named, other = (each for each in documents(run, file) if each["uri"] not in DOCUMENTS)
    assert (named["uri"], named["title"], named["tags"], named["root"]) == (
        "today",
        "Heron",
        {"by": "me"},
        None,
    )
    assert other["uri"].startswith("text-")
    assert "--text: is empty" in run("append", file, "--text", " ", code=3).stderr
    assert "--title and --uri" in run("append", file, "in.txt", "--uri", "x", code=3).stderr
    assert "SOURCE" in run("append", file, code=2).stderr


def test_folders_of_one_name(run: Run, file: str, folder: Path) -> None:
    other = write_documents(Path("other") / FOLDER, {"notes.txt": "of another place"})
    result = run("append", file, other, "--json")
    assert json.loads(result.stdout)["elsewhere"] == 0
    assert (
        f"the file has another folder of this name; the documents of this one are in {FOLDER}-2/"
        in result.stderr
    )
    assert uris(run, file) == {*DOCUMENTS, f"{FOLDER}-2/notes.txt"}
    roots = json.loads(run("info", file, "--json").stdout)["roots"]
    assert [(each["name"], each["bases"], each["documents"], each["path"]) for each in roots] == [
        (FOLDER, [""], len(DOCUMENTS), None),
        (f"{FOLDER}-2", [f"{FOLDER}-2/"], 1, None),
    ]
    result = run("append", file, other / "notes.txt", "--text", "written by hand", "--uri", "evil.txt")
    assert "1 changed, 1 unchanged, 1 of them from another place" in result.stdout
    assert "replaced 1 document that came from another place" in result.stderr
    error = run("append", file, other, "--as", FOLDER, code=3).stderr
    assert f"as the root '{FOLDER}-2'" in error
    assert "names one folder" in run("append", file, other, "evil.txt", "--as", "x", code=3).stderr
    assert "no name for one" in run("append", file, other, "--as", "a/b", code=4).stderr


def test_paths_are_kept_when_asked_for(run: Run, file: str, folder: Path) -> None:
    with memcodec.open(file) as memory:
        assert {each.root.path if each.root else None for each in memory.documents()} == {""}
    result = run("append", file, folder, "--keep-paths", "--json")
    assert json.loads(result.stdout)["unchanged"] == len(DOCUMENTS) - 1  # one is stored again, with the path
    (root,) = json.loads(run("info", file, "--json").stdout)["roots"]
    assert root["path"] == str(folder.resolve())
    assert json.loads(run("append", file, folder, "--keep-paths", "--json").stdout)["commit"] is None


def test_what_is_taken_and_how_it_is_marked(run: Run, file: str) -> None:
    write_documents(Path("in"), {"a.md": "a", "b.txt": "b", "drafts/c.md": "c", ".d.md": "d"})
    run("append", file, "in", "--include", "md", "--exclude", "drafts/", "--hidden", "--tag", "year=2026")
    added = {each["uri"]: each["tags"] for each in documents(run, file) if each["uri"] not in DOCUMENTS}
    assert added == {"in/a.md": {"year": "2026"}, "in/.d.md": {"year": "2026"}}


def test_chunk_size(run: Run, file: str) -> None:
    def chunks() -> int:
        return int(json.loads(run("info", file, "--json").stdout)["chunks"])

    Path("a.txt").write_text("The heron waits. " * 100)
    before = chunks()
    run("append", file, "a.txt", "--chunk-size", "100", "--overlap", "0")
    assert chunks() - before >= 15


def test_codec_profile_language_and_model_are_the_files(run: Run, folder: Path, newer: Path) -> None:
    run("encode", folder, "-o", "a.mp4", "--codec", "h264", "--model", "none", "--language", "german")
    Path("memcodec.toml").write_text(
        '[encode]\ncodec = "vp9"\nprofile = "robust"\n[index]\nmodel = "nosuch"\n'
    )
    run("append", "a.mp4", newer, *AGAIN)
    info = json.loads(run("info", "a.mp4", "--json").stdout)
    assert (info["codec"], info["profile"], info["model"], info["lexical"]) == ("h264", "dense", None, True)
    assert json.loads(run("search", "swallows", "a.mp4", "--json").stdout)["hits"]


def test_index_none(run: Run, file: str, newer: Path) -> None:
    run("append", file, newer, *AGAIN, "--index", "none")
    assert json.loads(run("search", "swallows", file, "--json").stdout)["hits"] == []
    assert json.loads(run("search", "herons", file, "--json").stdout)["hits"]
    assert uris(run, file) == {*DOCUMENTS, *NEWER}


def test_a_file_that_is_not_there(run: Run) -> None:
    Path("a.txt").write_text("a")
    error = run("append", "absent.mp4", "a.txt", code=11).stderr
    assert error == "memcodec: absent.mp4: no such file; `memcodec encode` makes one\n"


def test_sources_that_cannot_be_taken_leave_the_file_as_it_was(run: Run, file: str) -> None:
    Path("empty").mkdir()
    before = Path(file).read_bytes()
    assert run("append", file, "empty", code=4).stderr == "memcodec: no documents found in empty\n"
    run("append", file, "absent.txt", code=4)
    assert Path(file).read_bytes() == before


def test_encode_says_how_to_add(run: Run, file: str, newer: Path) -> None:
    error = run("encode", newer, "-o", file, code=11).stderr
    assert "exists already; use append to add to it, or --force to replace it" in error


def test_another_writer_is_named_or_waited_for(run: Run, file: str, newer: Path) -> None:
    memory = memcodec.open(file)
    memory.add_items([])  # it has the lock from now on
    error = run("append", file, newer, *AGAIN, code=11).stderr
    assert "is writing to it" in error and "--wait" in error
    assert uris(run, file) == DOCUMENTS.keys()  # readers are not blocked
    timer = threading.Timer(0.3, memory.close)
    timer.start()
    run("append", file, newer, *AGAIN, "--wait", "60")
    timer.join()
    assert uris(run, file) == {*DOCUMENTS, *NEWER}


def test_a_torn_tail_is_cut_and_told(run: Run, file: str, newer: Path) -> None:
    before = Path(file).stat().st_size
    run("append", file, newer, *AGAIN)
    whole = Path(file).read_bytes()
    Path(file).write_bytes(whole[: (before + len(whole)) // 2])
    assert uris(run, file) == DOCUMENTS.keys()
    result = run("append", file, newer, *AGAIN)
    assert "note: cut " in result.stderr and "documents  1 added, 1 changed" in result.stdout
    run("verify", file, "--deep")


@pytest.mark.slow
def test_an_interrupt_leaves_the_file_as_it_was(file: str) -> None:
    words = " ".join(f"{number * 2654435761 % 2**32:x}" for number in range(600_000))
    Path("in.txt").write_text(words)
    before = Path(file).read_bytes()
    child = subprocess.Popen(
        program("append", file, "in.txt"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=without_signal_mask,
    )
    deadline = time.monotonic() + 60
    while Path(file).stat().st_size < len(before) + 200_000 and time.monotonic() < deadline:
        assert child.poll() is None, "it ended before it could be interrupted"
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stdout, stderr) == (130, b"", b"memcodec: interrupted\n")
    assert Path(file).read_bytes() == before
    assert {path.name for path in Path().iterdir()} == {file, "in.txt"}

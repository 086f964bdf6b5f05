"""``search --follow``."""

from __future__ import annotations

import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import memcodec
from memcodec import Collection
from memcodec.collection import files
from tests.cli.support import program, without_signal_mask
from tests.support.servers import web_server


@pytest.fixture
def file(memory_file: str) -> str:
    return str(shutil.copy(memory_file, "birds.mp4"))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PAUSE", 0.05)
    monkeypatch.setattr(files, "FAR_AGE", 0.05)


def add(file: str, text: str, uri: str) -> None:
    with memcodec.open(file, wait=60) as memory:
        memory.add(text, uri=uri)


def found(files: list[str], query: str, grow: Callable[[], None], count: int) -> list[tuple[str, str]]:
    """The uris and texts of the hits that come, until so many have, while the files grow."""
    shown: list[tuple[str, str]] = []
    with Collection(files) as searched:
        following = searched.follow(query, 10, "lexical")
        grower = threading.Thread(target=grow)
        grower.start()
        while len(shown) < count:
            shown.extend((hit.document.uri, hit.text) for hit in next(following))
        following.close()
        grower.join()
    return shown


@pytest.mark.slow
def test_hits_of_new_commits_alone_each_once(file: str) -> None:
    def grow() -> None:
        add(file, "no such bird here", "none.txt")
        add(file, "a heron, first", "one.txt")
        time.sleep(0.3)
        add(file, "a heron, second", "two.txt")
        time.sleep(0.3)
        add(file, "a heron, third", "three.txt")

    hits = found([file], "heron", grow, 3)
    assert hits == [
        ("one.txt", "a heron, first"),
        ("two.txt", "a heron, second"),
        ("three.txt", "a heron, third"),
    ]


def test_commits_between_the_search_and_the_first_look(file: str) -> None:
    with Collection(file) as searched:
        assert searched.search("heron", 10, "lexical")
        add(file, "a heron, meanwhile", "new.txt")
        (hit,) = next(searched.follow("heron", 10, "lexical"))
    assert hit.document.uri == "new.txt"


def test_it_ends_with_the_collection(file: str) -> None:
    searched = Collection(file)
    following = searched.follow("heron", 10, "lexical")
    threading.Timer(0.2, searched.close).start()
    assert list(following) == []


def test_several_files_and_one_that_is_compacted(file: str) -> None:
    other = str(shutil.copy(file, "other.mp4"))

    def grow() -> None:
        memcodec.open(file).compact()
        add(other, "a heron in the other", "other.txt")
        time.sleep(0.3)
        add(file, "a heron in the compacted", "new.txt")

    hits = found([file, other], "heron", grow, 2)
    assert [uri for uri, _ in hits] == ["other.txt", "new.txt"]


def test_a_file_far_away(file: str, tmp_path: Path) -> None:
    with web_server(tmp_path) as server:
        place = server.folder / "birds.mp4"
        shutil.copy(file, place)

        def grow() -> None:
            time.sleep(0.3)
            add(file, "a heron from afar", "far.txt")
            shutil.copy(file, server.folder / "new")
            (server.folder / "new").rename(place)

        hits = found([server.url("birds.mp4")], "heron", grow, 1)
    assert hits == [("far.txt", "a heron from afar")]


@pytest.mark.slow
def test_the_command(file: str) -> None:
    child = subprocess.Popen(
        program("search", "kettle OR heron", file, "--mode", "lexical", "--follow", "-q"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=without_signal_mask,
    )
    late = threading.Timer(60, child.kill)  # a line that never comes ends the test
    late.start()
    try:
        assert child.stdout is not None
        seen = b""

        def read_to(wanted: bytes) -> None:
            nonlocal seen
            while wanted not in seen:
                line = child.stdout.readline()
                assert line, "it ended"
                seen += line

        read_to(b"whistles")  # the file as it is
        add(file, "the third kettle boils over", "three.txt")
        read_to(b"three.txt")
        time.sleep(1.5)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        assert (child.returncode, err) == (130, b"")
        assert (seen + out).count(b"three.txt") == 1 and (seen + out).count(b"whistles") == 1
    finally:
        late.cancel()
        child.kill()
        child.communicate()

"""``cat``, and ``restore -o -``: a document's bytes on standard output."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.cli.support import Run

HTML = b"<html><title>A page</title><p>A heron.</p></html>"


@pytest.fixture
def file(run: Run) -> str:
    Path("in/deep").mkdir(parents=True)
    Path("in/deep/page.html").write_bytes(HTML)
    Path("in/steers.txt").write_bytes(b"a \x1b[31mheron\x1b]0;title\x07\n")
    with zipfile.ZipFile("in/deep/all.zip", "w") as made:
        made.writestr("inner.txt", "within")
    Path("in/odd.csv").write_bytes("Vögel,1\n".encode("latin-1"))
    run("encode", "in", "-o", "m.mp4", "--model", "none", "-q")
    return "m.mp4"


def test_bytes_by_uri_id_path_and_glob(file: str, run: Run) -> None:
    steers = Path("in/steers.txt").read_bytes()
    for name in ("steers.txt", "in/steers.txt", str(Path("in/steers.txt").absolute()), "steer*"):
        assert run("cat", file, name).stdout_bytes == steers, name
    assert run("cat", file, "in/deep/page.html", "deep/all.zip/inner.txt").stdout_bytes == HTML + b"within"
    run("cat", file, "in/deep/all.zip", code=9)


def test_what_is_not_there_is_named_and_the_others_are_written(file: str, run: Run) -> None:
    done = run("cat", file, "nope.txt", "deep/page.html", code=9)
    assert done.stdout_bytes == HTML and "no document 'nope.txt'" in done.stderr


def test_one_document_to_standard_output(file: str, run: Run) -> None:
    assert run("restore", file, "-o", "-", "--doc", "deep/page.html").stdout_bytes == HTML
    several = run("restore", file, "-o", "-", code=2)
    assert several.stdout_bytes == b"" and "4 documents are meant" in several.stderr
    run("restore", file, "-o", "-", "--path", "x*", code=9)


def test_a_terminal_is_not_steered(file: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcodec.cli.console.is_terminal", lambda stream: True)
    assert "\x1b]" not in run("cat", file, "steers.txt").stdout
    assert "is no text" in run("cat", file, "odd.csv", code=3).stderr

"""Reading in a child process: the same results; time, memory and crashes are bounded."""

from __future__ import annotations

import os
import signal
import threading
import zipfile

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import extract, sandbox
from memcodec.ingest.kinds.extracted import Extracted
from tests.ingest import made


@pytest.mark.slow
def test_the_child_reads_as_we_do() -> None:
    for name, data in made.simple().items():
        if name != "a.zip":
            assert sandbox.extract(data, name) == extract(data, name)


def test_its_errors_are_ours() -> None:
    with pytest.raises(SourceError) as ours:
        extract(bytes(9), "a.pdf")
    with pytest.raises(SourceError) as theirs:
        sandbox.extract(bytes(9), "a.pdf")
    assert str(ours.value) == str(theirs.value)


def test_a_reader_that_takes_too_long_is_ended_and_the_next_file_is_read() -> None:
    data = made.pages(["x"] * 9000)
    with pytest.raises(SourceError, match=r"a\.pdf: reading it took more than 0 s"):
        sandbox.extract(data, "a.pdf", seconds=0.001)
    assert sandbox.extract(b"text", "a.txt").text == "text"


def test_a_reader_that_crashes_is_one_line() -> None:
    sandbox.extract(b"text", "a.txt")
    child = sandbox._idle[-1].process
    os.kill(child.pid, signal.SIGSTOP)
    killer = threading.Timer(0.2, os.kill, (child.pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(SourceError, match=r"a\.txt: its reader crashed"):
        sandbox.extract(b"text", "a.txt")
    killer.join()
    assert sandbox.extract(b"more", "a.txt").text == "more"


@pytest.mark.slow
def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    xml = (
        b"<w:p xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
        + b"<w:r/>" * 6_000_000
    )
    parts = {"[Content_Types].xml": b"<a/>", "word/document.xml": xml + b"</w:p>"}
    data = made.zipped(parts, zipfile.ZIP_STORED)  # no bomb: the tree alone is too large
    sandbox.close()
    monkeypatch.setattr("memcodec.isolation.child.memory", lambda: 400 << 20)
    try:
        with pytest.raises(SourceError, match=r"a\.docx: ") as caught:
            sandbox.extract(data, "a.docx")
        assert any(word in str(caught.value) for word in ("memory", "crashed", "needs more"))
        assert sandbox.extract(b"text", "a.txt").text == "text"
    finally:
        sandbox.close()


def test_the_child_ends_with_us() -> None:
    sandbox.extract(b"text", "a.txt")
    child = sandbox._idle[-1].process
    sandbox.close()
    assert child.poll() is not None


def test_files_asked_for_together_are_read_as_each_alone() -> None:
    files = [
        sandbox.Asked(b"# One\n\ntext", "a.md", "markdown"),
        sandbox.Asked(b"<h1>Two</h1><p>text", "b.html", "html"),
        sandbox.Asked(b"{", "c.ipynb", "notebook"),
        sandbox.Asked(b"", "d.md", "markdown"),
        sandbox.Asked(b"x = 1\n" * 100_000, "e.py", "code"),
    ]
    for asked, found in zip(files, sandbox.extract_first(files), strict=True):
        try:
            alone: object = extract(asked.data, asked.name, kind=asked.kind)
        except SourceError as error:
            alone = error
        assert (type(found), str(found)) == (type(alone), str(alone))


def test_one_that_ends_the_child_takes_none_with_it() -> None:
    slow = made.pages(["x"] * 9000)
    files = [
        sandbox.Asked(b"# One", "a.md", "markdown"),
        sandbox.Asked(slow, "b.pdf", "pdf"),
        sandbox.Asked(b"# Three", "c.md", "markdown"),
    ]
    sandbox.extract_first([files[0]])  # its parser is imported then
    first, second = sandbox.extract_first(files, seconds=0.25)
    assert isinstance(first, Extracted) and first.title == "One"
    assert isinstance(second, SourceError) and str(second).startswith("b.pdf: reading it took more than")
    (third,) = sandbox.extract_first(files[2:])
    assert isinstance(third, Extracted) and third.title == "Three"

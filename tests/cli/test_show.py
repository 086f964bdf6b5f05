"""``memcodec show`` and ``open``."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cli.support import DOCUMENTS, ESCAPE, Run, damaged

HERONS = "birds/herons.md"


def chunk_of(run: Run, file: str, uri: str) -> int:
    hits = json.loads(run("search", f"path:{uri}", file, "--chunks", "--all", "--json").stdout)["hits"]
    return int(min(hit["chunk"] for hit in hits))


def test_a_document_by_uri_by_id_and_by_glob(run: Run, memory_file: str) -> None:
    found = json.loads(run("list", memory_file, "--path", HERONS, "--json").stdout)["documents"][0]
    for name in (HERONS, found["id"], "*/herons.*"):
        assert run("show", memory_file, name).stdout == DOCUMENTS[HERONS] + "\n"


def test_the_lines_around_one(run: Run, memory_file: str) -> None:
    lines = run("show", memory_file, "birds/swifts.txt:3", "-C", 1).stdout.splitlines()
    assert lines == [
        "     2- ======",
        "     3: ",
        "     4- A swift sleeps on the wing; no swift needs a branch.",
    ]
    assert len(run("show", memory_file, "birds/swifts.txt:1").stdout.splitlines()) == 4
    assert run("show", memory_file, "birds/swifts.txt:1", "-C", 0).stdout == "     1: Swifts\n"


def test_the_text_alone_and_not_what_it_was_taken_from(run: Run) -> None:
    from pathlib import Path

    Path("page.html").write_text("<p>The first line.</p><p>The second.</p>")
    Path("old.txt").write_bytes(b"gr\xfcn\n")
    run("encode", "page.html", "old.txt", "-o", "kept.mp4", "--model", "none")
    assert "<p>" not in run("show", "kept.mp4", "page.html").stdout
    assert run("show", "kept.mp4", "old.txt").stdout.count("gr") == 1
    for name in ("page.html", "old.txt"):
        shown = json.loads(run("show", "kept.mp4", name, "--json").stdout)
        text = "\n".join(line["text"] for line in shown["lines"])
        assert "<p>" not in text and text.count("first line") + text.count("gr") == 1


def test_numbers(run: Run, memory_file: str) -> None:
    assert (
        run("show", memory_file, "notes.txt", "-n").stdout
        == "     1  Buy bread.\n     2  The kettle whistles.\n"
    )


def test_json_has_the_lines_exactly(run: Run, memory_file: str) -> None:
    answer = json.loads(run("show", memory_file, "evil.txt:3", "--json").stdout)
    assert set(answer) == {"file", "document", "lines"}
    assert {"line": 3, "text": f"steer {ESCAPE} terminal"} in answer["lines"]
    assert answer["document"]["uri"] == "evil.txt"


def test_what_is_not_there(run: Run, memory_file: str) -> None:
    assert "no document 'xyzzy'" in run("show", memory_file, "xyzzy:3", code=9).stderr
    assert "has 2 lines, and no line 3" in run("show", memory_file, "notes.txt:3", code=9).stderr
    assert "no document 'notes.txt:0'" in run("show", memory_file, "notes.txt:0", code=9).stderr
    several = run("show", memory_file, "birds/*", code=3).stderr
    assert "means 2 documents" in several and "birds/swifts.txt (" in several


def test_an_old_state(run: Run, grown: str) -> None:
    assert "kettle whistles" in run("show", grown, "notes.txt", "--as-of", 1).stdout
    assert "kettle is broken" in run("show", grown, "notes.txt").stdout


@pytest.mark.slow
def test_lost_text_is_an_error(run: Run, scattered: str) -> None:
    from pathlib import Path

    broken = damaged(scattered, Path("broken.mp4"), slice(None))
    assert "lost beyond repair" in run("show", broken, "00.txt", code=6).stderr


def test_neighbours_of_a_chunk(run: Run, memory_file: str) -> None:
    first = chunk_of(run, memory_file, HERONS)
    text = run("open", memory_file, first, "-C", 99).stdout
    assert text == DOCUMENTS[HERONS].rstrip("\n") + "\n"
    alone = run("open", memory_file, first, "-C", 0).stdout
    assert text.startswith(alone.rstrip("\n")) and len(alone) < len(text)
    numbered = run("open", memory_file, first, "-n").stdout.splitlines()
    assert numbered[0] == "     1  # Herons" and numbered[2].startswith("     3  The heron nests")


def test_neighbours_are_of_one_document(run: Run, memory_file: str) -> None:
    number = chunk_of(run, memory_file, "notes.txt")
    answer = json.loads(run("open", memory_file, number, "-C", 50, "--json").stdout)
    assert set(answer) == {"file", "document", "chunks"}
    (chunk,) = answer["chunks"]
    assert chunk["text"] == DOCUMENTS["notes.txt"].rstrip("\n") or chunk["text"] == DOCUMENTS["notes.txt"]
    assert chunk["line"]["first"] == 1 and chunk["chunk"] == number
    assert "no chunk 999" in run("open", memory_file, 999, code=9).stderr


@pytest.mark.slow
def test_nothing_stored_steers_a_terminal(
    on_terminal: Callable[..., str], memory_file: str, run: Run
) -> None:
    shown = on_terminal("show", memory_file, "evil.txt")
    opened = on_terminal("open", memory_file, chunk_of(run, memory_file, "evil.txt"))
    for written in (shown, opened, run("show", memory_file, "evil.txt").stdout):
        assert (
            "steer" in written and "\x1b]0" not in written and "\x9b" not in written and "\x07" not in written
        )
    assert "evil.txt" in shown  # on a terminal, what document it is

"""``print`` and ``scan``: what they write, say and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import DOCUMENTS, Run, uris


def test_there_and_back(run: Run, memory_file: str) -> None:
    answer = json.loads(run("print", memory_file, "-o", "sheets.pdf", "--json").stdout)
    size = Path("sheets.pdf").stat().st_size
    assert answer["stream"] == answer["bytes_per_page"] > 0
    assert {name: answer[name] for name in ("file", "outputs", "pages", "symbols", "size")} == {
        "file": memory_file,
        "outputs": ["sheets.pdf"],
        "pages": 2,
        "symbols": 48,
        "size": size,
    }
    assert 0 < answer["parity_symbols"] < 48
    back = json.loads(run("scan", "sheets.pdf", "-o", "back.mp4", "--model", "none", "--json").stdout)
    assert (back["complete"], back["documents"], back["symbols_read"]) == (True, len(DOCUMENTS), 48)
    assert (back["pictures"], back["pages_lacking"], back["commits_unseen"]) == (2, [], 0)
    assert uris(run, "back.mp4") == {*DOCUMENTS}
    run("verify", "back.mp4", "--deep")


@pytest.mark.slow
def test_pictures_in_another_medium(run: Run, grown: str) -> None:
    words = run("print", grown, "-o", "sheets.png", "--paper", "letter", "--level", "H").stdout
    assert words.startswith("sheets.png\n") and "in 2 files" in words
    assert "2, the first with instructions" in words and "42, of which" in words
    words = run("scan", "sheets-2.png", "-o", "back.flac", "--model", "none").stdout
    assert words.startswith("back.flac\n") and "42 of 42 symbols were read" in words
    assert "flac dense, 3 commits" in words
    assert uris(run, "back.flac") == uris(run, grown)


@pytest.mark.slow
def test_quiet(run: Run, memory_file: str) -> None:
    assert run("print", memory_file, "-o", "sheets.pdf", "-q").output == ""
    assert run("scan", "sheets.pdf", "-o", "back.mp4", "--model", "none", "-q").output == ""


@pytest.mark.slow
def test_what_cannot_be_saved_is_named(run: Run, scattered: str) -> None:
    assert "--pages" in run("print", scattered, "-o", "sheets.png", "--pages", "3", code=3).stderr
    answer = json.loads(run("print", scattered, "-o", "sheets.png", "--json").stdout)
    assert answer["pages"] > 10
    some = answer["outputs"][: answer["pages"] // 3]
    told = run("scan", *some, "-o", "back.mp4", "--model", "none", "--json", code=6)
    back = json.loads(told.stdout)
    assert 0 < back["documents"] < 24 == back["documents"] + len(back["losses"])
    assert back["pages_lacking"] == list(range(len(some) + 1, answer["pages"] + 1))
    assert f"{back['symbols_read']} of {answer['symbols']:,} symbols were read; pages" in told.stderr
    assert len(uris(run, "back.mp4")) == back["documents"]


@pytest.mark.parametrize("output, code", [("sheets.gif", 3), ("nowhere/sheets.pdf", 11), ("there.pdf", 11)])
def test_print_refuses(run: Run, memory_file: str, output: str, code: int) -> None:
    Path("there.pdf").write_text("mine")
    told = run("print", memory_file, "-o", output, code=code)
    assert told.stderr.startswith("memcodec: ") and told.stderr.count("\n") == 1
    assert Path("there.pdf").read_text() == "mine"


def test_scan_refuses(run: Run, memory_file: str) -> None:
    assert "PNG, JPEG, TIFF or PDF" in run("scan", memory_file, "-o", "back.mp4", code=4).stderr
    assert ".mp4" in run("scan", memory_file, "-o", "back.txt", code=3).stderr
    assert "fetch" in run("scan", "https://example.org/page.png", "-o", "back.mp4", code=11).stderr
    run("print", "nowhere.mp4", "-o", "sheets.pdf", code=11)
    assert list(Path().iterdir()) == []


def test_without_the_extra(run: Run, memory_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    for args in (["print", memory_file, "-o", "sheets.pdf"], ["scan", "a.png", "-o", "back.mp4"]):
        assert "pip install 'memcodec[print]'" in run(*args, code=8).stderr

"""``memcodec get``, ``list`` and ``restore``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.support import DOCUMENTS, ESCAPE, Run, damaged


def restored(folder: str) -> dict[str, str]:
    files = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}


def test_get_shows_what_search_found(run: Run, memory_file: str) -> None:
    (hit,) = json.loads(run("search", "bread", memory_file, "--json").stdout)["hits"]
    result = run("get", memory_file, hit["chunk"])
    assert (
        result.stdout == f"chunk {hit['chunk']}  notes.txt:1-2  notes.txt\nBuy bread.\nThe kettle whistles.\n"
    )


def test_get_several_as_json_exactly(run: Run, memory_file: str) -> None:
    (hit,) = json.loads(run("search", "steer", memory_file, "--json").stdout)["hits"]
    answer = json.loads(run("get", memory_file, hit["chunk"], 0, "--json").stdout)
    assert [each["chunk"] for each in answer["chunks"]] == [hit["chunk"], 0]
    assert ESCAPE in answer["chunks"][0]["text"]
    assert set(answer["chunks"][0]) == {
        "document",
        "chunk",
        "start",
        "end",
        "line",
        "text",
        "path",
        "place",
        "folded",
    }


def test_get_of_a_chunk_that_is_not_there(run: Run, memory_file: str) -> None:
    result = run("get", memory_file, 999, code=9)
    assert "no chunk 999" in result.stderr and result.stdout == ""


def test_no_control_character_of_a_document_reaches_text_output(run: Run, memory_file: str) -> None:
    (hit,) = json.loads(run("search", "steer", memory_file, "--json").stdout)["hits"]
    for args in (
        ("get", memory_file, hit["chunk"]),
        *(("search", "steer", memory_file, *full) for full in ((), ("--full",))),
    ):
        text = run(*args).stdout
        assert "steer" in text and "terminal" in text
        assert not {"\x1b", "\x07", "\x9b"} & set(text)


def test_list(run: Run, memory_file: str) -> None:
    lines = run("list", memory_file).stdout.splitlines()
    assert lines[0].split() == ["ID", "SIZE", "TIME", "(UTC)", "TITLE", "URI"]
    assert len(lines) == 1 + len(DOCUMENTS)
    assert any(re.fullmatch(r"[0-9a-f]{16}  +2 kB  .{16}  Herons +birds/herons.md", each) for each in lines)


def test_list_json_and_path(run: Run, memory_file: str) -> None:
    everything = json.loads(run("list", memory_file, "--json").stdout)["documents"]
    assert {each["uri"]: each["size"] for each in everything} == {
        name: len(text.encode()) for name, text in DOCUMENTS.items()
    }
    birds = json.loads(run("list", memory_file, "--path", "birds/*", "--json").stdout)["documents"]
    assert {each["uri"] for each in birds} == {"birds/herons.md", "birds/swifts.txt"}


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        (("--tag", "place=pond", "--type", "md"), {"birds/herons.md"}),
        (("--tag", "place=lake"), set()),
        (("--path", "birds/*", "--type", "txt"), {"birds/swifts.txt"}),
        (("--since", "yesterday"), DOCUMENTS.keys()),
        (("--until", "March 1999"), set()),
        (("--lang", "de"), set()),
    ],
)
def test_list_what_meets_conditions(
    run: Run, memory_file: str, conditions: tuple[str, ...], found: set[str]
) -> None:
    for command in ("list", "timeline"):
        answer = json.loads(run(command, memory_file, *conditions, "--json").stdout)
        assert {each["uri"] for each in answer["documents"]} == found


def test_list_of_nothing_that_matches(run: Run, memory_file: str) -> None:
    assert "no document matches 'x*'" in run("list", memory_file, "--path", "x*", code=9).stderr


def test_restore_is_byte_exact(run: Run, memory_file: str) -> None:
    result = run("restore", memory_file, "-o", "out")
    assert restored("out") == DOCUMENTS
    assert result.stdout.startswith(f"restored {len(DOCUMENTS)} documents, ")


def test_restore_some_as_json(run: Run, memory_file: str) -> None:
    answer = json.loads(run("restore", memory_file, "-o", "out", "--path", "birds/*", "--json").stdout)
    assert set(answer) == {"folder", "documents", "identical", "bytes", "files", "losses", "unwritten"}
    assert (
        {each["uri"] for each in answer["files"]}
        == set(restored("out"))
        == {"birds/herons.md", "birds/swifts.txt"}
    )
    assert answer["documents"] == 2 and answer["losses"] == answer["unwritten"] == []


def test_restore_does_not_overwrite_unless_forced(run: Run, memory_file: str) -> None:
    Path("out").mkdir()
    Path("out/notes.txt").write_text("mine")
    assert "--force" in run("restore", memory_file, "-o", "out", code=11).stderr
    assert Path("out/notes.txt").read_text() == "mine"
    run("restore", memory_file, "-o", "out", "--force")
    assert restored("out") == DOCUMENTS


@pytest.mark.slow
def test_restore_names_what_is_lost(run: Run, scattered: str, tmp_path: Path) -> None:
    broken = damaged(scattered, tmp_path / "broken.mp4", slice(2, 3))
    result = run("restore", broken, "-o", "out", "--json", code=6)
    answer = json.loads(result.stdout)
    lost = {each["uri"] for each in answer["losses"]}
    assert lost and answer["files"]
    assert not lost & set(restored("out"))
    for each in answer["losses"]:
        assert f"lost  {each['uri']}: " in result.stderr
        assert all(0 <= start < end <= each["size"] for start, end in each["ranges"])
    assert result.stderr.splitlines()[-1].startswith(f"memcodec: {broken}: {len(lost)} document")


@pytest.mark.parametrize("command", ["info", "list", "verify", "search"])
def test_a_wrong_setting_is_told_by_reading_commands_too(
    run: Run, memory_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "memcodec.toml").write_text('[read]\ncash = "1MB"\n')
    words = ["heron"] if command == "search" else []
    assert "read.cache" in run(command, *words, memory_file, code=3).stderr

"""FILE left out: what MEMCODEC_FILE or memcodec.toml names is meant, and what is given is never taken for another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import click
import pytest

from memcodec.cli import COMMANDS, main
from memcodec.cli.file_argument import FileArgument
from tests.cli.support import Run, damaged
from tests.support.memories import create, uris

DOCUMENTS = {"birds/herons.md": "The heron nests in April.\n", "b.md": "A badger digs.\n"}


@pytest.fixture
def mine(memory_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that is the default; other.mp4 in the working directory is none."""
    path = Path(shutil.copy(create(tmp_path / "made.mp4", DOCUMENTS), tmp_path / "mine.mp4"))
    monkeypatch.setenv("MEMCODEC_FILE", str(path))
    create(Path("other.mp4"), {"o.md": "An otter.\n"})
    return path


@pytest.mark.parametrize(
    "line",
    [
        ["list", "FILE"],
        ["search", "otter OR badger", "FILE"],
        ["chat", "FILE", "--ask", "otter"],
        ["show", "FILE", "?.md"],
        ["get", "FILE", "0"],
        ["open", "FILE", "0"],
        ["diff", "FILE", "1", "1"],
        ["diff", "FILE", "1"],
        ["log", "FILE"],
        ["timeline", "FILE"],
        ["info", "FILE"],
        ["verify", "FILE"],
        ["forget", "FILE", "--path", "*", "--dry-run"],
    ],
    ids=" ".join,
)
def test_file_left_out_is_the_default(line: list[str], run: Run, mine: Path) -> None:
    """The answer is as it is when the file is named; and another that is named is another."""

    def answer(file: list[str]) -> Any:
        words = [each for word in line for each in (file if word == "FILE" else [word])]
        return json.loads(run(*words, "--json").stdout)

    assert answer([]) == answer([str(mine)]) != answer(["other.mp4"])


def test_words_behind_file_are_told_from_it(run: Run, mine: Path) -> None:
    for name in ("s1.md", "s2.md"):
        Path(name).write_text(f"Text of {name}.\n")
    run("append", "s1.md")
    run("append", "s1.md", "s2.md")
    assert uris(mine) == [*DOCUMENTS, "s1.md", "s2.md"]
    run("append", "other.mp4", "s2.md")
    assert uris(Path("other.mp4")) == ["o.md", "s2.md"]
    shutil.copy("other.mp4", "otherwise")
    run("append", "otherwise", "s1.md")  # a memory file, whatever it is called
    assert uris(Path("otherwise")) == ["o.md", "s2.md", "s1.md"]
    assert "no such file" in run("append", "absent.mp4", "s1.md", code=11).stderr
    assert len(json.loads(run("get", "0", "1", "--json").stdout)["chunks"]) == 2
    assert len(uris(mine)) == 4
    run("tag", "s1.md", "--tag", "a=b")
    run("rollback", "1")
    assert uris(mine) == list(DOCUMENTS)


def test_every_command_with_one_file_lets_it_out_but_those_that_say_so() -> None:
    """``merge`` joins what is named; ``convert``, ``encode -o`` and ``fetch`` make a file."""
    without = set()
    for name in COMMANDS:
        command = main.get_command(main.make_context("memcodec", [], resilient_parsing=True), name)
        assert command is not None
        arguments = [each for each in command.params if isinstance(each, click.Argument)]
        files = [each for each in arguments if (each.metavar or "").startswith("FILE")]
        without |= {name} if files and not isinstance(files[0], FileArgument) else set()
    assert without == {"merge", "convert"}


def test_settings_name_it_too_and_nothing_named_is_said(
    run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEMCODEC_FILE")
    assert "Name a memory file, or set MEMCODEC_FILE" in run("list", code=2).stderr
    assert "MEMCODEC_FILE" in run("search", "otter", code=2).stderr
    Path("memcodec.toml").write_text("[default]\nfile = 'other.mp4'\n")
    assert "otter" in run("search", "otter").stdout
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert "otter" in run("search", "otter").stdout


EACH = [
    "list",
    "log",
    "timeline",
    "info",
    "verify",
    "get FILE 0",
    "open FILE 0",
    "diff FILE 1",
    "show FILE ?*.md",
]


@pytest.mark.parametrize("line", EACH)
def test_several_files_are_told_one_after_the_other(line: str, run: Run, mine: Path) -> None:
    Path("some").mkdir()
    files = [str(shutil.copy("other.mp4", "some/b.mp4")), str(mine)]
    run("forget", mine, "--path", "b.md")

    def said(*names: str | Path) -> Any:
        words = line.split() if "FILE" in line else [line, "FILE"]
        return [each for word in words for each in (names if word == "FILE" else [word])]

    def answer(*names: str) -> Any:
        return json.loads(run(*said(*names), "--json").stdout)

    assert answer(*files) == answer("some", str(mine)) == {"files": [answer(each) for each in files]}
    assert answer("some") == {"files": [answer(files[0])]}
    shown = run(*said(*files)).stdout
    assert all(shown.count(each) >= 1 for each in files)


def test_what_only_some_of_several_files_have_is_told_of_those(run: Run, mine: Path) -> None:
    for line in (
        ["show", "other.mp4", mine, "o.md"],
        ["get", "other.mp4", mine, "1"],
        ["open", mine, "other.mp4", "1"],
    ):
        answer = json.loads(run(*line, "--json").stdout)
        assert len(answer["files"]) == 1
    assert "no document" in run("show", "other.mp4", mine, "absent.md", code=9).stderr
    assert "no chunk 9" in run("get", "other.mp4", mine, "0", "9", code=9).stderr


def test_several_files_are_restored_each_to_a_folder_of_its_name(run: Run, mine: Path) -> None:
    answer = json.loads(run("restore", "other.mp4", mine, "-o", "out", "--json").stdout)
    assert [each["folder"] for each in answer["files"]] == ["out/other", "out/mine"]
    there = {str(path.relative_to("out")) for path in Path("out").rglob("*.md")}
    assert there == {"other/o.md", "mine/b.md", "mine/birds/herons.md"}
    Path("other").mkdir()
    shutil.copy("other.mp4", "other/other.mp4")
    assert "has the name of" in run("restore", "other.mp4", "other/other.mp4", "-o", "two", code=3).stderr
    assert run("restore", "other.mp4", mine, "-o", "-", "--doc", "o.md").stdout == "An otter.\n"


def test_documents_are_written_out_of_whichever_file_has_them(run: Run, mine: Path) -> None:
    assert run("cat", "other.mp4", mine, "o.md", "b.md").stdout == "An otter.\nA badger digs.\n"
    assert run("cat", "b.md").stdout == "A badger digs.\n"
    assert run("cat", mine, "o.md", "b.md", code=9).stdout == "A badger digs.\n"


def test_words_behind_files_are_told_from_them(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(json.loads(run("get", "other.mp4", mine, "0", "--json").stdout)["files"]) == 2
    assert len(json.loads(run("get", mine, "0", "1", "--json").stdout)["chunks"]) == 2
    assert json.loads(run("diff", "1", "1", "--json").stdout)["file"] == str(mine)
    assert "'x' is not a valid integer" in run("get", "other.mp4", "x", code=2).stderr
    monkeypatch.delenv("MEMCODEC_FILE")
    assert "DOC[:LINE]" in run("show", "other.mp4", code=2).stderr
    assert "CHUNK" in run("get", "other.mp4", code=2).stderr
    assert "MEMCODEC_FILE" in run("get", code=2).stderr


def test_damage_in_one_of_several_files_ends_only_at_the_end(run: Run, mine: Path, scattered: str) -> None:
    broken = damaged(scattered, Path("broken.mp4"), slice(2, 3))
    result = run("verify", broken, mine, code=6)
    assert f"ok  {mine}" in result.stdout
    assert result.stderr.splitlines()[-1].startswith("memcodec: broken.mp4: damaged")
    both = json.loads(run("verify", broken, mine, "--json", code=6).stdout)["files"]
    assert [each["ok"] for each in both] == [False, True]


def test_config_show_and_help(run: Run, mine: Path) -> None:
    found = {each["name"]: each for each in json.loads(run("config", "show", "--json").stdout)["settings"]}
    assert found["default.file"] == {"name": "default.file", "value": str(mine), "source": "MEMCODEC_FILE"}
    assert "MEMCODEC_FILE" in run("config", "show").stdout
    assert run("help", "search").stdout == run("search", "--help").stdout
    assert run("help", "jobs", "wait").stdout == run("jobs", "wait", "--help").stdout
    assert run("help").stdout == run("--help").stdout
    assert "did you mean 'search'" in run("help", "serch", code=2).stderr

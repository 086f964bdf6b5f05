"""``memcodec split`` and ``join``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import Run


@pytest.fixture
def parts(run: Run, scattered: str) -> list[str]:
    """Three parts of a file, any two of which are enough."""
    run("split", scattered, "--size", Path(scattered).stat().st_size * 3 // 4, "-o", "parts", "-q")
    return sorted(str(each) for each in Path("parts").iterdir())


def test_split_and_join_report(run: Run, scattered: str) -> None:
    size = Path(scattered).stat().st_size
    words = run("split", scattered, "--size", f"{size * 3 // 4}B", "-o", "parts").stdout
    assert words.startswith(scattered)
    assert "parts  3 of at most" in words
    assert "any 2 give the file back" in words
    assert "parts/scattered-01-of-03.mp4 ... parts/scattered-03-of-03.mp4" in words
    words = run(
        "join", "parts/scattered-03-of-03.mp4", "parts/scattered-01-of-03.mp4", "-o", "back.mp4"
    ).stdout
    assert "parts  2 of 3, without 2\n" in words
    assert "was    scattered.mp4\n" in words
    assert Path("back.mp4").read_bytes() == Path(scattered).read_bytes()


def test_json(run: Run, scattered: str) -> None:
    size = Path(scattered).stat().st_size
    answer = json.loads(run("split", scattered, "--size", size // 2, "--spare", 2, "--json").stdout)
    assert set(answer) == {"file", "size", "sha256", "needed", "spare", "parts", "seconds"}
    assert (answer["size"], answer["needed"], answer["spare"], len(answer["parts"])) == (size, 3, 2, 5)
    made = [each["file"] for each in answer["parts"]]
    assert [Path(each["file"]).stat().st_size for each in answer["parts"]] == [
        each["size"] for each in answer["parts"]
    ]
    Path("letter.txt").write_text("Dear Ada")
    data = bytearray(Path(made[0]).read_bytes())
    data[len(data) // 2] ^= 1
    Path(made[0]).write_bytes(data)
    joined = json.loads(run("join", *made[:4], "letter.txt", "-o", "back.mp4", "--json").stdout)
    assert joined["sha256"] == answer["sha256"]
    assert (joined["missing"], joined["damaged"]) == ([5], [made[0]])
    assert joined["unusable"] == [{"file": "letter.txt", "reason": "something else"}]
    notes = run("join", *made[:4], "letter.txt", "-o", "again.mp4").stderr
    assert "note: letter.txt: left out: something else\n" in notes
    assert f"note: {made[0]}: is damaged; what it lacks came from other parts\n" in notes


def test_errors_are_one_line(run: Run, parts: list[str], scattered: str) -> None:
    for code, args in (
        (6, ["join", parts[0], "-o", "out.mp4"]),
        (5, ["join", __file__, "-o", "out.mp4"]),
        (3, ["join", *parts, "-o", parts[0], "--force"]),
        (11, ["join", *parts, "nowhere.mp4", "-o", "out.mp4"]),
        (11, ["split", scattered, "--size", Path(scattered).stat().st_size * 3 // 4, "-o", "parts"]),
        (3, ["split", scattered, "--size", "1kB"]),
        (3, ["split", scattered, "--size", "25 apples"]),
        (5, ["split", __file__, "--size", "1kB"]),
        (2, ["split", scattered]),
        (2, ["join", "-o", "out.mp4"]),
    ):
        stderr = run(*args, code=code).stderr
        assert stderr.startswith("memcodec: ")
        assert stderr.count("\n") == 1
        assert not Path("out.mp4").exists()


def test_a_part_is_refused_by_the_other_commands(run: Run, parts: list[str]) -> None:
    for args in (
        ["search", "x"],
        ["info"],
        ["verify"],
        ["list"],
        ["log"],
        ["restore", "-o", "out"],
        ["append", __file__],
    ):
        name, *rest = args
        words = [name, *rest[:1], parts[1]] if name == "search" else [name, parts[1], *rest]
        stderr = run(*words, code=5).stderr
        assert "part 2 of 3 of scattered.mp4" in stderr
        assert "memcodec join" in stderr


def test_quiet_says_nothing(run: Run, parts: list[str]) -> None:
    assert run("join", *parts[1:], "-o", "back.mp4", "-q").output == ""


@pytest.mark.slow
def test_a_bar_is_drawn_on_a_terminal(on_terminal: Callable[..., str], scattered: str) -> None:
    size = Path(scattered).stat().st_size * 3 // 4
    assert "splitting " in on_terminal("split", scattered, "--size", size, "-o", "parts")
    assert "joining " in on_terminal("join", *sorted(Path("parts").iterdir()), "-o", "back.mp4")

"""docs/terminal.py draws what commands print, and its picture in the README loads nothing and runs no script."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parent.parent
PICTURE = (ROOT / "docs" / "img" / "terminal.svg").read_text("utf-8")
RUNS = (ROOT / "docs" / "img" / "runs.svg").read_text("utf-8")
LIVE = (ROOT / "docs" / "img" / "live.svg").read_text("utf-8")
JOURNAL = (ROOT / "docs" / "img" / "journal.svg").read_text("utf-8")


@pytest.fixture(scope="module")
def terminal() -> Any:
    spec = importlib.util.spec_from_file_location("terminal", ROOT / "docs" / "terminal.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["terminal"] = module  # where its dataclass looks
    spec.loader.exec_module(module)
    return module


def drawn(picture: str, last: bool) -> list[str]:
    """The texts of a picture, or those that are still there at the end."""
    texts = [each for each in ElementTree.fromstring(picture) if each.tag.endswith("text")]
    return ["".join(each.itertext()) for each in texts if not last or each.attrib["class"].startswith("k ")]


def test_what_is_printed_is_drawn_as_it_stands_at_the_end(terminal: Any, tmp_path: Path) -> None:
    command = (
        r"printf 'half\r\033[2Kwhole\n\033[1;31mred & <b>\033[0m\n'; sleep 0.1; printf '\033[1A\033[2Kgone'"
    )
    picture = terminal.svg(terminal.record((command,), tmp_path))
    assert drawn(picture, last=True) == [f"$ {command}", "whole", "gone"]
    assert "red & <b>" in drawn(picture, last=False)
    assert '<tspan class="b c1">red &amp; &lt;b&gt;</tspan>' in picture


def test_the_picture_is_of_the_commands_and_ends_with_a_hit(terminal: Any) -> None:
    last = drawn(PICTURE, last=True)
    assert [line[2:] for line in last if line.startswith("$ ")] == list(terminal.COMMANDS)
    assert any("over the mill" in line and not line.startswith("$") for line in last)


def test_the_picture_of_runs_is_of_its_commands_and_ends_with_a_fork(terminal: Any) -> None:
    last = drawn(RUNS, last=True)
    assert [line[2:] for line in last if line.startswith("$ ")] == list(terminal.RUNS)
    assert any("cause" in line and "are sunny" in line for line in last)
    assert "before step 4" in last[-1]


def test_the_picture_of_a_ring_ends_with_hits_of_file_and_ring(terminal: Any) -> None:
    last = drawn(LIVE, last=True)
    assert [line[2:] for line in last if line.startswith("$ ")] == list(terminal.LIVE)
    assert any(line.rstrip().endswith("web.mp4") for line in last) and any("@web" in line for line in last)


def test_the_picture_of_a_journal_finds_notes_and_folds_them(terminal: Any) -> None:
    last = drawn(JOURNAL, last=True)
    assert [line[2:] for line in last if line.startswith("$ ")] == list(terminal.JOURNAL)
    assert any("Heron at the weir" in line and not line.startswith("$") for line in last)
    assert any("av1" in line for line in last)  # it plays meanwhile


@pytest.mark.parametrize(
    "picture", [PICTURE, RUNS, LIVE, JOURNAL], ids=["terminal", "runs", "live", "journal"]
)
def test_it_is_small_and_loads_nothing(picture: str) -> None:
    assert len(picture) < 100_000
    assert not re.search(r"<script|@import|url\(|href|@font-face", picture)
    assert picture.count("http") == 1  # the name of SVG itself

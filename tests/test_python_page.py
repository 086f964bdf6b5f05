"""docs/PYTHON.md: its examples run, and what its tables name is there."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import memcodec

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "PYTHON.md").read_text("utf-8")


def rows(title: str) -> list[list[str]]:
    """The rows of a section's table, as cells."""
    part = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return [row.strip("| ").split(" | ") for row in re.findall(r"^\| .*$", part, re.MULTILINE)[1:]]


def names(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def test_the_examples_run(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    code = "\n".join(blocks).replace('create("birds.mp4")', 'create("birds.mp4", model="none")')
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "moor.md").write_text("A heron on the moor.\n")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    assert "3 True ['Herons', 'A swift sleeps on the wing.', 'A heron on the moor.']" in printed
    assert "['birds/swifts.md']" in printed and printed[-1] == "() None"
    for said in re.findall(r"\)  # (.*)$", PAGE, re.MULTILINE):
        assert said in printed, said


def test_every_verb_is_named() -> None:
    told = {name for verbs, _ in rows("One file: Memory") for name in names(verbs)}
    public = {name for name in dir(memcodec.Memory) if not name.startswith("_")}
    assert told == public - {"reader", "reader_for", "path"}


def test_every_condition_is_named() -> None:
    told = {name for conditions, _ in rows("Which documents: Filter") for name in names(conditions)}
    assert told == {each.name for each in fields(memcodec.Filter) if each.init}


@pytest.mark.parametrize("row", rows("What a write did: reports"), ids=lambda row: row[0])
def test_reports_say_what_they_are_said_to_say(row: list[str]) -> None:
    kind: Any = getattr(memcodec, names(row[0])[0])
    for name in names(row[2]):
        assert hasattr(kind, name) or name in {each.name for each in fields(kind)}, name

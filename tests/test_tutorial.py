"""docs/TUTORIAL.md: every command is run, in order, and prints what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.needs import needs

PAGE = Path(__file__).parent.parent / "docs" / "TUTORIAL.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, str]]:
    """The commands of the page, each with what it prints."""
    lines = [line for block in BLOCK.findall(PAGE.read_text("utf-8")) for line in block.splitlines()]
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    return [
        (lines[start][2:], "\n".join(lines[start + 1 : end]))
        for start, end in pairwise([*starts, len(lines)])
    ]


def matches(wanted: str, printed: str) -> bool:
    """Whether output is as the page has it: ``...`` stands for anything, also for nothing."""
    pattern = ".*".join(re.escape(re.sub(r"\s+", " ", part).strip()) for part in wanted.split("..."))
    return re.fullmatch(pattern, re.sub(r"\s+", " ", printed).strip(), re.DOTALL) is not None


@pytest.mark.slow
def test_every_command_prints_what_the_page_says(tmp_path: Path) -> None:
    needs("bash", "ffprobe")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for command, wanted in steps():
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert matches(wanted, done.stdout), f"{command}\nwanted:\n{wanted}\nprinted:\n{done.stdout}"


def test_the_page_has_commands() -> None:
    assert len(steps()) > 15
    assert {command.split()[1] for command, _ in steps() if command.startswith("memcodec ")} >= {
        "encode",
        "search",
        "append",
        "restore",
        "repair",
    }

"""The pages of the documentation, and the commands on them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")]
    if path.name != "CHANGELOG.md"
)
_BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


class Step(NamedTuple):
    """A command, and what it prints."""

    command: str
    printed: str


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, kind: str) -> list[str]:
    """What stands between fences of a kind."""
    return [text for found, text in _BLOCK.findall(page.read_text("utf-8")) if found == kind]


def steps(block: str) -> list[Step]:
    """The commands of a block. An open quote or a backslash goes on in the next line."""
    lines = block.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    return [_step(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]


def _step(lines: list[str]) -> Step:
    command, rest = lines[0][2:], lines[1:]
    while rest and (command.endswith("\\") or re.sub(r"\s#.*", "", command).count("'") % 2):
        command += "\n" + rest.pop(0)
    return Step(command, "\n".join(rest))


def matches(wanted: str, printed: str) -> bool:
    """Whether output is as the page has it: ``...`` or ``…`` stands for anything, also for nothing."""
    pattern = ".*".join(
        re.escape(re.sub(r"\s+", " ", part).strip()) for part in re.split(r"\.\.\.|…", wanted)
    )
    return re.fullmatch(pattern, re.sub(r"\s+", " ", printed).strip(), re.DOTALL) is not None

"""docs/RELIABILITY.md names every test of this folder, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = (HERE.parent.parent / "docs" / "RELIABILITY.md").read_text("utf-8")


def test_the_page_names_the_tests() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", PAGE))
    there = {
        f"tests/reliability/{path.name}::{name}"
        for path in HERE.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
        if path != Path(__file__)
    }
    assert {name for name in named if name.startswith("tests/reliability/")} <= there
    assert there <= named

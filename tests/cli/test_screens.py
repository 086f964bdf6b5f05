"""What commands write on terminals is what is kept in ``screens``, in colours for dark and for light ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from memcodec.cli import console
from tests.cli.screens import COLUMNS, FOLDER, SCREENS, THEMES, kept, made, path_of, screen

# Bold, faint, and of the terminal's own palette red, green, yellow and cyan. No white, black, or fixed colour.
CODES = {"0", "1", "2", "31", "32", "33", "36"}
# A terminal breaks lines of these: they are one line by law, or to be copied.
LONG = re.compile(r"memcodec: |ok  |    (?:memcodec|git) |A grey heron|note: ")


@pytest.fixture(scope="module")
def birds() -> Iterator[Path]:
    with made() as folder:
        yield folder


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("name", [*SCREENS, "bars"])
def test_a_screen_is_as_it_is_kept(name: str, columns: int, birds: Path) -> None:
    shown = {theme: screen(name, columns, theme, birds) for theme in THEMES}
    for text in shown.values():
        assert kept(name, text) == path_of(name, columns).read_text("utf-8"), (
            "python -m tests.cli.screens writes it anew"
        )
    text = shown["dark"]
    assert {code for found in re.findall(r"\x1b\[([\d;]*)m", text) for code in found.split(";")} <= CODES
    assert "\x1b" not in re.sub(r"\x1b\[[\d;]*m", "", text)
    for line in click.unstyle(text).splitlines():
        assert console.width(line) <= columns or LONG.match(line), line


def test_no_screen_is_kept_that_nothing_writes() -> None:
    there = {path.name for path in FOLDER.glob("*.txt")}
    assert there == {path_of(name, columns).name for name in [*SCREENS, "bars"] for columns in COLUMNS}


@pytest.mark.parametrize("name", ["list", "error-file"])
def test_colours_go_where_they_are_asked_for(name: str, birds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from memcodec.cli import main

    monkeypatch.chdir(birds)

    def shown() -> str:
        return CliRunner().invoke(main, SCREENS[name].split()).output

    for variable in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.setenv(variable, "1")
        assert "\x1b[" in shown()
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b" not in shown()
        monkeypatch.setenv("NO_COLOR", "")
        monkeypatch.setenv(variable, "0")
        assert "\x1b" not in shown()

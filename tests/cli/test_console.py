"""Text made safe, cut, aligned and coloured; progress bars."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.cli import console, progress, tables
from tests.cli.support import DOCUMENTS, Spawn

Terminal = Callable[..., str]


@given(st.text())
def test_clean_text_holds_no_control_character(text: str) -> None:
    shown = console.clean(text)
    assert {c for c in shown if unicodedata.category(c) in ("Cc", "Cs")} <= {"\n", "\t"}
    assert console.clean(shown) == shown


@given(st.text())
def test_line_is_one_line(text: str) -> None:
    assert len(console.line(text).splitlines()) <= 1


def test_what_is_shown_instead() -> None:
    assert console.clean("a\x00\x1b[2J\x7f\x9b\r\nb\u202e") == "a␀␛[2J␡\ufffd\nb\ufffd"
    assert console.clean("שלום, naïve, 漢字 👩‍🔬") == "שלום, naïve, 漢字 👩‍🔬"


@given(st.text(), st.integers(1, 40))
def test_fit_keeps_within_its_columns(text: str, columns: int) -> None:
    shown = console.fit(text, columns)
    assert console.width(shown) <= columns
    assert shown == text or shown.endswith("…")


def test_a_table_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("1", "x" * 100, "漢" * 60), ("22", "y", "z")]
    monkeypatch.setattr(console, "room", lambda: None)
    assert "x" * 100 in tables.table(("A", "B", "C"), rows)[1]
    monkeypatch.setattr(console, "room", lambda: 60)
    lines = tables.table(("A", "B", "C"), rows, right=(0,))
    assert all(console.width(line) <= 60 for line in lines)
    assert lines[1].startswith(" 1  xx") and lines[2].startswith("22  y ")


@pytest.mark.slow
def test_colour_only_where_it_is_wanted(on_terminal: Terminal, spawn: Spawn, memory_file: str) -> None:
    args = ("search", "swift", memory_file)
    assert "\x1b[1mswift" in on_terminal(*args) or "\x1b[33m\x1b[1mswift" in on_terminal(*args)
    assert "\x1b" not in on_terminal(*args, NO_COLOR="1")
    assert "\x1b" not in on_terminal(*args, TERM="dumb")
    assert b"\x1b" not in spawn(*args).stdout


@pytest.mark.slow
def test_a_document_cannot_steer_the_terminal(on_terminal: Terminal, memory_file: str) -> None:
    for args in (
        ("list", memory_file),
        ("search", "steer", memory_file, "--full"),
        ("get", memory_file, 0, 1, 2, 3, 4),
    ):
        shown = on_terminal(*args, NO_COLOR="1")
        assert not {"\x1b", "\x07", "\x9b"} & set(shown)


def test_lists_fit_the_terminal(on_terminal: Terminal, memory_file: str) -> None:
    lines = on_terminal("list", memory_file, NO_COLOR="1").splitlines()
    assert len(lines) == 1 + len(DOCUMENTS)
    assert all(console.width(line) <= 80 for line in lines)


@pytest.mark.slow
def test_a_bar_on_a_terminal_and_none_elsewhere(
    on_terminal: Terminal, spawn: Spawn, memory_file: str
) -> None:
    shown = on_terminal("restore", memory_file, "-o", "one")
    assert re.search("restoring .*━━━.* 100%", shown)
    assert shown.rindex("\x1b[2K") < shown.index("restored ")
    assert "restoring" not in on_terminal("restore", memory_file, "-o", "two", "--quiet")
    assert spawn("restore", memory_file, "-o", "three").stderr == b""


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ((0, 1000, 0.0, True), "  0%  0 B of 1 kB"),
        ((9999, 10000, 0.0, False), " 99%  9,999 of 10,000"),
        ((5_000_000, 10_000_000, 2.5, True), " 50%  5 MB of 10 MB  2 MB/s  2.5 s left"),
        ((10, 10, 5.0, False), "100%  10 of 10  2/s"),
        ((1500, 0, 0.2, True), "1.5 kB"),
        ((0, 0, 0.0, False), ""),
    ],
)
def test_what_is_told_beside_a_bar(given: tuple[int, int, float, bool], shown: str) -> None:
    *counts, in_bytes = given
    assert "  ".join(progress.facts(*counts, in_bytes=in_bytes)) == shown  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("heron", 5),
        ("漢字", 4),
        ("é", 1),
        ("e\u0301", 1),
        ("👩‍🔬", 2),
        ("🇨🇭", 2),
        ("a\u200bb", 2),
        ("👍🏽 ok", 5),
        ("ｈ", 2),
    ],
)
def test_the_columns_that_a_terminal_gives(text: str, columns: int) -> None:
    assert console.width(text) == columns

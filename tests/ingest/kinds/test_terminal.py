"""Text that was written to a terminal: what its reader saw."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.ingest.kinds import extract
from memcodec.ingest.kinds.terminal import shown
from memcodec.ingest.walk import Skipped, walk

CODES = [
    "\x1b[31m",
    "\x1b[0m",
    "\x1b[1;38;5;208m",
    "\x1b[2K",
    "\x1b[?25l",
    "\x9b0m",
    "\x1b(B",
    "\x1b]0;title\x07",
]
CODES += ["\x1b]8;;https://example.org\x1b\\", "\x1b7", "\x1b=", "\x1b[38:2::1:2:3m", "\x1bPq#0\x1b\\"]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]))


@given(st.lists(st.tuples(WORDS, st.sampled_from(CODES))))
@settings(deadline=None)
def test_codes_are_no_part_of_words(pieces: list[tuple[str, str]]) -> None:
    assert shown("".join(word + code for word, code in pieces)) == "".join(word for word, _ in pieces)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x1b\x9b\b\r")))
def test_other_text_stays(text: str) -> None:
    assert shown(text) == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1))
def test_overstrikes_are_one_letter(text: str) -> None:
    assert shown("".join(f"{c}\b{c}" for c in text)) == text
    assert shown("".join(f"_\b{c}" for c in text)) == text
    if "_" not in text and " " not in text:
        assert shown("".join(f"{c}\b_" for c in text)) == text
    assert shown("".join(f"_\b{c}\b{c}" for c in text)) == text


@pytest.mark.parametrize(
    "text, seen",
    [
        ("Get 10% (1/9)\rGet 55% (5/9)\rGet 100% (9/9), done.\nnext\n", "Get 100% (9/9), done.\nnext\n"),
        (" 10%|#   | 1/9\r 20%|##  | 2/9\rfinished 9/9\r\n", "finished 9/9\r\n"),
        ("one\rtwo\rthree\r", "one\rtwo\rthree\r"),
        ("50% off\rpears\n", "50% off\rpears\n"),
        ("a\r\nb\r\n", "a\r\nb\r\n"),
        ("abc\b\b\bxyz", "xyz"),
    ],
)
def test_of_progress_the_last_is_left_and_no_other_line_goes(text: str, seen: str) -> None:
    assert shown(text) == seen


@pytest.mark.parametrize(
    "text, seen",
    [
        ("Working |\rWorking /\rWorking done\n", "Working done\n"),
        ("|\r/\r-\rready\n", "ready\n"),
        ("  0  1024  0\r 50  1024  512\rsaved\n", "saved\n"),
        ("waiting\r\x1b[Kready\n", "ready\n"),
        ("waiting\x1b[2K\rready\n", "ready\n"),
        ("waiting\x1b[1G\x1b[0Kready\n", "ready\n"),
        ("a \x1b[01;31m\x1b[Kheron\x1b[m\x1b[K wades\r\n", "a heron wades\r\n"),
        ("Dear John\rDear John Smith\r", "Dear John\rDear John Smith\r"),
    ],
)
def test_what_was_erased_or_written_over_is_gone(text: str, seen: str) -> None:
    assert shown(text) == seen


@pytest.mark.parametrize(
    "text, seen",
    [
        ("Name\x1b[3CAge\x1b[40GTown", "Name   Age Town"),
        ("helo\x1b[1Dlo", "hello"),
        ("\x1b[2;1Hone\x1b[3;1Htwo\x1b[5;9fthree", "one\ntwo\nthree"),
        ("done\x1b[2Aagain", "done\nagain"),
        ("\x1b(0lqk\x1b(B Box \x1b(0mqj\x1b(B", "┌─┐ Box └─┘"),
    ],
)
def test_moves_keep_words_apart(text: str, seen: str) -> None:
    assert shown(text).strip("\n") == seen


def test_letters_with_marks_are_struck_over_as_one() -> None:
    assert shown("e\u0301\be\u0301l\bla\u0300\ba\u0300n\bn") == "e\u0301la\u0300n"


def test_a_log_is_stored_as_it_was_read_and_comes_back_as_it_was(tmp_path: Path) -> None:
    data = b"\x1b[31mERROR\x1b[0m disk \x1b[36mquota\x1b[0m exceeded\n"
    (tmp_path / "a.log").write_bytes(data)
    skipped = Skipped()
    (item,) = walk([tmp_path], skipped=skipped)
    assert b"".join(item.open()) == b"ERROR disk quota exceeded\n"
    assert b"".join(item.open_original()) == data
    assert skipped.notes == ["a.log: terminal codes are left out"]


def test_lines_of_an_old_mac_stay_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\rtwo\r")
    (item,) = walk([tmp_path])
    assert b"".join(item.open()) == b"one\rtwo\r" and not item.extracted


def test_a_notebook_s_output_has_no_codes() -> None:
    output = {"output_type": "stream", "text": ["\x1b[1;32mPASSED\x1b[0m test_a\n"]}
    cells = [{"cell_type": "code", "source": "run()", "outputs": [output]}]
    assert extract(json.dumps({"cells": cells}).encode(), "a.ipynb").text == "run()\n\nPASSED test_a\n"


@pytest.mark.parametrize(
    "piece",
    ["\x1b[", "\x1b]", "\x1b", "\b", "a\b", "%\r", "\x1b[1;", "\x1b[99C", "\x1b[99D", "\x1b(0", "\u0301"],
)
def test_hostile_codes_end_quickly(piece: str) -> None:
    start = time.process_time()
    shown(piece * 200_000)
    assert time.process_time() - start < 10

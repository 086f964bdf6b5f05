"""No text is sniffed for longer than its bytes cost."""

from __future__ import annotations

import time

import pytest

from memcodec.ingest.kinds import sniff
from memcodec.ingest.names import title_of


@pytest.mark.parametrize(
    "data",
    [
        b"<!---->" * 30 + b"x",
        (b"<!-- -->" + b" " * 20) * 100,
        b" " * 4000 + b"<",
        b"<!--" * 1000,
        b"<?xml " * 600,
        b"{1}{2}" * 600,
        b"<!doctype" + b" " * 4000,
    ],
)
def test_sniffing_is_linear(data: bytes) -> None:
    began = time.process_time()
    assert sniff.by_text(data) is None
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize("text", ["# a" + " " * 4000 + "b", "# " + ":a" * 2000 + "`", "# " + "a #" * 1300])
def test_a_title_is_found_in_linear_time(text: str) -> None:
    began = time.process_time()
    assert title_of(text, "a.md")
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<html>", "html"),
        (b"  <!-- a --> <!-- b -->\n<!DOCTYPE  html>", "html"),
        (b"<?xml version='1.0'?>\n<html lang='en'>", "html"),
        (b"{0}{25}Hello\n{30}{}Bye\n", "subtitles"),
        (b"<htmlx>", None),
    ],
)
def test_what_was_told_still_is(data: bytes, kind: str | None) -> None:
    assert sniff.by_text(data) == kind


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("# A title ##", "A title"),
        ("# A title#", "A title#"),
        ("## C# ", "C#"),
        ("# The :py:class:`~a.B` and :ref:`c`", "The a.B and c"),
        ("# word:role:`x`", "wordx"),
        ("# 12:30:`x`", "12x"),
    ],
)
def test_titles_are_as_they_were(heading: str, title: str) -> None:
    assert title_of(heading + "\n", "a.md") == title

"""Texts in hand, titles and names."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import SourceError
from memcodec.ingest.item import text_item
from memcodec.ingest.names import TITLE_LENGTH, from_uri, title_of, to_uri


@settings(deadline=None, derandomize=True)
@given(st.text() | st.binary().filter(lambda data: data.decode("utf-8", "replace").encode() == data))
def test_text_is_kept(text: str | bytes) -> None:
    data = text.encode() if isinstance(text, str) else text
    item = text_item(text)
    assert b"".join(item.open()) == data
    assert item.size == len(data)
    assert item.title
    assert item.uri.endswith(".txt")


def test_given_names_are_kept() -> None:
    time = datetime(2024, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    item = text_item("x", title="T", uri="notes/../a\0" + "n" * 300, tags={"k": ""}, time=time)
    assert (item.title, item.uri, item.tags) == ("T", "notes/../a\0" + "n" * 300, {"k": ""})
    assert (item.time, item.time.tzinfo) == (time, UTC)
    naive = datetime(2024, 5, 1)
    assert text_item("x", time=naive).time == naive.astimezone(UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "a\ud800"},
        {"text": b"\xff"},
        {"title": "\udfff"},
        {"uri": "\ud83d"},
        {"tags": {"": "x"}},
        {"tags": {"a": 1}},
        {"tags": {"a": "\ud800"}},
        {"time": datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))},
    ],
)
def test_what_cannot_be_stored_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SourceError) as refused:
        text_item(**({"text": "x"} | wrong))  # type: ignore[arg-type]
    str(refused.value).encode()


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=40) | st.from_regex(rb"(%|2|5|F|A|\xff|8){1,12}", fullmatch=True))
def test_every_file_name_survives(name: bytes) -> None:
    uri = to_uri(os.fsdecode(name))
    uri.encode()
    assert os.fsencode(from_uri(uri)) == name


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet=st.characters(exclude_characters="%", exclude_categories=["Cs"])))
def test_ordinary_names_stand_for_themselves(name: str) -> None:
    assert to_uri(name) == from_uri(name) == name


@pytest.mark.parametrize(
    ("head", "name", "title"),
    [
        ("intro\n\n## A `b` ##\n", "x.md", "A `b`"),
        ("---\ntitle: t\n---\n# Real\n", "x.md", "Real"),
        (".. _label:\n\n=====\nTitle\n=====\n", "x.rst", "Title"),
        ("*****\n  Legacy\n*****\n\nPart\n====\n", "x.rst", "Legacy"),
        (":mod:`!os` --- Things\r\n======\r\n", "os.rst.txt", "os --- Things"),
        ("\ufeff\n\n  First line \nsecond", "", "First line"),
        ("====\n----\n", "x.txt", "x.txt"),
        ("# not a title\nimport os\n", "a/code.py", "code.py"),
        ("a,b\n1,2\n", "table.csv", "table.csv"),
        ("Tab\there \x1b[31mred\u202e", "x.txt", "Tab here [31mred"),
        ("", "\udcff.txt", "%FF.txt"),
        ("", "", "untitled"),
    ],
)
def test_titles(head: str, name: str, title: str) -> None:
    assert title_of(head, name) == title


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=400), st.sampled_from(["a.md", "b.rst", "c.py", ""]))
def test_a_title_is_one_short_printable_line(head: str, name: str) -> None:
    title = title_of(head, name)
    assert 0 < len(title) <= TITLE_LENGTH
    assert len(title.splitlines()) == 1

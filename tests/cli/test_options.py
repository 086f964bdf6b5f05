"""Options that commands share."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner

from memcodec.cli.options import CONDITIONS, filter_options
from memcodec.file.filter import Filter


def given(*args: str) -> Filter:
    """The filter that a command gets."""
    got: list[Filter] = []

    @click.command()
    @click.argument("word")
    @filter_options()
    @click.option("--more", is_flag=True)
    def command(word: str, only: Filter, more: bool) -> None:
        assert word == "herons" and more
        got.append(only)

    result = CliRunner().invoke(command, ["herons", "--more", *args], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return got[0]


def test_no_condition_filters_nothing() -> None:
    assert not given()


def test_every_condition() -> None:
    only = given(
        *("--tag", "place=pond", "--tag", "year=2026", "--path", "birds/*", "--type", "md", "--lang", "en"),
        *("--since", "2026-04-02T00:00Z", "--until", "2026-04-03T00:00:00Z", "--before", "2026-04-04T00:00Z"),
        *("--doc", "notes.txt", "--path", "more/*"),
    )
    since = datetime(2026, 4, 2, tzinfo=UTC)
    until = datetime(2026, 4, 3, 0, 0, 0, 999999, UTC)
    before, tags = datetime(2026, 4, 4, tzinfo=UTC), {"place": "pond", "year": "2026"}
    assert only == Filter(tags, ["birds/*", "more/*"], "md", "en", since, until, before, "notes.txt")


def test_there_is_an_option_for_every_condition() -> None:
    assert set(CONDITIONS) == {each.name for each in fields(Filter) if each.init}


def test_a_word_for_a_month_begins_and_ends_it() -> None:
    only = given("--since", "March 2024", "--until", "March 2024")
    assert only.since is not None and only.until is not None
    assert (only.since.astimezone().day, only.until.astimezone().day) == (1, 31)


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_nonsense_is_refused(option: str) -> None:
    with pytest.raises(click.BadParameter, match="'banana' is not a time"):
        given(option, "banana")

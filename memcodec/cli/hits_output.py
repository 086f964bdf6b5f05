"""How a search's hits are printed: for people, in the pager if they are many, or for programs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from memcodec.cli import console, paging
from memcodec.cli.hits_text import Style, lines_of
from memcodec.cli.options import json_option
from memcodec.cli.paging import pager_option

if TYPE_CHECKING:
    from memcodec import Results

F = TypeVar("F", bound=Callable[..., Any])

_FORMS = ("json", "jsonl", "csv")
_OPTIONS = (
    click.option("--full", is_flag=True, help="Show the whole text of each hit, not a snippet."),
    click.option("--group", is_flag=True, help="Show the hits of one document together."),
    pager_option,
    json_option,
    click.option("--jsonl", is_flag=True, help="Print each hit as one line of JSON."),
    click.option("--csv", "as_csv", is_flag=True, help="Print each hit as one record of CSV."),
)


@dataclass(slots=True)
class Printer:
    """Prints hits in one ``form``: "text", "json", "jsonl" or "csv"."""

    form: str
    style: Style
    paged: bool
    begun: bool = False  # the columns' names of a CSV are there

    def hits(self, results: Results, foot: str = "") -> None:
        """All hits but those of "json", which is one document. ``foot`` is a last line for people."""
        from memcodec.cli.hits_data import echo_csv, echo_jsonl

        if self.form == "jsonl":
            echo_jsonl(results)
        elif self.form == "csv":
            echo_csv(results, head=not self.begun)
            self.begun = True
        elif self.form == "text":
            self._text(results, [console.dim(foot)] if foot else [])

    def _text(self, results: Results, foot: list[str]) -> None:
        lines = [*lines_of(results, self.style), *foot]
        paged = self.paged and paging.is_long(lines)
        if paged:  # not every pager passes links on
            lines = [*lines_of(results, replace(self.style, links=False)), *foot]
        paging.echo(lines, paged=paged)


def output_options(function: F) -> F:
    """The options that say how hits are printed. The command takes them as ``printer``."""

    @functools.wraps(function)
    def call(
        *args: Any,
        full: bool,
        group: bool,
        paged: bool,
        as_json: bool,
        jsonl: bool,
        as_csv: bool,
        **others: Any,
    ) -> Any:
        chosen = [form for form, is_set in zip(_FORMS, (as_json, jsonl, as_csv), strict=True) if is_set]
        if len(chosen) > 1:
            raise click.UsageError(f"--{chosen[0]} and --{chosen[1]} exclude each other")
        form = chosen[0] if chosen else "text"
        return function(*args, printer=Printer(form, Style(full, group), paged), **others)

    decorated: Any = call
    for decorate in reversed(_OPTIONS):
        decorated = decorate(decorated)
    return cast("F", decorated)

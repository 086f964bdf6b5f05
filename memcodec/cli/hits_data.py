"""Hits for programs, one a line: JSON Lines, and CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io
import json
import sys
from itertools import chain
from typing import TYPE_CHECKING

import click

from memcodec.cli import console

if TYPE_CHECKING:
    from memcodec.model import Hit
    from memcodec.search.results import Results

COLUMNS = (
    "rank", "score", "file", "uri", "title", "time", "first_line", "last_line",
    "chunk", "start", "end", "path", "place", "folded", "text",
)  # fmt: skip


def echo_jsonl(results: Results) -> None:
    """Each hit as one line of JSON, under the names that ``--json`` has."""
    from memcodec import answers

    for hit in answers.documents.hits(results):
        text = json.dumps(hit, ensure_ascii=console.is_terminal(sys.stdout))
        click.echo(text.encode("utf-8", "backslashreplace"))


def echo_csv(results: Results, *, head: bool = True) -> None:
    """Each hit as one record, after the columns' names. On a terminal, control characters are shown as symbols."""
    from memcodec.answers.documents import hit

    rows = (_row(each, hit(each)["document"]["time"]) for each in results)
    for row in chain([COLUMNS] * head, rows):
        made = io.StringIO()
        csv.writer(made).writerow(map(console.clean, row) if console.is_terminal(sys.stdout) else row)
        click.echo(made.getvalue().encode("utf-8", "backslashreplace"), nl=False)


def _row(hit: Hit, time: str) -> tuple[str, ...]:
    document = hit.document
    where = map(str, (hit.line.first, hit.line.last, hit.chunk, hit.start, hit.end))
    about = (hit.file, document.uri, document.title, time)
    section = (" › ".join(hit.path), hit.place)
    return (str(hit.rank), repr(hit.score), *about, *where, *section, str(hit.folded), hit.text)

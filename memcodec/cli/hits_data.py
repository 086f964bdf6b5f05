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
from memcodec.printable import json_safe

if TYPE_CHECKING:
    from memcodec.model import Hit
    from memcodec.search.results import Results

COLUMNS = (
    "rank", "score", "file", "uri", "title", "time", "first_line", "last_line",
    "chunk", "start", "end", "path", "place", "folded", "text",
)  # fmt: skip
_FORMULA = (*"=+-@\t\r\n", *"＝＋－＠")  # what begins one


def echo_jsonl(results: Results) -> None:
    """Each hit as one line of JSON, under the names that ``--json`` has."""
    from memcodec import answers

    for hit in answers.documents.hits(results):
        click.echo(json_safe(json.dumps(hit, ensure_ascii=False)).encode())


def echo_csv(results: Results, *, head: bool = True) -> None:
    """Each hit as one record, after the columns' names. On a terminal, control characters are shown as symbols.

    A spreadsheet takes a cell that begins like a formula for one: an apostrophe before it makes it text (OWASP, "CSV
    Injection").
    """
    from memcodec.answers.documents import hit

    rows = (_row(each, hit(each)["document"]["time"]) for each in results)
    for row in chain([COLUMNS] * head, rows):
        made = io.StringIO()
        csv.writer(made).writerow(map(console.clean, row) if console.is_terminal(sys.stdout) else row)
        click.echo(made.getvalue().encode("utf-8", "backslashreplace"), nl=False)


def _row(hit: Hit, time: str) -> tuple[str, ...]:
    document = hit.document
    where = map(str, (hit.line.first, hit.line.last, hit.chunk, hit.start, hit.end))
    about = map(_as_text, (hit.file, document.uri, document.title))
    section = map(_as_text, (" › ".join(hit.path), hit.place))
    folded, text = str(hit.folded), _as_text(hit.text)
    return (str(hit.rank), repr(hit.score), *about, time, *where, *section, folded, text)


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

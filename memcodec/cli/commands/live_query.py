"""``memcodec live query``: a question to a ring, once or as lines come, or to the lines of standard input."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any, cast

import click

from memcodec.cli import console
from memcodec.cli.commands.live_hosting import keep_no_core, kept_options, made
from memcodec.cli.commands.live_ingest import BATCH, WAIT
from memcodec.cli.exits import INTERRUPTED, Failure
from memcodec.cli.hits_output import Printer, output_options
from memcodec.cli.hits_text import highlighted
from memcodec.config.units import format_count, format_duration
from memcodec.printable import json_safe

if TYPE_CHECKING:
    from memcodec import Results
    from memcodec.live.ring import Ring
    from memcodec.model import Hit
    from memcodec.search.results import Mode

_TERMINAL = "/dev/tty"
_RECORD = b'{"n":'
_LOOK = 0.2  # seconds between two looks at whether the input has ended


@click.command("query")
@click.argument("words", metavar="[RING] [QUERY]", nargs=-1)
@click.option("-k", "k", type=click.IntRange(min=1), default=10, show_default=True, help="How many hits.")
@click.option(
    "--mode",
    type=click.Choice(["hybrid", "lexical", "semantic"]),
    default="hybrid",
    show_default=True,
    help="Words, meaning, or both.",
)
@click.option("--since", metavar="TIME", help="Only lines no older than that: 90s, 5m.")
@click.option(
    "--min-score", type=click.FloatRange(0, 1), metavar="SCORE", help="Only lines that score so much."
)
@click.option("--follow", is_flag=True, help="Of RING: stay, and print lines that answer as they come.")
@kept_options
@output_options
def query_command(
    words: tuple[str, ...],
    k: int,
    mode: str,
    since: str | None,
    min_score: float | None,
    follow: bool,
    printer: Printer,
    **options: object,
) -> None:
    """Ask a ring, or the lines of standard input.

    With RING, prints the lines that answer QUERY best, or with --follow those that answer it as they come. Without, it
    reads lines from standard input, as `memcodec live ingest` or any program writes them, and prints those that
    answer QUERY; a line does from a score of 0.15 on, unless --min-score says else. Without a QUERY, it asks you for
    questions on the terminal, while lines come.

    \b
    Examples:
      tail -f access.log | memcodec live query "5xx on checkout"
      memcodec live query @web '"connection reset" -healthcheck' --since 5m
      memcodec live query @web "payment failed" --follow --jsonl
    """
    ring = words[0] if words and words[0].startswith("@") else None
    question = " ".join(words[1:] if ring else words)
    if ring is None and sys.stdin.isatty():
        from memcodec.live.names import DEFAULT

        ring = f"@{DEFAULT}"
    show = _Lines(printer, question, str(options["language"]))
    if ring is None:
        _of_input(question, show, k, cast("Mode", mode), since, min_score, dict(options))
        return
    from memcodec.live.client import Client

    with Client(ring) as client:
        if follow:
            if not question:
                raise click.UsageError("--follow needs a QUERY")
            with _interrupted():
                for hit in client.follow(question, cast("Mode", mode), min_score=min_score):
                    show.line(hit)
            return

        def ask(text: str) -> Results:
            return client.search(text, k, cast("Mode", mode), since=since, min_score=min_score)

        if question:
            show.results(ask, question)
        else:
            _converse(ask, show)


class _Lines:
    """Prints lines as they come, and answers."""

    def __init__(self, printer: Printer, question: str, language: str) -> None:
        self._printer = printer
        self._highlight: Any = None
        self._question, self._language = question, language

    def line(self, hit: Hit) -> None:
        """A line that answers."""
        if self._printer.form in ("jsonl", "json"):
            from memcodec.live import wire

            click.echo(json_safe(wire.dumps(wire.hit(hit)).decode()).encode())
        elif self._printer.form == "csv":
            raise click.UsageError("--csv goes not with lines that come; --jsonl prints JSON")
        else:
            click.echo(highlighted(hit.text, self._spans(hit.text)))
        sys.stdout.flush()

    def _spans(self, text: str) -> list[tuple[int, int]]:
        if self._highlight is None:
            from memcodec.search.highlight import highlighter
            from memcodec.search.results import Results

            found = Results(self._question, "lexical", [], language=lambda: self._language)
            self._highlight = highlighter(found)
        spans: list[tuple[int, int]] = self._highlight.spans(text)
        return spans

    def results(self, ask: Callable[[str], Results], question: str) -> None:
        """The best lines for a question."""
        from memcodec import answers

        began = time.monotonic()
        found = ask(question)
        if self._printer.form == "json":
            console.echo_json(answers.documents.search(found))
            return
        count = f"{format_count(len(found))} hit{'s' * (len(found) != 1)}" if found else "no hits"
        meant = f'; did you mean "{console.line(found.suggestion)}"?' if found.suggestion else ""
        seconds = format_duration(time.monotonic() - began)
        self._printer.hits(found, f"{count}, {found.mode}, {seconds}{meant}")
        console.notes(found.notes)


def _of_input(
    question: str,
    show: _Lines,
    k: int,
    mode: Mode,
    since: str | None,
    min_score: float | None,
    options: dict[str, Any],
) -> None:
    """A ring of standard input's lines, for this process alone."""
    keep_no_core()
    with made(options) as ring:
        ended = threading.Event()
        # Before the first line comes, or it might be missed.
        found = ring.subscribe(question, mode, min_score=min_score, start=0) if question else None
        threading.Thread(target=_fill, args=(ring, ended), name="input", daemon=True).start()
        if found is None:
            _converse(lambda text: ring.search(text, k, mode, since=since, min_score=min_score), show)
            return
        with _interrupted(), found:
            while True:
                is_last = ended.is_set()
                hit = found.take(_LOOK)
                if hit is not None:
                    show.line(hit)
                elif is_last and found.position >= ring.end:
                    return


def _fill(ring: Ring, ended: threading.Event) -> None:
    from memcodec.errors import MemcodecError
    from memcodec.ingest.lines import Lines

    with contextlib.suppress(MemcodecError), Lines(sys.stdin.fileno()) as lines:
        for data in lines.batches(WAIT, BATCH):
            rows = data.split(b"\n")
            ring.add_many([_text(row) for row in (rows[:-1] if not rows[-1] else rows)])
    ended.set()


def _text(row: bytes) -> str | bytes:
    """A line, or the text of one that `live ingest` passed on."""
    if row.startswith(_RECORD):
        with contextlib.suppress(ValueError, RecursionError):
            found = json.loads(row)
            if isinstance(found.get("text"), str):
                text: str = found["text"]
                return text
    return row


def _converse(ask: Callable[[str], Results], show: _Lines) -> None:
    """Questions from the terminal, which standard input need not be."""
    from memcodec.errors import MemcodecError

    try:
        number = os.open(_TERMINAL, os.O_RDWR)
    except OSError as error:
        raise click.UsageError("there is no terminal to ask on: give a QUERY") from error
    with os.fdopen(number, "r+b", buffering=0) as terminal, _interrupted():
        for question in _questions(terminal):
            try:
                show.results(ask, question)
            except MemcodecError as error:
                console.error(str(error))


def _questions(terminal: IO[bytes]) -> Iterator[str]:
    while True:
        terminal.write(b"? ")
        line = terminal.readline()
        if not line:
            terminal.write(b"\n")
            return
        if text := line.decode("utf-8", "replace").strip():
            yield text


@contextlib.contextmanager
def _interrupted() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt as error:
        raise Failure("", INTERRUPTED) from error

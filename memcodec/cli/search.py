"""``memcodec search``: a query over one or many memory files."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import click

from memcodec.cli import console
from memcodec.cli.options import State, as_of_option, file_argument, json_option, quiet_option, setting
from memcodec.units import format_count, format_duration

if TYPE_CHECKING:
    from memcodec.index.tokens import Analyzer
    from memcodec.model import Hit
    from memcodec.search.results import Mode, Results

_MATCH: dict[str, Any] = {"fg": "yellow", "bold": True}


@click.command("search")
@click.argument("query")
@file_argument("files", many=True)
@setting("--mode", help="Words, meaning, or both; falls back to what the files have.")
@setting("-k", "k", type=int, metavar="N", help="How many hits to show.")
@click.option("--full", is_flag=True, help="Show the whole text of each hit, not a snippet.")
@as_of_option
@json_option
@quiet_option
def search_command(
    query: str,
    files: tuple[str, ...],
    full: bool,
    as_of: State,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Search one or many memory files.

    Finds the chunks that answer QUERY best, by their words (lexical), by their meaning (semantic) or by both
    (hybrid). Several files are searched as one collection. The text shown comes from the media itself.

    \b
    Examples:
      memcodec search "event loop" python-docs.mp4
      memcodec search "how do I cancel a task" docs.mp4 notes.mp4 --mode semantic -k 3
      memcodec search "heron" notes.mp4 --as-of 2026-04-02
      memcodec search "heron" notes.mp4 --json | jq '.hits[0].document.uri'
    """
    from memcodec import config
    from memcodec.cli.read import warn
    from memcodec.reader import read_file
    from memcodec.search.engine import Searcher

    settings = config.load(options)
    names = list({os.path.realpath(name): name for name in files}.values())
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        readers = [
            stack.enter_context(contextlib.closing(read_file(name, settings.read.cache, as_of)))
            for name in names
        ]
        for reader in readers:
            warn(reader)
        searcher = Searcher(readers)
        results = searcher.search(query, settings.search.k, cast("Mode", settings.search.mode))
        language = searcher.language
    if as_json:
        console.echo_json(results.to_json())
        return
    _show(results, language, time.monotonic() - began, full=full, several=len(names) > 1)
    if not quiet:
        for text in results.notes:
            console.note(text)


def _show(results: Results, language: str, seconds: float, *, full: bool, several: bool) -> None:
    from memcodec.index.tokens import Analyzer

    analyzer = Analyzer(language)
    for hit in results:
        click.echo(_title(hit))
        click.echo(f"    {_place(hit, several=several)}")
        for text in _text(hit, results.query, analyzer, full=full):
            click.echo(f"    {text}".rstrip())
        click.echo()
    count = f"{format_count(len(results))} hit{'s' * (len(results) != 1)}" if results else "no hits"
    click.echo(console.dim(f"{count}, {results.mode}, {format_duration(seconds)}"))


def _title(hit: Hit) -> str:
    title = console.styled(console.line(hit.document.title or hit.document.uri), bold=True)
    return f"{hit.rank:>2}  {title}  {console.dim(f'{hit.score:.4g}')}"


def _place(hit: Hit, *, several: bool) -> str:
    """Where a hit stands: its document and lines, the document's time and tags, the chunk's number."""
    document = hit.document
    lines = f"{hit.line.first}" if hit.line.first == hit.line.last else f"{hit.line.first}-{hit.line.last}"
    parts = [f"{document.time:%Y-%m-%d %H:%M}", *(f"{key}={value}" for key, value in document.tags.items())]
    parts += [f"chunk {hit.chunk}"] + [hit.file] * several
    where = console.styled(console.line(f"{document.uri}:{lines}"), fg="cyan")
    return where + console.dim("  " + "  ".join(map(console.line, parts)))


def _text(hit: Hit, query: str, analyzer: Analyzer, *, full: bool) -> list[str]:
    """A hit's lines to show, its matches highlighted."""
    from memcodec.search.snippets import snippet

    if full:
        wanted = set(analyzer.tokens(query))
        spans = [(start, end) for start, end, term in analyzer.spans(hit.text) if term in wanted]
        return highlighted(hit.text, spans).splitlines()
    shown = snippet(hit.text, query, analyzer)
    return _wrapped(highlighted(shown.text, shown.spans), (console.room() or 100) - 4)


def highlighted(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """``text`` cleaned, with the spans (in order, perhaps overlapping) set off."""
    out, at = "", 0
    for start, end in spans:
        out += console.clean(text[at:start])
        start = max(start, at)
        if start < end:
            out += console.styled(console.clean(text[start:end]), **_MATCH)
            at = end
    return out + console.clean(text[at:])


def _wrapped(text: str, columns: int) -> list[str]:
    """``text`` in lines broken between words; styles stand inside words and take no room."""
    lines, used = [""], 0
    for word in text.split(" "):
        size = console.width(click.unstyle(word))
        if used and used + 1 + size > columns:
            lines.append("")
            used = 0
        lines[-1] += " " * bool(used) + word
        used += bool(used) + size
    return lines

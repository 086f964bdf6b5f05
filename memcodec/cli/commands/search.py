"""``memcodec search``: a query over one or many memory files."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import click

from memcodec.cli import console, remote_options
from memcodec.cli.hits_output import Printer, output_options
from memcodec.cli.options import State, as_of_option, file_argument, filter_options, quiet_option, setting
from memcodec.cli.ranking_options import SearchCommand, ranking_options
from memcodec.cli.remote_options import cache_option, requests_option
from memcodec.config.times import parse_span
from memcodec.config.units import format_count, format_duration

if TYPE_CHECKING:
    from memcodec.config.settings import Settings
    from memcodec.file.reader import Reader
    from memcodec.search.engine import Searcher
    from memcodec.search.filters import Filter
    from memcodec.search.results import Mode, Results, SearchOptions


@click.command("search", cls=SearchCommand)
@click.argument("query")
@file_argument("files", many=True)
@setting("--mode", help="Words, meaning, or both; falls back to what the files have.")
@setting("-k", "k", type=int, metavar="N", help="How many hits to show.")
@filter_options
@ranking_options
@click.option("--follow", is_flag=True, help="Stay, and print new hits as the files grow, until Ctrl-C.")
@as_of_option
@requests_option
@cache_option
@output_options
@quiet_option
def search_command(
    query: str,
    files: tuple[str, ...],
    only: Filter,
    wanted: SearchOptions,
    follow: bool,
    as_of: State,
    requests: bool,
    printer: Printer,
    quiet: bool,
    **options: object,
) -> None:
    """Search one or many memory files.

    Finds the passages that answer QUERY best, by their words (lexical), by their meaning (semantic) or by both
    (hybrid). Several files, or all memory files in a folder, are searched as one collection. The text shown comes
    from the media itself. QUERY is words, or more: "a phrase", -not, AND, OR, (), prefix*, title: tag: path: type:
    lang: author: since: until: before: after:.

    \b
    Examples:
      memcodec search "event loop" python-docs.mp4
      memcodec search '"grey heron" -winter path:birds' notes.mp4
      memcodec search "how do I cancel a task" docs.mp4 notes.mp4 --mode semantic -k 3
      memcodec search "heron" memories/ --group --since "March 2026"
      memcodec search "heron" notes.mp4 --as-of 2026-04-02
      memcodec search "heron" notes.mp4 --json | jq '.hits[0].document.uri'
      memcodec search "heron" https://example.org/notes.mp4 s3://bucket/letters.flac --cache 500MB
    """
    from memcodec.search.engine import Searcher

    if follow and (as_of is not None or requests or printer.form == "json"):
        raise click.UsageError("--follow goes with none of --as-of, --requests, --json; --jsonl prints JSON")
    settings = remote_options.settings(**options)

    def ask(searcher: Searcher) -> Results:
        mode = cast("Mode", settings.search.mode)
        return searcher.search(query, settings.search.k, mode, only, **wanted)

    names = _expanded(files, quiet=quiet)
    printer.style = replace(printer.style, several=len(names) > 1)
    with contextlib.ExitStack() as stack:
        began = time.monotonic()
        readers = [stack.enter_context(contextlib.closing(each)) for each in _readers(names, settings, as_of)]
        searcher = Searcher(readers, parse_span)
        results = ask(searcher)
        _print(results, searcher, printer, time.monotonic() - began, readers if requests else None)
    if not quiet and printer.form != "json":
        for text in results.notes:
            console.note(text)
    if follow:
        from memcodec.cli.commands.search_follow import follow_search

        printer.paged = False
        follow_search(names, readers, settings, ask, printer.hits)


def _expanded(files: tuple[str, ...], *, quiet: bool) -> list[str]:
    """The files, each once, and those of folders."""
    from memcodec.file.discover import expand

    chosen = expand(files)
    for text in () if quiet else chosen.notes:
        console.note(text)
    return remote_options.distinct(chosen.files)


def _readers(names: list[str], settings: Settings, as_of: State) -> Iterator[Reader]:
    from memcodec.cli.opened import warn
    from memcodec.file.reader import read_file

    spans = remote_options.span_cache(settings)
    for name in names:
        reader = read_file(name, settings.read.cache, as_of, spans)
        warn(reader)
        yield reader


def _print(
    results: Results, searcher: Searcher, printer: Printer, seconds: float, asked: list[Reader] | None
) -> None:
    """The answer; of ``asked`` readers also what they sent."""
    sources = [reader.source for reader in asked or ()]
    if printer.form == "json":
        more = (
            {"requests": [remote_options.requests_json(source) for source in sources]}
            if asked is not None
            else {}
        )
        console.echo_json({**results.to_json(), **more})
        return
    count = f"{format_count(len(results))} hit{'s' * (len(results) != 1)}" if results else "no hits"
    printer.hits(results, searcher, f"{count}, {results.mode}, {format_duration(seconds)}")
    for source in sources if printer.form == "text" else ():
        click.echo()
        remote_options.show_requests(source)

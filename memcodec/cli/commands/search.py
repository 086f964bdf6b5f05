"""``memcodec search``: a query over one or many memory files."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from memcodec.cli import console, remote_options
from memcodec.cli.clock import utc_option
from memcodec.cli.exits import INTERRUPTED, Failure
from memcodec.cli.hits_output import Printer, output_options
from memcodec.cli.opened import collection_of
from memcodec.cli.options import State, as_of_option, file_argument, filter_options, quiet_option, setting
from memcodec.cli.ranking_options import SearchCommand, ranking_options
from memcodec.cli.remote_options import cache_option, requests_option
from memcodec.config.units import format_count, format_duration

if TYPE_CHECKING:
    from memcodec import Filter, Results, Settings
    from memcodec.search.results import Mode, SearchOptions
    from memcodec.storage.remote.log import RequestLog

    Requests = list[tuple[str, RequestLog | None]]


@click.command("search", cls=SearchCommand)
@click.argument("query")
@file_argument("files", many=True)
@setting("--mode", help="Words, meaning, or both; falls back to what the files have.")
@setting("--late", help="Embed the best hits by words that have no vector yet.")
@setting("-k", "k", type=int, metavar="N", help="How many hits to show.")
@click.option("--exact", is_flag=True, help="QUERY is a string: find texts that hold it as it stands.")
@click.option(
    "--regex", is_flag=True, help="QUERY is a regular expression (RE2): find texts that it matches."
)
@filter_options()
@ranking_options
@click.option("--images", is_flag=True, help="Find pictures that show what QUERY says.")
@click.option("--image", metavar="PICTURE", help="Find pictures like this one; then there is no QUERY.")
@setting("--image-model", metavar="DIR", help="The CLIP model that saw the pictures.")
@click.option("--follow", is_flag=True, help="Stay, and print new hits as the files grow, until Ctrl-C.")
@as_of_option
@requests_option
@cache_option
@output_options
@click.option("--fail-empty", is_flag=True, help="Exit with code 1 when there is no hit.")
@quiet_option
@utc_option
def search_command(
    query: str,
    files: tuple[str, ...],
    only: Filter,
    wanted: SearchOptions,
    images: bool,
    image: str | None,
    exact: bool,
    regex: bool,
    follow: bool,
    fail_empty: bool,
    as_of: State,
    requests: bool,
    printer: Printer,
    quiet: bool,
    **options: object,
) -> None:
    """Search one or many memory files.

    Finds the passages that answer QUERY best, by their words (lexical), by their meaning (semantic) or by both
    (hybrid). Several files, or all memory files in a folder, are searched as one collection; @NAME is a ring
    (`memcodec live`). The text shown comes
    from the media itself. QUERY is words, or more: "a phrase", -not, AND, OR, (), prefix*, title: tag: path: type:
    lang: author: since: until: before: after:.
    Scores are from 0 to 1.

    \b
    Examples:
      memcodec search "event loop" python-docs.mp4
      memcodec search '"grey heron" -winter path:birds' notes.mp4
      memcodec search "how do I cancel a task" docs.mp4 notes.mp4 --mode semantic -k 3
      memcodec search "heron" memories/ --group --since "March 2026"
      memcodec search "heron" notes.mp4 --as-of 2026-04-02
      memcodec search "a red lamp" photos.mp4 --images --image-model clip/
      memcodec search --image lamp.jpg photos.mp4 --image-model clip/
      memcodec search "std::vector<" code.mp4 --exact
      memcodec search "TODO|FIXME" code.mp4 --regex --fail-empty
      memcodec search "heron" notes.mp4 --json | jq '.hits[0].document.uri'
      memcodec search "payment failed" web.mp4 @web
      memcodec search "heron" https://example.org/notes.mp4 s3://bucket/letters.flac --cache 500MB
    """
    if follow and (as_of is not None or requests or printer.form == "json"):
        raise click.UsageError("--follow goes with none of --as-of, --requests, --json; --jsonl prints JSON")
    if sum((exact, regex, images, image is not None)) > 1:
        raise click.UsageError("--exact, --regex, --images and --image exclude each other")
    if follow and (images or image is not None):
        raise click.UsageError("--follow does not go with --images and --image")
    settings = remote_options.settings(**options)
    if rings := [each for each in files if each.startswith("@")]:
        if follow or images or image is not None or requests or as_of is not None:
            raise click.UsageError(
                f"{rings[0]} goes with none of --follow, --images, --image, --requests, --as-of"
            )
        if wanted.get("explain") or wanted.get("rerank"):
            raise click.UsageError(f"{rings[0]} goes with neither --explain nor --rerank")
    mode = "exact" if exact else "regex" if regex else settings.search.mode
    asked: Any = (query, settings.search.k, cast("Mode", mode), only)
    if rings:
        _with_rings(files, rings, asked, wanted, settings, printer, quiet=quiet, fail_empty=fail_empty)
        return
    with collection_of(files, settings, as_of, quiet=quiet) as collection:
        printer.style = replace(printer.style, several=len(collection.names) > 1)
        began = time.monotonic()
        if image is not None or images:
            results = collection.search_pictures(
                Path(image) if image is not None else query, settings.search.k, only
            )
        else:
            results = collection.search(*asked, **wanted)
        _print(results, printer, time.monotonic() - began, collection.requests() if requests else None)
        if not quiet and printer.form != "json":
            console.notes(results.notes)
        if follow:
            _follow(collection.follow(*asked, **wanted), printer)
    if fail_empty and not results:
        raise Failure("", 1)


def _with_rings(
    files: Sequence[str],
    rings: Sequence[str],
    asked: tuple[Any, ...],
    wanted: SearchOptions,
    settings: Settings,
    printer: Printer,
    *,
    quiet: bool,
    fail_empty: bool,
) -> None:
    """Files and rings as one."""
    from memcodec.live.client import Client
    from memcodec.live.spanning import search

    plain = [each for each in files if not each.startswith("@")]
    printer.style = replace(printer.style, several=len(files) > 1)
    given: Any = {name: each for name, each in wanted.items() if each not in (None, False)}
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Client(each)) for each in dict.fromkeys(rings)]
        opened = stack.enter_context(collection_of(plain, settings, quiet=quiet)) if plain else None
        results = search(opened, clients, *asked, **given)
        _print(results, printer, time.monotonic() - began, None)
        if not quiet and printer.form != "json":
            console.notes(results.notes)
    if fail_empty and not results:
        raise Failure("", 1)


def _print(results: Results, printer: Printer, seconds: float, requests: Requests | None) -> None:
    """The answer, and what was asked of the files' places."""
    from memcodec import answers

    if printer.form == "json":
        answer = answers.documents.search(results)
        if requests is not None:
            answer["requests"] = [answers.transfers.requests(*each) for each in requests]
        console.echo_json(answer)
        return
    count = f"{format_count(len(results))} hit{'s' * (len(results) != 1)}" if results else "no hits"
    meant = f'; did you mean "{console.line(results.suggestion)}"?' if results.suggestion else ""
    printer.hits(results, f"{count}, {results.mode}, {format_duration(seconds)}{meant}")
    for file, log in requests or () if printer.form == "text" else ():
        click.echo()
        remote_options.show_requests(file, log)


def _follow(found: Iterator[Results], printer: Printer) -> None:
    """Print new hits as they come, until interrupted."""
    printer.paged = False
    try:
        for results in found:
            printer.hits(results)
    except KeyboardInterrupt as error:
        raise Failure("", INTERRUPTED) from error

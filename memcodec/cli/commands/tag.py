"""``memcodec tag``: other tags, titles, authors and languages for documents."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import (
    file_argument,
    filter_options,
    json_option,
    quiet_option,
    tag_option,
    wait_option,
)
from memcodec.cli.progress import Progress
from memcodec.cli.sections import Command
from memcodec.config.tags import parse_tags
from memcodec.config.units import format_duration, format_size

if TYPE_CHECKING:
    from memcodec import CommitReport, Filter


@click.command("tag", cls=Command)
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@click.argument("documents", metavar="[DOC]...", nargs=-1)
@tag_option("Mark the documents so. Repeatable.")
@click.option("--untag", metavar="KEY", multiple=True, help="Take that tag away. Repeatable.")
@click.option("--title", metavar="TEXT", help="What they are called.")
@click.option("--author", metavar="TEXT", help="Who wrote them.")
@click.option("--lang", "lang", metavar="TAG", help="Their language: en, de-AT.")
@filter_options("path", "type", "since", "until", "before")
@wait_option
@json_option
@quiet_option
def tag_command(
    file: str,
    documents: tuple[str, ...],
    pairs: tuple[str, ...],
    untag: tuple[str, ...],
    title: str | None,
    author: str | None,
    lang: str | None,
    only: Filter,
    wait: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Give documents other tags, another title, author or language.

    DOC is a document's id or uri, as `memcodec list` shows them; the conditions choose among DOCs, or else among all.
    An empty text, --author "", removes the old value. Stored bytes are never overwritten, so each document becomes a
    new version with a new id: its text is stored again, and its vectors are made again, as by `append`. The old
    version stays in the file's history until `memcodec compact` removes it.

    \b
    Examples:
      memcodec tag notes.mp4 birds/herons.md --tag status=done --untag draft
      memcodec tag letters.flac --path "1851/*" --author "Herman Melville" --lang en
      memcodec tag log.mp4 --path "stdin/*" --tag host=web1
    """
    import memcodec
    from memcodec import answers
    from memcodec.config import sources
    from memcodec.upkeep.tag import Marks

    ctx, marks = click.get_current_context(), Marks(parse_tags(pairs), untag, title, author, lang)
    only = replace(only, documents=documents)
    if not only:
        raise click.UsageError(
            "say which documents: DOC..., --path GLOB, --type, --since, --until or --before", ctx
        )
    if not marks:
        raise click.UsageError("say what to change: --tag, --untag, --title, --author or --lang", ctx)
    began = time.monotonic()
    with (
        Progress(quiet=quiet) as progress,
        memcodec.open(file, wait=wait, settings=sources.load(), progress=progress) as memory,
    ):
        report = memory.tag(only, tags=marks.tags, untag=untag, title=title, author=author, language=lang)
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(answers.writes.tag(file, report))
    elif not quiet:
        _report(file, report, seconds)
    if not quiet:
        console.notes(report.notes)


def _report(file: str, report: CommitReport, seconds: float) -> None:
    if report.commit is None:
        rows = [("documents", f"nothing new: {report.unchanged:,} are so already")]
    else:
        rows = [
            ("documents", f"{report.changed:,} changed, {report.unchanged:,} were so already"),
            ("file", f"grew by {format_size(report.written)} to {format_size(report.size)}"),
            ("commit", f"{report.commit.number:,}"),
        ]
    console.report(file, [*rows, ("time", format_duration(seconds))])

"""``memcodec synthesize``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, cast

import click

from memcodec.cli import console, remote_options
from memcodec.cli.insight_options import llm_options
from memcodec.cli.opened import collection_of
from memcodec.cli.options import State, as_of_option, file_argument, filter_options, json_option, quiet_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.sections import Command
from memcodec.errors import ConfigError

if TYPE_CHECKING:
    from memcodec import Collection, Filter
    from memcodec.insight.values import Synthesis


@click.command("synthesize", cls=Command)
@file_argument("files", many=True)
@click.option("--query", "query", metavar="QUERY", required=True, help="What it is to be about.")
@click.option(
    "--type",
    "kind",
    type=click.Choice(["summary", "insights", "timeline"]),
    default="summary",
    help="What to make of the passages.  [default: summary]",
)
@click.option(
    "--words",
    type=click.IntRange(1, 5000),
    default=200,
    metavar="N",
    help="How many words at most.  [default: 200]",
)
@click.option(
    "--passages",
    type=click.IntRange(1, 200),
    default=30,
    metavar="N",
    help="From how many passages, the best for QUERY.  [default: 30]",
)
@click.option(
    "--save", is_flag=True, help="Add the result to FILE, as a document that names what it was made from."
)
@filter_options("path", "tags", "language", "since", "until")
@llm_options
@as_of_option
@cache_option
@json_option
@quiet_option
def synthesize_command(
    files: tuple[str, ...],
    query: str,
    kind: str,
    words: int,
    passages: int,
    save: bool,
    only: Filter,
    llm: str | None,
    llm_model: str | None,
    llm_timeout: float,
    as_of: State,
    as_json: bool,
    quiet: bool,
) -> None:
    """Put together what memory files say about something.

    Sentences from the passages that answer QUERY best, chosen so that together they cover most and differ, each with
    the document and line it stands at. With --llm they are the model's, and each is held against the passage that it
    cites: what that does not say is dropped and counted.

    \b
    Examples:
      memcodec synthesize notes.mp4 --query "where herons nest"
      memcodec synthesize notes.mp4 --query heron --type timeline --words 400
      memcodec synthesize notes.mp4 --query herons --type insights --save
      memcodec synthesize notes.mp4 --query herons --llm http://127.0.0.1:8080/v1 --llm-model qwen3
    """
    if save and as_of is not None:
        raise click.UsageError("--save does not go with --as-of: a state of the past is not added to")
    with collection_of(files, remote_options.settings(), as_of, quiet=quiet) as collection:
        if save and len(collection.names) > 1:
            raise ConfigError("several files; name the one to save to alone")
        which = cast('Literal["summary", "insights", "timeline"]', kind)
        found = collection.synthesize(query, which, words, passages, only, llm, llm_model, llm_timeout)
        saved = _saved(collection, found) if save and found.statements else None
    if not quiet and not as_json:
        console.notes(found.notes)
    if as_json:
        from memcodec import answers

        console.echo_json(answers.insight.synthesis(found, saved))
        return
    for text in _lines(found):
        click.echo(text)
    if saved and not quiet:
        click.echo(console.dim(f"saved as {console.line(saved)}"))


def _lines(found: Synthesis) -> Iterator[str]:
    for each in found.statements:
        before = [console.styled(each.time, bold=True)] if each.time else []
        about = [console.styled(console.line(" + ".join(each.about)) + ":", bold=True)] if each.about else []
        cites = console.styled(", ".join(console.line(str(cite)) for cite in each.cites), fg="cyan")
        yield " ".join([*before, *about, console.line(each.text), f"[{cites}]"])


def _saved(collection: Collection, found: Synthesis) -> str:
    """Adds it as a document; returns that one's uri."""
    from memcodec.insight.saving import item

    added = collection.add_items([item(found)])
    return added.documents[0].uri

"""``memcodec graph``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options, tables
from memcodec.cli.insight_options import llm_options, page_option, write
from memcodec.cli.opened import collection_of
from memcodec.cli.options import (
    State,
    as_of_option,
    file_argument,
    filter_options,
    force_option,
    json_option,
    quiet_option,
)
from memcodec.cli.remote_options import cache_option
from memcodec.config.units import format_size
from memcodec.errors import ConfigError

if TYPE_CHECKING:
    from memcodec import Filter
    from memcodec.insight.values import Cite, Graph

_SHOWN = 20
_KINDS = (".html", ".json", ".graphml")


@click.command("graph")
@file_argument("files", many=True)
@page_option(".html, .json or .graphml; not given, the strongest relations are printed", required=False)
@click.option(
    "--nodes",
    type=click.IntRange(1, 2000),
    default=300,
    metavar="N",
    help="How many concepts.  [default: 300]",
)
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.5,
    metavar="SHARE",
    help="How sure a relation must be: 1 less the probability that shuffled text has one as striking."
    "  [default: 0.5]",
)
@filter_options("path", "tags", "type", "language", "since", "until")
@llm_options
@as_of_option
@cache_option
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def graph_command(
    files: tuple[str, ...],
    output: str | None,
    nodes: int,
    confidence: float,
    only: Filter,
    llm: str | None,
    llm_model: str | None,
    llm_timeout: float,
    as_of: State,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Draw what memory files speak of, and what belongs together.

    Concepts are names that documents have in common; relations join those that chunks name together more often than
    chance explains. Each lists the chunks that it rests on. An HTML page needs no network and no other file.

    \b
    Examples:
      memcodec graph notes.mp4 -o graph.html
      memcodec graph notes.mp4 letters.flac --since 2026 --confidence 0.95 -o graph.graphml
      memcodec graph notes.mp4 --nodes 50 --json | jq '.relations[0]'
      memcodec graph notes.mp4 --llm http://127.0.0.1:8080/v1 --llm-model qwen3 -o graph.html
    """
    if output and Path(output).suffix.lower() not in _KINDS:
        raise ConfigError(f"{output}: a graph is .html, .json or .graphml; name it so")
    settings = remote_options.settings()
    with collection_of(files, settings, as_of, quiet=quiet) as collection:
        found = collection.graph(nodes, confidence, only, llm, llm_model, llm_timeout)
        names = collection.names
    if not quiet:
        console.notes(found.notes)
    if output:
        size = write(output, _text(output, found, names), files, force=force)
        if not quiet and not as_json:
            click.echo(f"{console.line(output)}: {_said(found)}, {format_size(size)}")
    if as_json:
        from memcodec import answers

        console.echo_json(answers.insight.graph(found))
    elif not output:
        for text in _lines(found):
            click.echo(text)


def _text(output: str, found: Graph, names: list[str]) -> str:
    """The graph in the form that the file's name asks for."""
    suffix = Path(output).suffix.lower()
    if suffix == ".html":
        from memcodec.insight.page import map as drawing

        return drawing.page(found, names)
    if suffix == ".json":
        import json

        from memcodec import answers
        from memcodec.printable import json_safe

        return json_safe(json.dumps(answers.insight.graph(found), ensure_ascii=False, indent=1)) + "\n"
    from memcodec.insight.extra import networkx

    return "\n".join(networkx.generate_graphml(_cleaned(found).to_networkx(), named_key_ids=True)) + "\n"


def _cleaned(found: Graph) -> Graph:
    """With names that XML takes: control characters are none. Texts, files and models may have them."""

    def cited(cites: tuple[Cite, ...]) -> tuple[Cite, ...]:
        return tuple(each._replace(file=console.clean(each.file)) for each in cites)

    return replace(
        found,
        concepts=tuple(
            replace(each, name=console.clean(each.name), chunks=cited(each.chunks)) for each in found.concepts
        ),
        relations=tuple(
            replace(each, name=console.clean(each.name), chunks=cited(each.chunks))
            for each in found.relations
        ),
        communities=tuple(replace(each, name=console.clean(each.name)) for each in found.communities),
    )


def _said(found: Graph) -> str:
    groups = sum(len(each.concepts) > 1 for each in found.communities)
    return ", ".join(
        (
            console.count(len(found.concepts), "concept"),
            console.count(len(found.relations), "relation"),
            console.count(groups, "group"),
        )
    )


def _lines(found: Graph) -> Iterator[str]:
    rows = [
        (
            console.line(found.concepts[each.a].name),
            console.line(each.name) or "--",
            console.line(found.concepts[each.b].name),
            f"{each.together:,}",
            f"{each.confidence:.3f}",
            console.line(str(each.chunks[0])),
        )
        for each in found.relations[:_SHOWN]
    ]
    if rows:
        yield from tables.table(("CONCEPT", "", "CONCEPT", "CHUNKS", "SURE", "WHERE"), rows, right=(3, 4))
    more = len(found.relations) - len(rows)
    yield console.dim(
        _said(found) + (f"; {more:,} relations are not shown (-o graph.html)" if more > 0 else "")
    )

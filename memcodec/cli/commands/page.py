"""``memcodec page``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from memcodec.cli import console, remote_options
from memcodec.cli.options import file_argument, force_option, json_option, quiet_option
from memcodec.config.units import format_size, parse_size

if TYPE_CHECKING:
    from memcodec.share.page import PageReport


@click.command("page")
@file_argument()
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The folder to write; with --single it may be NAME.html.",
)
@click.option(
    "--single", is_flag=True, help="One HTML file with the memory inside, which opens by a double click."
)
@click.option(
    "--copy", is_flag=True, help="Lay the memory beside the page. Else the page reads it where it is."
)
@click.option(
    "--semantic",
    is_flag=True,
    help="Lay the model beside the page, so that it searches by meaning too; not with --single.",
)
@click.option(
    "--runtime",
    metavar="PATH",
    envvar="MEMCODEC_ORT_WEB",
    help="What runs that in browsers: the npm package onnxruntime-web 1.30.0, as `npm pack` brings it.",
)
@click.option(
    "--insight",
    is_flag=True,
    help="Lay graph, topics and dashboard beside the page, with links into its documents; with --single they are "
    "NAME-graph.html and so on.",
)
@click.option("--title", metavar="TEXT", help="What the page is called; by default as FILE is.")
@click.option(
    "--limit",
    metavar="SIZE",
    default="50MB",
    show_default=True,
    help="Refuse to put more than this inside a page.",
)
@force_option("Replace what is there.")
@json_option
@quiet_option
def page_command(
    file: str,
    output: str,
    single: bool,
    copy: bool,
    semantic: bool,
    runtime: str | None,
    insight: bool,
    title: str | None,
    limit: str,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Make a web page that searches a memory file in the visitor's browser.

    Put the folder on any web host, with FILE where it is named: there is no server to run and nothing to install. The
    page reads only what a search needs, by byte ranges, and decodes the text from the video's frames itself. FILE may
    also be an http(s) URL on another host that allows it (CORS).

    \b
    Examples:
      memcodec page notes.mp4 -o site/ --copy
      memcodec page https://example.org/notes.mp4 -o site/ --title "My notes"
      memcodec page notes.mp4 -o notes.html --single
      memcodec page notes.mp4 -o site/ --copy --semantic --runtime onnxruntime-web-1.30.0.tgz
      memcodec page notes.mp4 -o site/ --copy --insight
    """
    given = click.get_current_context().get_parameter_source("runtime")
    if given is ParameterSource.COMMANDLINE and not semantic:
        raise click.UsageError("--runtime is for --semantic")
    from memcodec import answers
    from memcodec.share.page import PageOptions, write_page

    options = PageOptions(
        single, copy, title, parse_size(limit), insight=insight, semantic=semantic, runtime=runtime
    )
    report = write_page(file, output, options, force=force)
    if as_json:
        console.echo_json(answers.transfers.page(file, report))
    elif not quiet:
        _show(report)


def _show(report: PageReport) -> None:
    rows = [
        ("files", f"{len(report.files):,}, {format_size(sum(size for _, size in report.files))}"),
        ("memory", console.line(report.memory) if report.memory else "inside"),
    ]
    console.report(str(report.files[0][0]), rows)

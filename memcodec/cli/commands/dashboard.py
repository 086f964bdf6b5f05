"""``memcodec dashboard``."""

from __future__ import annotations

import click

from memcodec.cli import console, remote_options
from memcodec.cli.insight_options import page_option, write
from memcodec.cli.opened import collection_of
from memcodec.cli.options import State, as_of_option, file_argument, force_option, json_option, quiet_option
from memcodec.cli.remote_options import cache_option
from memcodec.config.units import format_size
from memcodec.errors import ConfigError


@click.command("dashboard")
@file_argument("files", many=True)
@page_option("an HTML page", required=True)
@as_of_option
@cache_option
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def dashboard_command(
    files: tuple[str, ...], output: str, as_of: State, force: bool, as_json: bool, quiet: bool
) -> None:
    """Write a page that shows memory files from above.

    Growth by commit, kinds, languages, authors, topics over time, what rose and fell, the graph, duplicates, what is
    oldest, where every byte went, and whether search finds what is known to be there. It needs no network and no
    script.

    \b
    Examples:
      memcodec dashboard notes.mp4 -o notes.html
      memcodec dashboard notes.mp4 letters.flac -o all.html --force
      memcodec dashboard memories/ -o all.html --json
    """
    if not output.lower().endswith((".html", ".htm")):
        raise ConfigError(f"{output}: a dashboard is HTML; name it so")
    with collection_of(files, remote_options.settings(), as_of, quiet=quiet) as collection:
        page = collection.dashboard()
    size = write(output, page, files, force=force)
    if as_json:
        console.echo_json({"output": output, "size": size})
    elif not quiet:
        click.echo(f"{console.line(output)}: {format_size(size)}")

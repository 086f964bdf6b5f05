"""``memcodec codecs``: what this machine can write and read."""

from __future__ import annotations

import click

from memcodec.cli import console
from memcodec.cli.console import about
from memcodec.cli.options import json_option
from memcodec.cli.tables import echo_table
from memcodec.config.settings import Encode


@click.command("codecs")
@json_option
def codecs_command(as_json: bool) -> None:
    """List the codecs: the kinds of media a memory file can be.

    Codecs are plug-ins (entry points of the group memcodec.codecs); installing a package adds one. READY says
    whether this machine can write with it, or what is missing.

    \b
    Examples:
      memcodec codecs
      memcodec codecs --json | jq -r '.codecs[] | select(.ready) | .name'
    """
    from memcodec import answers
    from memcodec.media import registry

    answer = answers.machine.codecs(map(registry.get, registry.names()), Encode().codec)
    if as_json:
        console.echo_json(answer)
        return
    heads = ("CODEC", "READY", "FILES", "WHAT")
    cells = [
        (
            row["name"],
            row["missing"] or "yes",
            " ".join(row["suffixes"]),
            about(row["summary"], row["default"]),
        )
        for row in answer["codecs"]
    ]
    echo_table(heads, cells, prose=(1, 3))

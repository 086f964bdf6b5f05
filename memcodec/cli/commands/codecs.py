"""``memcodec codecs`` and ``models``: what this machine can write, read and embed with."""

from __future__ import annotations

from typing import Any

import click

from memcodec.cli import console
from memcodec.cli.console import about, echo_table
from memcodec.cli.options import json_option
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
    from memcodec.media import registry

    rows = [_codec(registry.get(name)) for name in registry.names()]
    if as_json:
        console.echo_json({"codecs": rows})
        return
    heads = ("CODEC", "READY", "FILES", "WHAT")
    cells = [
        (
            row["name"],
            row["missing"] or "yes",
            " ".join(row["suffixes"]),
            about(row["summary"], row["default"]),
        )
        for row in rows
    ]
    echo_table(heads, cells)


def _codec(found: Any) -> dict[str, Any]:
    missing = found.missing()
    return {
        "name": found.name,
        "summary": found.summary,
        "suffixes": list(found.suffixes),
        "ready": missing is None,
        "missing": missing,
        "default": found.name == Encode().codec,
    }

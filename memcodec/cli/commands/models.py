"""``memcodec models``."""

from __future__ import annotations

from typing import Any

import click

from memcodec.cli import console
from memcodec.cli.console import about
from memcodec.cli.options import json_option
from memcodec.cli.tables import echo_table
from memcodec.config.settings import Index


@click.command("models")
@json_option
def models_command(as_json: bool) -> None:
    """List the embedding models on this machine.

    A model turns text into vectors, for search by meaning. It is exported to ONNX once, when it is first used;
    any folder or name that sentence-transformers loads will do for `encode --model`, with pip install
    'memcodec[models]'.

    \b
    Examples:
      memcodec models
      memcodec models --json
    """
    from memcodec import answers
    from memcodec.models import embedding

    found, default = embedding.models(), Index().model
    if as_json:
        console.echo_json(answers.machine.models(found, default, available=embedding.available()))
        return
    cells = [
        (
            each.name,
            _state(each),
            str(each.dimensions or "?"),
            about(each.origin, each.name == default),
        )
        for each in found
    ]
    echo_table(("MODEL", "STATE", "DIMENSIONS", "FROM"), cells, prose=(3,))
    if not embedding.available():
        console.note("semantic search needs more packages: pip install 'memcodec[semantic]'")


def _state(model: Any) -> str:
    if model.exported:
        return "ready"
    return "installed" if model.installed else "not installed"

"""``memcodec codecs`` and ``models``: what this machine can write, read and embed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from memcodec.cli import console
from memcodec.cli.options import json_option
from memcodec.config.settings import Encode, Index


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
    from memcodec.media import contract

    rows = [_codec(contract.get(name)) for name in contract.names()]
    if as_json:
        console.echo_json({"codecs": rows})
        return
    heads = ("CODEC", "READY", "FILES", "WHAT")
    cells = [
        (
            row["name"],
            row["missing"] or "yes",
            " ".join(row["suffixes"]),
            _about(row["summary"], row["default"]),
        )
        for row in rows
    ]
    _echo_table(heads, cells)


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


@click.command("models")
@json_option
def models_command(as_json: bool) -> None:
    """List the embedding models on this machine.

    A model turns text into vectors, for search by meaning. It is exported to ONNX once, when it is first used;
    any folder or name that sentence-transformers loads will do for `encode --model`.

    \b
    Examples:
      memcodec models
      memcodec models --json
    """
    from memcodec.models import embedding

    found = embedding.models()
    if as_json:
        models = [{**asdict(each), "default": each.name == Index().model} for each in found]
        console.echo_json({"available": embedding.available(), "models": models})
        return
    cells = [
        (
            each.name,
            _state(each),
            str(each.dimensions or "?"),
            _about(each.origin, each.name == Index().model),
        )
        for each in found
    ]
    _echo_table(("MODEL", "STATE", "DIMENSIONS", "FROM"), cells)
    if not embedding.available():
        console.note("semantic search needs more packages: pip install 'memcodec[semantic]'")


def _state(model: Any) -> str:
    if model.exported:
        return "ready"
    return "installed" if model.installed else "not installed"


def _about(text: str, default: bool) -> str:
    return f"{text} (default)" if default else text


def _echo_table(heads: tuple[str, ...], cells: Sequence[tuple[str, ...]]) -> None:
    for text in console.table(heads, [tuple(map(console.line, row)) for row in cells]):
        click.echo(text)

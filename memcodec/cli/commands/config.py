"""``memcodec config``: what is set, and where that was said."""

from __future__ import annotations

import click

from memcodec.cli import console, tables
from memcodec.cli.options import json_option


@click.group("config")
def config_command() -> None:
    """See the settings in force.

    \b
    Examples:
      memcodec config show
      memcodec config show --json | jq -r '.settings[] | select(.source != "default").name'
    """


@config_command.command("show")
@json_option
def show_command(as_json: bool) -> None:
    """List every setting, its value here, and where it comes from: a settings file, a variable, or the default."""
    from memcodec import answers
    from memcodec.config import sources

    found = sources.given()
    sources.load()  # which refuses values that do not go together
    if as_json:
        console.echo_json(answers.machine.settings(found))
        return
    rows = [(key.dotted, _text(each.value), each.source) for key, each in found.items()]
    tables.echo_table(("SETTING", "VALUE", "FROM"), rows, prose=(1,))


def _text(value: object) -> str:
    """As it is written in the environment."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)

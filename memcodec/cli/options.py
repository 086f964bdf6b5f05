"""Options and arguments that commands share. An option that is a setting shows the setting's default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from memcodec.config import KEYS
from memcodec.units import format_size

F = TypeVar("F", bound=Callable[..., Any])

_KEYS = {key.name: key for key in KEYS}
_ONE_OF = "one of "


class Setting(click.Option):
    """An option over a setting. Not given, it is None or (): memcodec.toml, the environment, the default decide."""

    def get_help_extra(self, ctx: click.Context) -> Any:
        extra = super().get_help_extra(ctx)
        shown = default_of(str(self.name))
        if shown and self.show_default is not False:
            extra["default"] = shown
        return extra


def default_of(name: str) -> str:
    """A setting's default as help shows it; empty for a flag or a list."""
    default = _KEYS[name].default
    if isinstance(default, bool) or default == ():
        return ""
    if isinstance(default, int) and default >= 1_000_000:
        return format_size(default).replace(" ", "")
    return f"{default:g}" if isinstance(default, float) else str(default)


def setting(*names: str, **attributes: Any) -> Callable[[F], F]:
    """An option over the setting of that name: ``setting("--chunk-size", metavar="N", help=...)``."""
    if choices := _choices(names):
        attributes = {"type": click.Choice(choices), **attributes}
    return click.option(*names, cls=Setting, **{"default": None, **attributes})


def _choices(names: tuple[str, ...]) -> list[str]:
    key = _KEYS.get(names[-1].lstrip("-").replace("-", "_"))
    return (
        key.rule.allowed.removeprefix(_ONE_OF).split(", ")
        if key and key.rule.allowed.startswith(_ONE_OF)
        else []
    )


def file_argument(name: str = "file", *, many: bool = False) -> Callable[[F], F]:
    """FILE, a memory file; or FILE..., at least one."""
    return (
        click.argument(name, metavar="FILE...", nargs=-1, required=True)
        if many
        else click.argument(name, metavar="FILE")
    )


def json_option(function: F) -> F:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")(
        function
    )


def quiet_option(function: F) -> F:
    """``--quiet``."""
    return click.option("-q", "--quiet", is_flag=True, help="No progress bar, no report, no notes.")(function)


def force_option(what: str) -> Callable[[F], F]:
    """``--force``."""
    return click.option("--force", is_flag=True, help=what)


def media_options(function: F) -> F:
    """The settings that only some codecs know, which ``encode`` and ``repair`` share."""
    for decorate in (
        setting("--rate", help="Robust sound: normal, or low for the hardest encoders (Opus 24k, MP3 48k)."),
        setting("--bits", help="Sound: bits of a sample. 24 is smaller, 16 plays on more."),
    ):
        function = decorate(function)
    return function


def index_options(function: F) -> F:
    """The settings of the index and the repair data, which ``encode`` and ``repair`` share."""
    for decorate in (
        setting(
            "--language",
            metavar="NAME",
            help="The language whose word endings search looks through, or none.",
        ),
        setting(
            "--model",
            metavar="NAME",
            help="The embedding model, a name or a folder; none leaves vectors out.",
        ),
        setting("--parity", type=float, metavar="PCT", help="Repair data, in percent of the data: 0 to 100."),
        setting("--index", help="Write the search index, or store only."),
    ):
        function = decorate(function)
    return function

"""Options and arguments that commands share. An option that is a setting shows the setting's default."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

import click

from memcodec.cli.file_argument import FileArgument
from memcodec.config.settings import KEYS
from memcodec.config.tags import parse_tags
from memcodec.config.times import TimeSpan, parse_span
from memcodec.config.units import format_size

F = TypeVar("F", bound=Callable[..., Any])
Check = Callable[[click.Context, click.Parameter, Any], Any]
State = int | datetime | None
"""What ``--as-of`` gives: a commit's number, a time, or neither: the newest state."""

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


def file_argument(
    name: str = "file", *, many: bool = False, check: Check | None = None, may_lack: bool = True
) -> Callable[[F], F]:
    """FILE, a memory file; or FILE..., at least one. ``check`` looks at what is given before the command runs.

    ``may_lack``: left out, it is the one that the settings name.
    """
    kind = FileArgument if may_lack else click.Argument
    if many:
        return click.argument(name, cls=kind, metavar="FILE...", nargs=-1, required=True, callback=check)
    return click.argument(name, cls=kind, metavar="FILE", callback=check)


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


def parity_option(function: F) -> F:
    """``--parity``."""
    return setting(
        "--parity", type=float, metavar="PCT", help="Repair data, in percent of the data: 0 to 100."
    )(function)


def index_option(function: F) -> F:
    """``--index``."""
    return setting(
        "--index",
        help="Write the search index; its vectors later, by background processes; or store only.",
    )(function)


def no_journal_option(function: F) -> F:
    """``--no-journal``."""
    return setting(
        "--no-journal",
        "journal",
        flag_value=False,
        type=bool,
        help="Write a commit with media for small texts, too, instead of a note in the journal.",
    )(function)


def index_options(function: F) -> F:
    """The settings of the index and the repair data, which ``encode`` and ``repair`` share."""
    for decorate in (
        setting(
            "--language",
            metavar="NAME",
            help="The language whose word endings search looks through, or none.",
        ),
        setting(
            "--no-positions",
            "positions",
            flag_value=False,
            type=bool,
            help="Leave out where words stand: a smaller index, slower phrases.",
        ),
        setting("--vectors", help="Bits of a number of a vector."),
        setting(
            "--model",
            metavar="NAME",
            help="The embedding model, a name or a folder; none leaves vectors out.",
        ),
        parity_option,
        index_option,
    ):
        function = decorate(function)
    return function


def wait_option(function: F) -> F:
    """``--wait``, of the commands that write to a file that is there."""
    return click.option(
        "--wait",
        type=seconds,
        default=0.0,
        metavar="SECONDS",
        help="How long to wait for another process that writes to FILE.  [default: not at all]",
    )(function)


def seconds(text: str) -> float:
    """A number of seconds, 0 or more."""
    with contextlib.suppress(ValueError):
        if 0 <= (number := float(text)) < math.inf:
            return number
    raise click.BadParameter(f"{text!r} is not a number of seconds, 0 or more")


def as_of(text: str) -> int | datetime:
    """A state of a memory file: a commit's number, or a time, which means the last commit within it."""
    if text.isdecimal() and len(text) < 10:
        return int(text)
    try:
        return parse_span(text).last
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a commit's number and {error}") from error


def first_of(text: str) -> datetime:
    """The first instant of a time, for ``--since``."""
    return _span(text).first


def last_of(text: str) -> datetime:
    """The last instant of a time, for ``--until``."""
    return _span(text).last


def _span(text: str) -> TimeSpan:
    try:
        return parse_span(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is {error}") from error


def as_of_option(function: F) -> F:
    """``--as-of``, of the commands that read a file."""
    return click.option(
        "--as-of",
        type=as_of,
        metavar="COMMIT|TIME",
        help="The file as that commit left it, or as it was at the end of that date or time.",
    )(function)


CONDITIONS: dict[str, Callable[[Any], Any]] = {
    "documents": click.option(
        "--doc", "documents", metavar="DOC", multiple=True,
        help="Only that document, by uri, id or its first digits. Repeatable.",
    ),
    "tags": click.option(
        "--tag", "tags", metavar="KEY=VALUE", multiple=True, help="Only documents marked so. Repeatable."
    ),
    "path": click.option(
        "--path", "path", metavar="GLOB", multiple=True,
        help="Only documents whose uri matches. Repeatable: one is enough.  [default: all]",
    ),
    "type": click.option(
        "--type", "type", metavar="KIND", help="Only documents of that kind of file: markdown, pdf, py."
    ),
    "language": click.option(
        "--lang", "language", metavar="TAG", help="Only documents in that language; en takes en-GB, too."
    ),
    "since": click.option(
        "--since", type=first_of, metavar="TIME", help="Only documents from then on: 2026-04-02, yesterday."
    ),
    "until": click.option(
        "--until", type=last_of, metavar="TIME", help='Only documents up to then: 2026-04, "last Tuesday".'
    ),
    "before": click.option("--before", type=first_of, metavar="TIME", help="Only documents older than then."),
}  # fmt: skip
"""The options that choose documents, by the names that ``Filter`` has."""


def filter_options(*names: str) -> Callable[[F], F]:
    """The conditions on documents, or those that are named. The command takes them as ``only``, a ``Filter``."""
    chosen = names or tuple(CONDITIONS)

    def decorator(function: F) -> F:
        @functools.wraps(function)
        def call(*args: Any, **values: Any) -> Any:
            from memcodec import Filter

            given = {name: values.pop(name) for name in chosen}
            if "tags" in given:
                given["tags"] = parse_tags(given["tags"])
            return function(*args, only=Filter(**given), **values)

        decorated: Any = call
        for name in reversed(chosen):
            decorated = CONDITIONS[name](decorated)
        return cast("F", decorated)

    return decorator


def tag_option(what: str) -> Callable[[F], F]:
    """``--tag``; ``parse_tags`` reads what it gives."""
    return click.option("--tag", "pairs", metavar="KEY=VALUE", multiple=True, help=what)

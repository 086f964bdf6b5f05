"""Times for people: in the zone of this machine, which each says, or with ``--utc`` in UTC. JSON is always in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import click

_KEY = f"{__name__}.utc"


def _choose(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    ctx.meta[_KEY] = wanted


utc_option = click.option(
    "--utc",
    is_flag=True,
    expose_value=False,
    callback=_choose,
    help="Show times in UTC, not in your time zone.",
)


def is_utc() -> bool:
    """Whether the command was asked for UTC."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_KEY))


def written(time: datetime, *, zone: bool = True) -> str:
    """A time to the minute, with its zone's short name or, where there is none, its distance from UTC."""
    local = _local(time)
    return f"{local:%Y-%m-%d %H:%M}" + (f" {_zone(local)}" if zone else "")


def zone_of(times: list[datetime]) -> str:
    """What names the zone of all of some times; "local" where a clock was put forward between them."""
    names = {_zone(_local(each)) for each in times}
    return names.pop() if len(names) == 1 else "UTC" if is_utc() else "local"


def _local(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC if is_utc() else None)
    except (OverflowError, ValueError, OSError):  # at an end of the calendar
        return time.astimezone(UTC)


def _zone(local: datetime) -> str:
    name = local.tzname() or ""
    if name.isascii() and name.isalpha() and len(name) <= 5:
        return name
    return f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:5]

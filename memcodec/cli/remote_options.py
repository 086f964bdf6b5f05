"""Files far away: how commands that read name and open them, and how commands that cannot take them say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from memcodec.cli import console, tables
from memcodec.cli.options import setting
from memcodec.config.units import format_duration, format_size
from memcodec.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from memcodec.config.settings import Settings
    from memcodec.storage import Place
    from memcodec.storage.remote.diskcache import DiskCache
    from memcodec.storage.remote.log import Request, RequestLog

F = TypeVar("F", bound=Callable[..., Any])

_CACHE, _MEMORY = "memcodec.disk_cache", "memcodec.max_memory"
_SHOWN = 4  # ranges of a request that are listed

CHANGES = "this command changes files of this machine: `memcodec fetch` it, change that, `memcodec publish` it again"
READS_ALL = "this command reads files of this machine alone: `memcodec fetch` it first"
WRITES = "this command writes to this machine alone: `memcodec publish` what it writes here"


def cache_option(function: F) -> F:
    """``--cache`` and ``--max-memory``, of the commands that read. The command need not take them."""
    option = setting(
        "--cache",
        "disk_cache",
        metavar="SIZE",
        expose_value=False,
        callback=_remember,
        help="Keep what is fetched from a URL on disk for the next command, at most so much.",
    )
    return option(memory_option(function))


def memory_option(function: F) -> F:
    """``--max-memory``, of the commands that read files which may come from anybody."""
    return setting(
        "--max-memory",
        metavar="SIZE",
        expose_value=False,
        callback=_allow,
        help="Refuse a file that asks for more memory than this.",
    )(function)


def _allow(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if ctx.resilient_parsing:
        return
    from memcodec.config import sources as config
    from memcodec.memory import allow_memory

    ctx.meta[_MEMORY] = value
    allow_memory(config.load({"max_memory": value}).read.max_memory)


def _remember(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    ctx.meta[_CACHE] = value


def settings(**options: object) -> Settings:
    """The settings in force, ``--cache`` among them."""
    from memcodec.config import sources as config

    ctx = click.get_current_context(silent=True)
    return config.load({**options, "disk_cache": ctx.meta.get(_CACHE) if ctx else None})


def given() -> list[str]:
    """``--cache`` and ``--max-memory`` as this command was given them, for who is to start it again."""
    meta = click.get_current_context().meta
    found = {"--cache": meta.get(_CACHE), "--max-memory": meta.get(_MEMORY)}
    return [part for option, value in found.items() if value is not None for part in (option, value)]


def span_cache(chosen: Settings) -> DiskCache | None:
    """The cache on disk; None when the settings want none."""
    if not chosen.read.disk_cache:
        return None
    from memcodec.config import folders
    from memcodec.storage.remote.diskcache import DiskCache

    return DiskCache(folders.spans(), chosen.read.disk_cache)


def is_far(file: str) -> bool:
    """Whether a file is named by a URL."""
    return _place(file).far


def shown(file: str) -> str:
    """A file's name as it may be shown: of a URL, nothing that could be secret."""
    return _place(file).name


def _place(file: str) -> Place:
    from memcodec.storage.open import place_of

    return place_of(file)


def refuse(why: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A callback for an argument or option that takes files of this machine alone."""

    def check(_: click.Context, __: click.Parameter, value: Any) -> Any:
        for file in value if isinstance(value, tuple) else (value,):
            if isinstance(file, str) and is_far(file):
                raise StorageError(f"{shown(file)}: is far away, and {why}")
        return value

    return check


def check_target(file: str, settings: Settings) -> None:
    """Before any work: whether a command can write to a URL. Raises StorageError, and ConfigError for jobs."""
    if not is_far(file):
        return
    from memcodec.storage.bucket.target import writable

    writable(file)
    if settings.encode.index == "background":
        raise ConfigError(
            f"{shown(file)}: is far away, and background indexing is not; use --index now or none"
        )


# What was asked of the place


def requests_option(function: F) -> F:
    """``--requests``."""
    return click.option(
        "--requests", is_flag=True, help="Print every request that was sent for a URL, and its bytes."
    )(function)


def show_requests(file: str, log: RequestLog | None) -> None:
    """Print every request sent for a file, and the totals."""
    for text in requests_shown(file, log):
        click.echo(text)


def requests_shown(file: str, log: RequestLog | None) -> list[str]:
    """Every request sent for a file, and the totals, as lines."""
    if log is None:
        return [console.dim(f"{console.line(file)}: on this machine, no requests")]
    heads = ("ROUND", "METHOD", "STATUS", "BYTES", "TIME", "RANGES")
    counts = f"{console.count(log.requests, 'request')} in {console.count(log.rounds, 'round')}"
    total = console.dim(f"{counts}, {format_size(log.received)} ({log.received:,} bytes)")
    return [*tables.table(heads, [_row(each) for each in log], right=(0, 2, 3, 4)), total]


def _row(request: Request) -> tuple[str, ...]:
    ranges = [f"{offset:,}-{offset + length:,}" for offset, length in request.spans[:_SHOWN]]
    ranges += [f"and {len(request.spans) - _SHOWN:,} more"] * (len(request.spans) > _SHOWN)
    return (
        str(request.round),
        request.method,
        str(request.status or "-"),
        f"{request.received:,}",
        format_duration(request.milliseconds / 1000),
        "  ".join(ranges),
    )

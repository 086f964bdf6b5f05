"""A ring that this process keeps: the options that say how, its socket, and its end by a signal."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console
from memcodec.cli.options import F
from memcodec.cli.stopping import stopping

if TYPE_CHECKING:
    from memcodec.live.ring import Ring

_KEPT = (
    click.option(
        "--keep", type=click.IntRange(min=1), metavar="N", help="The newest N lines.  [default: 100,000]"
    ),
    click.option("--bytes", "size", metavar="SIZE", help="No more text than that: 256MB."),
    click.option("--age", metavar="TIME", help="No line older than that: 90s, 10m, 2h."),
    click.option(
        "--model",
        metavar="NAME",
        default="static",
        show_default=True,
        help="What makes vectors: static, quick; minilm; a name or folder; or none.",
    ),
    click.option(
        "--language",
        metavar="NAME",
        default="english",
        help="Whose word endings are looked through, or none.",
    ),
    click.option(
        "--lag",
        type=click.Choice(["skip", "block"]),
        default="skip",
        show_default=True,
        help="Lines that come faster than vectors are made: found by words alone, or held back.",
    ),
)
_SERVED = (
    click.option("--name", metavar="NAME", default="live", show_default=True, help="The ring is @NAME."),
    click.option("--http", metavar="HOST:PORT", help="Serve at a port of this machine, too: 127.0.0.1:8090."),
    click.option("--spill", metavar="FILE", help="A memory file that gets what flows out, every line once."),
    click.option(
        "--spill-when",
        type=click.Choice(["expired", "all"]),
        default="expired",
        show_default=True,
        help="Write lines when they expire, or all of them soon.",
    ),
    click.option(
        "--when-full",
        type=click.Choice(["block", "drop"]),
        default="block",
        show_default=True,
        help="Where FILE cannot be written as fast: hold lines back, or drop and count them.",
    ),
)


def kept_options(function: F) -> F:
    """What a ring keeps, and how it is searched."""
    for decorate in reversed(_KEPT):
        function = decorate(function)
    return function


def ring_options(function: F) -> F:
    """All options of a ring that others may ask."""
    for decorate in reversed((*_SERVED, *_KEPT)):
        function = decorate(function)
    return function


@dataclass(frozen=True, slots=True)
class Hosting:
    """A ring that is served; ``stopped``: a signal has come."""

    ring: Ring
    stopped: threading.Event


def made(options: dict[str, Any]) -> Ring:
    """The ring that options ask for."""
    import memcodec

    ring: Ring = memcodec.live(**{name: each for name, each in options.items() if each is not None})
    return ring


@contextlib.contextmanager
def hosted(options: dict[str, Any], *, quiet: bool) -> Iterator[Hosting]:
    """A ring with its socket, from before it is filled until it is closed."""
    from memcodec.live import names
    from memcodec.live.server import Server, listen

    keep_no_core()
    http, options["name"] = options.pop("http"), names.named(str(options["name"]))
    stopped = threading.Event()
    with contextlib.ExitStack() as stack:
        listening = names.bind(options["name"])
        stack.callback(names.release, options["name"])
        stack.callback(listening.close)
        port = listen(http) if http is not None else None
        with stopping(stopped.set):
            ring = made(options)
            stack.callback(ring.close)
            for each in filter(None, (listening, port)):
                server = Server(ring, each, is_local=each is listening)
                server.begin()
                stack.callback(server.end)
                if not server.is_local and not quiet:
                    console.notes([f"@{ring.name} is served at {server.url}"])
            yield Hosting(ring, stopped)


def keep_no_core() -> None:
    """What a ring holds is not written to disk by a crash either."""
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

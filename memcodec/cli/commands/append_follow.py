"""``memcodec append FILE - --follow``: lines from standard input, committed as they come."""

from __future__ import annotations

import contextlib
import math
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands import index
from memcodec.cli.exits import Failure
from memcodec.cli.options import F
from memcodec.cli.progress import Progress
from memcodec.config.units import format_duration, format_size, parse_size
from memcodec.errors import ConfigError, MemcodecError, StorageError

if TYPE_CHECKING:
    from memcodec.answers.writes import FollowAnswer
    from memcodec.config.settings import Settings
    from memcodec.ingest.lines import Lines
    from memcodec.memory import Memory

INTERVAL = 1.0
BATCH = "1MB"
_SHORTEST = 0.05  # seconds: a commit takes about as long
_STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def interval(text: str) -> float:
    """Seconds between two commits."""
    with contextlib.suppress(ValueError):
        if _SHORTEST <= (number := float(text)) < math.inf:
            return number
    raise click.BadParameter(f"{text!r} is not a number of seconds, {_SHORTEST} or more")


def follow_options(function: F) -> F:
    """``--follow`` and how often to commit then."""
    for decorate in (
        click.option(
            "--batch",
            metavar="SIZE",
            default=BATCH,
            show_default=True,
            help="With --follow: commit sooner when so much waits.",
        ),
        click.option(
            "--interval",
            type=interval,
            metavar="SECONDS",
            default=INTERVAL,
            show_default=True,
            help="With --follow: how old a line gets before it is committed.",
        ),
        click.option(
            "--follow",
            is_flag=True,
            help="Read standard input for as long as it is open, and commit its lines.",
        ),
    ):
        function = decorate(function)
    return function


@dataclass(slots=True)
class Followed:
    """What was committed, and what ended it: the end of the input, or a signal."""

    commits: int = 0
    lines: int = 0
    bytes: int = 0
    stopped: int = 0
    notes: dict[str, None] = field(default_factory=dict)  # in the order they came, each once


def follow_input(
    file: str,
    sources: tuple[str, ...],
    marks: Mapping[str, str],
    settings: Settings,
    *,
    interval: float,
    batch: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Commit lines until standard input ends, and report. Ends by Failure after a signal."""
    import memcodec

    if sources != ("-",):
        raise ConfigError("--follow reads standard input alone: write - as the only SOURCE")
    if remote_options.is_far(file):
        raise StorageError(
            f"{remote_options.shown(file)}: is far away, and --follow writes to files of this machine alone"
        )
    chosen, size = _without_vectors(settings), max(1, parse_size(batch))
    began, done = time.monotonic(), Followed()
    with Progress(quiet=quiet) as progress, memcodec.open(file, wait=_wait(), settings=chosen) as memory:
        _commit_lines(memory, marks, done, interval, size, progress)
        total = memory.commit().size
    job = index.start(file, settings) if done.commits else None
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(_json(file, done, total, seconds, job))
    elif not quiet:
        _report(file, done, total, seconds, job)
    if not quiet:
        console.notes(done.notes)
    if done.stopped:
        raise Failure("", 128 + done.stopped)


def _without_vectors(settings: Settings) -> Settings:
    """Settings that make no vectors while lines wait, unless --index now asks for them."""
    ctx = click.get_current_context()
    if settings.encode.index != "now" or ctx.params.get("index"):
        return settings
    return replace(settings, encode=replace(settings.encode, index="background"))


def _wait() -> float:
    """Another writer is waited for, as long as it takes: lines must not be lost for it. Unless --wait says else."""
    ctx = click.get_current_context()
    given = ctx.get_parameter_source("wait") is not click.core.ParameterSource.DEFAULT
    return float(ctx.params["wait"]) if given else math.inf


def _commit_lines(
    memory: Memory, marks: Mapping[str, str], done: Followed, interval: float, size: int, progress: Progress
) -> None:
    from memcodec.ingest.lines import Lines, lines_item

    with Lines(sys.stdin.fileno()) as lines, _stopped_by_signals(lines, done):
        for data in lines.batches(interval, size):
            count = data.count(b"\n") + (not data.endswith(b"\n"))
            try:
                memory.add_items([lines_item(data, datetime.now(UTC), marks)])
                report = memory.commit()
            except MemcodecError as error:
                raise type(error)(f"{error}; {count:,} lines that were read are not in the file") from error
            done.commits, done.lines, done.bytes = (
                done.commits + 1,
                done.lines + count,
                done.bytes + len(data),
            )
            done.notes.update(dict.fromkeys(report.notes))
            progress.draw("following", [f"{done.lines:,} lines in {done.commits:,} commits"])


@contextlib.contextmanager
def _stopped_by_signals(lines: Lines, done: Followed) -> Iterator[None]:
    """The first signal lets what was read be committed; a second one does what it always does."""
    before = {number: signal.getsignal(number) for number in _STOPS}
    before = {number: old for number, old in before.items() if old is not signal.SIG_IGN}

    def restore() -> None:
        for number, old in before.items():
            signal.signal(number, old)

    def stop(number: int, frame: FrameType | None) -> None:
        done.stopped = number
        restore()
        lines.stop()

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        restore()


def _json(file: str, done: Followed, size: int, seconds: float, job: int | None) -> FollowAnswer:
    return {
        "file": file,
        "commits": done.commits,
        "lines": done.lines,
        "bytes": done.bytes,
        "size": size,
        "seconds": round(seconds, 3),
        "stopped": signal.Signals(done.stopped).name if done.stopped else None,
        "notes": list(done.notes),
        "job": job,
    }


def _report(file: str, done: Followed, size: int, seconds: float, job: int | None) -> None:
    rows = [
        ("lines", f"{done.lines:,}, {format_size(done.bytes)}"),
        ("commits", f"{done.commits:,}"),
        ("file", format_size(size)),
    ]
    if job is not None:
        rows.append(index.job_row(job))
    console.report(file, [*rows, ("time", format_duration(seconds))])

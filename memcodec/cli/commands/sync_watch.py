"""``memcodec sync --watch``: a memory file that follows its folders."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands import index
from memcodec.cli.exits import INTERRUPTED, Failure
from memcodec.cli.ingest_options import tell
from memcodec.cli.sync_text import counts, show_changes
from memcodec.config.units import format_duration, format_size
from memcodec.errors import MemcodecError, MissingExtra, StorageError

if TYPE_CHECKING:
    from memcodec import Memory, SyncReport
    from memcodec.config.settings import Settings

_TICK = 1000  # milliseconds between two looks at what no system tells of
_DEBOUNCE = 1600  # milliseconds: a burst of changes is one round, unless it lasts longer
_RETRY = 5.0  # seconds after a round that failed

watch_option = click.option(
    "--watch",
    "watching",
    is_flag=True,
    help="Stay, and do it again whenever something changes, until Ctrl-C.",
)


@dataclass(frozen=True)
class Rounds:
    """How a file is mirrored again and again, and what is said of it."""

    file: str
    settings: Settings
    mirror: Callable[[Memory], SyncReport]
    verbose: bool
    quiet: bool


def watch(rounds: Rounds) -> None:
    """Mirror, again and again, until interrupted; a line for each round that did something. Ends by Failure."""
    import memcodec

    if remote_options.is_far(rounds.file):
        raise StorageError(
            f"{remote_options.shown(rounds.file)}: is far away, and --watch writes to files of this machine alone"
        )
    _check_installed()
    try:
        with memcodec.open(rounds.file, wait=_wait(), settings=rounds.settings) as memory:
            report = _round(memory, rounds, first=True)
            for _ in _changes(rounds.file, report.sources):
                _again(memory, rounds)
    except KeyboardInterrupt as error:
        raise Failure("", INTERRUPTED) from error


def _check_installed() -> None:
    try:
        import watchfiles  # noqa: F401
    except ImportError:
        raise MissingExtra("--watch needs watchfiles: pip install 'memcodec[watch]'") from None


def _wait() -> float:
    """Another writer is waited for, as long as it takes, unless --wait says else."""
    ctx = click.get_current_context()
    given = ctx.get_parameter_source("wait") is not click.core.ParameterSource.DEFAULT
    return float(ctx.params["wait"]) if given else math.inf


def _again(memory: Memory, rounds: Rounds) -> None:
    """A round, tried until it succeeds: a disk may be missing for a while, a file be written to while it is read."""
    told = ""
    while True:
        try:
            _round(memory, rounds)
        except MemcodecError as error:
            if str(error) != told:
                console.error(f"{error}; trying again")
            told = str(error)
            time.sleep(_RETRY)
        else:
            return


def _round(memory: Memory, rounds: Rounds, *, first: bool = False) -> SyncReport:
    began = time.monotonic()
    report = rounds.mirror(memory)
    if report.commit is not None:
        index.start(rounds.file, rounds.settings)
    if not rounds.quiet and (first or report.commit is not None):
        if rounds.verbose:
            show_changes(report)
        grew = f", {format_size(report.written)}" if report.commit is not None else ""
        took = format_duration(time.monotonic() - began)
        click.echo(
            f"{time.strftime('%H:%M:%S')}  {console.line(rounds.file)}: {counts(report)}{grew} in {took}"
        )
        tell(report.skipped)
        console.notes(report.notes)
    return report


def _changes(file: str, sources: Sequence[str]) -> Iterator[None]:
    """Yields whenever something changed in the sources, and when they begin to be watched: it may have before."""
    from watchfiles import watch

    mine = os.path.realpath(file)
    while True:
        folders, seen, is_first = [path for path in sources if Path(path).is_dir()], _looks(sources), True
        for changes in watch(
            *folders or ["."],
            debounce=_DEBOUNCE,
            rust_timeout=_TICK,
            yield_on_timeout=True,
            watch_filter=lambda _, path: os.path.realpath(path) != mine,
            recursive=bool(folders),
            raise_interrupt=True,
        ):
            now = _looks(sources)
            if is_first or (changes and folders) or now != seen:
                yield
            if [each[:2] for each in now] != [each[:2] for each in seen]:
                break  # a folder that came, went or was replaced: what is watched is the old one
            is_first, seen = False, now


def _looks(sources: Sequence[str]) -> list[tuple[int, int, int]]:
    """What a look at each source tells: for lone files, and folders that come and go."""
    return [_look(Path(source)) for source in sources]


def _look(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_dev, found.st_ino, 0 if path.is_dir() else found.st_mtime_ns

"""``memcodec jobs``: what works in the background, how far it is, and an end to it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, progress, tables
from memcodec.cli.exits import Failure
from memcodec.cli.options import F, json_option, quiet_option, seconds
from memcodec.config.units import format_count, format_duration

if TYPE_CHECKING:
    from memcodec.jobs.job import Job
    from memcodec.jobs.store import Store

TIMED_OUT = 124  #: exit code of ``wait`` when time is up, as timeout(1) has it
UNSUCCESSFUL = 1  #: exit code of ``wait`` when a job failed, was cancelled, or its file is gone
_DAY = 86400.0


@click.group("jobs")
def jobs_command() -> None:
    """Watch and control the indexing that runs in the background.

    `--index background` and `memcodec index --background` start jobs, one for each file. Processes that outlive the
    command work on them; any of these commands restarts them if they were killed. A JOB is a job's number,
    or the file's name.

    \b
    Examples:
      memcodec jobs list
      memcodec jobs status 3
      memcodec jobs watch
      memcodec jobs wait notes.mp4 --timeout 60
      memcodec jobs cancel 3
      memcodec jobs logs 3
      memcodec jobs prune --older 7
    """


def _jobs_argument(function: F) -> F:
    return click.argument("names", metavar="JOB...", nargs=-1)(function)


@jobs_command.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that wait or are worked on.")
@json_option
def list_command(only_open: bool, as_json: bool) -> None:
    """List the jobs, the newest first."""
    from memcodec import answers

    with _store() as store:
        jobs = store.jobs(only_open=only_open)[::-1]
    if as_json:
        console.echo_json(answers.jobs.jobs(jobs))
    elif not jobs:
        click.echo("no jobs")
    else:
        for text in _table(jobs):
            click.echo(text)


@jobs_command.command("status")
@_jobs_argument
@json_option
def status_command(names: tuple[str, ...], as_json: bool) -> None:
    """Show jobs in full: those that are named, or all that are open, or the newest."""
    from memcodec import answers

    with _store() as store:
        jobs = _named(store, names) if names else store.jobs(only_open=True) or store.jobs()[-1:]
    if as_json:
        console.echo_json(answers.jobs.jobs(jobs))
        return
    for job in jobs:
        console.report(f"job {job.id}: {job.path}", _rows(job))
    if not jobs:
        click.echo("no jobs")


@jobs_command.command("wait")
@_jobs_argument
@click.option("--timeout", type=seconds, metavar="SECONDS", help="Give up then.  [default: never]")
@json_option
@quiet_option
def wait_command(names: tuple[str, ...], timeout: float | None, as_json: bool, quiet: bool) -> None:
    """Wait until jobs have ended: those that are named, or all that are open.

    The exit code is 0 when they are done, 1 when one failed or was cancelled or its file is gone, and 124 when the
    time was up first.
    """
    from memcodec import answers
    from memcodec.jobs.client import wait

    with _store() as store, _Live(quiet=quiet) as live:
        jobs = _named(store, names) if names else store.jobs(only_open=True)
        jobs = wait(store, [job.id for job in jobs], timeout, live.show)
    if as_json:
        console.echo_json(answers.jobs.jobs(jobs))
    elif not quiet:
        for job in jobs:
            click.echo(f"job {job.id}: {_outcome(job)}")
    _judge(jobs, timeout)


@jobs_command.command("watch")
@_jobs_argument
def watch_command(names: tuple[str, ...]) -> None:
    """Show jobs as they go on, until they have ended or Ctrl-C: those that are named, or all that are open.

    On a terminal the list is updated in place; elsewhere a line is printed for each change.
    """
    from memcodec.cli.watching import watching
    from memcodec.jobs.client import wait

    with _store() as store:
        jobs = _named(store, names) if names else store.jobs(only_open=True)
        if not jobs:
            click.echo("no open jobs")
            return
        with watching(_table) as seen:
            wait(store, [job.id for job in jobs], None, seen)


def _judge(jobs: Sequence[Job], timeout: float | None) -> None:
    if still := [job.id for job in jobs if job.is_open]:
        raise Failure(f"{_numbers(still)} not done after {format_duration(timeout or 0)}", TIMED_OUT)
    if bad := [job for job in jobs if job.state != "done"]:
        why = f": {bad[0].error}" if bad[0].error else ""
        raise Failure(f"{_numbers([job.id for job in bad])} {bad[0].state}{why}", UNSUCCESSFUL)


def _numbers(jobs: Sequence[int]) -> str:
    return f"job{'s' * (len(jobs) != 1)} {', '.join(map(str, jobs))}"


@jobs_command.command("cancel")
@_jobs_argument
@click.option("--all", "every", is_flag=True, help="All jobs that are open.")
@json_option
@quiet_option
def cancel_command(names: tuple[str, ...], every: bool, as_json: bool, quiet: bool) -> None:
    """Cancel jobs. What they have committed stays in the file."""
    from memcodec import answers

    if not names and not every:
        raise click.UsageError("name a job, or give --all", click.get_current_context())
    with _store(look_after=False) as store:
        jobs = _named(store, names) if names else store.jobs(only_open=True)
        cancelled = [job.id for job in jobs if store.cancel(job.id)]
    if as_json:
        console.echo_json(answers.jobs.cancelled(cancelled))
    elif not quiet:
        for job in jobs:
            click.echo(f"job {job.id}: {'cancelled' if job.id in cancelled else f'was {job.state} already'}")


@jobs_command.command("logs")
@click.argument("name", metavar="JOB")
@json_option
def logs_command(name: str, as_json: bool) -> None:
    """Print what happened to a job."""
    from memcodec import answers

    with _store() as store:
        (job,) = _named(store, (name,))
        lines = store.lines(job.id)
    if as_json:
        console.echo_json(answers.jobs.logs(job, [(_time(at), text) for at, text in lines]))
        return
    for at, text in lines:
        click.echo(f"{console.dim(_time(at))}  {console.line(text)}")


@jobs_command.command("prune")
@click.option("--older", type=click.FloatRange(min=0), metavar="DAYS", help="Only those that ended before.")
@json_option
@quiet_option
def prune_command(older: float | None, as_json: bool, quiet: bool) -> None:
    """Forget jobs that have ended, and their logs."""
    from memcodec import answers

    before = time.time() - older * _DAY if older is not None else None
    with _store() as store:
        gone = store.prune(before)
    if as_json:
        console.echo_json(answers.jobs.pruned(gone))
    elif not quiet:
        click.echo(f"{console.count(len(gone), 'job')} forgotten")


def _store(*, look_after: bool = True) -> Store:
    """The queue; and somebody who works on it, if there is work."""
    from memcodec.jobs import client
    from memcodec.jobs.store import Store

    store = Store()
    if look_after:
        client.look_after(store)
    return store


def _named(store: Store, names: Sequence[str]) -> list[Job]:
    """Jobs by number or file, each once. Raises NotFound."""
    found = [
        store.get(int(name)) if name.isdecimal() and len(name) < 19 else store.find(str(Path(name).resolve()))
        for name in names
    ]
    return list({job.id: job for job in found}.values())


# In words


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _table(jobs: Sequence[Job]) -> list[str]:
    heads = ("JOB", "STATE", "DONE", "LEFT", "CREATED", "FILE")
    return tables.table(heads, [_row(job) for job in jobs], right=(0, 2, 3), paths=(5,))


def _row(job: Job) -> tuple[str, ...]:
    done = f"{_percent(job)}%" if job.total else ""
    left = format_duration(job.left) if job.left is not None else ""
    return str(job.id), _state(job), done, left, _time(job.created), console.line(job.path)


def _percent(job: Job) -> int:
    """Rounded down: 100% is done."""
    return min(100, 100 * job.done // job.total)


def _state(job: Job) -> str:
    return "stalled" if job.is_stalled else job.state


def _rows(job: Job) -> list[tuple[str, str]]:
    rows = [("state", _state(job)), ("created", _time(job.created))]
    if job.total:
        rows.append(("vectors", f"{job.done:,} of {job.total:,} chunks, {_percent(job)}%"))
    if job.rate is not None and job.is_open:
        rows.append(("rate", f"{job.rate:,.0f}/s, {format_duration(job.left or 0)} left"))
    if job.ended is not None:
        rows.append(("took", format_duration(job.ended - job.created)))
    if job.error:
        rows.append(("reason", console.line(job.error)))
    return rows


def _outcome(job: Job) -> str:
    if job.is_open:
        return f"{_state(job)}, {job.done:,} of {job.total:,} chunks"
    if job.state == "done":
        return f"done, {job.total:,} chunks, {format_duration((job.ended or job.created) - job.created)}"
    return f"{job.state}: {console.line(job.error)}" if job.error else str(job.state)


class _Live(progress.Progress):
    """The job that is worked on, as a progress bar."""

    def show(self, jobs: list[Job]) -> None:
        """How these jobs are now."""
        running = next((job for job in jobs if job.state == "running"), None)
        if running is not None:
            waiting = sum(job.is_open for job in jobs) - 1
            self.draw(f"job {running.id}", _facts(running, waiting), running.done, running.total)


def _facts(job: Job, waiting: int) -> list[str]:
    """``41%``, ``4,100 of 10,000``, ``238/s``, ``25 s left``, ``notes.mp4``, ``(2 more)``."""
    parts = []
    if job.total:
        parts = [
            f"{_percent(job):3}%",
            f"{format_count(job.done)} of {format_count(job.total)}",
        ]
    if job.rate:
        parts += [f"{job.rate:,.0f}/s", f"{format_duration(max(1.0, job.left or 0))} left"]
    parts += ["stalled"] * job.is_stalled + [console.line(Path(job.path).name)]
    return parts + [f"({waiting} more)"] * bool(waiting)

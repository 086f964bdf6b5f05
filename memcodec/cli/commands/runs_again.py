"""``memcodec runs record``, ``replay`` and ``fork``: programs that are executed as a run."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, runs_text
from memcodec.cli.exits import Failure
from memcodec.cli.options import F, file_argument, json_option, tag_option
from memcodec.config.tags import parse_tags
from memcodec.errors import ConfigError, Diverged

if TYPE_CHECKING:
    from memcodec.agents.runs.executing import Executed
    from memcodec.answers.runs import ReplayAnswer

_NOTHING = (
    "the command began no run: it is no program that uses memcodec.run; execute it with --proxy if it speaks to models "
    "of OpenAI or Anthropic"
)


def command_argument(*, required: bool = True) -> Callable[[F], F]:
    """``-- COMMAND...``."""
    metavar = "-- COMMAND..." if required else "[-- COMMAND...]"
    return click.argument("command", metavar=metavar, nargs=-1, required=required, type=click.UNPROCESSED)


def proxy_option(function: F) -> F:
    """``--proxy``."""
    return click.option(
        "--proxy",
        is_flag=True,
        help="Of a program that speaks to models through OPENAI_BASE_URL or ANTHROPIC_BASE_URL.",
    )(function)


def live_option(function: F) -> F:
    """``--live``."""
    return click.option(
        "--live",
        is_flag=True,
        help="Go on after the first difference, and make the calls that were not recorded.",
    )(function)


@click.command("record")
@file_argument(may_lack=False)
@command_argument()
@tag_option("Mark the run so. Repeatable.")
@click.option(
    "--redact", metavar="REGEX", multiple=True, help="A form of secrets beside those known. Repeatable."
)
def record_command(
    file: str, command: tuple[str, ...], pairs: tuple[str, ...], redact: tuple[str, ...]
) -> None:
    """Run a program, and record what it asks models of OpenAI and Anthropic.

    It need not know memcodec: it finds a proxy of this machine in OPENAI_BASE_URL and ANTHROPIC_BASE_URL, which
    forwards what comes to where these led before, and records both directions. FILE is made if it is not there.
    """
    from memcodec.agents.runs.proxy import executing

    run, code = executing.record(file, command, tags=parse_tags(pairs), redact=redact)
    click.echo(run, err=True)
    if code:
        raise Failure(f"the command ended with {code}", code)


@click.command("replay")
@file_argument(may_lack=False)
@click.argument("name", metavar="ID")
@command_argument()
@live_option
@proxy_option
@json_option
def replay_command(
    file: str, name: str, command: tuple[str, ...], live: bool, proxy: bool, as_json: bool
) -> None:
    """Execute a run again, with the recorded answers, and name the first thing that is done otherwise.

    Nothing is written to FILE, and the program reaches no network. The exit code is 12 for a difference, or else the
    command's own.
    """
    from memcodec.agents.runs import executing, history, telling
    from memcodec.cli.commands.runs import reading

    with reading(file) as (_, ledger):
        run = history.find(ledger, name)
    if proxy:
        from memcodec.agents.runs.proxy import executing as through

        done = through.replay(file, run, command, live=live, stdout=_stdout(as_json))
    else:
        done = executing.execute(command, "replay", file, run, live=live, stdout=_stdout(as_json))
    answer = telling.replay(file, _report(done), done.code)
    _show(answer, as_json)
    _end(answer)


@click.command("fork")
@file_argument(may_lack=False)
@click.argument("name", metavar="ID")
@command_argument(required=False)
@click.option(
    "--at", type=click.IntRange(min=1), required=True, metavar="N", help="The step that is done otherwise."
)
@click.option(
    "--set", "keys", metavar="KEY=VALUE", multiple=True, help="Set a key there; JSON, or text. Repeatable."
)
@click.option(
    "--response", type=click.Path(exists=True, dir_okay=False), metavar="FILE", help="What step N answers."
)
@click.option("--model", metavar="NAME", help="The model that is asked from there on.")
@tag_option("Mark the new run so. Repeatable.")
@proxy_option
@json_option
def fork_command(
    file: str,
    name: str,
    command: tuple[str, ...],
    at: int,
    keys: tuple[str, ...],
    response: str | None,
    model: str | None,
    pairs: tuple[str, ...],
    proxy: bool,
    as_json: bool,
) -> None:
    """Begin a run that did what another did before step N, and goes on from there.

    The steps before N are the other run's: they are not copied, and their calls are not made again. COMMAND is the
    program that was recorded; without one the run is made, and stays as it is there.
    """
    from memcodec.agents.runs import executing, forking, history, telling
    from memcodec.cli.commands.runs import reading

    values = {key: _value(text) for key, text in parse_tags(keys).items()}
    told = None if response is None else Path(response).read_text("utf-8")
    with reading(file) as (_, ledger):
        run = forking.fork(ledger, name, at, keys=values, response=told, model=model, tags=parse_tags(pairs))
        parent = str(history.load(ledger, run).begin["parent"])
    answer: ReplayAnswer | None = None
    if command:
        if proxy:
            from memcodec.agents.runs.proxy import executing as through

            done = through.fork(file, run, command, stdout=_stdout(as_json))
        else:
            done = executing.execute(command, "fork", file, run, stdout=_stdout(as_json))
        answer = telling.replay(file, _report(done), done.code)
    if as_json:
        console.echo_json({"file": file, "run": run, "parent": parent, "at": at, "replay": answer})
    else:
        click.echo(f"{run} forked from {parent} before step {at}")
        if answer is not None:
            for text in runs_text.replay(answer):
                click.echo(text)
    if answer is not None:
        _end(answer)


def _value(text: str) -> object:
    import json

    with contextlib.suppress(ValueError):
        return json.loads(text)
    return text


def _stdout(as_json: bool) -> int | None:
    """Where the command's own output goes: beside one JSON document it would be in the way."""
    return sys.stderr.fileno() if as_json else None


def _report(done: Executed) -> dict[str, Any]:
    if done.report is None:
        raise ConfigError(f"{_NOTHING}; it ended with {done.code}")
    return done.report


def _show(answer: ReplayAnswer, as_json: bool) -> None:
    if as_json:
        console.echo_json(answer)
    else:
        for text in runs_text.replay(answer):
            click.echo(text)


def _end(answer: ReplayAnswer) -> None:
    """End with the code of a difference, or with the command's own."""
    if answer["divergence"] is not None:
        raise Failure("", Diverged.exit_code)
    if answer["exit"]:
        raise Failure(f"the command ended with {answer['exit']}", answer["exit"])

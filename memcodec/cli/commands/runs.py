"""``memcodec runs``: what agents did, kept in a memory file, and done again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, paging, runs_text
from memcodec.cli.commands import runs_again
from memcodec.cli.options import file_argument, json_option
from memcodec.config.tags import parse_tags

if TYPE_CHECKING:
    from memcodec import Memory
    from memcodec.agents.runs.ledger import Ledger


@click.group("runs")
def runs_command() -> None:
    """See what agents did, and have them do it again.

    `memcodec.run` in Python records what an agent calls, decides and remembers into a memory file; `runs record`
    records a program that cannot be changed. `runs replay` executes it again with the recorded answers and names the
    first thing that it does otherwise; `runs fork` goes on from a step in another way. An ID is a run's, or its
    beginning or end, or `last`.

    \b
    Examples:
      memcodec runs list agent.mp4
      memcodec runs show agent.mp4 last
      memcodec runs kv agent.mp4 last plan
      memcodec runs events agent.mp4 last --type planned
      memcodec runs graph agent.mp4
      memcodec runs record agent.mp4 -- aider --message "fix the tests"
      memcodec runs replay agent.mp4 last -- python agent.py
      memcodec runs fork agent.mp4 last --at 4 --model gpt-5-mini -- python agent.py
      memcodec runs diff agent.mp4 01K8TA last
      memcodec runs export agent.mp4 last --format otel -o trace.json
      memcodec runs end agent.mp4 last --status cancelled
      memcodec runs gc agent.mp4 --keep 100
    """


@contextlib.contextmanager
def reading(file: str) -> Iterator[tuple[Memory, Ledger]]:
    """A file and its ledger."""
    import memcodec

    with memcodec.open(file) as memory, contextlib.closing(memory.ledger()) as ledger:
        yield memory, ledger


@runs_command.command("list")
@file_argument()
@click.option(
    "-n", "count", type=click.IntRange(min=1), metavar="N", help="Only the newest N.  [default: all]"
)
@click.option("--tag", "pairs", metavar="KEY=VALUE", multiple=True, help="Only runs marked so. Repeatable.")
@click.option("--status", metavar="STATUS", help="Only those: running, done, failed ...")
@json_option
def list_command(
    file: str, count: int | None, pairs: tuple[str, ...], status: str | None, as_json: bool
) -> None:
    """List the runs of a file, the newest first."""
    from memcodec.agents.runs import history, telling

    tags = parse_tags(pairs).items()
    with reading(file) as (_, ledger):
        found = [
            each
            for each in history.summaries(ledger)
            if tags <= each.tags.items() and status in (None, each.status)
        ][::-1][:count]
    answer = telling.runs(file, found)
    if as_json:
        console.echo_json(answer)
    elif not found:
        click.echo("no runs")
    else:
        paging.echo(runs_text.runs(answer), paged=True)


@runs_command.command("show")
@file_argument(may_lack=False)
@click.argument("name", metavar="ID")
@click.option("--step", type=click.IntRange(min=0), metavar="N", help="Only that step, every value whole.")
@json_option
def show_command(file: str, name: str, step: int | None, as_json: bool) -> None:
    """Show the steps of a run: what was called, what it answered, what was written."""
    from memcodec.agents.runs import history, telling
    from memcodec.errors import NotFound

    with reading(file) as (_, ledger):
        run = history.load(ledger, name)
        if step is not None and step >= len(run.steps):
            raise NotFound(f"run {run.id} has steps 0 to {len(run.steps) - 1}; it has no step {step}")
        steps = range(len(run.steps)) if step is None else [step]
        answer = telling.show(file, history.summary(run), run, list(steps))
    if as_json:
        console.echo_json(answer)
    else:
        paging.echo(
            runs_text.steps(answer) if step is None else runs_text.step(answer["steps"][0]), paged=True
        )


@runs_command.command("kv")
@file_argument(may_lack=False)
@click.argument("name", metavar="ID")
@click.argument("key", metavar="[KEY]", required=False)
@click.option("--at", type=click.IntRange(min=0), metavar="N", help="As they were before step N.")
@json_option
def kv_command(file: str, name: str, key: str | None, at: int | None, as_json: bool) -> None:
    """Show a run's keys and the states of its machines; or the value of one, as JSON."""
    from memcodec.agents.runs import history, telling
    from memcodec.errors import NotFound

    with reading(file) as (_, ledger):
        run = history.load(ledger, name)
        answer = telling.kv(file, run if at is None else run.until(max(1, at)), key)
    if key is not None and not answer["values"] and not answer["states"]:
        raise NotFound(f"run {run.id} has no key {key!r}")
    if as_json:
        console.echo_json(answer)
    elif key is not None:
        console.echo_json((answer["values"] or answer["states"])[0]["value"])
    else:
        paging.echo(runs_text.kv(answer), paged=True)


@runs_command.command("events")
@file_argument(may_lack=False)
@click.argument("name", metavar="ID")
@click.option("--type", "kind", metavar="TYPE", help="Only events of that type.")
@json_option
def events_command(file: str, name: str, kind: str | None, as_json: bool) -> None:
    """Show the events of a run, in order."""
    from memcodec.agents.runs import history, telling

    with reading(file) as (_, ledger):
        answer = telling.events(file, history.load(ledger, name), kind)
    if as_json:
        console.echo_json(answer)
    else:
        paging.echo(runs_text.events(answer), paged=True)


@runs_command.command("graph")
@file_argument(may_lack=False)
@click.argument("name", metavar="[ID]", required=False)
@click.option("--dot", is_flag=True, help="For Graphviz, instead of a tree of text.")
def graph_command(file: str, name: str | None, dot: bool) -> None:
    """Draw which run came of which; or, of one run, which task did what."""
    from memcodec.agents.runs import graphs, history

    with reading(file) as (_, ledger):
        graph = graphs.of_runs(ledger) if name is None else graphs.of_tasks(history.load(ledger, name))
    paging.echo(map(console.clean, graphs.dot(graph) if dot else graphs.tree(graph)), paged=not dot)


@runs_command.command("diff")
@file_argument(may_lack=False)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@json_option
def diff_command(file: str, a: str, b: str, as_json: bool) -> None:
    """Name the first thing that one run did otherwise than another, and what they came to."""
    from memcodec.agents.runs import comparing, history, telling

    with reading(file) as (_, ledger):
        found = comparing.compare(history.load(ledger, a), history.load(ledger, b))
        answer = telling.diff(file, found)
    if as_json:
        console.echo_json(answer)
    else:
        for text in runs_text.diff(answer):
            click.echo(text)


@runs_command.command("export")
@file_argument(may_lack=False)
@click.argument("name", metavar="ID")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "otel"]), default="jsonl", show_default=True,
    help="A JSON object a step; or OpenTelemetry's spans, as OTLP has them in JSON.",
)  # fmt: skip
@click.option("--contents", is_flag=True, help="Spans with what was asked and answered.")
@click.option("-o", "out", metavar="FILE", help="Where to.  [default: standard output]")
def export_command(file: str, name: str, form: str, contents: bool, out: str | None) -> None:
    """Write a run for other programs."""
    import json
    from pathlib import Path

    from memcodec.agents.runs import exporting, history

    with reading(file) as (_, ledger):
        run = history.load(ledger, name)
        made = (
            list(exporting.lines(run))
            if form == "jsonl"
            else [json.dumps(exporting.spans(run, contents=contents), indent=2)]
        )
    text = "".join(f"{each}\n" for each in made)
    if out is None:
        click.echo(text.encode("utf-8", "surrogatepass"), nl=False)
    else:
        Path(out).write_text(text, "utf-8", errors="surrogatepass")


@runs_command.command("end")
@file_argument(may_lack=False)
@click.argument("name", metavar="ID")
@click.option("--status", default="cancelled", show_default=True, metavar="STATUS", help="How it ended.")
@json_option
def end_command(file: str, name: str, status: str, as_json: bool) -> None:
    """Say that a run has ended, whose process is gone."""
    from memcodec.agents.runs import keeping

    with reading(file) as (_, ledger):
        run = keeping.end(ledger, name, status)
    if as_json:
        console.echo_json({"file": file, "run": run, "status": status})
    else:
        click.echo(f"{run} {console.line(status)}")


@runs_command.command("gc")
@file_argument(may_lack=False)
@click.option("--keep", type=click.IntRange(min=0), metavar="N", help="Keep the newest N runs.")
@click.option(
    "--older", type=click.FloatRange(min=0), metavar="DAYS", help="Drop only those that began before."
)
@click.option("--dry-run", is_flag=True, help="Tell what would be dropped, and change nothing.")
@json_option
def gc_command(file: str, keep: int | None, older: float | None, dry_run: bool, as_json: bool) -> None:
    """Drop runs that have ended, and the contents that no other run refers to.

    A run that was not ended, and one that a run that stays was forked from, is kept. What is dropped stays in the
    file's history, and its bytes in the file, until `memcodec compact`.
    """
    import memcodec
    from memcodec import Filter
    from memcodec.agents.runs import keeping

    with reading(file) as (_, ledger):
        found = keeping.plan(ledger, keep=keep, older=older)
    if found.runs and not dry_run:
        with memcodec.open(file, settings=memcodec.Settings.of(index="none")) as memory:
            memory.fold()
            memory.forget(Filter(path=found.paths()))
    if as_json:
        dropped = list(found.runs)
        console.echo_json(
            {"file": file, "dropped": dropped, "contents": len(found.contents), "kept": found.kept}
        )
    else:
        verb = "would be dropped" if dry_run else "dropped"
        told = (
            f"{console.count(len(found.runs), 'run')} {verb}, {console.count(len(found.contents), 'content')}"
        )
        click.echo(f"{told}; {found.kept:,} stay")


for each in (runs_again.record_command, runs_again.replay_command, runs_again.fork_command):
    runs_command.add_command(each)

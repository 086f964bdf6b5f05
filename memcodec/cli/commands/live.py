"""``memcodec live``: rings of the newest lines, and what other processes ask of them."""

from __future__ import annotations

from pathlib import Path

import click

from memcodec.cli import console, tables
from memcodec.cli.commands.live_hosting import hosted, ring_options
from memcodec.cli.commands.live_ingest import ingest_command
from memcodec.cli.commands.live_query import query_command
from memcodec.cli.options import force_option, json_option, quiet_option
from memcodec.config.units import format_count, format_size


@click.group("live")
def live_command() -> None:
    """Search a stream as it flows: the newest lines, in memory.

    A ring keeps the newest lines of a stream and finds them, by words and by meaning, from the moment they come until
    they expire, by count, bytes or age. Nothing is written to disk, unless --spill names a memory file: that gets what
    flows out of the ring, every line once, and one search spans both. A RING is a name behind an @, and is reached by
    this user's processes alone. A ring whose process is killed is gone.

    \b
    Examples:
      tail -f access.log | memcodec live query "5xx on checkout"
      tail -f access.log | memcodec live ingest --name web --spill web.mp4
      memcodec live query @web "payment failed" -k 3
      memcodec live query @web "timeout" --follow
      memcodec search "payment failed" web.mp4 @web
    """


live_command.add_command(ingest_command)
live_command.add_command(query_command)


@live_command.command("status")
@click.argument("names", metavar="[RING]...", nargs=-1)
@json_option
def status_command(names: tuple[str, ...], as_json: bool) -> None:
    """Show how rings stand: those that are named, or all.

    \b
    Examples:
      memcodec live status
      memcodec live status @web --json | jq '.rings[0].spilled'
    """
    from memcodec import answers
    from memcodec.live import names as sockets
    from memcodec.live.client import Client

    found = []
    for name in names or sockets.rings():
        with Client(name) as client:
            found.append(client.status())
    if as_json:
        console.echo_json(answers.live.status(found))
        return
    for each in found:
        told = answers.live.status([each])["rings"][0]
        spill = f"{Path(told['spill']).name}, before line {told['spilled']:,}" if told["spill"] else "none"
        rows = [
            ("lines", f"{told['lines']:,}, {format_size(told['bytes'])}, of {told['next']:,} that came"),
            ("kept", _bounds(told["keep"], told["size"], told["age"])),
            ("model", f"{told['model']}, {told['embedded']:,} embedded, {told['skipped']:,} passed by"),
            ("spill", f"{spill}, {told['dropped']:,} dropped" if told["dropped"] else spill),
        ]
        if told["oldest"]:
            rows.insert(1, ("from", f"{told['oldest']} to {told['newest']}"))
        console.report(f"@{told['name']}", [*rows, *([("error", told["error"])] if told["error"] else [])])
    if not found:
        click.echo("no rings")


def _bounds(keep: int, size: int | None, age: float | None) -> str:
    parts = [f"the newest {format_count(keep)}"]
    parts += [f"{format_size(size)} at most"] if size is not None else []
    return ", ".join(parts + ([f"none older than {age:g} s"] if age is not None else []))


@live_command.command("save")
@click.argument("name", metavar="RING")
@click.argument("out", metavar="OUT")
@force_option("Replace OUT if it exists.")
@json_option
@quiet_option
def save_command(name: str, out: str, force: bool, as_json: bool, quiet: bool) -> None:
    """Write the lines of a ring to a new memory file.

    \b
    Examples:
      memcodec live save @web incident.mp4
    """
    from memcodec import answers
    from memcodec.live import wire
    from memcodec.live.client import Client
    from memcodec.live.spill import saved

    with Client(name) as client:
        number = str(client.status()["id"])
        count = saved(out, client.name, number, map(wire.read_line, client.lines()), force=force)
    size = Path(out).stat().st_size
    if as_json:
        console.echo_json(answers.live.saved(client.name, out, count, size))
    elif not quiet:
        console.report(out, [("lines", f"{count:,}"), ("file", format_size(size))])


@live_command.command("outliers")
@click.argument("name", metavar="RING")
@click.option("-k", "k", type=click.IntRange(min=1), default=10, show_default=True, help="How many to show.")
@click.option("--threshold", type=click.FloatRange(0, 2), metavar="DISTANCE", help="Only lines so far off.")
@json_option
def outliers_command(name: str, k: int, threshold: float | None, as_json: bool) -> None:
    """Show the lines that are most unlike the others.

    A line's distance is 1 less the cosine of its vector to the mean of all.

    \b
    Examples:
      memcodec live outliers @web -k 3
    """
    from memcodec import answers
    from memcodec.live.client import Client

    with Client(name) as client:
        found = client.outliers(k, threshold)
    if as_json:
        console.echo_json(answers.live.outliers(client.name, found))
        return
    rows = [(f"{each['distance']:.3f}", str(each["n"]), console.line(each["text"])) for each in found]
    for text in tables.table(("distance", "line", "text"), rows) if rows else ["no outliers"]:
        click.echo(text)


@live_command.command("serve")
@ring_options
@quiet_option
def serve_command(quiet: bool, **options: object) -> None:
    """Keep a ring until Ctrl-C, for others to write to and to ask.

    Lines come from `memcodec live ingest @RING`, or by HTTP: over the ring's socket, and at --http on this machine.

    \b
    Examples:
      memcodec live serve --name web --http 127.0.0.1:8090 --age 1h
      curl --data-binary @access.log -H "Content-Type: text/plain" 127.0.0.1:8090/ingest
      curl "127.0.0.1:8090/search?q=timeout"
      curl -N "127.0.0.1:8090/tail?q=timeout"
    """
    with hosted(options, quiet=quiet) as hosting:
        hosting.stopped.wait()

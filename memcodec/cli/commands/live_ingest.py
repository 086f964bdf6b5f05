"""``memcodec live ingest``: lines from standard input into a ring, and on to standard output."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.cli.commands.live_hosting import hosted, ring_options
from memcodec.cli.options import quiet_option
from memcodec.config.units import format_duration, parse_duration
from memcodec.printable import json_safe

if TYPE_CHECKING:
    from memcodec.ingest.lines import Lines

WAIT = 0.01  #: seconds for which lines are gathered
BATCH = 1 << 17  #: bytes of a batch
_LINES = 4096  # lines sent at once


@click.command("ingest")
@click.argument("ring", metavar="[RING]", required=False)
@ring_options
@click.option("--linger", metavar="TIME", default="0s", help="Keep the ring so long after the input's end.")
@click.option(
    "--resume", is_flag=True, help="The input is sent again from its first line: leave out what is known."
)
@click.option("--ndjson", is_flag=True, help='Lines are JSON: {"text": "...", "tags": {"key": "value"}}.')
@quiet_option
def ingest_command(
    ring: str | None, linger: str, resume: bool, ndjson: bool, quiet: bool, **options: object
) -> None:
    """Put the lines of standard input into a ring.

    The ring is this process's own, and others ask it by its name; or, with RING, one that is there already. Each line
    goes on to standard output as JSON, unless that is a terminal: {"n": number, "time": ..., "text": ...}.

    With --spill, lines that flow out of the ring go into that file; when the input ends, all that are left do. A ring
    of the same name goes on where the file ends. With --resume an input that is there from its beginning, a file say,
    is read on behind the last line that the file has: after a kill -9, nothing is lost and nothing is there twice.

    \b
    Examples:
      tail -f access.log | memcodec live ingest --name web --age 1h
      tail -f access.log | memcodec live ingest | jq -r .text
      memcodec live ingest --name web --spill web.mp4 --resume < access.log
      journalctl -f -o cat | memcodec live ingest @web
    """
    from memcodec.ingest.lines import Lines

    if sys.stdin.isatty():
        raise click.UsageError("standard input is a terminal; pipe lines into it")
    seconds = parse_duration(linger)
    if ring is not None:
        _check_alone()
        with Lines(sys.stdin.fileno()) as lines:
            _feed(ring, lines, resume=resume, ndjson=ndjson)
        return
    began = time.monotonic()
    with hosted(dict(options), quiet=quiet) as hosting, Lines(sys.stdin.fileno()) as lines:
        started = hosting.ring.end
        _watch(hosting.stopped.wait, lines)
        for texts, tags in _batches(lines, hosting.ring.end if resume else 0, ndjson=ndjson):
            first = hosting.ring.add_many(texts, tags=tags)
            if not sys.stdout.isatty():
                _pass_on(first, texts)
        count = hosting.ring.end - started
        hosting.stopped.wait(seconds)
    if sys.stdout.isatty() and not quiet:
        status = [("lines", f"{count:,}"), ("time", format_duration(time.monotonic() - began))]
        console.report(f"@{options['name']}", status)


def _check_alone() -> None:
    ctx = click.get_current_context()
    alone = {"ring", "resume", "ndjson", "quiet"}
    given = [
        name
        for name in ctx.params
        if name not in alone and ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"--{given[0].replace('_', '-')} goes not with RING, which is as it was made")


def _watch(wait: Callable[[], object], lines: Lines) -> None:
    """Stop reading when a signal has come."""
    import threading

    def stop() -> None:
        wait()
        with contextlib.suppress(OSError, ValueError):  # it may have ended by itself
            lines.stop()

    threading.Thread(target=stop, name="stop", daemon=True).start()


Batch = tuple[list[str | bytes], "list[dict[str, str] | None] | None"]


def _batches(lines: Lines, known: int, *, ndjson: bool) -> Iterator[Batch]:
    """Lines as they come, less the first so many."""
    from memcodec.live import wire

    for data in lines.batches(WAIT, BATCH):
        if ndjson:
            found, marks = wire.records(data)
            texts, tags = found, [dict(each) if each else None for each in marks] if marks else None
        else:
            texts, tags = [*data.split(b"\n")], None
            if data.endswith(b"\n"):
                texts.pop()
        skipped = min(known, len(texts))
        known -= skipped
        for at in range(skipped, len(texts), _LINES):
            part = slice(at, at + _LINES)
            yield texts[part], tags[part] if tags is not None else None


def _pass_on(first: int, texts: list[str | bytes]) -> None:
    moment = json.dumps(datetime.now(UTC).isoformat(timespec="microseconds"))
    rows = (
        f'{{"n":{first + at},"time":{moment},"text":{json.dumps(_shown(text), ensure_ascii=False)}}}\n'
        for at, text in enumerate(texts)
    )
    sys.stdout.buffer.write("".join(map(json_safe, rows)).encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def _shown(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "replace")


def _feed(ring: str, lines: Lines, *, resume: bool, ndjson: bool) -> None:
    """Into a ring that is there."""
    from memcodec.live import wire
    from memcodec.live.client import Client

    with Client(ring) as client:
        following = int(client.status()["next"]) if resume else None
        for texts, tags in _batches(lines, following or 0, ndjson=ndjson):
            if ndjson:
                rows = ({"text": text, "tags": tags[at] if tags else None} for at, text in enumerate(texts))
                end, _ = client.ingest_records(b"\n".join(map(wire.dumps, rows)))
            else:
                raw = [text if isinstance(text, bytes) else text.encode() for text in texts]
                end, _ = client.ingest(raw, first=following)
            if following is not None:
                following += len(texts)
            if not sys.stdout.isatty():
                _pass_on(end - len(texts), texts)

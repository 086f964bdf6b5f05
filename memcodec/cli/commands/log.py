"""``memcodec log``, ``timeline``, ``diff``, ``branch`` and ``rollback``: commits, and documents in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands.encode import check_suffix
from memcodec.cli.commands.list import opened
from memcodec.cli.options import (
    State,
    as_of,
    file_argument,
    filter_options,
    force_option,
    json_option,
    quiet_option,
    wait_option,
)
from memcodec.cli.remote_options import cache_option
from memcodec.config.units import format_size

if TYPE_CHECKING:
    from memcodec.file.history import Diff
    from memcodec.model import Commit, Document
    from memcodec.search.filters import Filter

_DAYS = 31  # so many days are shown one by one; more, by the month


@click.command("log")
@file_argument()
@click.option(
    "-n", "count", type=click.IntRange(min=1), metavar="N", help="Only the newest N commits.  [default: all]"
)
@cache_option
@json_option
def log_command(file: str, count: int | None, as_json: bool) -> None:
    """List the commits of a memory file.

    One line a commit, the newest first: its number and time, what made it, the documents it added (+), changed (~)
    and removed (-), and the bytes it took. Number and time are what `--as-of` takes.

    \b
    Examples:
      memcodec log notes.mp4
      memcodec log notes.mp4 -n 5
      memcodec log notes.mp4 --json | jq '.commits[0].number'
    """
    with opened(file) as memory:
        commits = memory.log()[::-1][:count]
    if as_json:
        console.echo_json(
            {"file": remote_options.shown(file), "commits": [commit_json(each) for each in commits]}
        )
        return
    for text in console.table(
        ("COMMIT", "TIME", "KIND", "DOCUMENTS", "SIZE"), [_row(each) for each in commits], right=(0, 4)
    ):
        click.echo(text)


def _row(commit: Commit) -> tuple[str, ...]:
    # With its zone, so that it can be given back to --as-of.
    time = f"{commit.time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{commit.number}", time, commit.kind, _changes(commit), format_size(commit.size)


def _changes(commit: Commit) -> str:
    counts = (("+", commit.added), ("~", commit.changed), ("-", commit.removed))
    return " ".join(f"{sign}{number:,}" for sign, number in counts if number) or "none"


def commit_json(commit: Commit) -> dict[str, Any]:
    """A commit in JSON's types."""
    from dataclasses import asdict

    from memcodec.format.documents import format_time

    return {**asdict(commit), "time": format_time(commit.time)}


@click.command("timeline")
@file_argument()
@filter_options
@cache_option
@json_option
def timeline_command(file: str, only: Filter, as_json: bool) -> None:
    """Show the documents in the order of their times.

    The newest come last, by the day or, when there are many days, by the month. A document's time is its file's, or
    the one it was added with; times are shown in UTC.

    \b
    Examples:
      memcodec timeline notes.mp4
      memcodec timeline letters.flac --since "December 2025" --until 2025-12-31
      memcodec timeline project.mp4 --path "docs/*" --json
    """
    from memcodec.search.results import document_json

    with opened(file) as memory:
        if only.path is not None:
            memory.reader.matching(only.path)  # which says so when no uri does
        documents = [each for each in memory.timeline(only.since, only.until) if only.accepts(each)]
    if as_json:
        console.echo_json(
            {"file": remote_options.shown(file), "documents": [document_json(each) for each in documents]}
        )
        return
    for text in _groups(documents):
        click.echo(text)
    click.echo(console.dim(console.count(len(documents), "document") if documents else "no documents"))


def _groups(documents: Sequence[Document]) -> Iterator[str]:
    """The documents' lines below those of their days or months."""
    if not documents:
        return
    form, within = ("%Y-%m-%d", "%H:%M")
    if len({each.time.astimezone(UTC).date() for each in documents}) > _DAYS:
        form, within = ("%Y-%m", "%d %H:%M")
    rows = [
        (
            f"  {each.time.astimezone(UTC):{within}}",
            format_size(each.size),
            console.line(each.title),
            console.line(each.uri),
        )
        for each in documents
    ]
    lines = iter(console.table(("",) * 4, rows, right=(1,))[1:])
    for title, group in groupby(documents, lambda each: f"{each.time.astimezone(UTC):{form}}"):
        members = list(group)
        yield f"{console.styled(title, bold=True)}  {console.dim(console.count(len(members), 'document'))}"
        yield from (next(lines) for _ in members)


@click.command("diff")
@file_argument()
@click.argument("before", metavar="A", type=as_of)
@click.argument("after", metavar="[B]", type=as_of, required=False)
@cache_option
@json_option
def diff_command(file: str, before: int | datetime, after: State, as_json: bool) -> None:
    """Show which documents changed between two states of a memory file.

    A and B are commits' numbers or times; B is the newest state if not given. + is a document that B has and A has
    not, - one that A has and B has not, ~ one with another content.

    \b
    Examples:
      memcodec diff notes.mp4 3
      memcodec diff notes.mp4 3 7
      memcodec diff notes.mp4 2026-04-01 2026-04-30 --json
    """
    with opened(file) as memory:
        found, commits = memory.diff(before, after), memory.log()
    first, last = (_number(commits, each) for each in (before, after))
    if as_json:
        console.echo_json(
            {"file": remote_options.shown(file), "from": first, "to": last, **_diff_json(found)}
        )
        return
    for sign, colour, uri in _signed(found):
        click.echo(console.styled(f"{sign} {console.line(uri)}", fg=colour))
    counts = f"{len(found.added):,} added, {len(found.changed):,} changed, {len(found.removed):,} removed"
    click.echo(console.dim(f"{counts} from commit {first} to commit {last}"))


def _number(commits: Sequence[Commit], state: State) -> int:
    """The number of the commit that left that state, which is there."""
    if isinstance(state, datetime):
        return max(each.number for each in commits if each.time <= state)
    return state if state is not None else commits[-1].number


def _signed(found: Diff) -> list[tuple[str, str, str]]:
    """A sign, its colour and a uri for each document, by the uri."""
    lines = [("+", "green", each.uri) for each in found.added]
    lines += [("~", "yellow", after.uri) for _, after in found.changed]
    lines += [("-", "red", each.uri) for each in found.removed]
    return sorted(lines, key=lambda line: line[2])


def _diff_json(found: Diff) -> dict[str, Any]:
    from memcodec.search.results import document_json

    return {
        "added": [document_json(each) for each in found.added],
        "changed": [
            {"before": document_json(before), "after": document_json(after)}
            for before, after in found.changed
        ],
        "removed": [document_json(each) for each in found.removed],
    }


@click.command("branch")
@file_argument(check=remote_options.refuse(remote_options.READS_ALL))
@click.argument("commit", metavar="COMMIT", type=as_of)
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    required=True,
    callback=remote_options.refuse(remote_options.WRITES),
    help="The memory file to write.",
)
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def branch_command(
    file: str, commit: int | datetime, output: str, force: bool, as_json: bool, quiet: bool
) -> None:
    """Make a new file of an old state.

    OUT is what FILE was after COMMIT, a commit's number or a time, with its past. FILE is left alone.

    \b
    Examples:
      memcodec branch notes.mp4 3 -o third.mp4
      memcodec branch notes.mp4 2026-04-02 -o april.mp4
    """
    with opened(file) as memory:
        check_suffix(output, memory.reader.codec.name)
        memory.branch(commit, output, force=force)
        number = _number(memory.log(), commit)
    size = Path(output).stat().st_size
    if as_json:
        console.echo_json({"file": output, "commit": number, "size": size})
    elif not quiet:
        click.echo(f"{console.line(output)}: commit {number} of {console.line(file)}, {format_size(size)}")


@click.command("rollback")
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@click.argument("commit", metavar="COMMIT", type=click.IntRange(min=1))
@wait_option
@json_option
@quiet_option
def rollback_command(file: str, commit: int, wait: float, as_json: bool, quiet: bool) -> None:
    """Bring an old state back, as a new commit.

    The documents are then those of COMMIT, a commit's number. Nothing is deleted: the later commits stay in the
    file's past, and another rollback undoes this one.

    \b
    Examples:
      memcodec rollback notes.mp4 3
      memcodec rollback notes.mp4 3 --wait 30
    """
    import memcodec

    with memcodec.open(file, wait=wait) as memory:
        made, notes = memory.rollback(commit), memory.notes
    if as_json:
        console.echo_json({"file": file, "commit": commit_json(made) if made is not None else None})
    elif not quiet:
        click.echo(f"{console.line(file)}: {_rolled_back(made, commit)}")
    if not quiet:
        for text in notes:
            console.note(text)


def _rolled_back(made: Commit | None, commit: int) -> str:
    if made is None:
        return f"its documents are those of commit {commit} already; nothing was written"
    return f"commit {made.number} brings back commit {commit} ({_changes(made)})"

"""``memcodec diff``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options, tables
from memcodec.cli.opened import collection_of
from memcodec.cli.options import State, as_of, file_argument, json_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.several import Said, tell_each

if TYPE_CHECKING:
    from memcodec import Diff, Memory
    from memcodec.insight.values import TopicDiff


class DiffCommand(click.Command):
    """Takes a file in the place of a state: with --topics, two files may be compared."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click has it."""
        words = [each for each in args if not each.startswith("-")]
        if "--topics" in args and "--against" not in args and len(words) == 2 and not _is_state(words[1]):
            at = len(args) - 1 - args[::-1].index(words[1])
            args = [*args[:at], "--against", words[1], *args[at + 1 :]]
        return super().parse_args(ctx, args)


def _is_state(word: str) -> bool:
    try:
        as_of(word)
    except click.BadParameter:
        return False
    return True


@click.command("diff", cls=DiffCommand)
@file_argument("files", many=True)
@click.argument("before", metavar="A", type=as_of, required=False)
@click.argument("after", metavar="[B]", type=as_of, required=False)
@click.option("--topics", is_flag=True, help="How what they speak of differs, beyond chance, instead.")
@click.option(
    "--against",
    metavar="FILE",
    help="With --topics: another file in the place of a state; then there is no A.",
)
@cache_option
@json_option
def diff_command(
    files: tuple[str, ...],
    before: int | datetime | None,
    after: State,
    topics: bool,
    against: str | None,
    as_json: bool,
) -> None:
    """Show which documents changed between two states of memory files.

    A and B are commits' numbers or times; B is the newest state if not given. + marks a document that only B has,
    - one that only A has, ~ one whose content differs.

    \b
    Examples:
      memcodec diff notes.mp4 3
      memcodec diff notes.mp4 3 7
      memcodec diff notes.mp4 2026-04-01 2026-04-30 --json
      memcodec diff notes.mp4 3 --topics
      memcodec diff --topics notes.mp4 letters.flac
    """
    from memcodec import answers

    if against is not None and not topics:
        raise click.UsageError("--against goes with --topics")
    if topics and (against is not None or before is not None):
        _tell_topics(files, before, after, against, as_json=as_json)
        return
    if before is None:
        raise click.UsageError("Missing argument 'A'.")

    def tell(memory: Memory) -> Said:
        found = memory.diff(before, after)
        return Said(answers.documents.diff(memory.name, found), _lines(found))

    tell_each(files, tell, as_json=as_json)


def _lines(found: Diff) -> Iterator[str]:
    for sign, colour, uri in _signed(found):
        yield console.styled(f"{sign} {console.line(uri)}", fg=colour)
    counts = f"{len(found.added):,} added, {len(found.changed):,} changed, {len(found.removed):,} removed"
    yield console.dim(f"{counts} from commit {found.before} to commit {found.after}")


def _signed(found: Diff) -> list[tuple[str, str, str]]:
    """A sign, its colour and a uri for each document, by the uri."""
    lines = [("+", "green", each.uri) for each in found.added]
    lines += [("~", "yellow", after.uri) for _, after in found.changed]
    lines += [("-", "red", each.uri) for each in found.removed]
    return sorted(lines, key=lambda line: line[2])


def _tell_topics(
    files: tuple[str, ...], before: State, after: State, against: str | None, *, as_json: bool
) -> None:
    """How topics differ: between two states of each file, or between files and another one."""
    from memcodec import answers

    if against is not None:
        if before is not None:
            raise click.UsageError("--against compares files as they are; leave A out")
        settings = remote_options.settings()
        with collection_of(files, settings) as old:
            made = old.topic_diff(against)
        if as_json:
            console.echo_json(answers.insight.topic_diff(made))
            return
        console.notes(made.notes)
        for text in _topic_lines(made):
            click.echo(text)
        return

    def tell(memory: Memory) -> Said:
        found = memory.topic_diff(before if before is not None else 1, after)
        return Said(answers.insight.topic_diff(found), _topic_lines(found))

    tell_each(files, tell, as_json=as_json)


def _topic_lines(found: TopicDiff) -> Iterator[str]:
    rows = [
        (
            kind,
            console.line(each.name),
            f"{each.share_before:.1%}",
            f"{each.share_after:.1%}",
            f"{each.p:.2g}",
        )
        for kind, some in (("topic", found.topics), ("term", found.terms))
        for each in some
    ]
    if rows:
        heads = ("", "", console.line(found.before), console.line(found.after), "P")
        yield from tables.table(heads, rows, right=(2, 3, 4))
    tested = f"tested {found.tried:,} topics and terms of {found.documents[0]:,} and {found.documents[1]:,} documents"
    yield console.dim(tested if rows else f"nothing differs beyond chance: {tested}")

"""``memcodec timeline``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import groupby, islice
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, tables
from memcodec.cli.options import file_argument, filter_options, json_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.sections import Command
from memcodec.cli.several import Said, tell_each
from memcodec.config.units import format_size

if TYPE_CHECKING:
    from memcodec import Filter, Memory
    from memcodec.model import Document


_DAYS = 31  # so many days are shown one by one; more, by the month


@click.command("timeline", cls=Command)
@file_argument("files", many=True)
@filter_options()
@cache_option
@json_option
def timeline_command(files: tuple[str, ...], only: Filter, as_json: bool) -> None:
    """Show the documents in the order of their times.

    The newest come last, by the day or, when there are many days, by the month. A document's time is its file's, or
    the one it was added with; times are shown in UTC.

    \b
    Examples:
      memcodec timeline notes.mp4
      memcodec timeline letters.flac --since "December 2025" --until 2025-12-31
      memcodec timeline project.mp4 --path "docs/*" --json
    """
    from memcodec import answers

    def tell(memory: Memory) -> Said:
        documents = memory.timeline(only)
        count = console.count(len(documents), "document") if documents else "no documents"
        answer = answers.documents.listing(memory.name, documents)
        return Said(answer, [*_groups(documents), console.dim(count)])

    tell_each(files, tell, as_json=as_json)


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
    made = tables.table(("",) * 4, rows, right=(1,), paths=(3,))
    each_has = len(made) // (len(rows) + 1)  # lines; those of the heads come first
    lines = iter(made[each_has:])
    for title, group in groupby(documents, lambda each: f"{each.time.astimezone(UTC):{form}}"):
        members = list(group)
        yield f"{console.styled(title, bold=True)}  {console.dim(console.count(len(members), 'document'))}"
        yield from islice(lines, len(members) * each_has)

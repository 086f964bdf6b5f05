"""``memcodec forget`` and ``compact``: documents taken out of a file's state, and then out of the file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commits_text import commit_json
from memcodec.cli.opened import opened
from memcodec.cli.options import (
    file_argument,
    first_of,
    json_option,
    path_option,
    quiet_option,
    tag_option,
    tags,
    wait_option,
)
from memcodec.config.units import format_size

if TYPE_CHECKING:
    from memcodec.memory import Memory
    from memcodec.model import Commit, Document

_SHOWN = 10  # documents listed one by one


@click.command("forget")
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@click.option("--doc", "ids", metavar="ID", multiple=True, help="The document of that id. Repeatable.")
@path_option
@tag_option("Only documents marked so. Repeatable: all of them must hold.")
@click.option(
    "--before", type=first_of, metavar="TIME", help="Only documents that are older than that date or time."
)
@click.option("--dry-run", is_flag=True, help="Show what would be forgotten, and change nothing.")
@wait_option
@json_option
@quiet_option
def forget_command(
    file: str,
    ids: tuple[str, ...],
    pattern: str | None,
    pairs: tuple[str, ...],
    before: datetime | None,
    dry_run: bool,
    wait: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Take documents out of a memory file.

    Forgets the documents for which every condition given holds; at least one is needed. They are no longer found,
    listed or restored, but `--as-of` still reads them from the file's past, until `memcodec compact` takes their text
    out of the file.

    \b
    Examples:
      memcodec forget notes.mp4 --doc 4d0f6c1c0a7b2d11
      memcodec forget project.mp4 --path "drafts/*" --dry-run
      memcodec forget letters.flac --tag author=Melville --before 2020-01-01
    """
    import memcodec

    conditions: dict[str, Any] = {"ids": ids, "path": pattern, "tags": tags(pairs), "before": before}
    if not any(conditions.values()):
        raise click.UsageError(
            "say what to forget: --doc, --path, --tag or --before", click.get_current_context()
        )
    made: Commit | None = None
    with memcodec.open(file, wait=wait) as memory:
        if dry_run:
            documents = memory.matching(**conditions)
        else:
            made = memory.forget(**conditions)
            documents = _gone(file, made, memory)
        notes = memory.notes
    if as_json:
        console.echo_json(_forget_json(file, made, documents))
    elif not quiet:
        _show_forgotten(file, made, documents)
    if not quiet:
        for text in notes:
            console.note(text)


def _gone(file: str, made: Commit, memory: Memory) -> list[Document]:
    """What that commit dropped: what was in the state when its turn came, not when this process was started."""
    left = {each.id for each in memory.documents()}
    with opened(file, made.number - 1) as before:
        return [each for each in before.documents() if each.id not in left]


def _forget_json(file: str, made: Commit | None, documents: Sequence[Document]) -> dict[str, Any]:
    from memcodec.search.results import document_json

    commit = commit_json(made) if made is not None else None
    return {"file": file, "commit": commit, "forgotten": [document_json(each) for each in documents]}


def _show_forgotten(file: str, made: Commit | None, documents: Sequence[Document]) -> None:
    for document in documents[:_SHOWN]:
        click.echo(
            f"{console.styled('-', fg='red')} {console.line(document.uri)}  {console.dim(document.id)}"
        )
    if len(documents) > _SHOWN:
        click.echo(f"... and {len(documents) - _SHOWN:,} more (--json lists them all)")
    count, size = console.count(len(documents), "document"), format_size(sum(each.size for each in documents))
    if made is None:
        click.echo(f"{console.line(file)}: would forget {count}, {size}; nothing was changed")
        return
    click.echo(f"{console.line(file)}: commit {made.number} forgot {count}, {size}")
    console.note(f"the text is still in the file's past; `memcodec compact {file}` takes it out for good")

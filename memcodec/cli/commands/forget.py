"""``memcodec forget``: documents taken out of a file's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.ingest_options import dry_run_option
from memcodec.cli.options import file_argument, filter_options, json_option, quiet_option, wait_option
from memcodec.cli.sections import Command
from memcodec.config.units import format_size

if TYPE_CHECKING:
    from memcodec import CommitReport, Filter

_SHOWN = 10  # documents listed one by one


@click.command("forget", cls=Command)
@file_argument(check=remote_options.refuse(remote_options.CHANGES))
@filter_options()
@dry_run_option("Show what would be forgotten, and change nothing.")
@wait_option
@json_option
@quiet_option
def forget_command(file: str, only: Filter, dry_run: bool, wait: float, as_json: bool, quiet: bool) -> None:
    """Remove documents from a memory file's current state.

    Forgets the documents for which every condition given holds; at least one is needed. They are no longer found,
    listed or restored, but `--as-of` still reads them from the file's history, until `memcodec compact` removes their
    text from the file.

    \b
    Examples:
      memcodec forget notes.mp4 --doc 4d0f6c1c0a7b2d11
      memcodec forget project.mp4 --path "drafts/*" --dry-run
      memcodec forget letters.flac --tag author=Melville --before 2020-01-01
    """
    import memcodec
    from memcodec import answers

    if not only:
        raise click.UsageError(
            "say what to forget: --doc, --path, --tag, --type, --lang, --since, --until or --before",
            click.get_current_context(),
        )
    with memcodec.open(file, wait=wait) as memory:
        report = memory.forget(only, dry_run=dry_run)
    if as_json:
        console.echo_json(answers.writes.forget(file, report))
    elif not quiet:
        _show_forgotten(file, report)
    if not quiet:
        console.notes(report.notes)


def _show_forgotten(file: str, report: CommitReport) -> None:
    documents = report.forgotten
    for document in documents[:_SHOWN]:
        click.echo(
            f"{console.styled('-', fg='red')} {console.line(document.uri)}  {console.dim(document.id)}"
        )
    if len(documents) > _SHOWN:
        click.echo(f"... and {len(documents) - _SHOWN:,} more (--json lists them all)")
    count, size = console.count(len(documents), "document"), format_size(sum(each.size for each in documents))
    if report.commit is None:
        click.echo(f"{console.line(file)}: would forget {count}, {size}; nothing was changed")
        return
    click.echo(f"{console.line(file)}: commit {report.commit.number} forgot {count}, {size}")
    console.note(f"the text is still in the file's history; `memcodec compact {file}` removes it for good")

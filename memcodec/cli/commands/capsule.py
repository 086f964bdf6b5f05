"""``memcodec capsule``."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.cli.ingest_options import dry_run_option
from memcodec.cli.opened import opened
from memcodec.cli.options import (
    State,
    as_of_option,
    file_argument,
    filter_options,
    force_option,
    json_option,
    last_of,
    parity_option,
    quiet_option,
    setting,
)
from memcodec.cli.progress import Progress
from memcodec.cli.remote_options import cache_option
from memcodec.cli.seal_options import output_option, passphrase_for
from memcodec.config.units import format_duration, format_size

if TYPE_CHECKING:
    from memcodec import CapsuleReport, Filter

_SHOWN = 20  # documents named one by one


@click.command("capsule")
@file_argument()
@output_option("The capsule to write.")
@click.option(
    "--query", metavar="QUERY", help="Only documents that this finds by its words, as `memcodec search` does."
)
@filter_options()
@as_of_option
@click.option(
    "--to",
    metavar="RECIPIENT",
    multiple=True,
    help="Seal it for age1..., ssh-ed25519 ..., or a file of such lines. Repeatable.",
)
@click.option("--passphrase", is_flag=True, help="Seal it with a passphrase, which is asked for.")
@click.option(
    "--expires",
    type=last_of,
    metavar="DATE",
    help="Ask readers to open it until the end of that day, month or time, and no longer.",
)
@click.option(
    "--allow",
    metavar="WORD,...",
    help="Ask readers to do this alone with it: some of search, show, list, restore, understand, copy.  "
    "[default: search,show,list]",
)
@click.option(
    "--note", metavar="TEXT", default="", help="What to tell who reads it; `memcodec info` shows it."
)
@setting("--profile", show_default=False, help="Its profile.  [default: FILE's]")
@parity_option
@dry_run_option("Tell which documents would go in, and write nothing.")
@force_option("Replace the output file if it exists.")
@cache_option
@json_option
@quiet_option
def capsule_command(
    file: str,
    output: str,
    query: str | None,
    only: Filter,
    as_of: State,
    to: tuple[str, ...],
    passphrase: bool,
    expires: datetime | None,
    allow: str | None,
    note: str,
    dry_run: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Write a part of a memory for somebody, sealed, with rules for its use.

    The capsule is a new memory file of the documents that are chosen, whole, and of nothing else: no history, no words,
    names or vectors of others. It has a key and an id of its own. FILE itself is not changed.

    That nobody without the key reads it, or takes its rules off, is mathematics. That who has the key keeps to
    --expires and --allow is manners: memcodec refuses to do what they do not allow, another program need not. Give away
    only what may stay with whom you give it to. SEALED.md says more.

    --allow takes these words: search; show (also open, get, cat); list (also timeline, diff); restore (also mount);
    understand (graph, topics, trends, synthesize, dashboard); copy (convert, reseal, branch, merge, unseal). `info`,
    `verify`, `repair`, `split`, `publish` and `fetch` need no leave; nothing is ever added to a capsule.

    \b
    Examples:
      memcodec capsule notes.mp4 -o herons.mp4 --query "heron OR egret" --to team.txt --expires 2040-01-01
      memcodec capsule notes.mp4 -o birds.mp4 --path "birds/*" --to team.txt --allow search,show
      memcodec capsule notes.mp4 -o first.flac --as-of 1 --to team.txt --note "As it began."
      memcodec capsule notes.mp4 -o herons.mp4 --query heron --to team.txt --dry-run
    """
    from memcodec import answers
    from memcodec.config import sources as config

    profile = options.pop("profile")
    settings = config.load(options)
    word = passphrase_for(wanted=passphrase)
    began = time.monotonic()
    with opened(file, as_of) as memory, Progress(quiet=quiet) as progress:
        report = memory.capsule(
            output,
            to=to,
            passphrase=word,
            query=query,
            only=only,
            expires=expires,
            allow=allow,
            note=note,
            settings=settings,
            profile=str(profile) if profile is not None else None,
            force=force,
            dry_run=dry_run,
            progress=progress,
        )
    if as_json:
        console.echo_json(answers.sealed.capsule(output, report, dry_run=dry_run))
    elif not quiet:
        _show(output, report, time.monotonic() - began, dry_run=dry_run)


def _show(output: str, report: CapsuleReport, seconds: float, *, dry_run: bool) -> None:
    size = "would be made; nothing was written" if dry_run else format_size(report.size)
    until = f"until {report.expires:%Y-%m-%d %H:%M} UTC" if report.expires is not None else "for ever"
    text = format_size(sum(each.size for each in report.documents))
    rows = [
        ("documents", f"{len(report.documents):,}, {text} of text"),
        *(("", console.line(each.uri)) for each in report.documents[:_SHOWN]),
    ]
    if len(report.documents) > _SHOWN:
        rows.append(("", f"... and {len(report.documents) - _SHOWN:,} more (--json lists them all)"))
    rows += [
        ("sealed for", ", ".join(map(console.line, report.recipients))),
        ("allowed", f"{', '.join(report.allow)}, {until}"),
        *([("note", console.line(report.note))] if report.note else []),
        ("file", f"{size}, {report.codec} {report.profile}"),
        ("time", format_duration(seconds)),
    ]
    console.report(output, rows)
    console.notes(report.notes)

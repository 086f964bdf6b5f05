"""``memcodec cache``: what memcodec keeps on this machine, and an end to it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from memcodec.cli import console, tables
from memcodec.cli.options import json_option, quiet_option
from memcodec.config.units import format_size

if TYPE_CHECKING:
    from memcodec.answers.machine import ClearedAnswer

_WHAT = {
    "models": "embedding models, made ready once",
    "spans": "what was fetched from URLs (--cache)",
    "vectors": "vectors made for queries (--late)",
    "sources": "where folders lie, and what their files were",
    "notes": "edits of notes that are not in their files yet",
    "jobs": "the queue of background jobs, and its log",
    "settings": "your memcodec.toml",
}
Kind = Literal["models", "spans", "vectors", "sources", "jobs"]
KINDS: tuple[Kind, ...] = ("models", "spans", "vectors", "sources", "jobs")


@click.group("cache", invoke_without_command=True)
@json_option
@click.pass_context
def cache_command(ctx: click.Context, as_json: bool) -> None:
    """Show what memcodec keeps on this machine, and clear it.

    Besides the files it is told to write, memcodec keeps things only in these folders: models that were exported
    when they were first used, pages fetched from URLs if --cache asked for it, vectors of chunks that had none when
    a search asked for them, what `sync` needs to know unchanged files without reading them, edits that `serve`
    took and that are in no file yet, and the queue of background jobs.

    \b
    Examples:
      memcodec cache
      memcodec cache --json | jq .bytes
      memcodec cache clear
      memcodec cache clear --models
    """
    if ctx.invoked_subcommand is not None:
        return
    from memcodec import answers
    from memcodec.cli.machine import kept

    found = list(kept())
    if as_json:
        console.echo_json(answers.machine.cache(found))
        return
    rows = [
        (each["name"], format_size(each["bytes"]), each["path"] or "no folder", _WHAT[each["name"]])
        for each in found
    ]
    for text in tables.table(("NAME", "SIZE", "FOLDER", "WHAT"), rows, right=(1,), paths=(2,), prose=(3,)):
        click.echo(text)


@cache_command.command("clear")
@click.option("--models", is_flag=True, help="The models; they are made ready again when they are used.")
@click.option("--spans", is_flag=True, help="What was fetched from URLs.")
@click.option("--vectors", is_flag=True, help="Vectors made for queries.")
@click.option(
    "--sources", is_flag=True, help="Where folders lie, and what their files were; sync asks again."
)
@click.option("--jobs", is_flag=True, help="Jobs that have ended, and their logs.")
@json_option
@quiet_option
def clear_command(as_json: bool, quiet: bool, **wanted: bool) -> None:
    """Remove what is kept: all of it, or what is named.

    Jobs that wait or run stay, and so do the models while there are any. Your settings and notes are yours.
    """
    from memcodec import answers

    cleared = [_cleared(kind) for kind in KINDS if wanted[kind] or not any(wanted.values())]
    if as_json:
        console.echo_json(answers.machine.cleared(cleared))
        return
    for each in () if quiet else cleared:
        click.echo(f"{each['name']}: {format_size(each['freed'])} freed")
    console.notes(f"{each['name']}: {each['left']}" for each in cleared if each["left"])


def _cleared(kind: Kind) -> ClearedAnswer:
    """Clear one folder, as far as no job needs what is in it."""
    from memcodec.config import folders
    from memcodec.jobs import client
    from memcodec.models import embedding

    folder = folders.ALL[kind]()
    before, left = folders.size(kind), None
    working = client.working() if kind in ("models", "jobs") else []
    if working:
        open_jobs = console.count(len(working), "open job")
        left = (
            f"{open_jobs} stay"
            if kind == "jobs"
            else f"kept for {open_jobs}; `memcodec jobs list` shows them"
        )
    if kind == "models" and not working:
        embedding.clear()
    elif kind == "jobs":
        client.clear()
    elif kind == "spans":
        _clear_spans(folder)
    elif kind == "vectors":
        from memcodec.models.embedding import kept

        kept.clear()
    elif kind == "sources":
        shutil.rmtree(folder, ignore_errors=True)
    return {"name": kind, "freed": max(0, before - folders.size(kind)), "left": left}


def _clear_spans(folder: Path) -> None:
    from memcodec.storage.remote.diskcache import DiskCache

    if folder.is_dir():
        DiskCache(folder, 0).clear()

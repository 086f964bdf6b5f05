"""``memcodec index``: indexes for memory files that lack them. And what ``--index background`` does elsewhere."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import file_argument, json_option, quiet_option
from memcodec.cli.progress import Progress
from memcodec.config.units import format_duration

if TYPE_CHECKING:
    from memcodec.answers.jobs import IndexedAnswer
    from memcodec.config.settings import Settings
    from memcodec.jobs import Options
    from memcodec.jobs.client import JobHandle


@click.command("index")
@file_argument("files", many=True, check=remote_options.refuse(remote_options.CHANGES))
@click.option("--background", is_flag=True, help="Return at once; other processes do it.")
@click.option(
    "--model",
    metavar="NAME",
    help="The embedding model, a name or a folder; none makes the lexical index alone.  [default: FILE's own]",
)
@click.option(
    "--image-model", metavar="DIR", help="Let the CLIP model in that folder see the pictures that FILE keeps."
)
@click.option("--rebuild", is_flag=True, help="Rebuild all vectors, also with another model.")
@click.option(
    "--workers", type=click.IntRange(1, 1024), metavar="N", help="How many processes.  [default: one a core]"
)
@click.option("--nice", type=click.IntRange(0, 19), default=0, metavar="N", help="Their niceness, 0 to 19.")
@click.option(
    "--cluster", metavar="ADDRESS", help="Run on the Dask cluster of that scheduler: tcp://host:8786."
)
@json_option
@quiet_option
def index_command(
    files: tuple[str, ...],
    background: bool,
    model: str | None,
    image_model: str | None,
    rebuild: bool,
    workers: int | None,
    nice: int,
    cluster: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Build the indexes that memory files lack.

    Every chunk without a vector gets one, and every chunk its place in the lexical index. Vectors are committed as
    they are made: an interrupt leaves what is done in the file, and the next run goes on from there. Those of --rebuild
    are committed together at the end: until then the file keeps its old ones. Search uses what there is so far.
    --background leaves the work to processes that outlive this command: `memcodec jobs` shows them.

    \b
    Examples:
      memcodec index notes.mp4
      memcodec index monday.mp4 tuesday.mp4 --background
      memcodec index notes.mp4 --rebuild --model ./my-model --workers 4
      memcodec index photos.mp4 --image-model clip/
    """
    from memcodec.config import sources as config
    from memcodec.jobs import Options
    from memcodec.jobs.client import enqueue

    settings = config.load()
    options = Options(
        workers or 0, nice, cluster=cluster, language=settings.index.language, bits=settings.index.vectors
    )
    if background and image_model is not None:
        raise click.UsageError("--image-model does not go with --background")
    if background:
        default = settings.index.model
        handles = [
            enqueue(file, model=model, default=default, rebuild=rebuild, options=options) for file in files
        ]
        _report_jobs(handles, as_json, quiet)
        return
    made = []
    for file in files:
        chosen = model or _default(file, settings)
        made.append(_index(file, chosen, rebuild, options, quiet))
        if image_model is not None:
            made[-1]["pictures"] = _look(file, image_model, quiet)
        if not (as_json or quiet):
            _report(made[-1])
    if as_json:
        console.echo_json({"files": made})


def _default(file: str, settings: Settings) -> str | None:
    """The settings' model for a file that has none; None for one that has."""
    from memcodec.jobs.client import has_vectors

    return None if has_vectors(Path(file)) else settings.index.model


def _index(file: str, model: str | None, rebuild: bool, options: Options, quiet: bool) -> IndexedAnswer:
    from memcodec.cli.opened import opened
    from memcodec.jobs.pool import Poisoned
    from memcodec.jobs.work import index_now
    from memcodec.upkeep.index import coverage

    began = time.monotonic()
    with Progress(quiet=quiet) as progress:
        try:
            made = index_now(Path(file), model, rebuild, options, _Shown(progress))
        except Poisoned as error:
            raise error.error from error
    with opened(file) as memory:
        (indexed, chunks), info = coverage(memory.reader), memory.info()
    seconds = round(time.monotonic() - began, 3)
    return {
        "file": file,
        "chunks": chunks,
        "indexed": indexed,
        "made": made,
        "lexical": info.lexical,
        "model": info.model,
        "pictures": 0,
        "seconds": seconds,
    }


def _look(file: str, model: str, quiet: bool) -> int:
    from memcodec.upkeep.sight import index_pictures

    notes: list[str] = []
    with Progress(quiet=quiet) as progress:
        seen = index_pictures(file, model, notes, progress=progress)
    if not quiet:
        console.notes(notes)
    return seen


class _Shown:
    """How the work goes, as a progress bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._first = progress, 0

    def began(self, done: int, total: int) -> None:
        self._first = done
        self.went_on(done, total)

    def went_on(self, done: int, total: int) -> None:
        if total > self._first:
            self._progress("vectors", done - self._first, total - self._first)

    def note(self, text: str) -> None:
        """The bar says enough."""

    def tick(self) -> None:
        """An interrupt comes by itself."""

    def indexed(self, done: int, total: int) -> None:
        self._progress("lexical", done, total)

    def committing(self) -> contextlib.AbstractContextManager[None]:
        self._progress("arrange", 0, 0)
        return contextlib.nullcontext()

    def was_rebuilt(self, model: str) -> None:
        """Nobody goes on from here after a crash."""


def _report(made: IndexedAnswer) -> None:
    rate = f" ({made['made'] / made['seconds']:,.0f}/s)" if made["made"] and made["seconds"] else ""
    rows = [
        ("vectors", f"{made['made']:,} made, {made['indexed']:,} of {made['chunks']:,} chunks have one"),
        ("index", "lexical" + (f" and semantic ({console.line(made['model'])})" if made["model"] else "")),
        *([("pictures", f"{made['pictures']:,} seen")] if made["pictures"] else []),
        ("time", format_duration(made["seconds"]) + rate),
    ]
    console.report(made["file"], rows)


def _report_jobs(handles: list[JobHandle], as_json: bool, quiet: bool) -> None:
    from memcodec import answers

    if as_json:
        console.echo_json(answers.jobs.jobs(handle.status() for handle in handles))
    elif not quiet:
        for handle in handles:
            console.report(handle.status().path, [job_row(handle.id)])


# ``--index`` of the commands that write


def prepare(settings: Settings) -> None:
    """Before anything is written: whether jobs can be kept. Raises StorageError or MissingExtra."""
    if _is_wanted(settings):
        from memcodec.jobs.client import check

        check(settings.index.model)


def start(file: str, settings: Settings) -> int | None:
    """After the commit: the number of the job that makes the vectors; None when none is wanted."""
    if not _is_wanted(settings):
        return None
    from memcodec.jobs import Options
    from memcodec.jobs.client import enqueue

    options = Options(language=settings.index.language, bits=settings.index.vectors)
    return enqueue(file, default=settings.index.model, options=options).id


def complete(file: str, settings: Settings, *, quiet: bool) -> None:
    """Make the vectors that a file lacks, now."""
    from memcodec.jobs import Options

    options = Options(language=settings.index.language, bits=settings.index.vectors)
    _index(file, _default(file, settings), False, options, quiet)


def _is_wanted(settings: Settings) -> bool:
    return settings.encode.index == "background" and settings.index.model != "none"


def job_row(job: int) -> tuple[str, str]:
    """A job as a row of a report."""
    return "vectors", f"job {job} makes them {console.dim(f'(memcodec jobs wait {job})')}"

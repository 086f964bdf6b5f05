"""``memcodec encode``: sources in, a memory file out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.commands import index
from memcodec.cli.ingest_options import (
    Naming,
    collect,
    dry_run_option,
    ingest_options,
    preview,
    skipped_rows,
    sources_argument,
    tell,
)
from memcodec.cli.options import (
    force_option,
    index_options,
    json_option,
    media_options,
    quiet_option,
    setting,
)
from memcodec.cli.progress import Progress
from memcodec.cli.seal_options import passphrase_for, seal_options
from memcodec.cli.sections import Command
from memcodec.config.tags import parse_tags
from memcodec.config.units import format_count, format_duration, format_size
from memcodec.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from memcodec import CommitReport, Info
    from memcodec.ingest.walk import Skipped


_LITTLE = 100_000  # bytes of text


@click.command("encode", cls=Command)
@sources_argument()
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    help="The memory file to write, for example notes.mp4 or s3://bucket/notes.mp4.",
)
@setting(
    "--codec",
    metavar="NAME",
    help="The medium; `memcodec codecs` lists them. Not given, FILE's name decides: .flac is flac.",
)
@setting("--profile", help="The smallest file, or one that survives re-encoding and scaling.")
@media_options
@index_options
@ingest_options
@seal_options
@dry_run_option("Show what would go in, and write nothing.")
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def encode_command(
    sources: tuple[str, ...],
    output: str,
    pairs: tuple[str, ...],
    dry_run: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
    root: str | None,
    title: str | None,
    uri: str | None,
    seal_to: tuple[str, ...],
    passphrase: bool,
    **options: object,
) -> None:
    """Turn files, folders or standard input into a memory file.

    Every SOURCE is a file, a folder to walk, or - for standard input. Anything that is UTF-8 text is taken and
    kept byte for byte; of PDF, Word, mail and many other kinds the text is extracted (docs/KINDS.md). Other files are
    counted and left out, as are hidden ones and what .gitignore names.
    The first folder's documents have their paths in it as uris; those of every other begin with that folder's name.
    The file appears when it is complete, or not at all.

    \b
    Examples:
      memcodec encode notes/ -o notes.mp4
      memcodec encode src/ docs/ -o project.mp4 --include py --include md --exclude "drafts/"
      memcodec encode book.txt -o book.mp4 --codec h264 --profile robust --tag author=Melville
      memcodec encode letters/ -o letters.flac --profile robust
      memcodec encode notes/ -o s3://bucket/notes.mp4
      git log | memcodec encode - -o history.mp4 --model none
      memcodec encode diary/ -o diary.mp4 --seal-to age10ukwyttt8qg23509qxe9x3gwqya0nnflqkprvhsq807x47fkaa8s86kwk3
    """
    import memcodec
    from memcodec import answers
    from memcodec.config import sources as config
    from memcodec.media.registry import for_file
    from memcodec.storage.open import place_of

    settings, marks, naming = config.load(options), parse_tags(pairs), Naming(title=title, uri=uri, root=root)
    if options["codec"] is None:
        settings = settings.with_options(codec=for_file(output, settings.encode.codec))
    check_suffix(output, settings.encode.codec)
    index.prepare(settings)
    remote_options.check_target(output, settings)
    began, place = time.monotonic(), place_of(output)
    if place.path is not None and place.path.is_file() and not force:
        raise StorageError(f"{output}: exists already; use append to add to it, or --force to replace it")
    if dry_run:
        with Progress(quiet=quiet) as progress, memcodec.create(settings=settings) as nothing:
            skipped, would = preview(nothing, sources, settings, marks, progress, naming)
        _show_planned(output, would, skipped, time.monotonic() - began, as_json=as_json, quiet=quiet)
        return
    with (
        Progress(quiet=quiet) as progress,
        memcodec.create(
            place,
            settings=settings,
            force=force,
            progress=progress,
            seal=seal_to,
            passphrase=passphrase_for(wanted=passphrase),
        ) as memory,
    ):
        skipped = collect(memory.add_items, sources, settings.ingest, marks, progress, naming)
        notes = memory.commit().notes
        info = memory.info()
    job = index.start(output, settings)
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(answers.files.encode(info, skipped, notes, seconds=seconds, job=job))
    elif not quiet:
        _report(info, skipped, seconds, job)
    if not quiet:
        tell(skipped)
        console.notes(notes)


def _show_planned(
    output: str, would: CommitReport, skipped: Skipped, seconds: float, *, as_json: bool, quiet: bool
) -> None:
    from memcodec import answers

    if as_json:
        console.echo_json(answers.writes.append(output, would, skipped, seconds=seconds, job=None))
    elif not quiet:
        rows = [
            ("documents", format_count(would.added)),
            ("file", "would be made; nothing was written"),
            ("time", format_duration(seconds)),
        ]
        console.report(output, [*rows, *skipped_rows(skipped)])
    if not quiet:
        tell(skipped)
        console.notes(would.notes)


def check_suffix(output: str, codec: str) -> None:
    """Raises ConfigError unless the file's name ends as the codec's files do."""
    from memcodec.media import registry

    suffixes = registry.get(codec).suffixes
    if not output.lower().endswith(suffixes):
        raise ConfigError(f"{output}: the codec {codec} writes {', '.join(suffixes)}; name the file so")


def _report(info: Info, skipped: Skipped, seconds: float, job: int | None) -> None:
    rate = f" ({format_size(round(info.text / seconds))}/s)" if info.text else ""
    rows = [
        ("documents", f"{format_count(info.documents)}, {format_size(info.text)} of text"),
        ("file", f"{size_of(info)}, {info.codec} {info.profile}"),
        ("index", f"{indexes(info)}, {format_count(info.chunks)} chunks"),
        *([index.job_row(job)] if job is not None else []),
        ("time", f"{format_duration(seconds)}{rate}"),
        *skipped_rows(skipped),
    ]
    console.report(info.file, rows)


def size_of(info: Info) -> str:
    """A file's size and, where that says something, how it compares with the text."""
    if info.size <= info.text:
        return f"{format_size(info.size)}, {info.size / info.text:.0%} of the text"
    if info.text < _LITTLE:  # most of the file is then what any file has
        return format_size(info.size)
    return f"{format_size(info.size)}, {info.size / info.text:.1f} times the text"


def indexes(info: Info) -> str:
    """The indexes of a file in words."""
    kinds = ["lexical"] * info.lexical + [f"semantic ({console.line(info.model or '')})"] * bool(info.model)
    return " and ".join(kinds) or "none"

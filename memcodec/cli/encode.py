"""``memcodec encode``: sources in, a memory file out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from memcodec.cli import console
from memcodec.cli.options import (
    force_option,
    index_options,
    json_option,
    media_options,
    quiet_option,
    setting,
)
from memcodec.cli.progress import Progress
from memcodec.errors import ConfigError, SourceError
from memcodec.units import format_count, format_duration, format_size

if TYPE_CHECKING:
    from memcodec.config import Settings
    from memcodec.info import Info
    from memcodec.ingest.item import Item
    from memcodec.ingest.walk import Skipped


@click.command("encode")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "-o", "--output", metavar="FILE", required=True, help="The memory file to write, for example notes.mp4."
)
@setting(
    "--codec",
    metavar="NAME",
    help="The medium; `memcodec codecs` lists them. Not given, FILE's name decides: .flac is flac.",
)
@setting("--profile", help="The smallest file, or one that survives re-encoding and scaling.")
@media_options
@index_options
@setting("--chunk-size", type=int, metavar="N", help="Characters a chunk (what search returns) has, about.")
@setting("--overlap", type=int, metavar="N", help="Characters a chunk shares with the one before.")
@click.option("--tag", "tags", metavar="KEY=VALUE", multiple=True, help="Mark every document so. Repeatable.")
@setting(
    "--include", metavar="EXT", multiple=True, help="From folders, take only names that end so. Repeatable."
)
@setting(
    "--exclude", metavar="GLOB", multiple=True, help="Leave out what matches, as in .gitignore. Repeatable."
)
@setting(
    "--max-depth",
    type=int,
    metavar="N",
    help="How deep to walk; 1 takes a folder's own files, 0 sets no limit.",
)
@setting("--max-file-size", metavar="SIZE", help="Leave out larger files: 25MB, 1.5GiB.")
@setting("--hidden", is_flag=True, help="Take hidden files and folders too.")
@setting(
    "--no-gitignore",
    "gitignore",
    flag_value=False,
    type=bool,
    help="Take what .gitignore files leave out, too.",
)
@setting("--follow-links", is_flag=True, help="Follow symbolic links inside folders.")
@force_option("Replace the output file if it exists.")
@json_option
@quiet_option
def encode_command(
    sources: tuple[str, ...],
    output: str,
    tags: tuple[str, ...],
    force: bool,
    as_json: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Turn files, folders or standard input into a memory file.

    Every SOURCE is a file, a folder to walk, or - for standard input. Anything that is UTF-8 text is taken and
    kept byte for byte; other files are counted and left out, as are hidden ones and what .gitignore names.
    The file appears when it is complete, or not at all.

    \b
    Examples:
      memcodec encode notes/ -o notes.mp4
      memcodec encode src/ docs/ -o project.mp4 --include py --include md --exclude "drafts/"
      memcodec encode book.txt -o book.mp4 --codec h264 --profile robust --tag author=Melville
      memcodec encode letters/ -o letters.flac --profile robust
      git log | memcodec encode - -o history.mp4 --model none
    """
    from memcodec import config
    from memcodec.codec import for_file
    from memcodec.memory import Memory, Writing

    settings, marks = config.load(options), _tags(tags)
    if options["codec"] is None:
        settings = settings.with_options(codec=for_file(output, settings.encode.codec))
    check_suffix(output, settings.encode.codec)
    began, path = time.monotonic(), Path(output)
    with (
        Progress(quiet=quiet) as progress,
        Memory(path, Writing(path, settings, force=force, progress=progress)) as memory,
    ):
        skipped = _collect(memory, sources, settings, marks, progress)
        memory.commit()
        info, notes = memory.info(), memory.notes
    seconds = time.monotonic() - began
    if as_json:
        console.echo_json(_to_json(info, skipped, seconds, notes))
    elif not quiet:
        _report(info, skipped, seconds)
    if not quiet:
        for text in notes:
            console.note(text)


def check_suffix(output: str, codec: str) -> None:
    """Raises ConfigError unless the file's name ends as the codec's files do."""
    from memcodec import codec as codecs_

    suffixes = codecs_.get(codec).suffixes
    if not output.lower().endswith(suffixes):
        raise ConfigError(f"{output}: the codec {codec} writes {', '.join(suffixes)}; name the file so")


def _tags(pairs: Iterable[str]) -> dict[str, str]:
    tags = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key:
            raise ConfigError(f"--tag {pair!r}: write KEY=VALUE, for example --tag author=Melville")
        tags[key] = value
    return tags


def _collect(
    memory: Any, sources: tuple[str, ...], settings: Settings, tags: dict[str, str], progress: Progress
) -> Skipped:
    """Add every document; raises SourceError when there is none."""
    from memcodec.ingest.walk import Skipped, walk

    skipped, count = Skipped(), 0

    def counted() -> Iterator[Item]:
        nonlocal count
        size = 0
        for item in walk(sources, settings.ingest, skipped, tags):
            count, size = count + 1, size + item.size
            progress("collect", size, 0)
            yield item

    memory.add_items(counted())
    if not count:
        left_out = f"; left out: {skipped}" if skipped.total else ""
        raise SourceError(f"no documents found in {', '.join(sources)}{left_out}")
    return skipped


def _to_json(info: Info, skipped: Skipped, seconds: float, notes: list[str]) -> dict[str, Any]:
    left_out = {
        str(reason): {"count": count, "examples": skipped.examples[reason]}
        for reason, count in skipped.counts.items()
    }
    return {**info.to_json(), "seconds": round(seconds, 3), "skipped": left_out, "notes": notes}


def _report(info: Info, skipped: Skipped, seconds: float) -> None:
    ratio = f", {info.size / info.text:.0%} of the text" if info.text else ""
    rate = f" ({format_size(round(info.text / seconds))}/s)" if info.text else ""
    rows = [
        ("documents", f"{format_count(info.documents)}, {format_size(info.text)} of text"),
        ("file", f"{format_size(info.size)}{ratio}, {info.codec} {info.profile}"),
        ("index", f"{indexes(info)}, {format_count(info.chunks)} chunks"),
        ("time", f"{format_duration(seconds)}{rate}"),
    ]
    rows += [("left out" if number == 0 else "", text) for number, text in enumerate(_left_out(skipped))]
    click.echo(console.styled(console.line(info.file), bold=True))
    for text in console.fields(rows):
        click.echo(f"  {text}")


def _left_out(skipped: Skipped) -> Iterator[str]:
    for reason, count in skipped.counts.most_common():
        names = ", ".join(skipped.examples[reason]) + (
            ", ..." if count > len(skipped.examples[reason]) else ""
        )
        yield f"{format_count(count)} {reason} {console.dim('(' + console.line(names) + ')')}"


def indexes(info: Info) -> str:
    """The indexes of a file in words."""
    kinds = ["lexical"] * info.lexical + [f"semantic ({console.line(info.model or '')})"] * bool(info.model)
    return " and ".join(kinds) or "none"

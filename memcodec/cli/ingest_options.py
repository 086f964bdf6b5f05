"""What ``encode`` and ``append`` share: options that choose and cut documents, taking them in, what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from memcodec.cli import console
from memcodec.cli.options import F, setting, tag_option
from memcodec.cli.progress import Progress
from memcodec.config.units import format_count
from memcodec.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from memcodec import CommitReport, Memory
    from memcodec.config.settings import Ingest, Settings
    from memcodec.ingest.item import Item
    from memcodec.ingest.walk import Skipped


def sources_argument(*, required: bool = True) -> Callable[[F], F]:
    """SOURCE..., at least one if ``required``."""
    return click.argument("sources", metavar="SOURCE...", nargs=-1, required=required)


_TOLD = 1000  # lines about single files

_CHOOSING = (
    setting(
        "--chunk-size", type=int, metavar="N", help="Characters a chunk (what search returns) has, about."
    ),
    setting("--overlap", type=int, metavar="N", help="Characters a chunk shares with the one before."),
    tag_option("Mark every document so. Repeatable."),
    setting(
        "--include",
        metavar="EXT",
        multiple=True,
        help="From folders, take only names that end so. Repeatable.",
    ),
    setting(
        "--exclude",
        metavar="GLOB",
        multiple=True,
        help="Leave out what matches, as in .gitignore. Repeatable.",
    ),
    setting(
        "--max-depth",
        type=int,
        metavar="N",
        help="How deep to walk; 1 takes a folder's own files, 0 sets no limit.",
    ),
    setting("--max-file-size", metavar="SIZE", help="Leave out larger files: 25MB, 1.5GiB."),
    setting("--hidden", is_flag=True, help="Take hidden files and folders too."),
    setting(
        "--no-gitignore",
        "gitignore",
        flag_value=False,
        type=bool,
        help="Take what .gitignore files leave out, too.",
    ),
    setting(
        "--keep-originals",
        is_flag=True,
        help="Keep PDF, Word and other files as they are, beside their text.",
    ),
    setting(
        "--transcribe", metavar="MODEL", help="Write down what recordings say: a Whisper model, or default."
    ),
    setting(
        "--ocr",
        help="Read the text in pictures: auto, where a page has none of its own; always; never.",
    ),
    setting("--no-ocr", "ocr", flag_value="never", show_default=False, help="The same as --ocr never."),
    setting(
        "--image-model",
        metavar="DIR",
        help="Find pictures by what they show: a CLIP model in ONNX. Keeps them.",
    ),
    setting("--gps", is_flag=True, help="Where photographs were taken is text too."),
    setting("--strict", is_flag=True, help="Stop at the first file that is damaged or cannot be read."),
    setting("--follow-links", is_flag=True, help="Follow symbolic links inside folders."),
    setting(
        "--keep-paths",
        is_flag=True,
        help="Keep the absolute paths of what is named: anyone who has the file can read them.",
    ),
    click.option(
        "--as",
        "root",
        metavar="NAME",
        help="What the one folder given is called in the file; of a name that is there, that folder goes on.",
    ),
)
_NAMING = (
    click.option("--title", metavar="TEXT", help="The title of what comes from standard input."),
    click.option("--uri", metavar="URI", help="Its uri.  [default: stdin- and the time]"),
)


def ingest_options(function: F) -> F:
    """The options that choose documents, mark them and cut them into chunks, and name what comes by a pipe."""
    for decorate in reversed(_NAMING):
        function = decorate(function)
    return choosing_options(function)


def choosing_options(function: F) -> F:
    """The same of files and folders alone."""
    for decorate in reversed(_CHOOSING):
        function = decorate(function)
    return function


def dry_run_option(what: str) -> Callable[[F], F]:
    """``--dry-run``."""
    return click.option("-n", "--dry-run", is_flag=True, help=what)


class Naming(NamedTuple):
    """What the user says of what comes in: a ``text`` of the command line, its or the pipe's title and uri, a root."""

    text: str | None = None
    title: str | None = None
    uri: str | None = None
    root: str | None = None

    def check(self, sources: Sequence[str]) -> None:
        """Raises ConfigError for a title or uri of nothing."""
        if self.text is None and (self.title, self.uri) != (None, None) and tuple(sources) != ("-",):
            raise ConfigError(
                "--title and --uri: are of one text; give - (standard input) and no other source"
            )
        if self.text is not None and not self.text.strip():
            raise ConfigError("--text: is empty; write the note")


def collect(
    take: Callable[[Iterator[Item]], object],
    sources: Sequence[str],
    options: Ingest,
    marks: dict[str, str],
    progress: Progress,
    naming: Naming,
) -> Skipped:
    """Have every document taken; what was left out. Raises SourceError when there is none."""
    from memcodec.ingest.walk import Skipped

    naming.check(sources)
    skipped, count = Skipped(), 0

    def counted() -> Iterator[Item]:
        nonlocal count
        size = 0
        for item in _items(sources, options, skipped, marks, naming, progress):
            count, size = count + 1, size + item.size
            progress("collect", size, 0)
            yield item

    take(counted())
    if not count:
        left_out = f"; left out: {skipped}" if skipped.total else ""
        raise SourceError(f"no documents found in {', '.join(sources)}{left_out}")
    return skipped


def preview(
    memory: Memory,
    sources: Sequence[str],
    settings: Settings,
    marks: dict[str, str],
    progress: Progress,
    naming: Naming,
) -> tuple[Skipped, CommitReport]:
    """What was left out, and what a commit of the others would do."""
    told: list[CommitReport] = []

    def look(items: Iterator[Item]) -> None:
        told.append(memory.preview(items))

    skipped = collect(look, sources, settings.ingest, marks, progress, naming)
    return skipped, told[0]


def _items(
    sources: Sequence[str],
    options: Ingest,
    skipped: Skipped,
    marks: dict[str, str],
    naming: Naming,
    progress: Progress,
) -> Iterator[Item]:
    from memcodec.ingest.item import text_item
    from memcodec.ingest.walk import walk
    from memcodec.upkeep.tag import Marks

    titled = Marks(title=naming.title)
    if naming.text is not None:
        yield titled.on(text_item(naming.text, uri=naming.uri, tags=marks))
        titled, naming = Marks(), Naming(root=naming.root)
    if sources or naming.root is not None:
        found = walk(sources, options, skipped, marks, root=naming.root, piped=naming.uri, progress=progress)
        yield from map(titled.on, found)


def tell(skipped: Skipped) -> None:
    """A line for each file that could not be taken in, and for what of others could not be read."""
    for text in [*skipped.failures, *skipped.notes][:_TOLD]:
        console.note(console.line(text))
    if (more := len(skipped.failures) + len(skipped.notes) - _TOLD) > 0:
        console.note(f"and {format_count(more)} more lines like these")


def skipped_rows(skipped: Skipped) -> list[tuple[str, str]]:
    """What was left out, as rows of a report."""
    rows: list[tuple[str, str]] = []
    for reason, count in skipped.counts.most_common():
        names = ", ".join(skipped.examples[reason]) + (
            ", ..." if count > len(skipped.examples[reason]) else ""
        )
        text = f"{format_count(count)} {reason} {console.dim('(' + console.line(names) + ')')}"
        rows.append(("" if rows else "left out", text))
    return rows

"""``memcodec open``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.cli.clock import utc_option
from memcodec.cli.documents_text import head, number_option
from memcodec.cli.options import State, as_of_option, file_argument, json_option
from memcodec.cli.paging import pager_option
from memcodec.cli.remote_options import cache_option
from memcodec.cli.several import Said, tell_each

if TYPE_CHECKING:
    from memcodec import Hit, Memory


@click.command("open")
@file_argument("files", many=True)
@click.argument("chunk", metavar="CHUNK", type=int)
@click.option(
    "-C", "--context", type=click.IntRange(0, 1000), default=1, metavar="N",
    help="Chunks before and after it.  [default: 1]",
)  # fmt: skip
@number_option
@pager_option
@as_of_option
@cache_option
@json_option
@utc_option
def open_command(
    files: tuple[str, ...], chunk: int, context: int, numbered: bool, paged: bool, as_of: State, as_json: bool
) -> None:
    """Print the text around a hit.

    Prints the hit's chunk with its neighbours in the document. CHUNK is a number that `memcodec search` shows.
    Overlaps are printed once; on a terminal the chunk itself is highlighted. Of several
    files, those that have such a chunk are shown.

    \b
    Examples:
      memcodec open notes.mp4 12
      memcodec open notes.mp4 12 -C 3 -n
      memcodec open notes.mp4 12 --json
    """
    from memcodec import answers

    def tell(memory: Memory) -> Said:
        found = memory.around(chunk, context)
        lines = chain(head(found[0].document), _around(found, chunk, numbered=numbered))
        return Said(answers.documents.around(memory.name, found), lines)

    tell_each(files, tell, as_of, as_json=as_json, paged=paged, some=True)


def _around(found: Sequence[Hit], chunk: int, *, numbered: bool) -> Iterator[str]:
    """The lines of all chunks, what the one that is meant has no part of in the background."""
    data, start = _joined(found), found[0].start
    own = next(each for each in found if each.chunk == chunk)
    parts = data[: own.start - start], data[own.start - start : own.end - start], data[own.end - start :]
    before, middle, after = (part.decode("utf-8", "replace") for part in parts)
    shown = _in_background(before) + console.clean(middle) + _in_background(after)
    for number, line in enumerate(shown.removesuffix("\n").split("\n"), found[0].line.first):
        yield (console.dim(f"{number:>6}  ") if numbered else "") + line


def _joined(found: Sequence[Hit]) -> bytes:
    """The text that neighbouring chunks cover, what they share once."""
    whole, start = b"", found[0].start
    for each in found:
        whole += each.text.encode()[max(0, start + len(whole) - each.start) :]
    return whole


def _in_background(text: str) -> str:
    return "\n".join(console.dim(line) if line else "" for line in console.clean(text).split("\n"))

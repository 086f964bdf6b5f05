"""``memcodec search --follow``: new hits, as memory files grow."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from memcodec.cli import remote_options
from memcodec.cli.exits import INTERRUPTED, Failure
from memcodec.config.times import parse_span

if TYPE_CHECKING:
    from memcodec.config.settings import Settings
    from memcodec.file.reader import Reader
    from memcodec.file.segment import SegmentReader
    from memcodec.memory import Memory
    from memcodec.search.engine import Searcher
    from memcodec.search.results import Results

    Ask = Callable[[Searcher], Results]
    Show = Callable[[Results, Searcher], None]
    Seen = set[tuple[str, int]]

PAUSE = 1.0  #: seconds between two looks at a file of this machine
FAR_PAUSE = 5.0  #: at a file far away: a request each


def follow_search(
    files: Sequence[str], readers: Iterable[Reader], settings: Settings, ask: Ask, show: Show
) -> None:
    """Look for commits that are newer than what ``readers`` saw of the files, until interrupted.

    ``ask`` searches, ``show`` prints the hits, if there are any, of each file's new commits: each once. Ends by Failure
    when interrupted; raises StorageError when a file is gone.
    """
    import memcodec

    seen = [{segment.stream for segment in reader.segments} for reader in readers]
    with contextlib.ExitStack() as stack:
        memories = [
            stack.enter_context(
                contextlib.closing(
                    memcodec.open(
                        file,
                        cache=settings.read.cache,
                        spans=remote_options.span_cache(settings),
                        settings=settings,
                    )
                )
            )
            for file in files
        ]
        try:
            for memory, known in zip(memories, seen, strict=True):
                _search_new(memory, known, ask, show)
            while True:
                time.sleep(FAR_PAUSE if any(map(remote_options.is_far, files)) else PAUSE)
                for memory, known in zip(memories, seen, strict=True):
                    if memory.refresh():
                        _search_new(memory, known, ask, show)
        except KeyboardInterrupt as error:
            raise Failure("", INTERRUPTED) from error


def _search_new(memory: Memory, seen: Seen, ask: Ask, show: Show) -> None:
    from memcodec.search.engine import Searcher

    segments = memory.reader.segments
    new = [segment for segment in segments if segment.stream not in seen]
    if not any(segment.documents for segment in new):
        return
    for segment in segments:
        if segment.stream in seen:
            _hide(segment)
    searcher = Searcher([memory.reader], parse_span)
    if hits := ask(searcher):
        show(hits, searcher)
    seen.update(segment.stream for segment in new)


def _hide(segment: SegmentReader) -> None:
    """Have a search pass a segment over, as one whose documents were all dropped; its tables are not read for that."""
    import numpy as np

    segment.dead = np.ones(segment.record.documents, np.bool_)
    segment.live_chunks = np.zeros(segment.record.chunks, np.bool_)

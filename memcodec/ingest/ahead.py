"""Small files of text that child processes parse, loaded ahead on all cores; what is in them comes in the files' order.

Other files are loaded when their turn comes: plain text is no work for a child, and pictures and long files take all
cores, or much memory, by themselves.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from memcodec.ingest.files import SMALL, RawFile
from memcodec.ingest.item import Item, Rejected
from memcodec.ingest.kinds import is_parsed_text, sandbox
from memcodec.ingest.loaders import Loader

_TOGETHER = 16  # files that one thread loads one after the other, a child parsing them in one go
_AHEAD = 4 * sandbox.CHILDREN  # such runs of files

Found = Iterable[Item | Rejected]


class _Run(NamedTuple):
    """Files that follow each other, and what is in each once their turn comes, or from a thread."""

    files: Sequence[RawFile]
    loading: Future[list[tuple[list[Item | Rejected], list[str]]]] | None


def loaded(files: Iterable[RawFile], loader: Loader) -> Iterator[tuple[RawFile, Found]]:
    """Each file with the documents in it, or why there is none, as ``loader.load`` gives them."""
    stop = threading.Event()
    pool = ThreadPoolExecutor(sandbox.CHILDREN, "load")
    waiting: deque[_Run] = deque()
    try:
        for run in _runs(files):
            small = any(map(_is_for_child, run))
            waiting.append(_Run(run, pool.submit(_load, run, loader.for_thread(), stop) if small else None))
            if len(waiting) > _AHEAD or (len(waiting) == 1 and not small):
                yield from _taken(waiting.popleft(), loader)
        while waiting:
            yield from _taken(waiting.popleft(), loader)
    except KeyboardInterrupt:
        stop.set()
        sandbox.close()  # nobody waits for what is being parsed
        raise
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _runs(files: Iterable[RawFile]) -> Iterator[list[RawFile]]:
    run, size = list[RawFile](), 0
    for file in files:
        if file.look is None or file.look.size > SMALL:
            yield from filter(None, (run, [file]))
            run, size = [], 0
            continue
        run.append(file)
        size += file.look.size
        if len(run) == _TOGETHER or size > SMALL:
            yield run
            run, size = [], 0
    yield from filter(None, (run,))


def _is_for_child(file: RawFile) -> bool:
    return file.look is not None and file.look.size <= SMALL and is_parsed_text(file.name)


def _load(
    files: Sequence[RawFile], loader: Loader, stop: threading.Event
) -> list[tuple[list[Item | Rejected], list[str]]]:
    made, files = [], [file.held() for file in files]
    loader.parse_ahead(files, stop.is_set)
    for file in files:
        if stop.is_set():
            break
        found = list(loader.load(file))
        made.append((found, list(loader.notes)))
        loader.notes.clear()
    return made


def _taken(run: _Run, loader: Loader) -> Iterator[tuple[RawFile, Found]]:
    if run.loading is None:
        yield from ((file, loader.load(file)) for file in run.files)
        return
    for file, (found, notes) in zip(run.files, run.loading.result(), strict=True):
        loader.notes += notes
        yield file, found

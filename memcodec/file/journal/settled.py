"""A file read as if its journal were folded: for whoever rewrites it, and knows segments in media alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from memcodec.config.settings import Settings
from memcodec.file.decided import settings_of
from memcodec.file.reader import Reader, read_file
from memcodec.file.writer import Writer
from memcodec.model import Progress, Use
from memcodec.storage import PlaceLike
from memcodec.storage.layered import LayeredTarget

if TYPE_CHECKING:
    from memcodec.seal.keyring import Keyring


@contextlib.contextmanager
def settled(
    file: PlaceLike,
    progress: Progress | None = None,
    keys: Keyring | None = None,
    use: Use = "write",
) -> Iterator[Reader]:
    """A reader of what the file would be if it were folded now; the commit for that is made in memory.

    ``keys`` open it if it is sealed; ``use`` as of ``Reader``. Raises as that, and Damaged when a part of the journal
    cannot be read.
    """
    with contextlib.closing(read_file(file, journal=False, keys=keys, use=use)) as reader:
        journal = reader.media.journal
        if journal is None or not journal.groups:
            yield reader
            return
        target = LayeredTarget(reader.source, journal.end)
        before = Reader(target.source(), journal=False)
        writing = Writer(target, settings_of(before, Settings()), before, progress=progress)
        with contextlib.closing(writing):
            writing.fold()
        with contextlib.closing(Reader(target.source(), journal=False)) as folded:
            yield folded

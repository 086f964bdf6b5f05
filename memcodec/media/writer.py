"""What writers of all codecs have in common: how a file begins, and how a commit reaches the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from memcodec.errors import CodecError
from memcodec.model import Extent
from memcodec.storage import Target


class TailWriter:
    """The part of a ``MediaWriter`` that does not depend on the medium."""

    head = 0
    committed = False

    def __init__(self, target: Target) -> None:
        self._target = target

    @contextmanager
    def _committing(self, commit: bytes) -> Iterator[Extent]:
        """Sync, append the commit, sync. In between, the body of ``with`` notes that the commit is in the file: what
        follows may fail.
        """
        self.committed = False
        self._target.sync()
        place = Extent(self._target.append(commit), len(commit))
        self.committed = True
        yield place
        self._target.sync()

    def close(self) -> None:
        """Nothing is held between calls."""


def begin_file(target: Target, head: bytes) -> None:
    """Write the first bytes of a new file. Raises CodecError when it has some already."""
    if target.size:
        raise CodecError(f"{target.name}: is not empty; a new memory file needs an empty one")
    target.append(head)

"""What writers of all codecs have in common: the order in which a commit reaches the disk; batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from memcodec.errors import CodecError
from memcodec.model import Extent
from memcodec.storage import Target

_Item = TypeVar("_Item")


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


def batched(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Lists of ``size`` items; the last may be shorter. Python 3.12 has it in ``itertools``."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch

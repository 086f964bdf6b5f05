"""Where a file ends: its last commit record and the journal behind it, without anything that these lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from memcodec.errors import StorageError
from memcodec.file.records import Records
from memcodec.media import registry
from memcodec.media.contract import MediaReader
from memcodec.storage import Source

_RETRIES = 5

T = TypeVar("T")


class End:
    """What who appends to a journal must know of a file. Raises as ``Reader``."""

    def __init__(self, source: Source) -> None:
        self.media: MediaReader = registry.detect(source).open(source)
        records = Records(self.media)
        try:
            self.record, _ = records.find(None)
            self.sealed = records.seal is not None
            records.check_journal()
        except BaseException:
            self.media.close()
            raise
        finally:
            records.close()

    def close(self) -> None:
        """Release decoders and the file."""
        self.media.close()
        self.media.source.close()


def read_end(opening: Callable[[], Source]) -> End:
    """The end of what ``opening`` gives, opened again as ``retried`` does."""
    return retried(opening, End)


def retried(opening: Callable[[], Source], read: Callable[[Source], T]) -> T:
    """What is read of what ``opening`` gives; it is opened again when a writer cuts a torn tail off meanwhile."""
    for left in range(_RETRIES, -1, -1):
        source = opening()
        try:
            return read(source)
        except BaseException as error:
            source.close()
            if not (left and isinstance(error, StorageError)):
                raise
    raise AssertionError

"""Where a file ends: its last commit record and the journal behind it, without anything that these lead to."""

from __future__ import annotations

from collections.abc import Callable

from memcodec.file.records import Records, retried
from memcodec.media import registry
from memcodec.media.contract import MediaReader
from memcodec.storage import Source


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

"""The same memory in another medium: packets are made anew, everything they carry is carried over.

Documents, ids, times, tags, commits, chunks and both indexes stay as they are; nothing is compressed, cut, indexed or
embedded again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from memcodec.config import Settings
from memcodec.content import CommitOptions, Content, Progress, end_record
from memcodec.errors import ConfigError
from memcodec.format import record
from memcodec.format.documents import parse_time
from memcodec.memory import FilePath, Writing
from memcodec.model import Extent
from memcodec.reader import Reader
from memcodec.segment import SegmentReader
from memcodec.storage import LocalSource


class CopiedContent:
    """A commit of another file, as its records and blobs stand there."""

    def __init__(self, segment: SegmentReader, options: CommitOptions) -> None:
        self._segment, self._options = segment, options
        self.size = segment.record.text
        self.catalogue = segment.catalogue.builder()

    def prepare(self) -> int:
        return self._segment.record.stream

    def records(self, position: Callable[[], int]) -> Iterator[bytes]:
        for found in self._segment.records():
            self._options.progress("media", found.start, self._segment.record.stream)
            if found.kind != record.END:
                yield record.pack(found.kind, found.body)
        yield end_record(self, self._options)

    def lexical(self) -> memoryview | None:
        return self._blob("lexical", self._segment.record.lexical)

    def vectors(self) -> memoryview | None:
        return self._blob("vectors", self._segment.record.vectors)

    def _blob(self, name: str, extent: Extent | None) -> memoryview | None:
        return self._segment.blob(name, extent).whole() if extent is not None else None


def convert(
    path: FilePath,
    out: FilePath,
    *,
    settings: Settings | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write the memory in ``path`` to a new file in the codec, profile and parity of ``settings.encode``.

    Raises Damaged when part of it is lost: ``repair`` saves the rest.
    """
    path, out = Path(path), Path(out)
    if out.exists() and path.exists() and out.samefile(path):
        raise ConfigError(f"{out}: convert never overwrites its input; name another file")
    reader = Reader(LocalSource(path))
    try:
        file_id = bytes.fromhex(reader.newest.file)
        writing = Writing(
            out, settings or Settings(), force=force, progress=progress, file_id=file_id, hold=True
        )
        try:
            for segment in reader.segments:
                _copy(writing, reader, segment)
            writing.publish()
        finally:
            writing.close()
    finally:
        reader.close()


def _copy(writing: Writing, reader: Reader, segment: SegmentReader) -> None:
    commit = next(each for each in reader.commits if segment.record in each.segments)

    def content(options: CommitOptions) -> Content:
        return CopiedContent(segment, options)

    writing.write(content, time=parse_time(commit.time), number=commit.commit)

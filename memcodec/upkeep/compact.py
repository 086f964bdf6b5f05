"""A memory file without its past: only what is in the state stays, in as few segments and indexes as may be.

Segments are copied frame by frame as far as nothing in them was dropped. Small ones, and those of which little is
left, are rewritten, neighbours together. On request all are, wherever the compression of today makes them smaller.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import TYPE_CHECKING

import numpy as np

from memcodec.config.settings import Settings
from memcodec.errors import CodecError, ConfigError, StorageError
from memcodec.file.commit import CommitWriter, Redacted
from memcodec.file.content import ChangeContent, CommitOptions, Indexing, NewContent
from memcodec.file.decided import sealing_of, settings_of
from memcodec.file.fold_policy import folded_live
from memcodec.file.journal.settled import settled
from memcodec.file.pictures import joined
from memcodec.file.reader import Reader
from memcodec.file.restore import read_documents
from memcodec.file.roots import kept, known
from memcodec.file.segment import SegmentReader
from memcodec.file.writer import Writer
from memcodec.format.change import StateChange, Stream
from memcodec.format.commit import CommitRecord
from memcodec.format.documents import Stored
from memcodec.ingest.item import Item
from memcodec.model import Progress
from memcodec.storage import PlaceLike
from memcodec.storage.attributes import granted_by
from memcodec.storage.open import place_of
from memcodec.upkeep.redact import Unfit, redact, touched
from memcodec.upkeep.verify import verify

if TYPE_CHECKING:
    from memcodec.seal.keyring import Keyring

SMALL = 700_000  #: bytes of a segment's stream: below that it is not worth keeping apart from its neighbours
_MOST_ENCODED = 0.5  # of a segment's packets: beyond that it is better rewritten


@dataclass(slots=True)
class CompactReport:
    """What ``compact`` did: bytes ``before`` and ``after``; ``dropped`` documents are gone for good.

    ``copied`` frames are as they were, ``encoded`` ones were made. ``recoded`` old commits were compressed again.
    """

    file: str
    before: int
    after: int = 0
    documents: int = 0
    dropped: int = 0
    copied: int = 0
    encoded: int = 0
    recoded: int = 0
    notes: tuple[str, ...] = ()


def compact(
    file: PlaceLike,
    out: PlaceLike | None = None,
    *,
    settings: Settings | None = None,
    wait: float = 0.0,
    force: bool = False,
    recode: bool = False,
    progress: Progress | None = None,
    keys: Keyring | None = None,
) -> CompactReport:
    """Write the memory in ``file`` without what is no longer in it, over the file itself or to a new file ``out``.

    ``recode`` compresses all of it anew, with one dictionary, where that is smaller than what there is. ``keys`` open
    it if it is sealed; the new file is sealed with the same key.

    The new file is complete and verified before it takes the name of the old: all bytes by their checksums, and the
    documents of which anything was made anew by being read. Raises Damaged when part of it is lost
    (``repair`` saves the rest), StorageError when another process writes to it, or the place is far away or replaces
    nothing.
    """
    place = place_of(file)
    new = place_of(out) if out is not None else place
    for each in (place, new):
        if each.far:
            raise StorageError(f"{each.name}: is far away; compact a file of this machine, then publish that")
    if out is not None and new.key == place.key:
        raise ConfigError(f"{new.name}: leave `out` out to compact a file in its place")
    with contextlib.ExitStack() as stack:
        old = stack.enter_context(contextlib.ExitStack())
        if out is None:  # no commit may come in between
            old.callback(place.reopen(wait=wait).close)
        reader = old.enter_context(settled(place, keys=keys, use="copy"))
        writing = Writer.create(
            new,
            settings_of(reader, settings or Settings()),
            force=force or out is None,
            locked=out is None,
            progress=progress,
            file_id=bytes.fromhex(reader.record.file),
            hold=True,
            rights=[granted_by(reader.source)],
            sealing=sealing_of(reader),
        )
        stack.callback(writing.close)
        writing.events = reader.record.events
        compaction = _Compaction(reader, writing, recode=recode)
        report = compaction.run()
        _prove(reader, writing, compaction.made, progress)
        if sys.platform == "win32":
            old.close()  # no file that is open is replaced there
        writing.publish()
        return report


def _prove(old: Reader, writing: Writer, made: Collection[str], progress: Progress | None) -> None:
    """Nothing is replaced by what does not hold all of it.

    Every byte is held against its checksum: frames that were copied are then what they were. Documents of which
    anything was ``made``, by their ids, are read, and dictionaries.
    """
    new = writing.before
    if new is None or not verify(new, progress=progress).ok or not _reads_back(old, new, made):
        raise CodecError(
            f"{old.source.name}: the compacted file does not read back; the old one was left alone"
        )
    ours, theirs = ([each.document for each in reader.documents()] for reader in (new, old))
    if ours != theirs:
        raise CodecError(f"{old.source.name}: the compacted file lacks documents; the old one was left alone")


def _reads_back(old: Reader, new: Reader, ids: Collection[str]) -> bool:
    theirs = {segment.stream: segment for segment in old.segments}
    for segment in new.segments:
        of_old = theirs.get(segment.stream)
        if of_old is not None and segment.dictionary() != of_old.dictionary():
            return False
    read = read_documents(new, lambda stored: stored.document.id in ids)
    return all(data is not None for _, data, _ in read)


class _Compaction:
    def __init__(self, reader: Reader, writing: Writer, *, recode: bool) -> None:
        self._reader, self._writing, self._recode = reader, writing, recode
        self._report = CompactReport(writing.name, reader.source.size)
        self.made = set[str]()  #: the documents of which something was encoded, by their ids
        self._run_of = {id(segment): run for run in reader.indexes for segment in run.segments}

    def run(self) -> CompactReport:
        report, reader = self._report, self._reader
        report.documents = sum(segment.documents for segment in reader.segments)
        report.dropped = sum(segment.record.documents for segment in reader.segments) - report.documents
        self._writing.write(self._write, number=reader.record.commit + 1)
        report.after, report.notes = self._writing.size, tuple(self._writing.notes)
        return report

    def _write(self, writer: CommitWriter) -> CommitRecord:
        left = [segment for segment in self._reader.segments if segment.documents]
        is_copyable = self._writing.accepts(self._reader)
        kinds = {id(run): run.kind for run in self._reader.indexes if run.record.chunks}
        for _, alike in groupby(left, key=lambda segment: kinds.get(id(self._run_of[id(segment)]))):
            segments, before = list(alike), len(writer.segments)
            runs = {id(run): run for run in (self._run_of[id(segment)] for segment in segments)}
            with ThreadPoolExecutor(1, "fold") as pool:  # half of the work: the frames are the other half
                folding = pool.submit(folded_live, list(runs.values()), 0)
                if not (self._recode and self._recoded(writer, segments)):
                    for is_small, group in groupby(segments, key=_is_small):
                        self._take(writer, list(group), is_small=is_small, is_copyable=is_copyable)
                index = folding.result()
            writer.index(replace(index, segments=len(writer.segments) - before))
        streams = tuple(Stream(each.file, each.commit, each.void) for each in writer.segments)
        writer.add(ChangeContent(StateChange("compact", streams=streams), writer.options))
        origins = tuple(origin for entry in self._reader.entries for origin in entry.origins)
        entry = writer.entry("compact", removed=self._report.dropped)
        documents = [found.document for found in self._reader.documents()]
        held = (each.root for each in documents if each.root is not None)
        writer.pictures(joined(self._reader.pictures, {each.id for each in documents}))
        roots = kept(known(self._reader), held, documents)
        return writer.finish(replace(entry, origins=origins, roots=roots))

    def _recoded(self, writer: CommitWriter, segments: Sequence[SegmentReader]) -> bool:
        """Write all of these as one, if that takes less than they do. What it takes is tried, not guessed."""
        trial = KeptContent(segments, writer.options)
        trial.prepare()
        if sum(map(len, trial.records(lambda: 0))) >= sum(segment.record.stream for segment in segments):
            return False
        self._write_anew(writer, segments)
        self._report.recoded += len(segments)
        return True

    def _take(
        self, writer: CommitWriter, group: list[SegmentReader], *, is_small: bool, is_copyable: bool
    ) -> None:
        """Take neighbouring segments over: small ones as one, unless there is just one and all of it stays."""
        if is_small and (len(group) > 1 or group[0].dead is not None):
            self._write_anew(writer, group)
            return
        for segment in group:
            if not is_copyable or not self._copied(writer, segment):
                self._write_anew(writer, [segment])

    def _copied(self, writer: CommitWriter, segment: SegmentReader) -> bool:
        intact = list(segment.intact_frames(self._reader.source))
        if segment.dead is None and all(intact):
            writer.copy(self._reader, segment)
            self._report.copied += len(intact)
            return True
        if segment.record.key:
            return (
                False  # what was sealed once is not sealed again under the same key: a new stream has another
            )
        try:
            new = redact(segment, intact)
        except Unfit:
            return False
        if new.encoded - new.parity > _MOST_ENCODED * segment.record.packets or _is_mostly_void(new, segment):
            return False
        writer.redacted(self._reader, segment, new)
        self.made |= touched(segment, new)
        copied = sum(len(piece.frames) for piece in new.pieces)
        self._report.copied += copied
        self._report.encoded += -(-new.encoded // new.per_frame)
        return True

    def _write_anew(self, writer: CommitWriter, group: Sequence[SegmentReader]) -> None:
        content = KeptContent(group, writer.options)
        self.made |= {stored.document.id for segment in group for _, stored in segment.live()}
        made = writer.add_stream(content, (os.urandom(4), writer.options.commit))
        self._report.encoded += -(-(made.packets + made.parity) // max(1, writer.media.frame_packets))


def _is_small(segment: SegmentReader) -> bool:
    return segment.record.stream < SMALL


def _is_mostly_void(new: Redacted, segment: SegmentReader) -> bool:
    return 2 * sum(count for _, count in new.void) > segment.record.packets


class KeptContent(NewContent):
    """The documents of old segments that are in the state, compressed again; their chunks stay as they were cut."""

    def __init__(self, segments: Sequence[SegmentReader], options: CommitOptions) -> None:
        found = [(segment, ordinal, stored) for segment in segments for ordinal, stored in segment.live()]
        items = [segment.item(stored) for segment, _, stored in found]
        super().__init__(
            items, options, Indexing(), StateChange("compact"), [stored.document.id for *_, stored in found]
        )
        self._chunks = {id(item): _chunks_of(*each) for item, each in zip(items, found, strict=True)}

    def _take(self, item: Item) -> Iterator[None]:
        start = self.size
        for piece in chain(item.open(), item.open_original()):
            self._keep(piece)
            yield
        for begin, end, first_line, last_line in self._chunks[id(item)]():
            self.catalogue.add_chunk(start + begin, start + end, first_line, last_line)


def _chunks_of(
    segment: SegmentReader, ordinal: int, stored: Stored
) -> Callable[[], list[tuple[int, int, int, int]]]:
    """A document's chunks: their spans of it, and their lines."""

    def find() -> list[tuple[int, int, int, int]]:
        catalogue = segment.catalogue
        first, last = np.searchsorted(catalogue.chunk_documents(), (ordinal, ordinal + 1)).tolist()
        rows = (catalogue.chunk(number) for number in range(first, last))
        return [(start - stored.start, end - stored.start, first, last) for start, end, first, last in rows]

    return find

"""Is every byte of a memory file what was written, and if not, which documents does that cost?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from memcodec.errors import Damaged, MemcodecError
from memcodec.file.reader import Reader
from memcodec.file.restore import read_documents
from memcodec.file.segment import SegmentReader
from memcodec.file.state import table_blob
from memcodec.format import stream
from memcodec.format.arrays import Mask
from memcodec.format.blob import Blob
from memcodec.format.packet import Packet
from memcodec.media.contract import MediaReader
from memcodec.model import Extent, Loss, Progress, silent
from memcodec.storage import Source


@dataclass(frozen=True, slots=True)
class Damage:
    """One damaged part of the file: what it is, where, and what is wrong with it."""

    part: str
    offset: int
    length: int
    note: str


@dataclass(slots=True)
class VerifyReport:
    """What ``verify`` found in ``file``: ``lost`` packets did not read, and parity brings ``recovered`` of them back.

    ``documents`` counts those in the state; of a damaged file, and of one that is ``sealed`` and was checked without
    its key, 0.
    """

    file: str
    deep: bool
    frames: int = 0
    damage: list[Damage] = field(default_factory=list)
    lost: int = 0
    recovered: int = 0
    losses: list[Loss] = field(default_factory=list)
    documents: int = 0
    sealed: bool = False  #: it is sealed, and was checked without its key

    @property
    def ok(self) -> bool:
        """Nothing is damaged at all."""
        return not self.damage and not self.losses

    @property
    def complete(self) -> bool:
        """Every document can be given back."""
        if self.sealed:
            return self.lost == self.recovered
        return not self.losses and all(each.part != "catalogue" for each in self.damage)


def verify(reader: Reader, *, deep: bool = False, progress: Progress | None = None) -> VerifyReport:
    """Check every part of the file against its checksums; ``deep`` also decodes every frame and hashes every document.

    Where checksums fail, frames are decoded to tell what parity brings back and which documents are hit.
    """
    report = VerifyReport(reader.source.name, deep)
    told = _Told(progress or silent, reader.source.size)
    check_container(reader.media, reader.source, report, reader.waiting.damage)
    for what, extent, blob in _blobs(reader):
        _check_blob(what, extent, blob, report)
        told.checked(extent.length)
    suspects = list[SegmentReader]()
    for segment in reader.lasting:
        try:
            if _check_frames(reader, segment, report, told):
                suspects.append(segment)
        except MemcodecError as error:
            _blame_catalogue(segment, report, error)
    told.decoding(suspects)
    for segment in suspects:
        try:
            _decode_frames(segment, report, told)
        except MemcodecError as error:
            _blame_catalogue(segment, report, error)
    if deep and report.complete:
        _check_documents(reader, report, told)
    report.documents = sum(segment.documents for segment in reader.segments) if report.ok else 0
    return report


class _Told:
    """How far the check is: bytes against their checksums, then frames decoded, then documents read."""

    def __init__(self, tell: Progress, size: int) -> None:
        self._tell, self._total = tell, size
        self._checked = self._decoded = self._packets = 0

    def checked(self, length: int) -> None:
        """So many bytes more were held against their checksum."""
        self._checked += length
        self._tell("checksums", min(self._checked, self._total), self._total)

    def decoding(self, segments: Sequence[SegmentReader]) -> None:
        """The frames of these segments are decoded now."""
        self._packets = sum(each.record.packets + each.record.parity for each in segments)

    def decoded(self) -> None:
        """One packet more was read."""
        self._decoded += 1
        self._tell("verify", self._decoded, self._packets)

    def document(self, done: int, total: int) -> None:
        """So many bytes of documents were read and hashed."""
        self._tell("documents", done, total)


def _blame_catalogue(segment: SegmentReader, report: VerifyReport, error: MemcodecError) -> None:
    extent = segment.record.catalogue
    if not any(each.part == "catalogue" for each in report.damage):
        report.damage.append(Damage("catalogue", extent.offset, extent.length, str(error)))


def check_container(media: MediaReader, source: Source, report: VerifyReport, waiting: str = "") -> None:
    """Whether the container's parts reach from one to the next, and nothing is torn. ``waiting``: what is wrong with
    the journal."""
    end = 0
    for part, extent in media.layout():
        if extent.offset != end or part in ("damaged", "torn"):
            length = extent.offset + extent.length - end
            report.damage.append(Damage("container", end, length, f"{part} part"))
        end = extent.offset + extent.length
    if waiting and media.journal is not None:
        start = media.journal.start
        length = media.journal.end - start
        report.damage.append(Damage("journal", start, length, waiting))
    if end != source.size:
        length = source.size - end
        report.damage.append(Damage("container", end, length, "bytes that belong to nothing"))


def _blobs(reader: Reader) -> Iterator[tuple[str, Extent, Callable[[], Blob | None]]]:
    """Every blob of the state: its name, its place, and how to open it."""
    for segment in reader.lasting:
        yield "catalogue", segment.record.catalogue, segment.catalogue_blob
    for run in reader.lasting_indexes:
        for name, extent in run.record.blobs:
            yield name, extent, partial(reader.blob, extent, f"the {name} index")
    for pictures in reader.record.pictures:
        yield "pictures", pictures.place, partial(reader.blob, pictures.place, "the vectors of pictures")
    for opening in reader.record.openings:
        yield "opening", opening.place, partial(reader.blob, opening.place, "an opening")
    for table in reader.record.tables:
        yield "history", table.place, partial(table_blob, table, reader.media)


def _check_blob(name: str, extent: Extent, opened: Callable[[], Blob | None], report: VerifyReport) -> None:
    try:
        if (blob := opened()) is not None:
            blob.check()
    except MemcodecError as error:
        report.damage.append(Damage(name, extent.offset, extent.length, str(error)))


def _check_frames(reader: Reader, segment: SegmentReader, report: VerifyReport, told: _Told) -> bool:
    """Hold a segment's frames against their checksums; whether they are to be decoded."""
    begin, bad = segment.catalogue.begin, 0
    for frame, is_right in zip(segment.frames(), segment.intact_frames(reader.source), strict=True):
        end = frame.offset + frame.length
        report.frames += 1
        told.checked(end - begin)
        if not is_right and not _is_only_moved(reader, segment, begin):
            bad += 1
            report.damage.append(Damage("media", begin, end - begin, "its checksum fails"))
        begin = end
    return bool(bad) or report.deep


def _is_only_moved(reader: Reader, segment: SegmentReader, begin: int) -> bool:
    """Whether bytes from there on are a file's beginning, which another program rewrote, and a frame that reads.

    One checksum covers both.
    """
    if not reader.media.moved or segment is not reader.segments[0] or begin != segment.catalogue.begin:
        return False
    _, parsed = next(segment.intact(), (0, None))
    return parsed is not None


def _decode_frames(segment: SegmentReader, report: VerifyReport, told: _Told) -> None:
    record = segment.record
    missing: set[int] = set()

    def known() -> Iterator[Packet]:
        for sequence, parsed in segment.intact():
            told.decoded()
            if parsed is not None:
                yield parsed
            else:
                missing.add(sequence)

    found = stream.recover(known(), record.packets, record.payload, record.void)
    lost = {sequence for sequence in missing if sequence < record.packets}
    report.lost += len(missing)
    report.recovered += len(lost & found.keys()) + len(missing) - len(lost)
    report.losses += list(_losses(segment, lost - found.keys()))


def _losses(segment: SegmentReader, lost: set[int]) -> Iterator[Loss]:
    """The documents that packets lost for good are part of, with their lost byte ranges."""
    if not lost:
        return
    bad = _lost_blocks(segment, lost)
    for _, stored in segment.live():
        if hit := tuple(stored.part_in(number) for number in stored.blocks if bad[number]):
            yield Loss(stored.document, hit)


def _lost_blocks(segment: SegmentReader, lost: set[int]) -> Mask:
    record, catalogue = segment.record, segment.catalogue
    gone = np.zeros(record.packets + 1, np.int64)
    gone[[sequence + 1 for sequence in lost]] = 1
    before = np.cumsum(gone)
    starts, sizes = catalogue.block_spans(0, catalogue.blocks)
    if (starts + sizes).max(initial=0) > record.stream:
        raise Damaged("the catalogue points outside the stream")
    if catalogue.dictionary and before[-(-catalogue.dictionary // record.room)]:
        return np.ones(catalogue.blocks, np.bool_)  # without its dictionary no block can be read
    first, last = starts // record.room, (starts + sizes - 1) // record.room + 1
    hit: Mask = before[last] > before[first]
    return hit


def _check_documents(reader: Reader, report: VerifyReport, told: _Told) -> None:
    total, done = sum(found.stored.length for found in reader.documents()), 0
    for stored, data, lost in read_documents(reader, lambda stored: True):
        done += stored.length
        told.document(done, total)
        if data is None:
            report.losses.append(Loss(stored.document, tuple(lost)))

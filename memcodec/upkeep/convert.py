"""The same memory in another medium: packets are made again, everything they carry is carried over.

Documents, ids, times, tags, commits, chunks and both indexes stay as they are; nothing is compressed, cut, indexed or
embedded again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from memcodec.arguments import checked
from memcodec.config.settings import Settings
from memcodec.errors import ConfigError, Damaged
from memcodec.file.catalogue_builder import builder_of
from memcodec.file.commit import CommitWriter
from memcodec.file.content import CommitOptions
from memcodec.file.decided import sealing_of
from memcodec.file.journal.settled import settled
from memcodec.file.phases import Overall
from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.file.writer import Writer
from memcodec.format import record
from memcodec.format.budget import Budget, parse_json
from memcodec.format.change import parse
from memcodec.format.commit import CommitRecord, Entry, IndexRecord, PicturesRecord
from memcodec.format.documents import parse_time
from memcodec.model import Extent, FilePath, Progress, silent
from memcodec.seal.asked import sealing_for, unlocked
from memcodec.storage import PlaceLike
from memcodec.storage.attributes import granted_by
from memcodec.storage.open import check_apart, place_of


@dataclass(frozen=True, slots=True)
class ConvertReport:
    """What ``convert`` made: the new ``file`` and its medium; bytes ``before`` and ``after``."""

    file: str
    codec: str
    profile: str
    commits: int
    documents: int
    before: int
    after: int


class CopiedContent:
    """A segment of another file, as its records stand there."""

    def __init__(self, segment: SegmentReader, options: CommitOptions) -> None:
        self._segment, self._options = segment, options
        self.size = segment.record.text
        self.catalogue = builder_of(segment.catalogue)
        self._at = 0

    @property
    def taken(self) -> tuple[int, int]:
        return self._at, self._segment.record.stream

    def prepare(self) -> int:
        return self._segment.record.stream

    def records(self, position: Callable[[], int]) -> Iterator[bytes]:
        for found in self._segment.records():
            self._at = found.start
            yield record.pack(found.kind, self._body(found))

    def _body(self, found: record.Record) -> bytes:
        if found.kind == record.STATE:
            return _all_standing(found.body, self._segment.budget)
        return self._end(found.body) if found.kind == record.END else found.body

    def _end(self, body: bytes) -> bytes:
        """The end record, were the segment made for this medium."""
        medium = {"codec": self._options.codec, "profile": self._options.profile}
        return json.dumps(_object(body) | medium, separators=(",", ":")).encode()

    def lexical(self) -> None:
        return None

    def vectors(self) -> None:
        return None


def _object(body: bytes) -> dict[str, Any]:
    found = parse_json(body, "the end of a stream")
    if not isinstance(found, dict):
        raise Damaged("the end of a stream is none")
    return found


def _all_standing(body: bytes, account: Budget) -> bytes:
    """A change of state where no packet of the streams it names stands nowhere: here they are numbered otherwise."""
    change = parse(body, account)
    if not any(each.void for each in change.streams):
        return body
    return replace(change, streams=tuple(replace(each, void=()) for each in change.streams)).to_bytes()


def carry(writer: CommitWriter, segment: SegmentReader, name: tuple[str, int] | None = None) -> None:
    """Write a segment's packets again. They keep the name of their stream unless they get another."""
    stream_id, number = name or segment.stream
    writer.add_stream(CopiedContent(segment, writer.options), (bytes.fromhex(stream_id), number))


@checked
def convert(
    file: PlaceLike,
    out: PlaceLike,
    *,
    settings: Settings | None = None,
    force: bool = False,
    progress: Progress | None = None,
    seal: Sequence[str] = (),
    passphrase: str | None = None,
    unseal: bool = False,
    unlock: FilePath | Sequence[FilePath] | None = None,
) -> ConvertReport:
    """Write the memory in ``file`` to a new file in the codec, profile and parity of ``settings.encode``.

    A sealed file stays so, with the same key, for the same recipients; ``seal`` and ``passphrase`` seal the new file
    with a new key (as of ``create``), ``unseal`` writes a plain one. ``unlock`` has the secret keys to the old file, as
    of ``open``.

    Raises Damaged when part of it is lost: ``repair`` saves the rest.
    """
    if unseal and (seal or passphrase is not None):
        raise ConfigError("a file is sealed or it is not: name recipients and a passphrase, or have it plain")
    place, new = place_of(file), place_of(out)
    check_apart("convert", new, place)
    with unlocked(unlock) as keys, settled(place, keys=keys, use="copy") as reader:
        file_id = bytes.fromhex(reader.record.file)
        overall = Overall(progress or silent, "convert", sum(each.record.stream for each in reader.segments))
        writing = Writer.create(
            new,
            settings or Settings(),
            force=force,
            progress=overall,
            file_id=file_id,
            hold=True,
            rights=[granted_by(reader.source)],
            sealing=None
            if unseal
            else sealing_for(seal, passphrase, reader.records.rules) or sealing_of(reader),
        )
        with contextlib.closing(writing):
            _Conversion(writing, reader, overall).run()
            writing.publish()
            encode = writing.settings.encode
            documents = sum(segment.documents for segment in reader.segments)
            counts = len(reader.entries), documents, reader.source.size, writing.size
            return ConvertReport(writing.name, encode.codec, encode.profile, *counts)


class _Conversion:
    """Commit by commit, so that every old state comes along with its indexes."""

    def __init__(self, writing: Writer, reader: Reader, overall: Overall) -> None:
        self._writing, self._reader, self._overall = writing, reader, overall
        self._segments = iter(reader.segments)
        self._written: dict[IndexRecord, IndexRecord] = {}
        self._seen: dict[PicturesRecord, PicturesRecord] = {}

    def run(self) -> None:
        entries, records = self._reader.entries, self._reader.chain
        if [each.commit for each in entries] != [each.commit for each in records]:
            raise Damaged(
                f"{self._reader.source.name}: the record of an old commit is damaged; `repair()` saves the rest"
            )
        for entry, made in zip(entries, records, strict=True):
            self._commit(entry, made)

    def _commit(self, entry: Entry, made: CommitRecord) -> None:
        def write(writer: CommitWriter) -> CommitRecord:
            for segment in [next(self._segments) for _ in entry.segments]:
                self._overall.begin(segment.record.stream)
                carry(writer, segment)
            placed = [self._index(writer, index) for index in made.indexes]
            seen = [self._pictures_of(writer, each) for each in made.pictures]
            return writer.seal(replace(entry, begin=writer.options.begin), placed, seen)

        self._writing.events = made.events
        self._writing.write(write, time=parse_time(entry.time), number=entry.commit)

    def _index(self, writer: CommitWriter, index: IndexRecord) -> IndexRecord:
        """Where an index stands in the new file; it is written when it is first met."""
        if index not in self._written:
            lexical = self._moved(writer, index.lexical) if index.lexical is not None else None
            vectors = tuple(replace(each, place=self._moved(writer, each.place)) for each in index.vectors)
            self._written[index] = IndexRecord(index.segments, index.chunks, lexical, vectors)
        return self._written[index]

    def _pictures_of(self, writer: CommitWriter, old: PicturesRecord) -> PicturesRecord:
        if old not in self._seen:
            self._seen[old] = replace(old, place=self._moved(writer, old.place))
        return self._seen[old]

    def _moved(self, writer: CommitWriter, place: Extent) -> Extent:
        return writer.blob(self._reader.blob(place, "an index").whole())

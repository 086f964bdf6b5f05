"""What is inside a memory file, and where every byte of it went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from memcodec.format.documents import parse_time
from memcodec.reader import Reader
from memcodec.segment import SegmentReader


@dataclass(frozen=True, slots=True)
class Info:
    """A memory file in numbers. ``parts`` are bytes by what they hold; they add up to ``size``.

    ``text`` counts the documents' bytes, ``stream`` the same compressed, with all that is needed to unpack them.
    """

    file: str
    size: int
    file_id: str
    codec: str
    profile: str
    created: str
    changed: str
    commits: int
    documents: int
    chunks: int
    text: int
    stream: int
    frames: int
    packets: int
    parity_packets: int
    lexical: bool
    model: str | None
    parts: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """The same in JSON's types."""
        return asdict(self)


def describe(reader: Reader) -> Info:
    """Look a file over. Reads the catalogue, not the media."""
    segments = reader.segments
    records = [segment.record for segment in segments]
    parts = _parts(reader)
    return Info(
        file=reader.source.name,
        size=reader.source.size,
        file_id=reader.newest.file,
        codec=reader.newest.codec,
        profile=reader.newest.profile,
        created=parse_time(reader.commits[0].time).isoformat(),
        changed=parse_time(reader.newest.time).isoformat(),
        commits=len(reader.commits),
        documents=sum(record.documents for record in records),
        chunks=reader.chunks,
        text=sum(record.text for record in records),
        stream=sum(record.stream for record in records),
        frames=sum(segment.catalogue.frames().shape[1] for segment in segments),
        packets=sum(record.packets for record in records),
        parity_packets=sum(record.parity for record in records),
        lexical=any(record.lexical for record in records),
        model=next(_models(segments), None),
        parts=parts,
    )


def _models(segments: list[SegmentReader]) -> Iterator[str]:
    from memcodec.index.vectors import VectorSegment

    for segment in segments:
        if segment.record.vectors is not None:
            yield VectorSegment(segment.blob("vectors", segment.record.vectors)).model


def _parts(reader: Reader) -> dict[str, int]:
    """Bytes by what they hold. What is none of the known kinds is the container's own."""
    parts = dict.fromkeys(
        ("text", "parity", "guide", "catalogue", "lexical", "vectors", "commits", "container"), 0
    )
    segments = reader.segments
    for segment in segments:
        record = segment.record
        _, lengths, first, _ = segment.catalogue.frames()
        # A frame with both data and parity packets counts as data.
        data = first < record.packets
        parts["text"] += int(lengths[data].sum())
        parts["parity"] += int(lengths[~data].sum())
        for name in ("catalogue", "lexical", "vectors"):
            extent = getattr(record, name)
            parts[name] += extent.length if extent is not None else 0
    for part, extent in reader.media.layout():
        parts["guide"] += extent.length if part == "guide" else 0
        parts["commits"] += extent.length if part == "commit" else 0
    parts["container"] = reader.source.size - sum(parts.values())
    return parts

"""What is inside a memory file, and where every byte of it went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from memcodec.file import roots
from memcodec.file.reader import Reader
from memcodec.format.documents import parse_time
from memcodec.model import Document


@dataclass(frozen=True, slots=True)
class Info:
    """A memory file in numbers. ``parts`` are bytes by what they hold; they add up to ``size``.

    ``text`` counts the documents' bytes, ``stream`` the same compressed, with all that is needed to unpack them.
    ``dead`` documents are in the file's history alone; ``origins`` are the files that merged parts came from,
    ``roots`` the folders that documents come from. ``sealed``: of a sealed file, the name of its newest key.
    ``capsule``: the rules of one, with what they ``allow``, when it ``expires`` (ISO 8601), if it does, and a ``note``.
    """

    file: str
    size: int
    file_id: str
    codec: str
    profile: str
    created: str
    changed: str
    commit: int
    commits: int
    documents: int
    dead: int
    chunks: int
    text: int
    stream: int
    frames: int
    packets: int
    parity_packets: int
    lexical: bool
    model: str | None
    parts: dict[str, int]
    origins: tuple[dict[str, Any], ...]
    roots: tuple[dict[str, Any], ...] = ()
    sealed: str | None = None
    capsule: dict[str, Any] | None = None


def describe(reader: Reader) -> Info:
    """Look a file over. Reads the catalogue, not the media."""
    segments, entries = reader.lasting, reader.entries
    reader.media.prefetch(span for segment in segments for span in segment.catalogue.place_spans())
    records = [segment.record for segment in segments]
    documents = [found.document for found in reader.documents()]
    return Info(
        file=reader.source.name,
        size=_size(reader),
        file_id=reader.record.file,
        codec=reader.record.codec,
        profile=reader.record.profile,
        created=parse_time(entries[0].time).isoformat(),
        changed=_changed(reader).isoformat(),
        commit=reader.commit,
        commits=len(entries) + len(reader.waiting.commits),
        documents=len(documents),
        dead=sum(record.documents for record in records) - (len(documents) - len(reader.waiting.items)),
        chunks=sum(int(segment.live_chunks.sum()) for segment in reader.segments),
        text=sum(document.size for document in documents),
        stream=sum(record.stream for record in records),
        frames=sum(segment.catalogue.frames().shape[1] for segment in segments),
        packets=sum(record.packets for record in records),
        parity_packets=sum(record.parity for record in records),
        lexical=any(run.record.lexical for run in reader.lasting_indexes),
        model=next((model for run in reader.lasting_indexes if (model := run.model) is not None), None),
        parts=_parts(reader),
        origins=tuple(asdict(origin) for entry in entries for origin in entry.origins),
        roots=tuple(_roots(reader, documents)),
        sealed=reader.seal.name.hex() if reader.seal is not None else None,
        capsule=_capsule(reader),
    )


def _capsule(reader: Reader) -> dict[str, Any] | None:
    rules = reader.records.rules
    if rules is None:
        return None
    expires = rules.expires.isoformat() if rules.expires is not None else None
    return {"allow": list(rules.allow), "expires": expires, "note": rules.note}


def _changed(reader: Reader) -> datetime:
    """When the newest commit was written, of those in the journal, too."""
    own = [each.time for each in reader.waiting.commits]
    return max(parse_time(reader.record.time), *own) if own else parse_time(reader.record.time)


def _roots(reader: Reader, documents: Sequence[Document]) -> Iterator[dict[str, Any]]:
    """The folders that documents come from, in the order they came; those of the past too."""
    rows = roots.known(reader)
    held = Counter(roots.identity(each.root) for each in documents if each.root is not None)
    for one, name in roots.names(rows).items():
        mine = [row for row in rows if roots.identity(row) == one]
        yield {
            "name": name,
            "bases": list(dict.fromkeys(row.base for row in mine)),
            "documents": held[one],
            "path": next((row.path for row in reversed(mine) if row.path), None),
        }


def _size(reader: Reader) -> int:
    """Of the file as it lies there: with what another program put in front of it, or took away."""
    return reader.source.size + reader.media.moved


def _parts(reader: Reader) -> dict[str, int]:
    """Bytes by what they hold. What is none of the known kinds is the container's own."""
    parts = dict.fromkeys(
        (
            "text",
            "parity",
            "guide",
            "catalogue",
            "lexical",
            "vectors",
            "opening",
            "commits",
            "journal",
            "container",
        ),
        0,
    )
    segments = reader.lasting
    for segment in segments:
        record = segment.record
        _, lengths, first, _ = segment.catalogue.frames()
        # A frame with both data and parity packets counts as data.
        data = first < record.packets
        parts["text"] += int(lengths[data].sum())
        parts["parity"] += int(lengths[~data].sum())
        parts["catalogue"] += record.catalogue.length
    for run in reader.lasting_indexes:
        for name, place in run.record.blobs:
            parts[name] += place.length
    parts["vectors"] += sum(pictures.place.length for pictures in reader.record.pictures)
    parts["opening"] = sum(opening.place.length for opening in reader.record.openings)
    first = segments[0].catalogue.media if segments else 0
    for part, extent in reader.media.layout():
        parts["guide"] += extent.length if part == "guide" else 0
        parts["commits"] += extent.length if part == "commit" else 0
        parts["journal"] += extent.length if part == "journal" else 0
        if reader.source.far and extent.offset + extent.length >= first:
            break  # to look at all of the container is to fetch it: commit records count as its own then
    parts["container"] = _size(reader) - sum(parts.values())
    return parts

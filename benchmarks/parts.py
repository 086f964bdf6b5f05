"""Where the bytes of searches from afar went: by what of the file they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from memcodec.file.reader import Reader
from memcodec.format.blob import Blob
from memcodec.storage.remote.log import Request

TEXTS, DICTIONARY = "frames of texts", "frames of the dictionary"
OPENING = "the opening, and what tables it holds"
ENVELOPE = "framing of answers"
REST = "the rest: commit record, video's own tables"


class Part(NamedTuple):
    """A run of a file's bytes, ``begin`` to ``end``."""

    begin: int
    end: int
    name: str


def brought(parts: Sequence[Part], requests: Iterable[Request]) -> Counter[str]:
    """Bytes of each part among what was asked for, and what framed it on its way."""
    found, asked = Counter[str](), 0
    requests = list(requests)
    for begin, length in (span for request in requests for span in request.spans):
        left = length
        for part in parts:
            shared = min(part.end, begin + length) - max(part.begin, begin)
            if shared > 0:
                found[part.name] += shared
                left -= shared
        found[REST] += left
        asked += length
    found[ENVELOPE] += sum(request.received for request in requests) - asked
    return found


def of(reader: Reader) -> Iterator[Part]:
    """The parts of a file that have a name; they do not overlap."""
    for segment in reader.segments:
        record = segment.record
        held = -(-segment.catalogue.dictionary // record.payload)  # packets of the dictionary
        offsets, lengths, firsts, _ = segment.catalogue.frames()
        for offset, length, first in zip(offsets.tolist(), lengths.tolist(), firsts.tolist(), strict=True):
            yield Part(offset, offset + length, DICTIONARY if first < held else TEXTS)
        yield from _sections(record.catalogue.offset, "catalogue", segment.catalogue_blob())
    for run in reader.indexes:
        if run.record.lexical is not None and run.lexical is not None:
            yield from _sections(run.record.lexical.offset, "lexical index", run.lexical)
    for opening in reader.record.openings:
        yield Part(opening.place.offset, opening.place.offset + opening.place.length, OPENING)


def _sections(offset: int, what: str, blob: Blob) -> Iterator[Part]:
    """A blob's sections; before them is what lists them."""
    body = offset + blob._head
    yield Part(offset, body, f"{what}: list of sections")
    for name in blob.names():
        section = blob.section(name)
        yield Part(
            body + section.offset, body + section.offset + section.length, f"{what}: {name.split('.')[0]}"
        )

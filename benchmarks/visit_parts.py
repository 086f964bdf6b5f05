"""Which parts of a memory file were fetched: bytes of byte ranges, by what stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from memcodec.file.reader import Reader, read_file

_NAMES = {
    "terms": "terms and postings",
    "positions": "positions",
    "lengths": "lengths of chunks",
    "dictionary": "dictionary of Zstandard",
    "shortcut": "shortcut",
    "chunks": "rows of chunks",
    "blocks": "rows of blocks and frames",
    "frames": "rows of blocks and frames",
    "starts": "descriptions of documents",
    "documents": "descriptions of documents",
}
_OTHER, _FRAMES, _OPENING = "else, and what lay between", "frames", "commit record and openings"


def of_ranges(file: str, ranges: Iterable[str]) -> Counter[str]:
    """KB of ``Range`` headers' values, such as ``bytes=0-99``, by what stands there in a file of one commit."""
    reader = read_file(file)
    try:
        edges = _edges(reader)
    finally:
        reader.close()
    found = Counter[str]()
    for each in ranges:
        first, last = map(int, each.removeprefix("bytes=").split("-"))
        for (start, name), (end, _) in pairwise(edges):
            found[name] += max(0, min(last + 1, end) - max(first, start)) / 1000  # type: ignore[assignment]
    return found


def _edges(reader: Reader) -> list[tuple[int, str]]:
    """Where in the file something else begins, and what, to the file's end."""
    (segment,), (run,) = reader.segments, reader.indexes
    places, lengths = segment.catalogue.frames()[:2]
    found = [(0, _OTHER)]
    for start, size in zip(places.tolist(), lengths.tolist(), strict=True):
        found += [(start, _FRAMES), (start + size, _OTHER)]
    lexical = run.record.lexical
    assert run.lexical is not None and lexical is not None
    for place, blob in ((segment.record.catalogue, segment.catalogue.blob), (lexical, run.lexical)):
        body = place.offset + blob.head
        for name, section in blob.sections():
            if name in _NAMES:
                start = body + section.offset
                found += [(start, _NAMES[name]), (start + section.length, _OTHER)]
    found += [(min(each.place.offset for each in reader.record.openings), _OPENING), (reader.end, _OTHER)]
    # Where one ends and another begins the later entry counts: sorting is stable, and nothing overlaps.
    return [*sorted(found, key=lambda each: (each[0], each[1] != _OTHER)), (reader.source.size, "")]

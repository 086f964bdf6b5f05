"""What a search of files far away reads, brought here in few round trips: all files at once, whatever their number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from memcodec.file.index_run import IndexRun
from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.model import BlobSpan, Extent

_TABLES = 8 << 20  # bytes of tables that a handle which is searched again brings here whole
_AT_ONCE = 16  # files asked at once

Chunk = tuple[SegmentReader, int]
_T = TypeVar("_T")


def bring(wanted: Iterable[tuple[Reader, Iterable[BlobSpan]]]) -> None:
    """Have parts of blobs, in one round trip. Nothing of files that are near."""
    spans = _by_reader((reader, span) for reader, each in wanted if reader.source.far for span in each)
    _each([partial(reader.media.prefetch, own) for reader, own in spans])


def bring_texts(chunks: Iterable[tuple[Reader, Chunk]]) -> None:
    """Have the texts of chunks and what is known of their documents: at once where a shortcut leads to them.

    Else their places first, then the rest.
    """
    found = _by_reader((reader, chunk) for reader, chunk in chunks if reader.source.far)
    _each([partial(_bring_places, reader, own) for reader, own in found])
    _each([partial(reader.prefetch_texts, own) for reader, own in found])


def _bring_places(reader: Reader, chunks: list[Chunk]) -> None:
    reader.prefetch_chunks(reader.prefetch_near(chunks))


def tables(reader: Reader, *, again: bool) -> list[BlobSpan]:
    """The tables that find chunks: needed whole where documents are dropped, and worth it for who searches again."""
    if not reader.source.far:
        return []
    chosen = [segment for segment in reader.segments if again or segment.dead is not None]
    spans = [span for segment in chosen for span in segment.catalogue.place_spans()]
    return spans if sum(span.length for span in spans) <= _TABLES else []


def shortcuts(reader: Reader) -> list[BlobSpan]:
    """What leads to the texts of hits in one round trip."""
    return [span for segment in reader.segments for span in segment.catalogue.shortcut_spans()]


def heads(reader: Reader, run: IndexRun) -> list[BlobSpan]:
    """What is needed before the vectors of an index can be opened."""
    media = reader.media
    extents = [each.place for each in run.record.vectors]
    head_spans: Callable[[Extent], list[BlobSpan]] | None = getattr(media, "head_spans", None)
    return [span for extent in extents for span in head_spans(extent)] if head_spans is not None else []


def _by_reader(pairs: Iterable[tuple[Reader, _T]]) -> list[tuple[Reader, list[_T]]]:
    groups: dict[int, tuple[Reader, list[_T]]] = {}
    for reader, each in pairs:
        groups.setdefault(id(reader), (reader, []))[1].append(each)
    return list(groups.values())


def _each(works: list[Callable[[], None]]) -> None:
    if len(works) < 2:
        for work in works:
            work()
        return
    with ThreadPoolExecutor(min(_AT_ONCE, len(works)), "far") as pool:
        list(pool.map(lambda work: work(), works))

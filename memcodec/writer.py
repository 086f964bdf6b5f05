"""Records -> packets -> media, and the index beside them: everything one commit writes, in order."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator

from memcodec import __version__, stream
from memcodec.codec import MediaWriter
from memcodec.content import CommitOptions, Content
from memcodec.format import documents, packet
from memcodec.format.checksum import crc32c
from memcodec.format.commit import CommitRecord, SegmentRecord
from memcodec.model import Extent, Frame
from memcodec.storage import Target

ALONE = 256  #: packets: a commit of fewer has a frame for each, so that reading or losing one is least
SPREAD = 110  #: frames that a larger one is spread over, at least, before frames are filled


def write_commit(
    media: MediaWriter, target: Target, content: Content, options: CommitOptions
) -> CommitRecord:
    """Write one commit and return its record. Raises SourceError when a source changed meanwhile.

    Order: frames, index blobs, sync, commit record, sync.
    """
    media_begin = target.size
    packets = stream.Packetizer(options.file_id, options.commit, packet.payload_size(media.packet_size))
    try:
        frames, checksums = _write_media(media, target, content, packets, options)
        parity = sum(frame.packets for frame in frames) - packets.count
        made_catalogue = content.catalogue.to_bytes(options.begin, media_begin, frames, checksums)
        catalogue = media.write_blob(made_catalogue)
        vectors, lexical = _write_blob(media, content.vectors()), _write_blob(media, content.lexical())
        segment = SegmentRecord(
            file=options.file_id.hex(),
            commit=options.commit,
            packets=packets.count,
            parity=parity,
            payload=packets.payload,
            stream=packets.size,
            text=content.size,
            documents=len(content.catalogue.stored),
            chunks=len(content.catalogue.chunk_starts),
            catalogue=catalogue,
            lexical=lexical,
            vectors=vectors,
        )
    finally:
        packets.close()
    made = CommitRecord(
        file=options.file_id.hex(),
        commit=options.commit,
        time=documents.format_time(options.time),
        codec=options.codec,
        profile=options.profile,
        writer=f"memcodec {__version__}",
        segments=(segment,),
    )
    media.commit(made.to_bytes())
    return made


def _write_media(
    media: MediaWriter, target: Target, content: Content, packets: stream.Packetizer, options: CommitOptions
) -> tuple[list[Frame], list[int]]:
    """Data packets, then parity packets, few to a frame when there are few at all. Returns frames and checksums.

    A frame's checksum is over the file from the end of the frame before (first: the commit's first byte) to its own.
    """
    frames, checksums, end = list[Frame](), list[int](), options.begin
    expected = content.prepare() // packets.payload + 1
    per_frame = 1 if expected < ALONE else min(media.frame_packets, expected // SPREAD)
    with _Ahead(_data_packets(content, packets), depth=256) as data:
        everything = _with_parity(data, packets, per_frame, options.parity)
        for frame in media.write_packets(everything, per_frame):
            frames.append(frame)
            checksums.append(crc32c(target.read(end, frame.offset + frame.length - end)))
            end = frame.offset + frame.length
    return frames, checksums


def _data_packets(content: Content, packets: stream.Packetizer) -> Iterator[bytes]:
    for made in content.records(lambda: packets.size):
        yield from packets.add(made)
    yield from packets.finish()


def _with_parity(
    data: Iterable[bytes], packets: stream.Packetizer, per_frame: int, share: float
) -> Iterator[bytes]:
    yield from data
    yield from packets.parity(stream.parity_packets(packets.count, per_frame, share))


def _write_blob(media: MediaWriter, blob: bytes | memoryview | None) -> Extent | None:
    return media.write_blob(blob) if blob is not None else None


class _Ahead:
    """Runs an iterator in a thread of its own, up to ``depth`` items ahead; its errors come out where it is read."""

    def __init__(self, items: Iterator[bytes], depth: int) -> None:
        self._items, self._queue = items, queue.Queue[bytes | BaseException | None](depth)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        last: BaseException | None = None
        try:
            for item in self._items:
                if not self._put(item):
                    return
        except BaseException as error:  # handed over, not swallowed
            last = error
        self._put(last)

    def _put(self, item: bytes | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def __enter__(self) -> Iterator[bytes]:
        self._thread.start()
        return self._read()

    def _read(self) -> Iterator[bytes]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

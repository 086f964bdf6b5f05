"""Coded frames to luma planes, one in, one out."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from memcodec_video.layout import MIDDLE, Luma
from memcodec_video.profiles import DECODERS

MAX_PIXELS = 1 << 25  #: of one frame: what is declared larger is not decoded
PIXELS_A_BYTE = 2048  #: of a coded frame: one that shows the smallest symbol has fewer than half of it
# Pixel formats with eight bits of luma in the first plane.
_PLANAR = ("yuv420p", "yuvj420p", "gray", "yuv422p", "yuv444p", "nv12")


class Decoder:
    """Not for use by two threads at once; ``Decoders`` lends them out."""

    def __init__(self, codec: str, most: int = MAX_PIXELS) -> None:
        """``most``: pixels of a frame that it decodes."""
        import av

        self._codec = codec
        self._context = av.CodecContext.create(DECODERS[codec], "r")
        self._context.thread_count = 1
        self._context.options = {"flags": "low_delay", "max_pixels": str(most)}

    def decode(self, sample: bytes | memoryview) -> Luma | None:
        """The frame's luma plane, or None when there is nothing to see. Of a damaged frame some may be right."""
        shown = self._decode(sample)
        if shown is None and self._codec == "av1":
            from memcodec_video.obu import lengthened  # of damaged files alone

            longer = lengthened(bytes(sample))
            shown = self._decode(longer) if longer is not None else None
        return shown

    def _decode(self, sample: bytes | memoryview) -> Luma | None:
        import av

        if self._codec == "mp4v" and guess(sample) != "mp4v":
            return None  # its decoder would begin with what begins further on
        try:
            frames = self._context.decode(av.Packet(to_stream(self._codec, sample)))
            if not frames:
                frames = self._context.decode(None)
                self._context.flush_buffers()
            return _take(frames[0]) if frames else None
        except (av.FFmpegError, MemoryError):
            self._context.flush_buffers()
            return None


def to_stream(codec: str, sample: bytes | memoryview) -> bytes:
    """The sample as a decoder without its MP4 header takes it: start codes in the place of NAL unit lengths."""
    if codec not in ("h264", "h265"):
        return bytes(sample)
    data, offset = bytearray(sample), 0
    while offset + 4 <= len(data):
        length = int.from_bytes(data[offset : offset + 4], "big")
        data[offset : offset + 4] = b"\0\0\0\1"
        offset += 4 + length
    return bytes(data)


def luma(frame: Any) -> Luma:
    """A copy of a decoded frame's luma, whatever its pixel format."""
    if frame.format.name not in _PLANAR:
        frame = frame.reformat(format="gray")
    return _plane(frame)[:, : frame.width].copy()


def _plane(frame: Any) -> Luma:
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height]


def _take(frame: Any) -> Luma:
    """The frame's luma, moved: of a damaged frame a decoder fills what is missing with what it finds in its buffers,
    and that must not be another frame's symbols."""
    taken = luma(frame)
    _plane(frame)[:] = MIDDLE
    return taken


def plays(codec: str, samples: Sequence[bytes]) -> bool:
    """Whether as many frames come out of consecutive samples, the first a keyframe."""
    import av

    context = av.CodecContext.create(DECODERS[codec], "r")
    try:
        shown = [frame for each in samples for frame in context.decode(av.Packet(to_stream(codec, each)))]
        shown += context.decode(None)
    except av.FFmpegError:
        return False
    return len(shown) == len(samples)


def guess(sample: bytes | memoryview) -> str | None:
    """The codec whose keyframe begins so, for a file whose headers are gone."""
    head = bytes(sample[:8])
    if head[:1] == b"\x0a":  # AV1: a sequence header OBU with a size
        return "av1"
    if head[4:5] in (b"\x67", b"\x27"):  # H.264: a sequence parameter set
        return "h264"
    if head[4:5] == b"\x40":  # H.265: a video parameter set
        return "h265"
    if head[:4] == b"\0\0\1\xb0":  # MPEG-4: a visual object sequence
        return "mp4v"
    return "vp9" if head[:1] and head[0] >> 6 == 2 and b"\x49\x83\x42" in head else None


class Decoders:
    """Decoders of one codec for any number of threads.

    A few bytes may declare a picture of any size, and a small file many of them: so how many pixels are decoded follows
    from a frame's bytes.
    """

    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._idle: dict[int, list[Decoder]] = defaultdict(list)  # by the pixels they decode at most
        self._lock = threading.Lock()

    def decode(self, sample: bytes | memoryview) -> Luma | None:
        pixels = 1 << (PIXELS_A_BYTE * len(sample)).bit_length()
        with self._lend(min(pixels, MAX_PIXELS)) as decoder:
            return decoder.decode(sample)

    def close(self) -> None:
        with self._lock:
            self._idle.clear()

    @contextmanager
    def _lend(self, most: int) -> Iterator[Decoder]:
        with self._lock:
            decoder = self._idle[most].pop() if self._idle[most] else None
        decoder = decoder or Decoder(self._codec, most)
        yield decoder
        with self._lock:
            self._idle[most].append(decoder)

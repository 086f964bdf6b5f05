"""The bare work that memcodec's speed is held against: a codec at work on the same frames, and nothing else."""

from __future__ import annotations

import os
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import av
import numpy as np
import zxingcpp

import memcodec
from memcodec_video.layout import Layout
from memcodec_video.profiles import DECODERS, SETTINGS, VideoProfile

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_RATE = Fraction(25)
_samples: list[bytes] = []


def planes(path: Path) -> list[np.ndarray]:
    """Every frame of a memory file, guide included, drawn anew in pure black and white."""
    with av.open(str(path)) as container:
        return [
            np.where(frame.to_ndarray(format="gray") < 128, np.uint8(0), np.uint8(255))
            for frame in container.decode(video=0)
        ]


class Encode:
    """PyAV and the codec's own settings, on frames made beforehand."""

    def __init__(self, codec: str, profile: str, lumas: list[np.ndarray]) -> None:
        self._settings: VideoProfile = SETTINGS[codec, profile]
        self._frames = [_frame(luma, number) for number, luma in enumerate(lumas)]

    def __call__(self) -> int:
        """Encodes all; returns the bytes that came out."""
        context = av.CodecContext.create(self._settings.encoder, "w")
        context.width, context.height = self._frames[0].width, self._frames[0].height
        context.pix_fmt, context.time_base, context.framerate = "yuv420p", 1 / _RATE, _RATE
        context.options = dict(self._settings.options)
        size: int = sum(packet.size for frame in self._frames for packet in context.encode(frame))
        size += sum(packet.size for packet in context.encode(None))
        return size


def _frame(luma: np.ndarray, number: int) -> Any:
    height, width = luma.shape
    grey = np.full((height // 2, width), 128, np.uint8)
    frame = av.VideoFrame.from_ndarray(np.concatenate([luma, grey]), format="yuv420p")
    frame.pts, frame.time_base = number, 1 / _RATE
    return frame


class Read:
    """Decode and zxing-cpp, every symbol cut out by its known place, on all cores: by processes or by threads."""

    def __init__(self, path: Path, codec: str, profile: str, *, processes: bool) -> None:
        self._job = (codec, profile)
        self._pool: Executor
        if processes:
            self._pool = ProcessPoolExecutor(
                CORES, get_context("spawn"), initializer=_load, initargs=(str(path),)
            )
        else:
            self._pool = ThreadPoolExecutor(CORES)
            _load(str(path))

    def __call__(self) -> int:
        """Reads all; returns how many symbols were read."""
        return sum(self._pool.map(_read_share, [(*self._job, core) for core in range(CORES)]))

    def close(self) -> None:
        self._pool.shutdown()


def _load(path: str) -> None:
    """The coded frames that hold data: those that ``restore`` reads."""
    with memcodec.open(path) as memory:
        _samples[:] = [
            bytes(memory.reader.source.get_bytes(int(offset), int(length)))
            for segment in memory.reader.segments
            for offset, length, first in zip(*segment.catalogue.frames()[:3], strict=True)
            if first < segment.record.packets
        ]


def _read_share(job: tuple[str, str, int]) -> int:
    codec, profile, share = job
    layout = SETTINGS[codec, profile].layout
    context = av.CodecContext.create(DECODERS[codec], "r")
    context.thread_count, context.options = 1, {"flags": "low_delay"}
    found = 0
    for sample in _samples[share::CORES]:
        frames = context.decode(av.Packet(sample))
        for frame in frames:
            found += _symbols(frame, layout)
    return found


def _symbols(frame: Any, layout: Layout) -> int:
    plane = frame.planes[0]
    luma = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    side = 177 * layout.pixels
    corners = (layout.origin(slot) for slot in range(layout.slots))
    return sum(_read(luma[top : top + side, left : left + side]) for top, left in corners)


def _read(symbol: np.ndarray) -> bool:
    if symbol.min() == symbol.max():
        return False  # a slot left white
    found = zxingcpp.read_barcode(
        np.ascontiguousarray(symbol), formats=zxingcpp.BarcodeFormat.QRCode, is_pure=True,
        try_rotate=False, try_downscale=False, try_invert=False,
    )  # fmt: skip
    return found is not None and bool(found.bytes)

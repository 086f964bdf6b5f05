"""Luma planes to coded frames, every one a keyframe that decodes by itself; and repeats of one."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from memcodec.errors import CodecError
from memcodec.process import machine
from memcodec_video.layout import LIGHT, Luma
from memcodec_video.mp4 import FRAME_RATE
from memcodec_video.profiles import VideoProfile
from memcodec_video.scheduling import kept_scheduling

_PARAMETERS_ONLY = {"h264": (6,), "h265": (39, 40)}  # NAL unit types dropped: SEI
_GREY = 128
_LEVEL_MEMORY = 200 << 20  # bytes: free for each level of parallelism above the first
#: SVT-AV1 3.1 may wait for itself for ever: at level 5 within some ten thousand frames, at level 2 never yet.
_MOST_LEVELS = 2


def missing(encoder: str) -> str | None:
    """Why FFmpeg, as PyAV ships it, cannot use that encoder; None when it can."""
    import av

    return (
        None if encoder in av.codecs_available else f"PyAV was built without {encoder}; install av from PyPI"
    )


class Encoder:
    """Turns planes into samples, in order. ``encode`` may return none yet, ``finish`` returns the rest.

    Every sample is a keyframe; with ``repeats`` only the first is, and the others may need the one before.
    """

    def __init__(self, settings: VideoProfile, *, repeats: bool = False) -> None:
        import av

        reason = missing(settings.encoder)
        if reason:
            raise CodecError(f"cannot encode {settings.codec}: {reason}")
        _quieten()
        self._codec = settings.codec
        self._width, self._height = settings.layout.width, settings.layout.height
        self._context = av.CodecContext.create(settings.encoder, "w")
        _configure(self._context, settings)
        self._context.options = _on_this_machine(settings.repeats if repeats else settings.options)
        self._repeats = repeats
        try:
            with kept_scheduling():
                self._context.open()
        except av.FFmpegError as error:
            raise self._failed(error) from error
        self._count = 0

    def encode(self, luma: Luma) -> list[bytes]:
        from av.video.frame import PictureType

        frame = _picture(self._width, self._height, luma)
        frame.pts, frame.time_base = self._count, Fraction(1, FRAME_RATE)
        if not self._repeats:
            frame.pict_type = PictureType.I  # of x264 and x265, which have one configuration for both
        self._count += 1
        return self._run(frame)

    def finish(self) -> list[bytes]:
        """The encoder cannot be used after this."""
        return self._run(None)

    def _run(self, frame: Any) -> list[bytes]:
        import av

        try:
            return [to_sample(self._codec, bytes(packet)) for packet in self._context.encode(frame)]
        except av.FFmpegError as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> CodecError:
        return CodecError(f"{self._codec} encoder failed: {error}; try another `codec`")


def _on_this_machine(options: Mapping[str, str]) -> dict[str, str]:
    """Options with SVT-AV1's level of parallelism (``lp``), which changes no byte that it gives out.

    By itself it counts the cores of the machine. Level 2 takes 75 MB and 35 threads.
    """
    parameters = options.get("svtav1-params")
    if parameters is None or ":lp=" in parameters:
        return dict(options)
    level = min(_MOST_LEVELS, machine.cores().bit_length(), 1 + machine.workers(_LEVEL_MEMORY))
    return {**options, "svtav1-params": f"{parameters}:lp={level}"}


def _quieten() -> None:
    """SVT-AV1 writes its banner to stderr past FFmpeg's log; it asks the environment, once, how much."""
    os.environ.setdefault("SVT_LOG", "1")


def _configure(context: Any, settings: VideoProfile) -> None:
    context.width, context.height = settings.layout.width, settings.layout.height
    context.pix_fmt = "yuv420p"
    context.time_base, context.framerate = Fraction(1, FRAME_RATE), Fraction(FRAME_RATE)


def _picture(width: int, height: int, luma: Luma) -> Any:
    import av

    frame = av.VideoFrame(width, height, "yuv420p")
    plane = frame.planes[0]
    np.frombuffer(plane, np.uint8).reshape(height, plane.line_size)[:, :width] = luma
    for plane in frame.planes[1:]:
        np.frombuffer(plane, np.uint8)[:] = _GREY
    return frame


def to_sample(codec: str, coded: bytes) -> bytes:
    """A coded frame as MP4 stores it: length-prefixed NAL units, or OBUs without temporal delimiter."""
    if codec == "av1":
        return coded[2:] if coded[:2] == b"\x12\x00" else coded
    if codec not in _PARAMETERS_ONLY:
        return coded
    kept = (unit for unit in _nal_units(coded) if _nal_type(codec, unit) not in _PARAMETERS_ONLY[codec])
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in kept)


def _nal_units(stream: bytes) -> Iterator[bytes]:
    """The units of an Annex B byte stream (ISO/IEC 14496-10 Annex B)."""
    for part in stream.split(b"\0\0\1"):
        unit = part.rstrip(b"\0")
        if unit:
            yield unit


def _nal_type(codec: str, unit: bytes) -> int:
    return unit[0] & 31 if codec == "h264" else unit[0] >> 1 & 63


def sample_description(settings: VideoProfile) -> bytes:
    """The ``stsd`` box that FFmpeg writes for this encoder's stream."""
    import av

    reason = missing(settings.encoder)
    if reason:
        raise CodecError(f"cannot encode {settings.codec}: {reason}")
    _quieten()
    file = io.BytesIO()
    flags = {"movflags": "empty_moov+default_base_moof+frag_keyframe+delay_moov"}
    with kept_scheduling(), av.open(file, "w", format="mp4", options=flags) as container:
        stream = container.add_stream(settings.encoder, rate=FRAME_RATE, options=dict(settings.options))
        _configure(stream.codec_context, settings)
        if settings.codec == "h265":
            stream.codec_context.codec_tag = "hvc1"  # QuickTime plays no other
        white = np.full((settings.layout.height, settings.layout.width), LIGHT, np.uint8)
        frame = _picture(settings.layout.width, settings.layout.height, white)
        frame.pts = 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    data = file.getvalue()
    start = data.index(b"stsd") - 4
    return data[start : start + int.from_bytes(data[start : start + 4], "big")]

"""Files that another program wrote, as far as FFmpeg decodes them: remuxed, re-encoded, damaged.

FFmpeg reads them in a child process. What that gave before it crashed counts: repair saves what it can, and names what
it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, Literal, cast

from memcodec.isolation import child, ffmpeg
from memcodec.isolation.child import Piece
from memcodec.isolation.ffmpeg import frames
from memcodec.storage import Source, SourceFile

__all__ = ["Piece", "decoded", "frames", "stream"]


def decoded(source: Source, function: str) -> Iterator[Piece]:
    """What ``function`` ("module:name") makes of the file in a child; see ``isolation.child``."""
    with suppress(child.Ended):
        yield from child.stream(function, cast(BinaryIO, SourceFile(source)))


@contextmanager
def stream(file: BinaryIO, kind: Literal["audio", "video"]) -> Iterator[Any | None]:
    """In the child: the file's first stream of that kind (``av.stream.Stream``), or None when there is none."""
    try:
        opened = ffmpeg.opened(file)
        with opened as container:
            streams = getattr(container.streams, kind)
            yield streams[0] if streams else None
    except ffmpeg.NoMedia:
        yield None

"""Files that another program wrote, as far as FFmpeg decodes them: remuxed, re-encoded, damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Literal, cast

from memcodec.isolation import ffmpeg
from memcodec.isolation.ffmpeg import frames
from memcodec.storage import Source, SourceFile

__all__ = ["frames", "stream"]


@contextmanager
def stream(source: Source, kind: Literal["audio", "video"]) -> Iterator[Any | None]:
    """The file's first stream of that kind (``av.stream.Stream``), or None when there is none."""
    with ExitStack() as stack:
        streams = ()
        with suppress(ffmpeg.NoMedia):
            container = stack.enter_context(ffmpeg.opened(cast(Any, SourceFile(source))))
            streams = getattr(container.streams, kind)
        yield streams[0] if streams else None

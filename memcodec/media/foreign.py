"""Files that another program wrote, as far as FFmpeg decodes them: remuxed, re-encoded, damaged. By PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Literal

from memcodec.storage import Source, SourceFile


@contextmanager
def stream(source: Source, kind: Literal["audio", "video"]) -> Iterator[Any | None]:
    """The file's first stream of that kind (``av.stream.Stream``), or None when there is none."""
    import av

    try:
        container = av.open(SourceFile(source), "r")
    except (av.FFmpegError, ValueError):
        container = None
    with container or nullcontext():
        streams = getattr(container.streams, kind) if container else ()
        yield streams[0] if streams else None


def frames(stream: Any) -> Iterator[Any]:
    """The stream's frames (``av.frame.Frame``) in order, without those that do not decode."""
    import av

    packets = stream.container.demux(stream)
    while True:
        try:
            decoded = next(packets).decode()
        except StopIteration:
            return
        except av.FFmpegError:
            continue
        yield from decoded

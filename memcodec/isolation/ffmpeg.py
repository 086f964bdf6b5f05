"""FFmpeg, by PyAV, on the bytes that it is handed and nothing else.

Of its demuxers many are doors: playlists, SDP, concat lists and patterns of file names make it open other files and
sockets. Those here are the containers of media alone, and no protocol is left for one to follow a reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

# FFmpeg's names of them
DEMUXERS = (
    *("mov", "matroska", "avi", "flv", "asf", "ogg", "mpegts", "mpeg", "ivf", "obu", "h264", "hevc"),
    *("flac", "wav", "w64", "aiff", "caf", "au", "mp3", "aac", "ac3", "amr", "wv", "tta"),
)
_OPTIONS = {
    "format_whitelist": ",".join(DEMUXERS),
    "protocol_whitelist": "",
    "enable_drefs": "0",  # mov: tracks that lie in other files
}


class NoMedia(Exception):
    """The bytes are of no container in ``DEMUXERS``, or of a damaged one."""


@contextmanager
def opened(file: BinaryIO) -> Iterator[Any]:
    """The container (``av.container.InputContainer``) that ``file`` holds. Raises NoMedia."""
    import av

    try:
        container = av.open(file, "r", options=_OPTIONS, io_open=_refused, metadata_errors="ignore")
    except (av.FFmpegError, ValueError, PermissionError) as error:
        raise NoMedia(str(error)) from error
    with container:
        yield container


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


def _refused(url: str, flags: int, options: object) -> Any:
    raise PermissionError("a media file that refers to another")

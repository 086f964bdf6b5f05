"""The five video codecs behind memcodec's codec contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from memcodec.errors import CodecError, ConfigError
from memcodec.media.contract import Profile
from memcodec.storage import Source, Target
from memcodec_video.commits import BOXES, CommitBox, VideoConfig, config_at_end, config_in
from memcodec_video.profiles import SETTINGS
from memcodec_video.reader import VideoReader

if TYPE_CHECKING:
    from memcodec_video.writer import VideoWriter

_MP4 = (b"ftyp", b"styp", b"moov", b"moof", b"wide", b"mdat", b"free", b"skip", b"pdin")  # and QuickTime
_STARTS = (
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"FLV\x01",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF: Windows Media
    b"\0\0\1\xba",  # MPEG program stream
)
_TS_PACKETS = (188, 192)  # bytes of MPEG-TS, and with a time code before each (M2TS)
_MOST_SEQUENCE, _MOST_TIME = 1 << 31, 1 << 63  # their fields hold twice that: one commit has room

_GUIDE = (
    "The QR symbols that follow hold documents, compressed, and spares for lost ones. This symbol tells how to read "
    "them.",
    "Read every QR symbol of every frame. Its letters are base45 (RFC 9285) of one packet.",
)


class VideoCodec:
    """QR symbols in the frames of an MP4."""

    name: str
    summary: str
    suffixes: tuple[str, ...] = (".mp4", ".m4v")

    def missing(self) -> str | None:
        from memcodec_video.encode import missing

        return missing(SETTINGS[self.name, "dense"].encoder)

    def guide(self, profile: Profile) -> tuple[str, str]:
        return _GUIDE

    def sniff(self, head: bytes) -> bool:
        """Whether a file that begins or ends so is this codec's; of a foreign video any of the five will do."""
        config = config_in(head) or config_at_end(head)
        if config is not None:
            return config.codec == self.name
        return head[4:8] in _MP4 or head.startswith(_STARTS) or head[8:12] == b"AVI " or _is_ts(head)

    def sniff_end(self, tail: bytes) -> bool:
        """As the contract has it; a journal does not say which video codec it stands behind: any will do, too."""
        config = config_at_end(tail)
        return config.codec == self.name if config is not None else bool(BOXES.group_trailer(tail))

    def create(
        self, target: Target, profile: Profile, options: Mapping[str, str] | None = None
    ) -> VideoWriter:
        from memcodec_video.writer import VideoWriter

        if options:
            raise ConfigError(f"the codec {self.name} has no option {min(options)}; leave it out")
        layout = SETTINGS[self.name, profile].layout
        return VideoWriter.create(target, VideoConfig(self.name, profile, layout))

    def reopen(self, target: Target) -> VideoWriter:
        from memcodec_video.writer import VideoWriter

        last, _ = BOXES.to_continue(target)
        if last.config.codec != self.name:
            raise CodecError(f"{target.name}: holds {last.config.codec}, not {self.name}")
        if not _can_go_on(last):
            raise CodecError(
                f"{target.name}: what follows its last commit cannot be written (a layout that is read and not drawn, "
                "or no numbers left); `convert()` makes a file that can be added to"
            )
        return VideoWriter(target, last.config, last)

    def open(self, source: Source) -> VideoReader:
        return VideoReader(source)

    def picture(self, source: Source) -> bytes:
        from memcodec_video import picture as sheet

        return sheet.draw(source)


def _can_go_on(last: CommitBox) -> bool:
    """Whether frames can be drawn as those before, and their fragments numbered on."""
    layout = SETTINGS[last.config.codec, last.config.profile].layout
    return last.config.layout == layout and last.sequence < _MOST_SEQUENCE and last.time < _MOST_TIME


def _is_ts(head: bytes) -> bool:
    """Whether packets of MPEG-TS follow one another, each with its sync byte."""
    return any(head[size - 188 : 4 * size : size] == b"GGGG" for size in _TS_PACKETS)


class AV1(VideoCodec):
    name = "av1"
    summary = "AV1 video (SVT-AV1): smallest by far"


class H264(VideoCodec):
    name = "h264"
    summary = "H.264 video (x264): plays everywhere"


class H265(VideoCodec):
    name = "h265"
    summary = "H.265 video (x265)"


class VP9(VideoCodec):
    name = "vp9"
    summary = "VP9 video (libvpx)"


class MP4V(VideoCodec):
    name = "mp4v"
    summary = "MPEG-4 Part 2 video (FFmpeg): what older players know"

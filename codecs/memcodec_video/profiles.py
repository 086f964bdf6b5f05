"""What each codec does in each profile: frame layout, encoder and its settings. The figures are measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from memcodec.media.contract import Profile
from memcodec_video.layout import Layout


@dataclass(frozen=True)
class VideoProfile:
    """One codec in one profile."""

    codec: str
    profile: Profile
    layout: Layout
    encoder: str  #: FFmpeg's name
    options: Mapping[str, str]


# AV1's palette mode keeps exact pixels at about a bit a module, with presets up to 7. Loop filters have no work.
_SVT = {"preset": "7", "svtav1-params": "scm=1:keyint=1:enable-cdef=0:enable-restoration=0:enable-dlf=0"}
# Constant quantisers in the others: rate control spends too little on some frame sooner or later. They are coarse, for
# a module needs one bit, and QR's own correction takes the few that turn.
_X264 = {
    "preset": "medium",
    "tune": "psnr",
    "aq-mode": "0",
    "g": "1",
    "level": "4.1",
    "x264-params": "no-deblock=1",
}
_X265 = "keyint=1:log-level=none:info=0"
_VPX = {"deadline": "realtime", "crf": "63", "b": "0", "g": "1", "lag-in-frames": "0", "row-mt": "1"}

DENSE = Layout("L", 3, 3, 1)
ROBUST = Layout("L", 1, 1, 4)  # modules of 4 px stand on every codec's transform grid

_TABLE = (
    VideoProfile("av1", "dense", DENSE, "libsvtav1", {**_SVT, "crf": "20"}),
    VideoProfile("av1", "robust", ROBUST, "libsvtav1", {**_SVT, "crf": "40"}),
    VideoProfile("h264", "dense", DENSE, "libx264", {**_X264, "qp": "46"}),
    VideoProfile("h264", "robust", ROBUST, "libx264", {**_X264, "qp": "42"}),
    VideoProfile("h265", "dense", DENSE, "libx265", {"preset": "ultrafast", "x265-params": f"{_X265}:qp=46"}),
    VideoProfile(
        "h265", "robust", ROBUST, "libx265", {"preset": "superfast", "x265-params": f"{_X265}:qp=48"}
    ),
    VideoProfile("vp9", "dense", DENSE, "libvpx-vp9", {**_VPX, "cpu-used": "8"}),
    VideoProfile("vp9", "robust", ROBUST, "libvpx-vp9", {**_VPX, "cpu-used": "5"}),
)

SETTINGS: Mapping[tuple[str, str], VideoProfile] = {(row.codec, row.profile): row for row in _TABLE}
#: FFmpeg's names
DECODERS: Mapping[str, str] = {"av1": "libdav1d", "h264": "h264", "h265": "hevc", "vp9": "vp9"}
CODECS = tuple(DECODERS)
LAYOUTS = tuple(dict.fromkeys(row.layout for row in _TABLE))

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
    repeats: Mapping[str, str]  #: options for a frame and its repeats


# AV1's palette mode keeps exact pixels at about a bit a module, with presets up to 7. Loop filters have no work.
_SVT_TOOLS = "scm=1:enable-cdef=0:enable-restoration=0:enable-dlf=0"
_SVT = {"preset": "7", "svtav1-params": f"{_SVT_TOOLS}:keyint=1"}
# Not pred-struct=1, low delay: SVT-AV1 then blocks for each frame it owes, and one time in a thousand for ever.
_SVT_REPEATS = {
    "preset": "8",  # text has few bits to win: half the time of 7
    "svtav1-params": f"{_SVT_TOOLS}:lp=1:keyint=-1:pred-struct=2:lookahead=0:scd=0",
}
_NEVER = "99999"  # frames from a keyframe to the next, unless it is asked for
# Constant quantisers in the others: rate control spends too little on some frame sooner or later. They are coarse, for
# a module needs one bit, and QR's own correction takes the few that turn.
_X264 = {
    "preset": "medium",
    "tune": "psnr",
    "aq-mode": "0",
    "g": _NEVER,
    "forced-idr": "1",
    "bf": "0",
    "refs": "1",
    "sc_threshold": "0",
    "level": "4.1",
    "x264-params": "no-deblock=1",
}
_X265 = "keyint=-1:open-gop=0:bframes=0:scenecut=0:log-level=none:info=0"
_VPX = {"deadline": "realtime", "crf": "63", "b": "0", "lag-in-frames": "0", "row-mt": "1"}
_MPEG4 = {"mpeg_quant": "1", "qmin": "31", "qmax": "31", "b": "100M", "profile": "15", "threads": "1"}

DENSE = Layout("L", 3, 3, 1)
ROBUST = Layout("L", 1, 1, 4)  # modules of 4 px stand on the transform grid of every codec of today
ROBUST_MPEG4 = Layout("L", 1, 1, 8)  # that of MPEG-4 Part 2 is 8 px wide, and modules of 4 px cost double


def _one(
    codec: str, profile: Profile, layout: Layout, encoder: str, options: Mapping[str, str]
) -> VideoProfile:
    """Keyframes and repeats by the same options: the headers must be the same."""
    return VideoProfile(codec, profile, layout, encoder, options, options)


def _av1(profile: Profile, layout: Layout, crf: str) -> VideoProfile:
    return VideoProfile(
        "av1", profile, layout, "libsvtav1", {**_SVT, "crf": crf}, {**_SVT_REPEATS, "crf": crf}
    )


def _h265(profile: Profile, layout: Layout, preset: str, qp: str) -> VideoProfile:
    options = {"preset": preset, "forced-idr": "1", "x265-params": f"{_X265}:qp={qp}"}
    return _one("h265", profile, layout, "libx265", options)


def _vp9(profile: Profile, layout: Layout, cpu_used: str) -> VideoProfile:
    options = {**_VPX, "cpu-used": cpu_used}
    return VideoProfile("vp9", profile, layout, "libvpx-vp9", {**options, "g": "1"}, {**options, "g": _NEVER})


def _mp4v(profile: Profile, layout: Layout) -> VideoProfile:
    return VideoProfile(
        "mp4v", profile, layout, "mpeg4", {**_MPEG4, "g": "0"}, {**_MPEG4, "g": "600", "mbd": "rd"}
    )


_TABLE = (
    _av1("dense", DENSE, "20"),
    _av1("robust", ROBUST, "40"),
    _one("h264", "dense", DENSE, "libx264", {**_X264, "qp": "46"}),
    _one("h264", "robust", ROBUST, "libx264", {**_X264, "qp": "42"}),
    _h265("dense", DENSE, "ultrafast", "46"),
    _h265("robust", ROBUST, "superfast", "48"),
    _vp9("dense", DENSE, "8"),
    _vp9("robust", ROBUST, "5"),
    _mp4v("dense", DENSE),
    _mp4v("robust", ROBUST_MPEG4),
)

SETTINGS: Mapping[tuple[str, str], VideoProfile] = {(row.codec, row.profile): row for row in _TABLE}
#: FFmpeg's names
DECODERS: Mapping[str, str] = {
    "av1": "libdav1d", "h264": "h264", "h265": "hevc", "vp9": "vp9", "mp4v": "mpeg4",
}  # fmt: skip
CODECS = tuple(DECODERS)
LAYOUTS = tuple(dict.fromkeys(row.layout for row in _TABLE))

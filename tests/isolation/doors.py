"""Files that are doors: each makes FFmpeg, left to itself, open another file or a socket. Made here, all below 2 KB."""

from __future__ import annotations

import struct
from pathlib import Path

PORT = 45_004
_PAGE = f"http://127.0.0.1:{PORT}/secret.ts"


def doors(secret: Path) -> dict[str, bytes]:
    """By kind; those that name another file name ``secret``, which lies beside them."""
    name, url = secret.name, secret.as_uri()
    return {
        "sdp": _sdp("audio", f"m=audio {PORT} RTP/AVP 0", "a=rtpmap:0 PCMU/8000"),
        "sdp-video": _sdp("video", f"m=video {PORT} RTP/AVP 96", "a=rtpmap:96 H264/90000"),
        "concat": f"ffconcat version 1.0\nfile {name}\n".encode(),
        "concat-absolute": f"ffconcat version 1.0\nfile {secret}\n".encode(),
        "concat-url": f"ffconcat version 1.0\nfile {_PAGE}\n".encode(),
        "hls": _hls(name),
        "hls-file": _hls(url),
        "hls-http": _hls(_PAGE),
        "dash": _dash(_PAGE),
        "mov-reference": _mov(name),
        "vobsub": f"# VobSub index file, v7\nsize: 720x576\nid: en, index: 0\n# {name}\n".encode(),
        "pictures": b"%d.png\n",
    }


def _sdp(title: str, *media: str) -> bytes:
    lines = ("v=0", "o=- 0 0 IN IP4 127.0.0.1", f"s={title}", "c=IN IP4 127.0.0.1", "t=0 0", *media, "")
    return "\r\n".join(lines).encode()


def _hls(segment: str) -> bytes:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{segment}\n#EXT-X-ENDLIST\n".encode()


def _dash(url: str) -> bytes:
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" mediaPresentationDuration="PT9S"><Period>'
        '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1" codecs="avc1.4d401e">'
        f"<BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ).encode()


def _box(kind: bytes, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return struct.pack(">I4s", 8 + len(data), kind) + data


def _mov(name: str) -> bytes:
    """A QuickTime file whose one track, 16-bit sound, lies in another file: a data reference by alias."""
    path = name.encode()
    alias = bytearray(150)
    alias[10] = len(path)
    alias += struct.pack(">HH", 2, len(path)) + path + bytes(len(path) % 2)
    alias += struct.pack(">HH", 0xFFFF, 0)
    reference = _box(b"alis", bytes(4), struct.pack(">IHH", 0, 0, len(alias)), bytes(alias))
    sound = struct.pack(">HHIHHHHI", 0, 0, 0, 1, 16, 0, 0, 8000 << 16)
    table = _box(
        b"stbl",
        _box(b"stsd", struct.pack(">II", 0, 1), _box(b"sowt", bytes(6), b"\0\1", sound)),
        _box(b"stts", struct.pack(">IIII", 0, 1, 400, 1)),
        _box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 400, 1)),
        _box(b"stsz", struct.pack(">III", 0, 2, 400)),
        _box(b"stco", struct.pack(">III", 0, 1, 0)),
    )
    media = _box(
        b"minf",
        _box(b"smhd", bytes(8)),
        _box(b"dinf", _box(b"dref", struct.pack(">II", 0, 1), reference)),
        table,
    )
    handler = _box(b"hdlr", bytes(8), b"soun", bytes(13))
    times = _box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 8000, 400, 0, 0))
    header = _box(b"tkhd", struct.pack(">IIIII", 7, 0, 0, 1, 0), bytes(64))
    track = _box(b"trak", header, _box(b"mdia", times, handler, media))
    movie = _box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 8000, 400), bytes(80))
    return _box(b"ftyp", b"qt  ", bytes(4), b"qt  ") + _box(b"moov", movie, track)

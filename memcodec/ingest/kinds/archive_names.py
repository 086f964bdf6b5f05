"""Names in ZIP and TAR files in the encodings that they are really in, told from all names of one archive together.

ZIP: APPNOTE.TXT 6.3.10, appendix D (CP437, or UTF-8 by a flag), and Info-ZIP's Unicode path (field 0x7075).
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable

from memcodec.ingest.kinds import detection
from memcodec.ingest.kinds.charsets import strictly

_UTF8 = 0x800  # the flag of names in UTF-8
_UNICODE_PATH = 0x7075
_LOCAL, _DIRECTORY, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


class Names:
    """The encoding of an archive's names that do not say it. ``codec`` is empty where all are UTF-8."""

    def __init__(self, raw: Iterable[bytes]) -> None:
        unsaid = [name for name in raw if strictly(name, "utf-8") is None]
        self.codec = detection.guess(b"\n".join(unsaid))[0].codec if unsaid else ""

    def of(self, raw: bytes) -> str:
        """A name as a person reads it."""
        text = strictly(raw, "utf-8")
        return raw.decode(self.codec or "cp437", "replace") if text is None else text


def raw_name(info: zipfile.ZipInfo) -> bytes | str:
    """The bytes of a ZIP member's name; a text where the archive says what they mean."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.orig_filename
    return _unicode_path(info.extra, raw) or raw


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + size]
        if (
            kind == _UNICODE_PATH
            and field[:1] == b"\x01"
            and field[1:5] == struct.pack("<I", zlib.crc32(raw))
        ):
            return strictly(field[5:], "utf-8")
        at += 4 + size
    return None


def without_claims(data: bytes) -> bytes:
    """A ZIP file whose headers do not say that names are UTF-8, or what version it takes to read a member.

    One member's wrong claim must not lose the others.
    """
    out = bytearray(data)
    end = data.rfind(_END)
    at = struct.unpack_from("<I", data, end + 16)[0] if 0 <= end <= len(data) - 20 else len(data)
    while data.startswith(_DIRECTORY, at) and at + 46 <= len(data):
        _clear(out, at + 6)
        local = struct.unpack_from("<I", data, at + 42)[0]
        if data.startswith(_LOCAL, local) and local + 30 <= len(data):
            _clear(out, local + 4)
        at += 46 + sum(struct.unpack_from("<HHH", data, at + 28))
    return bytes(out)


def _clear(out: bytearray, at: int) -> None:
    """Sets the version 2.0 and takes away the flag of UTF-8 behind it."""
    flags = struct.unpack_from("<H", out, at + 2)[0]
    struct.pack_into("<HH", out, at, 20, flags & ~_UTF8)

"""ZIP files without their directory, as a broken download is: it is made again from what stands before each member.

APPNOTE.TXT 6.3.10, sections 4.3.7 (local file header), 4.3.9 (data descriptor), 4.3.12 (central directory).
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from memcodec.ingest.kinds.limits import MAX_MEMBERS, MAX_UNPACKED

_LOCAL = struct.Struct("<4s5H3I2H")
_DESCRIPTOR = struct.Struct("<3I")
_MAGIC, _DESCRIBED, _DIRECTORY, _END = b"PK\x03\x04", b"PK\x07\x08", b"PK\x01\x02", b"PK\x05\x06"
_LATER = 8  # the flag of sizes that stand behind the data
_STORED, _DEFLATED = 0, 8
_PIECE = 1 << 16


class _Member(NamedTuple):
    """A member whose data is whole: its header's fields, with the sizes that are true; where it begins and ends."""

    fields: tuple[int, ...]
    name: bytes
    start: int
    end: int


def with_directory(data: bytes) -> bytes:
    """The whole members of a ZIP file, as a ZIP file with a directory; empty without any."""
    members: list[_Member] = []
    at = spent = 0
    while data.startswith(_MAGIC, at) and len(members) < MAX_MEMBERS:
        found, spent = _member(data, at, spent)
        if found is None:
            break
        members.append(found)
        at = found.end
    directory = b"".join(map(_entry, members))
    count = len(members)
    end = struct.pack("<4s4H2IH", _END, 0, 0, count, count, len(directory), at, 0)
    return data[:at] + directory + end if members else b""


def _member(data: bytes, start: int, spent: int) -> tuple[_Member | None, int]:
    """The member that begins there, None when it is not whole; and the bytes unpacked so far to find ends."""
    if start + _LOCAL.size > len(data):
        return None, spent
    _, version, flags, method, time, date, crc, packed, size, length, extra = _LOCAL.unpack_from(data, start)
    begin = start + _LOCAL.size + length + extra
    name = data[start + _LOCAL.size :][:length]
    end = begin + packed
    if flags & _LATER:
        stop, spent = _data_end(data, begin, method, spent)
        behind = stop + 4 * data.startswith(_DESCRIBED, stop)
        if behind + _DESCRIPTOR.size > len(data):
            return None, spent
        crc, packed, size = _DESCRIPTOR.unpack_from(data, behind)
        end = behind + _DESCRIPTOR.size
        if packed != stop - begin:
            return None, spent
    if end > len(data):
        return None, spent
    return _Member((version, flags, method, time, date, crc, packed, size, length), name, start, end), spent


def _data_end(data: bytes, begin: int, method: int, spent: int) -> tuple[int, int]:
    """Where data whose size stands behind it ends: where it says so, if it is deflated, or else at that size."""
    if method != _DEFLATED:
        place = data.find(_DESCRIBED, begin)
        return (place if place >= 0 else len(data)), spent
    unpacker, at = zlib.decompressobj(-15), begin
    try:
        while not unpacker.eof and spent <= MAX_UNPACKED and (at < len(data) or unpacker.unconsumed_tail):
            piece = unpacker.unconsumed_tail or data[at : at + _PIECE]
            at += 0 if unpacker.unconsumed_tail else len(piece)
            spent += len(unpacker.decompress(piece, _PIECE))
    except zlib.error:
        return len(data), spent
    return (at - len(unpacker.unused_data) if unpacker.eof else len(data)), spent


def _entry(member: _Member) -> bytes:
    version, *fields = member.fields
    head = struct.pack("<4s6H3I", _DIRECTORY, version, version, *fields[:-1])
    return head + struct.pack("<5H2I", fields[-1], 0, 0, 0, 0, 0, member.start) + member.name

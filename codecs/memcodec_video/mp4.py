"""Writing ISO base media boxes: one video track in fragments (ISO/IEC 14496-12). ``boxes.py`` reads them."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import google_crc32c

FRAME_RATE = 10  #: frames a second: one constant rate, and a time unit is one frame
CONFIG_TYPE = bytes.fromhex("6d656d636f6465632d636f6e66696700")  # "memcodec-config"
INDEX_TYPE = bytes.fromhex("6d656d636f6465632d696e6465780000")  # "memcodec-index"
COMMIT_TYPE = bytes.fromhex("6d656d636f6465632d636f6d6d697400")  # "memcodec-commit"
JOURNAL_TYPE = b"memcodec-journal"

# After the samples of every mdat: their sizes (u32 each), then this. It finds the frames when the moof is damaged.
FOOTER = struct.Struct("<II4s")  # count, CRC32C of sizes and count, magic
FOOTER_MAGIC = b"mcfr"

_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_TRACK = 1
_SYNC_SAMPLE = 0x02000000  # depends on no other sample
_REPEAT = 0x01010000  # depends on another, no sync sample
_BASE_IS_MOOF, _DURATION, _FLAGS = 0x020000, 0x8, 0x20  # flags of tfhd (section 8.8.7)
_DATA = (
    _BASE_IS_MOOF | _DURATION,
    1,
)  # of a fragment of data frames: flags of tfhd and the field they announce
PAGE = (_BASE_IS_MOOF | _FLAGS, _REPEAT)  #: of a guide page's
_OFFSET, _SIZES = 0x1, 0x200  # flags of trun (section 8.8.8)
FIRST_FLAGS = 0x4  #: the flag of trun by which a guide page's keyframe is one among repeats
_BRANDS = {"av1": b"av01", "h264": b"avc1"}
_MIN_DISPLAY_HEIGHT = 720


def box(kind: bytes, *parts: bytes | memoryview) -> bytes:
    """A box of that type (section 4.2), with a 64-bit size when it needs one."""
    size = 8 + sum(map(len, parts))
    if size >> 32:
        return b"".join([struct.pack(">I4sQ", 1, kind, size + 8), *parts])
    return b"".join([struct.pack(">I4s", size, kind), *parts])


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def header(codec: str, width: int, height: int, stsd: bytes, config: bytes) -> bytes:
    """``ftyp`` and ``moov`` of a file with one video track whose samples all come in fragments."""
    brands = b"isom" + struct.pack(">I", 512) + b"isomiso2iso6mp41" + _BRANDS.get(codec, b"")
    return box(b"ftyp", brands) + box(
        b"moov",
        full_box(
            b"mvhd",
            0,
            0,
            struct.pack(">4IiH10x", 0, 0, 1000, 0, 0x10000, 0x100),
            _MATRIX,
            bytes(24),
            struct.pack(">I", 2),
        ),
        _track(width, height, stsd),
        box(b"mvex", full_box(b"trex", 0, 0, struct.pack(">5I", _TRACK, 1, 1, 0, _SYNC_SAMPLE))),
        box(b"uuid", CONFIG_TYPE, config),
    )


def _track(width: int, height: int, stsd: bytes) -> bytes:
    scale = -(-_MIN_DISPLAY_HEIGHT // height)
    shown = struct.pack(">2I", width * scale << 16, height * scale << 16)
    empty = struct.pack(">I", 0)
    samples = box(
        b"stbl",
        stsd,
        full_box(b"stts", 0, 0, empty),
        full_box(b"stsc", 0, 0, empty),
        full_box(b"stsz", 0, 0, empty, empty),
        full_box(b"stco", 0, 0, empty),
    )
    here = full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))
    media = box(
        b"mdia",
        full_box(b"mdhd", 0, 0, struct.pack(">4I2H", 0, 0, FRAME_RATE, 0, 0x55C4, 0)),  # language "und"
        full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide"), b"memcodec\0"),
        box(b"minf", full_box(b"vmhd", 0, 1, bytes(8)), box(b"dinf", here), samples),
    )
    return box(
        b"trak", full_box(b"tkhd", 0, 3, struct.pack(">5I16x", 0, 0, _TRACK, 0, 0), _MATRIX, shown), media
    )


def fragment(
    sequence: int, time: int, samples: Sequence[bytes | memoryview], *, repeats: bool = False
) -> tuple[bytes, list[int]]:
    """``moof`` and ``mdat`` of samples, and where each begins in them.

    Every sample is a keyframe; with ``repeats`` the first alone, and the others need the one before.
    """
    sizes = [len(sample) for sample in samples]
    make = _moof_of_page if repeats else _moof_of_keyframes
    moof = make(sequence, time, sizes, 0)
    moof = make(sequence, time, sizes, len(moof) + 8)
    mdat = box(b"mdat", *samples, footer(sizes))
    starts = [len(moof) + 8]
    for size in sizes[:-1]:
        starts.append(starts[-1] + size)
    return moof + mdat, starts


def _moof_of_keyframes(sequence: int, time: int, sizes: Sequence[int], offset: int) -> bytes:
    run = struct.pack(f">Ii{len(sizes)}I", len(sizes), offset, *sizes)
    return _moof(sequence, time, _DATA, full_box(b"trun", 0, _OFFSET | _SIZES, run))


def _moof_of_page(sequence: int, time: int, sizes: Sequence[int], offset: int) -> bytes:
    run = struct.pack(f">IiI{len(sizes)}I", len(sizes), offset, _SYNC_SAMPLE, *sizes)
    trun = full_box(b"trun", 0, _OFFSET | FIRST_FLAGS | _SIZES, run)
    return _moof(sequence, time, PAGE, trun)


def _moof(sequence: int, time: int, default: tuple[int, int], trun: bytes) -> bytes:
    flags, field = default
    return box(
        b"moof",
        full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)),
        box(
            b"traf",
            full_box(b"tfhd", 0, flags, struct.pack(">2I", _TRACK, field)),
            full_box(b"tfdt", 1, 0, struct.pack(">Q", time)),
            trun,
        ),
    )


def footer(sizes: Sequence[int]) -> bytes:
    """What stands after the samples in an ``mdat``."""
    table = struct.pack(f"<{len(sizes)}I", *sizes)
    return table + FOOTER.pack(len(sizes), footer_crc(table), FOOTER_MAGIC)


def footer_crc(table: bytes) -> int:
    return int(google_crc32c.value(table + struct.pack("<I", len(table) // 4)))


def blob_box(offset: int, length: int, alignment: int) -> tuple[bytes, int]:
    """The head of a ``uuid`` box at ``offset``, padded for a blob of ``length`` bytes to follow aligned; and the
    blob's file offset.
    """
    plain = 8 + len(INDEX_TYPE)
    large = plain + alignment + length >> 32
    head = plain + 8 if large else plain
    pad = -(offset + head) % alignment
    size = head + pad + length
    start = struct.pack(">I4sQ", 1, b"uuid", size) if large else struct.pack(">I4s", size, b"uuid")
    return start + INDEX_TYPE + bytes(pad), offset + head + pad

"""Restore a dense FLAC memory file by docs/FORMAT.md alone: numpy, the `flac` command and a Zstandard decoder.

    python read_sound_without_memcodec.py FILE.flac FOLDER

It reads what is there and proves every document by its SHA-256; it does not use the parity packets (RFC 6330).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import numpy as np
import zstandard  # any decoder of RFC 8878 will do

BLOCK = 4096  # samples
LEVELS = np.array([1, 2, 4, 8, 12, 16, 20])  # bits on an axis


def samples(path: Path) -> np.ndarray:
    """The recording's blocks [n, 4096]."""
    bits = (
        (path.read_bytes()[20] & 1) << 4 | path.read_bytes()[21] >> 4
    ) + 1  # STREAMINFO, RFC 9639, section 8.2
    command = ["flac", "--decode", "--silent", "--force-raw-format", "--endian=little", "--sign=signed", "-c"]
    raw = np.frombuffer(
        subprocess.run([*command, str(path)], capture_output=True, check=True).stdout, np.uint8
    )
    wide = np.zeros((len(raw) // (bits // 8), 4), np.uint8)
    wide[:, 4 - bits // 8 :] = raw.reshape(-1, bits // 8)
    return (wide.view("<i4") >> 32 - bits).reshape(-1, BLOCK)


def spectra(blocks: np.ndarray) -> Iterator[bytes]:
    """The bytes of every block as a spectrum: two numbers a bin, their bits laid end to end, low bits first.

    Raw frames, which hold index or commit, give something that is no packet.
    """
    for block in blocks:
        deviations = np.sqrt(2 / 3 * (4.0**LEVELS - 1))
        size = int(LEVELS[abs(np.log(deviations / max(block.std(), 0.1))).argmin()])
        bins = np.fft.rfft(block)[2 : BLOCK // 2] / np.sqrt(BLOCK)
        axes = np.stack([bins.real, bins.imag], axis=1).reshape(-1)
        values = np.floor((axes + (1 << size)) / 2).astype(np.int64).clip(0, (1 << size) - 1)
        stream = values[:, None] >> np.arange(size) & 1
        yield np.packbits(stream.astype(np.uint8).reshape(-1), bitorder="little").tobytes()


def unscramble(data: bytes) -> bytes:
    """A spectrum's packet: the first byte is the scrambler's seed, the next two are the packet's length."""
    key = hashlib.shake_128(b"memcodec" + data[:1]).digest(len(data) - 1)
    plain = bytes(byte ^ other for byte, other in zip(data[1:], key, strict=True))
    return plain[2 : 2 + number(plain, 0, 2)]


def crc32c(data: bytes, table: list[int] = []) -> int:  # noqa: B006 - filled once
    """RFC 3720, section 12.1."""
    for byte in range(256) if not table else ():
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def packets(path: Path) -> dict[tuple[int, bytes], dict[int, bytes]]:
    """The data payloads of every commit, by (commit number, file id) and sequence."""
    streams: dict[tuple[int, bytes], dict[int, bytes]] = defaultdict(dict)
    for data in map(unscramble, spectra(samples(path))):
        if data[:4] == b"mc\1\0" and crc32c(data[:20] + data[24:]) == number(data, 20, 4):
            streams[number(data, 8, 4), data[4:8]][number(data, 12, 4)] = data[24:]
    return streams


def records(stream: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(stream):
        length = number(stream, at, 4) >> 8
        yield chr(stream[at]), stream[at + 4 : at + 4 + length]
        at += 4 + length


def change(payloads: dict[int, bytes]) -> dict[str, list[Any]]:
    """What a commit does beyond adding documents, as its first packets tell."""
    start = b"".join(payloads[sequence] for sequence in takewhile(payloads.__contains__, count()))
    for kind, body in takewhile(lambda each: each[0] in "DS", records(start)):
        if kind == "S":
            return json.loads(zstandard.ZstdDecompressor().decompress(body))
    return {"drop": [], "revive": [], "streams": []}


def documents(stream: bytes) -> Iterator[tuple[str, str, bytes]]:
    """The id, uri and bytes of every document in one commit's stream."""
    plain = blocks = zstandard.ZstdDecompressor()
    text, end = bytearray(), dict[str, Any]()
    found: list[dict[str, Any]] = []
    for kind, body in records(stream):
        if kind == "D":
            blocks = zstandard.ZstdDecompressor(zstandard.ZstdCompressionDict(plain.decompress(body)))
        elif kind == "B":
            assert number(body, 0, 4) * 32768 == len(text), "a block is missing"
            text += blocks.decompress(body[4:])
        elif kind == "M":
            found += json.loads(plain.decompress(body))
        elif kind == "E":
            end = json.loads(body)
    assert end["text"] == len(text) and end["documents"] == len(found), "the commit is not complete"
    for document in found:
        data = bytes(text[document["start"] : document["start"] + document["size"]])
        assert hashlib.sha256(data).hexdigest() == document["sha256"], document["uri"]
        yield document["id"], document["uri"], data


def in_order(
    streams: dict[tuple[int, bytes], dict[int, bytes]],
) -> Iterator[tuple[dict[str, list[Any]], bytes]]:
    """Each stream with its change. After a merge or a compaction its streams come first, their changes done with."""
    changes = {name: change(streams[name]) for name in sorted(streams)}
    first: list[tuple[int, bytes]] = []
    for file, commit, void in next(
        (each["streams"] for each in changes.values() if each["streams"]), list[Any]()
    ):
        first.append((commit, bytes.fromhex(file)))
        changes[first[-1]] = {"drop": [], "revive": []}
        size = max(map(len, streams[first[-1]].values()))
        streams[first[-1]] |= {start + at: bytes(size) for start, number in void for at in range(number)}
    for name in first + [name for name in changes if name not in first]:
        payloads = streams[name]
        if missing := set(range(max(payloads) + 1)) - set(payloads):
            sys.exit(
                f"commit {name[0]}: {len(missing)} blocks did not read; memcodec can use the parity packets"
            )
        yield changes[name], b"".join(payloads[sequence] for sequence in sorted(payloads))


def main(path: Path, folder: Path) -> None:
    found: dict[str, tuple[str, bytes]] = {}
    gone: set[str] = set()
    for changed, stream in in_order(packets(path)):
        found |= {name: (uri, data) for name, uri, data in documents(stream)}
        gone = (gone | set(changed["drop"])) - set(changed["revive"])
    for uri, data in (each for name, each in found.items() if name not in gone):
        target = (folder / uri.lstrip("/")).resolve()
        if not target.is_relative_to(folder.resolve()):
            sys.exit(f"{uri}: leads out of {folder}")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        print(f"{len(data):>10,} {uri}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Restore a memory file without memcodec: ffmpeg, zbarimg and a Zstandard decoder, by docs/FORMAT.md alone.

    python read_without_memcodec.py FILE.mp4 FOLDER

It reads what is there and proves every document by its SHA-256; of the parity packets (RFC 6330) it takes alone how
many data packets there are.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import zstandard  # any decoder of RFC 8878 will do

NO_CHANGE: dict[str, list[Any]] = {"drop": [], "revive": [], "streams": []}
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
SCALES = 3, 5  # QR readers like modules of several pixels; zbar misses some small symbols in fewer than 5


def frames(path: Path, folder: Path, scale: int) -> Iterator[list[Path]]:
    """The video's pictures, as files, some at a time."""
    larger = f"scale=iw*{scale}:ih*{scale}:flags=neighbor"
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-fps_mode", "passthrough", "-vf", larger]
    subprocess.run([*command, "-pix_fmt", "gray", str(folder / "%06d.pgm")], check=True)
    pictures = sorted(folder.glob("*.pgm"))
    yield from (pictures[at : at + 16] for at in range(0, len(pictures), 16))


def symbols(pictures: list[Path]) -> list[str]:
    """The texts of all QR symbols in some pictures."""
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *map(str, pictures)]
    found = subprocess.run(command, capture_output=True, check=False).stdout
    return found.decode("utf-8", "replace").splitlines()


def base45(text: str) -> bytes:
    """RFC 9285: three characters are two bytes, two are one."""
    digits = [BASE45.index(character) for character in text]
    data = bytearray()
    for at in range(0, len(digits), 3):
        value = sum(digit * 45**power for power, digit in enumerate(digits[at : at + 3]))
        data += value.to_bytes(3, "big")[-2 if len(digits) - at > 2 else -1 :]
    return bytes(data)


def crc32c(data: bytes, table: list[int] = []) -> int:  # noqa: B006 - filled once
    """RFC 3720, section 12.1."""
    for byte in range(256) if not table else ():
        for _ in range(8):
            byte = byte >> 1 ^ 0x82F63B78 * (byte & 1)
        table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def packets(path: Path, scale: int) -> dict[tuple[int, bytes], dict[int, bytes]]:
    """The data payloads of every commit, by (commit number, file id) and sequence; b"" behind the last, if known."""
    streams: dict[tuple[int, bytes], dict[int, bytes]] = defaultdict(dict)
    with tempfile.TemporaryDirectory() as folder:
        for pictures in frames(path, Path(folder), scale):
            for text in symbols(pictures):
                data = base45(text) if set(text) <= set(BASE45) else b""  # b"": a page of the guide
                if data[:3] == b"mc\1" and crc32c(data[:20] + data[24:]) == number(data, 20, 4):
                    stream, sequence = streams[number(data, 8, 4), data[4:8]], number(data, 12, 4)
                    if data[3] == 0:
                        stream[sequence] = data[24:]
                    elif data[3] == 1:  # its own number tells where the data packets end
                        stream[sequence - number(data, 16, 2)] = b""
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
    first = dict(takewhile(lambda each: each[0] in "DS", records(start)))
    plain = zstandard.ZstdDecompressor()
    return json.loads(plain.decompress(first["S"])) if "S" in first else NO_CHANGE


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
        data = bytes(text[document["start"] :][: document["size"]])
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
        changes[first[-1]] = NO_CHANGE
        size = max(map(len, streams[first[-1]].values()))
        streams[first[-1]] |= {start + at: bytes(size) for start, number in void for at in range(number)}
    for name in first + [name for name in changes if name not in first]:
        payloads = streams[name]
        if missing := max(payloads) + 1 - len(payloads):
            raise LookupError(f"commit {name[0]}: {missing} symbols did not read; memcodec has the parity")
        yield changes[name], b"".join(payloads[sequence] for sequence in sorted(payloads))


def main(path: Path, folder: Path) -> None:
    found: dict[str, tuple[str, bytes]] = {}
    gone: set[str] = set()
    said = ""
    for scale in SCALES:
        try:
            streams = list(in_order(packets(path, scale)))
            break
        except LookupError as error:
            said = str(error)
    else:
        sys.exit(said)
    for changed, stream in streams:
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

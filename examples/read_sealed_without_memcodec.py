"""Reads a sealed memory file without memcodec: from its video alone, as docs/FORMAT.md has it.

Needs the programs ffmpeg, zbarimg and age, and Python's cryptography and zstandard. The way down: pictures, QR codes,
packets, the seal, its key, which `age -d` gives back, the stream of every commit, its records, and documents.

    python read_sealed_without_memcodec.py diary.mp4 key.txt out/

What was lost on the way parity would bring back; this reader has none, and says what it lacks.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
DATA, PARITY, SEAL = 0, 1, 3
BLOCK = 32768
SCALE = 3  # QR readers like modules of several pixels


class Packet(NamedTuple):
    """A packet of a sealed stream. ``head``: bytes 0 to 19."""

    head: bytes
    kind: int
    stream: bytes
    sequence: int
    mark: int
    length: int
    payload: bytes


def symbols(video: Path, folder: Path) -> list[str]:
    """The text of every QR code in the video."""
    scale = f"scale=iw*{SCALE}:ih*{SCALE}:flags=neighbor"
    command = ["ffmpeg", "-v", "error", "-i", str(video), "-fps_mode", "passthrough", "-vf", scale]
    subprocess.run([*command, "-pix_fmt", "gray", str(folder / "%06d.pgm")], check=True)
    texts: list[str] = []
    for picture in sorted(folder.glob("*.pgm")):
        done = subprocess.run(
            ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)],
            capture_output=True,
            check=False,
        )
        texts += done.stdout.decode("utf-8", "replace").splitlines()
    return texts


def base45(text: str) -> bytes:
    """RFC 9285."""
    made = bytearray()
    for at in range(0, len(text), 3):
        digits = [BASE45.index(each) for each in text[at : at + 3]]
        number = sum(digit * 45**place for place, digit in enumerate(digits))
        made += number.to_bytes(2 if len(digits) == 3 else 1, "big")
    return bytes(made)


def crc32c(data: bytes) -> int:
    """RFC 3720, bit by bit."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def packet(text: str) -> Packet | None:
    """The packet in a QR code, if it is one of a sealed stream."""
    try:
        data = base45(text)
    except (ValueError, OverflowError):
        return None  # the page that says how to read the rest
    if (
        len(data) < 25
        or data[:3] != b"mc\x02"
        or crc32c(data[:20] + data[24:]).to_bytes(4, "little") != data[20:24]
    ):
        return None
    sequence, mark, length = struct.unpack_from("<IHH", data, 12)
    return Packet(data[:20], data[3], data[4:12], sequence, mark, length, data[24:])


def derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    """A key made of the memory key."""
    return HKDF(SHA256(), 32, salt, b"memcodec seal 1 " + purpose).derive(key)


def memory_key(packets: dict[int, Packet], identity: Path) -> bytes:
    """The key that the seal of a stream leads to, as `age -d` gives it."""
    parts = sorted((each for each in packets.values() if each.kind == SEAL), key=lambda each: each.sequence)
    seal = json.loads(b"".join(each.payload[: each.length] for each in parts))
    rules = base64.b64decode(
        seal.get("rules", "")
    )  # of a capsule: they are sealed, and committed to with the key
    purpose = b"commitment" + (hashlib.sha256(rules).digest() if rules else b"")
    for file in map(base64.b64decode, seal["age"]):
        opened = subprocess.run(
            ["age", "-d", "-i", str(identity)], input=file, capture_output=True, check=False
        )
        if opened.returncode == 0 and derived(opened.stdout, b"", purpose).hex() == seal["commitment"]:
            return opened.stdout
    raise SystemExit("none of the age files in its seal opens with this identity")


def stream(packets: dict[int, Packet], key: bytes) -> bytes:
    """The records of a stream, laid end to end."""
    data = sorted((each for each in packets.values() if each.kind == DATA), key=lambda each: each.sequence)
    if [each.sequence for each in data] != list(range(len(data))):
        raise SystemExit("packets are missing; memcodec brings them back by parity")
    made = bytearray()
    for each in data:
        salt = each.stream + struct.pack("<H", len(each.payload)) + each.head[16:20]
        opened = AESGCMSIV(derived(key, salt, b"packets")).decrypt(
            each.sequence.to_bytes(12, "little"), each.payload, each.head
        )
        made += opened[2:]
    return bytes(made)


def documents(data: bytes) -> tuple[dict[str, tuple[dict[str, Any], bytes]], set[str]]:
    """The documents of a stream with their bytes, by id; and the ids of those that it drops."""
    at, text, told, gone = 0, bytearray(), list[dict[str, Any]](), set[str]()
    zstd = zstandard.ZstdDecompressor()
    while at + 4 <= len(data):
        word = int.from_bytes(data[at : at + 4], "little")
        kind, body = word & 255, data[at + 4 : at + 4 + (word >> 8)]
        at += 4 + len(body)
        if kind == ord("D"):
            shared = zstandard.ZstdCompressionDict(zstandard.ZstdDecompressor().decompress(body))
            zstd = zstandard.ZstdDecompressor(dict_data=shared)
        elif kind == ord("B"):
            text += zstd.decompress(body[4:], max_output_size=BLOCK)
        elif kind == ord("M"):
            told += json.loads(zstandard.ZstdDecompressor().decompress(body))
        elif kind == ord("S"):
            change = json.loads(zstandard.ZstdDecompressor().decompress(body))
            gone |= set(change["drop"])
        elif kind == ord("E"):
            break
    return {each["id"]: (each, bytes(text[each["start"] :][: each["size"]])) for each in told}, gone


def main(video: Path, identity: Path, out: Path) -> None:
    found: dict[bytes, dict[int, Packet]] = defaultdict(dict)
    with tempfile.TemporaryDirectory() as folder:
        for text in symbols(video, Path(folder)):
            if (each := packet(text)) is not None:
                found[each.stream][each.sequence] = each
    if not found:
        raise SystemExit(f"{video}: no sealed packets in it")
    state: dict[str, tuple[dict[str, Any], bytes]] = {}
    for packets in sorted(found.values(), key=lambda own: next(iter(own.values())).stream[4:][::-1]):
        added, gone = documents(stream(packets, memory_key(packets, identity)))
        state = {name: each for name, each in state.items() if name not in gone} | added
    out.mkdir(parents=True, exist_ok=True)
    for number, (told, data) in enumerate(state.values(), 1):
        right = hashlib.sha256(data).hexdigest() == told["sha256"]
        (out / f"{number:04}.txt").write_bytes(data)
        print(f"{number:04}.txt  {'ok ' if right else 'BAD'}  {told['uri']}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))

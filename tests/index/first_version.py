"""Writes lexical blobs of the first version, which this release only reads, from its description alone."""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Mapping

import zstandard

from memcodec.format.checksum import crc32c
from memcodec.index.tokens import NAME, VERSION, Analyzer

PAGE, ALIGN, BLOCK = 4096, 64, 256


def blob(kind: str, sections: Mapping[str, bytes]) -> bytes:
    """Sections, pages of 4 KiB with a checksum each."""
    directory, body = b"", b""
    for name, data in sections.items():
        directory += struct.pack("<16sQQ", name.encode(), len(body), len(data))
        body += data + bytes(-len(data) % ALIGN)
    checks = [crc32c(body[at : at + PAGE]) for at in range(0, len(body), PAGE)]
    table = directory + struct.pack(f"<{len(checks)}I", *checks)
    table += bytes(-len(table) % ALIGN)
    size = 64 + len(table)

    def head(crc: int) -> bytes:
        counts = (1, len(sections), kind.encode(), size + len(body), len(checks), size, crc)
        return struct.pack("<4sHH16sQIII20x", b"MCIX", *counts) + table

    return head(crc32c(head(0))) + body


def lexical(texts: list[str], language: str = "english") -> bytes:
    """The segment of these chunks: blocks of 256 terms, and lists whose counts are unary."""
    bags = [Counter(Analyzer(language).tokens(text)) for text in texts]
    terms = sorted({term for bag in bags for term in bag}, key=str.encode)
    found = [{chunk: bag[term] for chunk, bag in enumerate(bags) if term in bag} for term in terms]
    lists = [_list(each, len(texts)) for each in found]
    blocks, directory = [], []
    for at in range(0, len(terms), BLOCK):
        sizes = [len(each) for each in lists[at : at + BLOCK]]
        blocks.append(_table(terms[at : at + BLOCK], [len(each) for each in found[at : at + BLOCK]], sizes))
        directory.append((terms[at], len(blocks[-1]), sum(sizes)))
    meta = {"analyzer": NAME, "version": VERSION, "language": language, "chunks": len(texts)}
    lengths = [bag.total() for bag in bags]
    width = "BHI"[(max(lengths, default=0) > 255) + (max(lengths, default=0) > 65_535)]
    sections = {
        "meta": json.dumps(meta).encode(),
        "lengths": struct.pack(f"<{len(lengths)}{width}", *lengths),
        "terms": b"".join(blocks),
        "terms.dir": _table(*zip(*directory, strict=True)) if directory else b"",
        "postings": b"".join(lists),
    }
    return blob("lexical", sections)


def _table(terms: tuple[str, ...] | list[str], *columns: tuple[int, ...] | list[int]) -> bytes:
    text = "\n".join(terms).encode()
    numbers = b"".join(_varint(value) for column in columns for value in column)
    return zstandard.compress(struct.pack("<I", len(text)) + text + numbers)


def _varint(value: int) -> bytes:
    data = b""
    while value > 127:
        data += bytes([value & 127 | 128])
        value >>= 7
    return data + bytes([value])


def _list(found: Mapping[int, int], chunks: int) -> bytes:
    k = max(0, (9 * chunks // (10 * len(found))).bit_length() - 1)
    gaps = [chunk - last - 1 for last, chunk in zip([-1, *found], found, strict=False)]
    bits = "".join(f"{gap & (1 << k) - 1:0{k}b}" for gap in gaps if k)
    bits += "".join("0" * (gap >> k) + "1" for gap in gaps)
    bits += "".join("0" * (count - 1) + "1" for count in found.values())
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")

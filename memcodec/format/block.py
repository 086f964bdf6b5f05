"""Blocks: 32 KiB of text as one Zstandard frame (RFC 8878), with a dictionary shared by the blocks of one commit.

A block is the unit of decompression: small enough to fetch for one chunk, and with a dictionary nearly as dense as
much larger ones. Frames carry no checksum and no dictionary id (packets are checked, and a commit has one
dictionary); they do carry their size, which bounds what a reader allocates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import zstandard

from memcodec.errors import SourceError
from memcodec.format.budget import expand
from memcodec.process.machine import cores

BLOCK_SIZE = 32 * 1024  #: text bytes in a block; only the last block of a commit is shorter
#: 15 takes four fifths of the time and packs 1.1% worse; beyond it nothing more is gained on blocks this small
LEVEL = 16
_PACKED = 17  # the level of what is no block: 19 takes twice the time and packs 0.2% better
#: One more KiB or so, and Zstandard's levels stand for other, quicker searches: it takes the text to be long.
MAX_DICTIONARY = 248 * 1024
TRAINED_ON = 8 << 20  #: text bytes that a dictionary is trained on, about
#: A dictionary is at most such a part of the text: half as large packs 3% worse, twice as large 2% better; and all of
#: it is read before the first hit is.
_SHARE = 32
_LEAST = 2048  # bytes of a dictionary
_LONG = 48 << 20  # bytes of text from which reads from afar count more than its size
_MAX_OF_LONG = 110 * 1024
_SAMPLE = 4096
_PAYS = 0.99  # of what the text takes without a dictionary: less saved than that is chance
_JUDGES = 16  # blocks by which a dictionary is judged, at most


def numbers(start: int, end: int) -> range:
    """The blocks in which bytes ``start`` to ``end`` of a commit's text lie."""
    first = start // BLOCK_SIZE
    return range(first, -(-end // BLOCK_SIZE) if end > start else first)


class Compressor:
    """Compresses the blocks of one commit, many at once, on ``threads`` threads."""

    def __init__(self, dictionary: bytes = b"", threads: int = 1, *, quick: bool = False) -> None:
        self._threads = threads
        shared = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        if shared is not None:
            shared.precompute_compress(level=LEVEL)
        level = 1 if quick else LEVEL
        self._zstd = zstandard.ZstdCompressor(level=level, dict_data=shared, write_dict_id=False)

    def compress(self, blocks: Sequence[bytes]) -> list[bytes]:
        """One Zstandard frame a block."""
        return _frames(self._zstd, blocks, self._threads)


class Decompressor:
    """Reads the blocks of one commit. Not for several threads at once."""

    def __init__(self, dictionary: bytes = b"") -> None:
        shared = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._zstd = zstandard.ZstdDecompressor(dict_data=shared)

    def block(self, frame: bytes) -> bytes:
        """The text of one block. Raises Damaged when the frame is not one."""
        return expand(self._zstd, frame, BLOCK_SIZE, "block")


def pack(data: bytes, limit: int, what: str) -> bytes:
    """One Zstandard frame without a dictionary, for what is no block. Raises SourceError for more bytes than ``limit``,
    which is what a reader takes of ``what`` the data says."""
    _check(data, limit, what)
    return zstandard.ZstdCompressor(level=_PACKED).compress(data)


def pack_each(parts: Sequence[bytes], limit: int, what: str) -> list[bytes]:
    """As ``pack`` of each of many, on all cores."""
    for part in parts:
        _check(part, limit, what)
    return _frames(zstandard.ZstdCompressor(level=_PACKED), parts, cores())


def _check(data: bytes, limit: int, what: str) -> None:
    if len(data) > limit:
        raise SourceError(
            f"{what} take {len(data):,} bytes and {limit:,} are the most; write less in one commit"
        )


def _frames(compressor: zstandard.ZstdCompressor, parts: Sequence[bytes], threads: int) -> list[bytes]:
    if not parts:
        return []
    frames = compressor.multi_compress_to_buffer(list(parts), threads=threads)
    return [frames[index].tobytes() for index in range(len(frames))]


class Trained(NamedTuple):
    """A dictionary, empty when none pays, and the bytes that the whole text will take with it, about.

    ``packed``: the dictionary as ``pack`` has it, where that was looked at.
    """

    dictionary: bytes
    size: int
    packed: bytes = b""


def train(samples: Sequence[bytes], total: int, quoted: Sequence[bytes] = ()) -> Trained:
    """A dictionary for ``total`` bytes of text like ``samples``, blocks of it, made of ``quoted``, or else of these.

    It pays when what it saves on the whole text, judged by some samples, exceeds its own packed size. Those it is
    judged by are kept out of the training, unless the samples are the whole text: then it may know all of it.
    """
    step = -(-len(samples) // _JUDGES)
    held = samples[::step] if step else []
    is_whole = sum(map(len, samples)) == total
    used = quoted or (samples if is_whole else [part for index, part in enumerate(samples) if index % step])
    scale = total / max(1, sum(map(len, held)))
    plain = int(sum(map(len, Compressor(threads=cores()).compress(held))) * scale)
    size = min(MAX_DICTIONARY if total < _LONG else _MAX_OF_LONG, total // _SHARE // 1024 * 1024)
    if size < _LEAST:
        return Trained(b"", plain)
    try:
        # Fixed cover parameters: the optimiser's search takes five times as long for a gain of 0.1%.
        dictionary = zstandard.train_dictionary(size, list(_cut(used)), k=512, d=8).as_bytes()
    except zstandard.ZstdError:
        return Trained(b"", plain)  # too little or too uniform text to learn from
    packed = pack(dictionary, MAX_DICTIONARY, "dictionaries")
    judged = Compressor(dictionary, threads=cores()).compress(held)
    shared = int(sum(map(len, judged)) * scale) + len(packed)
    return Trained(dictionary, shared, packed) if shared < _PAYS * plain else Trained(b"", plain)


def _cut(parts: Sequence[bytes]) -> Iterator[bytes | bytearray | memoryview]:
    return (part[at : at + _SAMPLE] for part in parts for at in range(0, len(part), _SAMPLE))

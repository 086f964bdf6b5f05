"""Merkle trees as RFC 9162, section 2.1, has them; and that leaves which follow one another are in one.

A text is a tree of pieces of 1 KiB. Sixteen of them are a block, whose hash is a node of the same tree: who keeps the
blocks' hashes can prove some pieces without reading the other blocks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

PIECE = 1024  #: bytes of text in a leaf
BLOCK = 16  #: leaves
_EMPTY = hashlib.sha256(b"").digest()

Hashes = Sequence[bytes]


def leaf(data: bytes | memoryview) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def root(hashes: Hashes) -> bytes:
    """The hash of the tree over these nodes, which stand for as many leaves each, the last one maybe for fewer."""
    level = list(hashes)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [_node(*pair) for pair in pairs] + level[len(level) & ~1 :]
    return level[0] if level else _EMPTY


def pieces(text: bytes | memoryview) -> list[bytes]:
    """The leaves of a text."""
    view = memoryview(text)
    return [leaf(view[at : at + PIECE]) for at in range(0, len(view), PIECE)]


def blocks(leaves: Hashes) -> list[bytes]:
    """The hashes of a text's blocks; their ``root`` is that of the leaves."""
    return [root(leaves[at : at + BLOCK]) for at in range(0, len(leaves), BLOCK)]


def beside(total: int, first: int, end: int) -> Iterator[tuple[int, int]]:
    """The subtrees, each the leaves from one up to another, whose hashes prove leaves ``first`` up to ``end``.

    They are the largest that hold none of these, in the order of their leaves.
    """
    yield from _beside(0, total, first, end)


def proven(total: int, first: int, leaves: Hashes, path: Iterable[bytes]) -> bytes:
    """The root of a tree of ``total`` leaves, of which these follow one another from ``first`` on.

    ``path`` are the hashes that ``beside`` names. Raises ValueError when they are too few or too many.
    """
    end, left = first + len(leaves), iter(path)
    if not 0 <= first < end <= total:
        raise ValueError("leaves outside the tree")

    def hashed(low: int, high: int) -> bytes:
        if high <= first or low >= end:
            found = next(left, None)
            if found is None:
                raise ValueError("a hash is missing")
            return found
        if first <= low and high <= end:
            return root(leaves[low - first : high - first])
        middle = _middle(low, high)
        return _node(hashed(low, middle), hashed(middle, high))

    made = hashed(0, total)
    if next(left, None) is not None:
        raise ValueError("a hash too many")
    return made


def path_among(hashes: Hashes, place: int) -> list[bytes]:
    """What proves the leaf at ``place`` among all."""
    return [root(hashes[low:high]) for low, high in beside(len(hashes), place, place + 1)]


def path_in_text(
    total: int, first: int, end: int, known: Hashes, leaves_of: Callable[[int], Hashes]
) -> list[bytes]:
    """What proves leaves ``first`` up to ``end`` of a text of ``total``. ``known``: the hashes of all blocks.

    ``leaves_of`` gives the leaves of a block: it is asked for those alone which the leaves to prove stand in.
    """

    def hashed(low: int, high: int) -> bytes:
        if low % BLOCK == 0 and (high % BLOCK == 0 or high == total):
            return root(known[low // BLOCK : -(-high // BLOCK)])
        own = leaves_of(low // BLOCK)  # a subtree that is no run of blocks lies within one
        start = low // BLOCK * BLOCK
        return root(own[low - start : high - start])

    return [hashed(low, high) for low, high in beside(total, first, end)]


def _beside(low: int, high: int, first: int, end: int) -> Iterator[tuple[int, int]]:
    if high <= first or low >= end:
        yield low, high
    elif not (first <= low and high <= end):
        middle = _middle(low, high)
        yield from _beside(low, middle, first, end)
        yield from _beside(middle, high, first, end)


def _middle(low: int, high: int) -> int:
    """Where a tree is split: the largest power of two below its number of leaves goes to the left."""
    return low + (1 << (high - low - 1).bit_length() - 1)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()

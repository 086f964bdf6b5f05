"""Postings: for one term, the chunks that hold it and how often, as one run of bits that reads alone.

A list of ``df`` postings in a segment of N chunks (bits run from the top of each byte down; zero bits pad the
last):

    df x k bits     the low k bits of each gap
    df unary codes  the rest of each gap: that many 0 bits, then a 1
    df unary codes  how often the term is in the chunk, less one

A gap is the number of chunks skipped since the posting before. This is Golomb-Rice coding (S. W. Golomb,
"Run-length encodings", 1966) with the parameter ``rice(df, N)``. The unary codes of one term end at its bit 1
number 2 x df, so a list needs no length inside; the counts of all terms together take one bit for each token.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class Postings(NamedTuple):
    """One term's list: ``chunks`` rise, ``counts`` are how often the term is in each, at least 1."""

    chunks: Ints
    counts: Ints


def rice(df: int, chunks: int) -> int:
    """k = max(0, floor(log2(9 N / 10 df))): 0.96 N / df suits gaps at random, and words bunch a little."""
    return max(0, (9 * chunks // (10 * df)).bit_length() - 1)


def _rice_each(df: Ints, chunks: int) -> Ints:
    exponents: Ints = np.frexp(np.maximum(9 * chunks // (10 * df), 1))[1].astype(np.int64) - 1
    return exponents


def encode(df: Ints, postings: Postings, chunks: int) -> tuple[bytes, Ints]:
    """The lists of many terms, one after the other, and the length in bytes of each.

    ``df[i]`` postings of term i follow those of term i - 1. ``chunks`` is N, the chunks in the segment.
    """
    k = _rice_each(df, chunks)
    first = np.cumsum(df) - df
    gaps = np.diff(postings.chunks, prepend=-1) - 1
    gaps[first] = postings.chunks[first]
    high = gaps >> np.repeat(k, df)
    unary = _ends(high + np.int64(1), first, df)
    repeats = _ends(postings.counts, first, df)
    low_bits, high_bits = df * k, unary[first + df - 1] + 1
    size = (low_bits + high_bits + repeats[first + df - 1] + 8) // 8
    base = 8 * (np.cumsum(size) - size)

    bits = np.zeros(8 * int(size.sum()), np.uint8)
    _set_low(bits, gaps, k, df, base - first * k)
    bits[np.repeat(base + low_bits, df) + unary] = 1
    bits[np.repeat(base + low_bits + high_bits, df) + repeats] = 1
    return np.packbits(bits).tobytes(), size


def _ends(lengths: Ints, first: Ints, df: Ints) -> Ints:
    # Where the closing 1 of each unary code falls, counted from the first code of its term.
    total = np.cumsum(lengths)
    ends: Ints = total - np.repeat(total[first] - lengths[first], df) - 1
    return ends


def _set_low(bits: npt.NDArray[np.uint8], gaps: Ints, k: Ints, df: Ints, base: Ints) -> None:
    for width in np.unique(k[k > 0]).tolist():
        which = np.flatnonzero(np.repeat(k == width, df))
        at = np.repeat(base[k == width], df[k == width]) + which * width
        for bit in range(width):
            bits[at + bit] = (gaps[which] >> (width - 1 - bit)) & 1


def decode(data: bytes | memoryview, df: int, chunks: int) -> Postings:
    """One term's list. Raises ValueError for bytes that are no list of ``df`` postings below ``chunks``."""
    if not 0 < df <= chunks:
        raise ValueError("no term is in so many chunks")
    k = rice(df, chunks)
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    ones = np.flatnonzero(bits[df * k :])
    if len(ones) != 2 * df:
        raise ValueError("not a list of postings")
    gaps = np.diff(ones[:df], prepend=-1)
    if k:
        low = bits[: df * k].reshape(df, k) @ (1 << np.arange(k - 1, -1, -1))
        gaps = ((gaps - 1) << k) + low + 1
    rising: Ints = np.cumsum(gaps) - 1
    if rising[-1] >= chunks:
        raise ValueError("a posting lies outside the segment")
    return Postings(rising, np.diff(ones[df - 1 :]))


def largest(df: int, chunks: int, tokens: int) -> int:
    """The most bytes a list of ``df`` postings takes in a segment of so many chunks and tokens."""
    k = rice(df, chunks)
    return (df * (k + 1) + (chunks >> k) + tokens + 7) // 8

"""Postings: for one term, the chunks that hold it and how often, as one run of bits that reads alone.

A list of ``df`` postings in a segment of N chunks (bits run from the top of each byte down; zero bits pad the
last):

    df x k bits     the low k bits of each gap
    df x c bits     the low c bits of each count
    df unary codes  the rest of each gap: that many 0 bits, then a 1
    df unary codes  the rest of each count

A gap is the number of chunks skipped since the posting before; a count is how often the term is in the chunk, less
one. This is Golomb-Rice coding (S. W. Golomb, "Run-length encodings", 1966) with k = ``rice(df, N)``; the dictionary
holds c, which is ``rice(df, sum of the counts)``. The unary codes of one term end at its bit 1 number 2 x df, so a
list needs no length inside.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints, Mask
from memcodec.index.lexical import fields

LONG = 2048  # postings: lists of more are decoded by themselves
MAX_COUNT_BITS = 24


class Postings(NamedTuple):
    """Lists of terms: in each ``chunks`` rise, ``counts`` are how often the term is in each, at least 1."""

    chunks: Ints
    counts: Ints


class PostingLists(NamedTuple):
    """Encoded lists, one after the other; of each its postings, its bytes, and the low bits c of its counts."""

    data: bytes | memoryview
    df: Ints
    sizes: Ints
    count_bits: Ints


def rice(df: int, total: int) -> int:
    """max(0, floor(log2(9 total / 10 df))): 0.96 N / df suits gaps at random, and words bunch a little."""
    return max(0, (9 * total // (10 * df)).bit_length() - 1)


def _rice_each(df: Ints, total: int | Ints) -> Ints:
    exponents: Ints = np.frexp(np.maximum(9 * total // (10 * df), 1))[1].astype(np.int64) - 1
    return exponents


def encode(df: Ints, postings: Postings, chunks: int) -> PostingLists:
    """The lists of many terms. ``df[i]`` postings of term i follow those of term i - 1. ``chunks`` is N."""
    k = _rice_each(df, chunks)
    first = np.cumsum(df) - df
    rest = postings.counts - 1
    c = np.minimum(_rice_each(df, np.add.reduceat(rest, first) if len(first) else df), MAX_COUNT_BITS)
    gaps = np.diff(postings.chunks, prepend=-1) - 1
    gaps[first] = postings.chunks[first]
    high = gaps >> np.repeat(k, df)
    unary = _ends(high + np.int64(1), first, df)
    repeats = _ends((rest >> np.repeat(c, df)) + 1, first, df)
    low_bits, high_bits = df * (k + c), unary[first + df - 1] + 1
    size = (low_bits + high_bits + repeats[first + df - 1] + 8) // 8
    base = 8 * (np.cumsum(size) - size)

    whole = 8 * int(size.sum())
    low, ones = fields.words(whole), np.zeros(whole, np.uint8)
    _put_low(low, gaps, k, df, base - first * k)
    _put_low(low, rest, c, df, base + df * k - first * c)
    ones[np.repeat(base + low_bits, df) + unary] = 1
    ones[np.repeat(base + low_bits + high_bits, df) + repeats] = 1
    data = np.packbits(ones) | np.frombuffer(fields.to_bytes(low, whole), np.uint8)
    return PostingLists(data.tobytes(), df, size, c)


def _ends(lengths: Ints, first: Ints, df: Ints) -> Ints:
    # Where the closing 1 of each unary code falls, counted from the first code of its term.
    total = np.cumsum(lengths)
    ends: Ints = total - np.repeat(total[first] - lengths[first], df) - 1
    return ends


def _put_low(low: fields.Words, numbers: Ints, width: Ints, df: Ints, base: Ints) -> None:
    widths = np.repeat(width, df)
    at = np.repeat(base, df) + np.arange(len(widths)) * widths
    fields.put(low, numbers & ((1 << widths) - 1), at, widths)


def decode(lists: PostingLists, chunks: Ints) -> Postings:
    """The postings of many lists, of one segment or of several: those of list i are all below ``chunks[i]``.

    Raises ValueError for bytes that are no such lists.
    """
    data, df, sizes, count_bits = lists
    if (df < 1).any() or (df > chunks).any():
        raise ValueError("no term is in so many chunks")
    if (sizes > len(data)).any() or (sizes < 0).any() or sizes.sum() != len(data):
        raise ValueError("not a list of postings")
    if (count_bits < 0).any() or (count_bits > MAX_COUNT_BITS).any():
        raise ValueError("no count has so many bits")
    alone = np.flatnonzero((df > LONG) | (len(df) == 1))
    cuts = sorted({0, len(df), *alone.tolist(), *(alone + 1).tolist()})
    ends = np.concatenate([[0], np.cumsum(sizes)])
    found = [Postings(np.empty(0, np.int64), np.empty(0, np.int64))] if len(cuts) < 2 else []
    for one, other in pairwise(cuts):
        part = data[ends[one] : ends[other]]
        if other == one + 1:
            found.append(_decode_one(part, int(df[one]), int(count_bits[one]), int(chunks[one])))
        else:
            each = slice(one, other)
            found.append(
                _decode_short(PostingLists(part, df[each], sizes[each], count_bits[each]), chunks[each])
            )
    return found[0] if len(found) == 1 else Postings(*map(np.concatenate, zip(*found, strict=True)))


def _decode_one(data: bytes | memoryview, df: int, c: int, chunks: int) -> Postings:
    k = rice(df, chunks)
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    unary = bits[df * (k + c) :].view(np.bool_)
    if np.count_nonzero(unary) != 2 * df:
        raise ValueError("not a list of postings")
    ones = np.flatnonzero(unary)
    gaps, counts = np.diff(ones[:df], prepend=-1), np.diff(ones[df - 1 :])
    if k:
        gaps = ((gaps - 1) << k) + _numbers(bits[: df * k], k) + 1
    if c:
        counts = ((counts - 1) << c) + _numbers(bits[df * k : df * (k + c)], c) + 1
    rising: Ints = np.cumsum(gaps) - 1
    if rising[-1] >= chunks:
        raise ValueError("a posting lies outside the segment")
    return Postings(rising, counts)


def _numbers(bits: npt.NDArray[np.uint8], width: int) -> Ints:
    numbers: Ints = bits.reshape(-1, width) @ (1 << np.arange(width - 1, -1, -1))
    return numbers


def _decode_short(lists: PostingLists, chunks: Ints) -> Postings:
    # All lists at once: for a list alone this takes longer, by the list and by the posting.
    data, df, sizes, c = lists
    k, first = _rice_each(df, chunks), np.cumsum(df) - df
    end = 8 * np.cumsum(sizes)
    begin, low_bits = end - 8 * sizes, df * (k + c)
    if (begin + low_bits > end).any():
        raise ValueError("not a list of postings")
    ones = _ones(lists, begin, low_bits, end)
    if (ones[2 * first] < begin).any() or (ones[2 * (first + df) - 1] >= end).any():
        raise ValueError("not a list of postings")

    lengths = np.diff(ones, prepend=0)
    lengths[2 * first] = ones[2 * first] - (begin + low_bits) + 1
    counted = np.repeat(_alternate(len(df)), np.repeat(df, 2))
    gaps = (lengths[~counted] - 1 << np.repeat(k, df)) + _low(data, begin - first * k, k, df)
    counts = lengths[counted]
    if c.any():
        counts = (counts - 1 << np.repeat(c, df)) + _low(data, begin + df * k - first * c, c, df) + 1
    rising = np.cumsum(gaps + 1)
    rising -= np.repeat(rising[first] - gaps[first], df)
    if (rising[first + df - 1] >= chunks).any():
        raise ValueError("a posting lies outside the segment")
    return Postings(rising, counts)


def _alternate(lists: int) -> Mask:
    return np.tile([False, True], lists)


def _ones(lists: PostingLists, begin: Ints, low_bits: Ints, end: Ints) -> Ints:
    # The places of all 1 bits but those among the low bits: two a posting.
    low_and_unary = np.stack([low_bits, end - begin - low_bits], axis=1).ravel()
    unary = np.repeat(_alternate(len(begin)), low_and_unary)
    unary &= np.unpackbits(np.frombuffer(lists.data, np.uint8)).view(np.bool_)
    if np.count_nonzero(unary) != 2 * lists.df.sum():
        raise ValueError("not a list of postings")
    ones: Ints = np.flatnonzero(unary)
    return ones


def _low(data: bytes | memoryview, base: Ints, k: Ints, df: Ints) -> Ints:
    # Every posting's low bits stand within the eight bytes from the byte that the first of them is in.
    width = np.repeat(k, df)
    at = np.repeat(base, df) + np.arange(len(width)) * width
    windows = np.ndarray((len(data) + 1,), ">u8", bytes(data) + bytes(8), strides=(1,))[at >> 3]
    low: Ints = (windows.astype(np.uint64) >> (64 - (at & 7) - width).astype(np.uint64)).astype(np.int64)
    return low & ((1 << width) - 1)

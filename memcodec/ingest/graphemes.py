"""Where a text may be cut without splitting what a reader sees as one character.

Extended grapheme clusters of UAX #29 section 3.1.1, found around one place without all the text before it.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

LONGEST = 4096
"""Code points a cluster may have to be kept whole; a longer one (a letter with 10,000 accents) is cut."""

_STEP = 128

_CLUSTER = regex.compile(r"\X")

# No rule of UAX #29 joins such a character to the one before it, whatever stands further left: a place to
# start from. The search runs backwards, (?r), so that it costs what it skips.
_CERTAIN = regex.compile(
    r"(?rV1)(?<![\p{GCB=Prepend}\p{GCB=L}])"
    r"[[\p{GCB=Other}\p{GCB=LV}\p{GCB=LVT}]--[\p{Extended_Pictographic}\p{InCB=Consonant}]]"
)


def cluster_start(text: str, floor: int, at: int) -> int:
    """Where the cluster that holds ``text[at]`` begins; ``floor <= at`` is a place known to begin one."""
    if at <= floor or at >= len(text):
        return at
    pair = text[at - 1 : at + 1]
    if pair.isascii():
        return at - (pair == "\r\n")
    certain = _CERTAIN.search(text, floor, at + 1)
    start = certain.start() if certain else floor
    for end in _cluster_ends(text, start, at + 1):
        if end > at:
            break
        start = end
    return start


def cluster_end(text: str, start: int) -> int:
    """Where the cluster that begins at ``start`` ends; beyond ``start + LONGEST`` only that it is longer."""
    width = _STEP
    while True:
        end: int = _CLUSTER.match(text[start : start + width]).end()
        if end < width or width > LONGEST:
            return start + end
        width *= 2


def _cluster_ends(text: str, start: int, stop: int) -> Iterator[int]:
    # Piece by piece: for flags, \X counts back to the first of them each time, which is quadratic in a long
    # piece.
    width = _STEP
    while start < stop:
        ends = [match.end() for match in _CLUSTER.finditer(text[start : min(start + width, stop)])]
        if start + width < stop:
            ends.pop()  # it may go on in the next piece
            if not ends:
                width *= 2
                continue
        yield from (start + end for end in ends)
        start, width = start + ends[-1], _STEP

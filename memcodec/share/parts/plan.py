"""How many parts a file makes, and how it lies in them.

A file of ``size`` bytes and zero bytes behind it are ``needed`` slices of equal length, one a part. A slice is cut into
pieces, the last one shorter; the pieces at one place of all parts are coded together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from memcodec.config.units import format_count, format_size
from memcodec.errors import ConfigError
from memcodec.share.parts.erasure import MOST_PARTS

_PIECE = 1 << 20  # bytes, at least
_MOST_PIECES = 256  # of a part: its record stays short


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """``size`` bytes in ``needed`` parts, and ``spare`` more."""

    size: int
    needed: int
    spare: int

    @property
    def total(self) -> int:
        """The number of parts."""
        return self.needed + self.spare

    @property
    def slice(self) -> int:
        """Bytes of a slice."""
        return -(-self.size // self.needed)

    @property
    def piece(self) -> int:
        """Bytes of each piece but the last."""
        return max(_PIECE, -(-self.slice // _MOST_PIECES))

    @property
    def pieces(self) -> int:
        """The number of pieces of a part."""
        return -(-self.slice // self.piece)

    def span(self, place: int) -> tuple[int, int]:
        """Where in a slice a piece begins, and its length."""
        start = place * self.piece
        return start, min(self.piece, self.slice - start)


class Cost(NamedTuple):
    """Bytes of a part beside its slice: of the part itself, and of each piece. Never too few."""

    part: int
    piece: int

    def of(self, plan: SplitPlan) -> int:
        """The size of such a plan's parts, at most."""
        return self.part + plan.slice + plan.pieces * self.piece


def plan(size: int, limit: int, spare: int, cost: Cost) -> SplitPlan:
    """As few parts as are no larger than ``limit`` bytes. Raises ConfigError, which names the smallest limit."""
    if not 0 <= spare <= MOST_PARTS - 2:
        raise ConfigError(f"{spare} spare parts; from 0 to {MOST_PARTS - 2} can be made")
    if size <= limit:
        raise ConfigError(
            f"the file has {format_size(size)}, no more than a part may have: send it as it is, or give a smaller size"
        )
    for needed in range(2, MOST_PARTS - spare + 1):
        found = SplitPlan(size, needed, spare)
        if cost.of(found) <= limit:
            return found
    raise ConfigError(_too_small(SplitPlan(size, MOST_PARTS - spare, spare), limit, cost))


def _too_small(most: SplitPlan, limit: int, cost: Cost) -> str:
    smallest = cost.of(most)
    if smallest >= most.size:
        return f"the file is too small to split: its parts would be no smaller; send its {format_size(most.size)} whole"
    return (
        f"parts of {format_count(limit)} bytes are too small: of this file, with {most.spare} spare, there can be "
        f"{MOST_PARTS} parts at most, and one has {smallest}B; give that size or more"
    )

"""Commits as the history commands tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memcodec.model import Commit


def changes(commit: Commit) -> str:
    """``+3 ~1 -2``: documents added, changed and removed."""
    counts = (("+", commit.added), ("~", commit.changed), ("-", commit.removed))
    return " ".join(f"{sign}{number:,}" for sign, number in counts if number) or "none"

"""Commits as the history commands tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from memcodec.cli.options import (
    State,
)

if TYPE_CHECKING:
    from memcodec.model import Commit


def changes(commit: Commit) -> str:
    """``+3 ~1 -2``: documents added, changed and removed."""
    counts = (("+", commit.added), ("~", commit.changed), ("-", commit.removed))
    return " ".join(f"{sign}{number:,}" for sign, number in counts if number) or "none"


def commit_json(commit: Commit) -> dict[str, Any]:
    """A commit in JSON's types."""
    from dataclasses import asdict

    from memcodec.format.documents import format_time

    return {**asdict(commit), "time": format_time(commit.time)}


def number_of(commits: Sequence[Commit], state: State) -> int:
    """The number of the commit that left that state, which is there."""
    if isinstance(state, datetime):
        return max(each.number for each in commits if each.time <= state)
    return state if state is not None else commits[-1].number

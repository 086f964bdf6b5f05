"""A memory file's ledger in RAM, for tests of what stands on one; several runs of a test share it by its name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from memcodec.agents.runs import opening
from memcodec.agents.runs.ledger import Ledger, Scratch


@contextlib.contextmanager
def ram(patch: pytest.MonkeyPatch) -> Iterator[Scratch]:
    """Inside, every file of a run is this ledger."""
    kept = Scratch()

    def opened(*args: object, **options: object) -> Ledger:
        return kept

    patch.setattr(opening, "opened", opened)
    yield kept

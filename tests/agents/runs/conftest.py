"""Runs over a ledger in RAM, and the same executed again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.agents.runs import executing, history, opening
from memcodec.agents.runs.history import History
from memcodec.agents.runs.ledger import Scratch
from tests.support.ledger import ram

Agent = Callable[[memcodec.Run], Any]


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scratch]:
    with ram(monkeypatch) as kept:
        yield kept


class Stage:
    """Runs agents, records them, and executes them again."""

    def __init__(self, ledger: Scratch, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.ledger, self._folder, self._patch = ledger, folder, patch

    def record(self, agent: Agent, **options: Any) -> str:
        """The id of a new run of an agent."""
        with memcodec.run("ram.mp4", **options) as run:
            agent(run)
            return run.id

    def load(self, run: str) -> History:
        return history.load(self.ledger, run)

    def replay(self, agent: Agent, run: str, *, mode: str = "replay", live: bool = False) -> dict[str, Any]:
        """The report of a run that is executed again; what the agent raises is let through only if it is no
        divergence.
        """
        report = self._folder / "report.json"
        nth = self.load(run).begin["nth"]
        with self._patch.context() as patch:
            for name, value in executing.variables(mode, "ram.mp4", run, str(report), live=live).items():
                patch.setenv(name, value)
            patch.setattr(opening, "_numbers", iter([nth]))
            try:
                with memcodec.run("ram.mp4") as again:
                    agent(again)
            except* memcodec.Diverged:
                pass
        found: dict[str, Any] = json.loads(report.read_text())
        return found


@pytest.fixture
def stage(ledger: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(ledger, tmp_path, monkeypatch)

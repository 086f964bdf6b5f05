"""Threads, forks and processes at one file: nothing that was acknowledged is lost, and every error is one of ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.reliability.sealing import share
from tests.reliability.stress import Stress

SECONDS = float(os.environ.get("MEMCODEC_STRESS_SECONDS", "5"))  # CONTRIBUTING.md: a minute before a release
THREADS = 8


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*never committed:ResourceWarning")  # what others add while one closes
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork(2) here")
@pytest.mark.parametrize("medium", ["mp4", "sealed.mp4"])
def test_nothing_acknowledged_is_lost_and_nothing_foreign_is_raised(medium: str, tmp_path: Path) -> None:
    path = tmp_path / f"stress.{medium}"
    report = Stress(path, SECONDS * share(path, 100, 60) / 100).run(THREADS)
    assert not report.foreign and not report.lost and report.sound, str(report)
    assert report.acknowledged and report.calls["search"]

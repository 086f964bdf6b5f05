"""Progress: each phase of long work has a bar of its own, which is full when that phase is done and not before."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest

import memcodec
from memcodec.cli import console, progress
from memcodec.config.settings import Settings
from tests.support.memories import Embedder, embedder  # noqa: F401 - a fixture

Terminal = Callable[..., str]
TEXTS = [
    " ".join(f"{(number * 997 + word) * 2654435761 % 2**32:x}" for word in range(2000)) for number in range(8)
]
WRITTEN = ["prepare", "media", "parity", "index", "vectors", "arrange"]


class Told:
    """A ``Progress`` that remembers."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, int]] = []

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.calls.append((stage, done, total))

    @property
    def stages(self) -> list[str]:
        """In their order."""
        return [stage for stage, _ in groupby(stage for stage, _, _ in self.calls)]

    def check(self) -> None:
        """A bar only grows, and when it is full the next phase is there at once, or all is done."""
        for stage, told in groupby(self.calls, lambda call: call[0]):
            counts = [(done, total) for _, done, total in told]
            assert counts == sorted(counts), stage
            assert all(done < total for done, total in counts[:-1] if total), stage


@pytest.fixture
def made(embedder: Embedder, tmp_path: Path) -> tuple[Path, Told]:  # noqa: F811
    told, path = Told(), tmp_path / "a.mp4"
    with memcodec.create(path, settings=Settings.of(chunk_size=300), progress=told) as memory:
        for text in TEXTS:
            memory.add(text)
        memory.commit()
    return path, told


def test_a_commit_tells_its_phases_one_after_the_other(made: tuple[Path, Told]) -> None:
    path, told = made
    told.check()
    assert told.stages == [*WRITTEN, "sync"]
    of = {stage: [call[1:] for call in calls] for stage, calls in groupby(told.calls, lambda call: call[0])}
    assert of["media"][0] == (0, sum(map(len, TEXTS))) and len(of["media"]) > 2
    assert [done for done, _ in of["vectors"]] == list(range(of["vectors"][0][1] + 1))
    assert of["parity"][-1][0] == of["parity"][-1][1] > 0
    more = Told()
    with memcodec.open(path, progress=more) as memory:
        memory.add("one more")
        memory.commit()
    more.check()
    assert more.stages == [*WRITTEN, "fold", "sync"]


@pytest.mark.slow
def test_copies_and_checks_tell_theirs(made: tuple[Path, Told], tmp_path: Path) -> None:
    path, _ = made
    work: dict[str, tuple[Callable[[Told], object], list[str]]] = {
        "verify": (lambda told: memcodec.open(path).verify(progress=told), ["checksums"]),
        "deep": (
            lambda told: memcodec.open(path).verify(deep=True, progress=told),
            ["checksums", "verify", "documents"],
        ),
        "repair": (
            lambda told: memcodec.repair(path, tmp_path / "r.mp4", progress=told),
            ["scan", "salvage", *WRITTEN, "sync"],
        ),
        "convert": (
            lambda told: memcodec.convert(
                path, tmp_path / "c.mp4", settings=Settings.of(codec="h264"), progress=told
            ),
            ["convert"],
        ),
        "merge": (
            lambda told: memcodec.merge([path], tmp_path / "m.mp4", progress=told),
            ["merge", "fold", "sync"],
        ),
    }
    for name, (run, stages) in work.items():
        told = Told()
        run(told)
        told.check()
        assert told.stages == stages, name


@pytest.mark.slow
def test_bars_on_a_terminal_follow_one_another(on_terminal: Terminal, folder: Path) -> None:
    shown = on_terminal("encode", folder, "-o", "birds.mp4", "--model", "none")
    at = [shown.index(name) for name in ("reading documents", "encoding", "adding repair", "writing to disk")]
    assert at == sorted(at)
    assert "━" not in on_terminal("encode", folder, "-o", "quiet.mp4", "--model", "none", "--quiet")


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_the_line_fits_and_keeps_what_is_of_most_use(columns: int) -> None:
    told = progress.facts(1_499_999, 1_500_000, 70.0, in_bytes=False)
    line = "".join(
        text for text, _ in progress.drawn("putting commits together", told, 1_499_999, 1_500_000, columns)
    )
    assert console.width(line) <= columns
    assert " 99%" in line and re.search("━+─", line)
    assert ("left" in line) == (columns >= 60) and ("21,429/s" in line) == (columns == 100)

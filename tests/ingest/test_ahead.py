"""Files that are loaded ahead: in the order of the files, what a file alone gives, and errors where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from memcodec.config.settings import Ingest
from memcodec.errors import SourceError
from memcodec.ingest import ahead
from memcodec.ingest.kinds import front_matter, sandbox
from memcodec.ingest.walk import Skipped, walk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(50):
        (tmp_path / f"{number:02}.md").write_text(f"# Note {number}\n\ntext {number}\n")
    (tmp_path / "07.txt").write_text("plain, in the middle")
    (tmp_path / "09.html").write_text("<title>Page</title><p>" + "words " * 300_000)  # no small one
    (tmp_path / "11.md").write_text("---\ntitle: [\n---\ntext")
    return tmp_path


def _alone(folder: Path) -> tuple[list[tuple[str, str]], list[str]]:
    items, notes = [], []
    for path in sorted(folder.iterdir()):
        skipped = Skipped()
        items += [(item.uri, item.title) for item in walk([path], skipped=skipped)]
        notes += skipped.notes
    return items, notes


def test_the_order_is_that_of_the_files(folder: Path) -> None:
    skipped = Skipped()
    found = [(item.uri, item.title) for item in walk([folder], skipped=skipped)]
    assert (found, skipped.notes) == _alone(folder)
    assert len(found) == 52 and len(skipped.notes) == 1


def test_children_are_no_more_than_cores(folder: Path) -> None:
    sandbox.close()
    assert len(list(walk([folder]))) == 52
    assert 1 <= len(sandbox._idle) <= sandbox.CHILDREN


def test_what_was_not_asked_for_is_not_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loader that fails, or is given up, ends at the files that are being loaded."""
    loaded = list[str]()
    load = ahead.Loader.load

    def noted(self: ahead.Loader, file: ahead.RawFile) -> Iterator[object]:
        loaded.append(file.uri)
        return load(self, file)

    monkeypatch.setattr(ahead.Loader, "load", noted)
    monkeypatch.setattr(ahead, "_AHEAD", 1)
    given_up = walk([folder])
    next(given_up)
    given_up.close()  # type: ignore[attr-defined]
    assert 1 <= len(loaded) <= 4 * 16


def test_a_damaged_one_stops_a_strict_walk_at_its_place(folder: Path) -> None:
    (folder / "20.ipynb").write_text("{")
    taken = list[str]()
    with pytest.raises(SourceError, match=r"20\.ipynb"):
        taken.extend(item.uri for item in walk([folder], Ingest(strict=True)))
    assert len(list(walk([folder]))) == 52


def test_front_matter_that_states_no_time_costs_no_search_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(value: str) -> datetime | None:
        raise AssertionError(value)

    monkeypatch.setattr(front_matter, "_time", never)
    assert front_matter.stated_time("") is None

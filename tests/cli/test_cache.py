"""``memcodec cache``: all that is kept on a machine is told, and goes when it is to; what a job needs stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from memcodec.config import folders
from memcodec.jobs import JobState, Options
from memcodec.jobs.store import Store
from memcodec.storage.remote.diskcache import DiskCache
from tests.cli.support import Run

pytestmark = pytest.mark.usefixtures("kept")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model, a page, a job that has ended and what it left; settings."""
    for kind in ("CACHE", "STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    monkeypatch.setattr("memcodec.jobs.client.look_after", lambda store: False)
    (folders.models() / "tiny-1").mkdir(parents=True)
    (folders.models() / "tiny-1" / "model.onnx").write_bytes(bytes(100_000))
    cache = DiskCache(folders.spans(), 10_000_000)
    cache.put("https://example.org/notes.mp4", 0, bytes(50_000))
    cache.close()
    with Store() as store:
        job = store.add("/gone.mp4", None, False, Options())
        for number in range(2000):
            store.log(job.id, f"line {number}")
        store.cancel(job.id)
        (store.folder / "spool" / str(job.id)).mkdir(parents=True)
        (store.folder / "spool" / str(job.id) / "x.vectors").write_bytes(bytes(70_000))
    folders.sources().mkdir(parents=True)
    (folders.sources() / "x.json").write_bytes(bytes(900))
    folders.notes().mkdir(parents=True)
    (folders.notes() / "x.note").write_bytes(bytes(800))
    folders.config().mkdir(parents=True)
    (folders.config() / "memcodec.toml").write_text("[search]\nk = 5\n")


def sizes(run: Run) -> dict[str, int]:
    found: Any = json.loads(run("cache", "--json").stdout)
    assert found["bytes"] == sum(each["bytes"] for each in found["folders"])
    return {each["name"]: each["bytes"] for each in found["folders"]}


def test_all_that_is_kept_is_told_and_cleared(run: Run) -> None:
    before = sizes(run)
    assert before["models"] == 100_000 and before["spans"] > 50_000 and before["jobs"] > 70_000
    shown = run("cache").stdout
    assert all(name in shown for name in before) and str(folders.state()) in shown
    cleared = json.loads(run("cache", "clear", "--json").stdout)
    after = sizes(run)
    assert {each["name"]: each["freed"] for each in cleared["folders"]} == {
        name: before[name] - after[name] for name in ("models", "spans", "vectors", "sources", "jobs")
    }
    assert (after["models"], after["spans"], after["settings"]) == (0, 0, before["settings"])
    assert (before["sources"], after["sources"]) == (900, 0)
    assert before["notes"] == after["notes"] == 800
    assert after["jobs"] < before["jobs"] / 3 and not list(folders.state().glob("spool/*"))
    with Store() as store:
        assert store.jobs() == []


def test_only_what_is_named_is_cleared(run: Run) -> None:
    before = sizes(run)
    assert run("cache", "clear", "--spans").stdout.startswith("spans: ")
    after = sizes(run)
    assert after == {**before, "spans": 0}


def test_what_open_jobs_need_stays_and_is_said(run: Run) -> None:
    with Store() as store:
        waiting = store.add("/notes.mp4", None, False, Options())
        (store.folder / "spool" / str(waiting.id)).mkdir()
        (store.folder / "spool" / str(waiting.id) / "y.vectors").write_bytes(b"batch")
    result = run("cache", "clear")
    assert "models: 0 B freed" in result.stdout
    assert "models: kept for 1 open job" in result.stderr and "jobs: 1 open job" in result.stderr
    assert (folders.models() / "tiny-1" / "model.onnx").exists() and sizes(run)["spans"] == 0
    assert [each.name for each in folders.state().glob("spool/*")] == [str(waiting.id)]
    with Store() as store:
        (left,) = store.jobs()
        assert (left.id, left.state) == (waiting.id, JobState.QUEUED)


def test_where_nothing_is_kept_nothing_is_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("CACHE", "STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / "empty" / kind))
    assert set(sizes(run).values()) == {0}
    assert json.loads(run("cache", "clear", "--json").stdout)["freed"] == 0
    assert not (tmp_path / "empty").exists()

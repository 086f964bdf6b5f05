"""``memcodec index``, ``memcodec jobs`` and ``--index background``."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

import memcodec
from memcodec.cli.commands import jobs as jobs_
from memcodec.cli.commands.jobs import jobs_command
from memcodec.jobs.job import JobState, Options
from memcodec.jobs.presence import is_there, take_lock, who
from memcodec.jobs.store import Store
from tests.cli.support import NEWER, Run, write_documents

PAGE = Path(__file__).parent.parent.parent / "docs" / "CLI.md"
SECTION = PAGE.read_text("utf-8").split("\n## jobs\n")[1].split("\n## ")[0]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder whose supervisor does not outlive the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "state" / "memcodec"
    yield folder
    while folder.exists() and is_there(folder):
        if (pid := who(folder)) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


@pytest.fixture
def file(memory_file: str) -> str:
    return str(shutil.copy(memory_file, "birds.mp4"))


@pytest.fixture
def store(state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The queue, and nobody who works on it."""
    monkeypatch.setattr("memcodec.jobs.client.look_after", lambda store: False)
    with Store() as store:
        yield store


def answer(run: Run, *args: object, code: int = 0) -> Any:
    return json.loads(run(*args, "--json", code=code).stdout)


@pytest.mark.slow
def test_index(run: Run, file: str) -> None:
    words = run("index", file).stdout
    assert words.startswith("birds.mp4\n")
    chunks = answer(run, "info", file)["chunks"]
    assert f"{chunks} made, {chunks} of {chunks} chunks have one" in words
    assert "lexical and semantic (all-MiniLM-L6-v2@" in words
    assert answer(run, "search", "a bird that waits", file, "--mode", "semantic")["hits"]
    (again,) = answer(run, "index", file)["files"]
    assert set(again) == {"file", "chunks", "indexed", "made", "lexical", "model", "pictures", "seconds"}
    assert (again["made"], again["indexed"], again["chunks"]) == (0, chunks, chunks)
    assert run("index", file, "--rebuild", "-q").output == ""
    run("verify", file, "--deep")


def test_index_of_a_file_without_any(run: Run, folder: Path) -> None:
    run("encode", folder, "-o", "bare.mp4", "--index", "none")
    assert answer(run, "search", "heron", "bare.mp4")["hits"] == []
    run("index", "bare.mp4", "--model", "none")
    info = answer(run, "info", "bare.mp4")
    assert (info["lexical"], info["model"]) == (True, None)
    assert answer(run, "search", "heron", "bare.mp4")["hits"]


def test_index_of_nothing(run: Run) -> None:
    assert "absent.mp4: " in run("index", "absent.mp4", code=11).stderr
    assert "absent.mp4: no such file" in run("index", "absent.mp4", "--background", code=11).stderr


@pytest.mark.slow
def test_encode_with_the_index_behind(run: Run, folder: Path) -> None:
    made = answer(run, "encode", folder, "-o", "a.mp4", "--index", "background")
    assert (made["lexical"], made["model"], made["job"]) == (True, None, 1)
    assert answer(run, "search", "heron", "a.mp4")["hits"]
    words = run("jobs", "wait", "a.mp4", "--timeout", 60).stdout
    assert re.fullmatch(rf"job 1: done, {made['chunks']} chunks, .*\n", words)
    assert answer(run, "info", "a.mp4")["model"].startswith("all-MiniLM-L6-v2@")


@pytest.mark.slow
def test_append_with_the_index_behind(run: Run, file: str) -> None:
    write_documents(Path("in"), NEWER)
    words = run("append", file, "in", "--index", "background").stdout
    assert "vectors    job 1 makes them (memcodec jobs wait 1)" in words
    run("jobs", "wait", 1, "--timeout", 60)
    assert answer(run, "search", "birds come back", file, "--mode", "semantic")["hits"]
    assert answer(run, "append", file, "in", "--index", "background")["job"] is None  # nothing new


@pytest.mark.slow
def test_merge_with_the_index_behind(run: Run, file: str, folder: Path) -> None:
    assert answer(run, "merge", file, "-o", "b.mp4", "--index", "background")["job"] == 1
    run("jobs", "wait", "b.mp4", "--timeout", 60)
    run("merge", file, "-o", "c.mp4", "--index", "now")
    run("merge", file, "-o", "d.mp4")
    models = [answer(run, "info", name)["model"] is not None for name in ("b.mp4", "c.mp4", "d.mp4")]
    assert models == [True, True, False]


@pytest.mark.slow
def test_repair_with_the_index_behind(run: Run, file: str) -> None:
    assert answer(run, "repair", file, "-o", "b.mp4", "--index", "background")["job"] == 1
    run("jobs", "wait", "b.mp4", "--timeout", 60)
    info = answer(run, "info", "b.mp4")
    assert info["lexical"] and info["model"] is not None


def test_the_setting(run: Run, folder: Path) -> None:
    Path("memcodec.toml").write_text('[encode]\nindex = "background"\n[index]\nmodel = "none"\n')
    assert (
        answer(run, "encode", folder, "-o", "a.mp4")["job"] is None
    )  # the lexical index is all there is to make
    assert answer(run, "encode", folder, "-o", "b.mp4", "--model", "all-MiniLM-L6-v2")["job"] == 1


def test_an_unwritable_state_folder(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("in-the-way").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(Path("in-the-way").absolute()))
    error = run("encode", folder, "-o", "a.mp4", "--index", "background", code=11).stderr
    assert error.startswith("memcodec: ") and error.count("\n") == 1
    assert "background jobs cannot be kept here" in error and "--index now" in error
    assert not Path("a.mp4").exists()
    run("encode", folder, "-o", "a.mp4", "--index", "now")
    assert answer(run, "info", "a.mp4")["model"] is not None
    run("index", "a.mp4")


def ended(store: Store, path: str, state: JobState, error: str | None = None) -> int:
    """A job that has ended."""
    job = store.add(path, None, False, Options())
    assert store.take() is not None
    store.progress(job.id, 30, 40)
    store.log(job.id, "a line\x1b[31m")
    assert store.finish(job.id, state, error)
    return job.id


def test_list(run: Run, store: Store) -> None:
    assert run("jobs", "list").stdout == "no jobs\n"
    ended(store, "/a.mp4", JobState.FAILED, "no reason")
    store.add("/b.mp4", None, False, Options())
    lines = run("jobs", "list").stdout.splitlines()
    assert lines[0].split() == ["JOB", "STATE", "DONE", "LEFT", "CREATED", "FILE"]
    assert lines[1].split()[:2] == ["2", "queued"] and lines[1].endswith("/b.mp4")
    assert lines[2].split()[:3] == ["1", "failed", "75%"]
    assert [job["id"] for job in answer(run, "jobs", "list")["jobs"]] == [2, 1]
    assert [job["id"] for job in answer(run, "jobs", "list", "--open")["jobs"]] == [2]


def test_status(run: Run, store: Store) -> None:
    assert run("jobs", "status").stdout == "no jobs\n"
    ended(store, "/a.mp4", JobState.FAILED, "no reason")
    words = run("jobs", "status").stdout
    assert words.startswith("job 1: /a.mp4\n  state    failed\n")
    assert "vectors  30 of 40 chunks, 75%" in words and "reason   no reason" in words
    (job,) = answer(run, "jobs", "status", "/a.mp4")["jobs"]
    assert all(f"{name} " in SECTION or f"{name}`" in SECTION for name in job)
    assert (job["state"], job["done"], job["total"], job["error"]) == ("failed", 30, 40, "no reason")


def test_the_rate(run: Run, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr("memcodec.jobs.store.time.time", lambda: now)
    store.add("/a.mp4", None, False, Options())
    store.take()
    held = take_lock(store.folder, 0.0)
    assert held is not None
    store.start(1, 100, 500)
    now += 10
    store.progress(1, 300, 500)
    assert "rate     20/s, 10.0 s left" in run("jobs", "status").stdout
    (job,) = store.jobs()
    assert "  ".join(jobs_._facts(job, 2)) == " 60%  300 of 500  20/s  10.0 s left  a.mp4  (2 more)"
    assert "state    running" in run("jobs", "status").stdout
    os.close(held)
    assert "state    stalled" in run("jobs", "status").stdout


@pytest.mark.parametrize(("outcome", "code"), [("done", 0), ("failed", 1), ("cancelled", 1), ("missing", 1)])
def test_the_exit_codes_of_wait(run: Run, store: Store, outcome: str, code: int) -> None:
    ended(store, "/a.mp4", JobState(outcome), "a reason" if code else None)
    result = run("jobs", "wait", 1, code=code)
    assert result.stderr == (f"memcodec: job 1 {outcome}: a reason\n" if code else "")
    assert result.stdout.startswith(f"job 1: {outcome}")
    assert answer(run, "jobs", "wait", 1, code=code)["jobs"][0]["state"] == outcome


def test_watch_shows_each_change_to_the_end(run: Run, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    job = store.add("/notes.mp4", None, False, Options())
    monkeypatch.setattr("memcodec.cli.watching._INTERVAL", 0)
    steps: list[Callable[[], object]] = [
        lambda: store.take(),
        lambda: store.progress(job.id, 5, 10),
        lambda: store.finish(job.id, JobState.DONE),
    ]
    monkeypatch.setattr("memcodec.jobs.client.time.sleep", lambda _: steps.pop(0)())
    shown = run("jobs", "watch").stdout.splitlines()
    states = [line.split()[1] for line in shown[1:] if line.split()[0] == str(job.id)]
    assert shown[0].split()[0] == "JOB" and states == ["queued", "stalled", "stalled", "done"]
    assert any(" 50% " in each for each in shown)
    assert run("jobs", "watch").stdout == "no open jobs\n"
    assert run("jobs", "watch", job.id).stdout.count("done") == 1


def test_wait_until_time_is_up(run: Run, store: Store) -> None:
    store.add("/a.mp4", None, False, Options())
    result = run("jobs", "wait", "--timeout", 0.2, code=124)
    assert result.stderr == "memcodec: job 1 not done after 200 ms\n"
    assert run("jobs", "wait", 1, "--timeout", "0", "-q", code=124).stdout == ""


def test_wait_for_nothing(run: Run, store: Store) -> None:
    assert run("jobs", "wait").output == ""


@pytest.mark.slow
def test_wait_draws_a_bar_on_a_terminal(file: str, run: Run, on_terminal: Callable[..., str]) -> None:
    run("index", file, "--background")
    shown = on_terminal("jobs", "wait")
    assert "job 1" in shown and "birds.mp4" in shown
    assert shown.rstrip().splitlines()[-1].endswith(run("jobs", "wait", 1).stdout.strip())


def test_cancel(run: Run, store: Store) -> None:
    ended(store, "/a.mp4", JobState.DONE)
    store.add("/b.mp4", None, False, Options())
    store.add("/c.mp4", None, False, Options())
    assert run("jobs", "cancel", 1, "/b.mp4").stdout == "job 1: was done already\njob 2: cancelled\n"
    assert answer(run, "jobs", "cancel", "--all") == {"cancelled": [3]}
    assert "name a job, or give --all" in run("jobs", "cancel", code=2).stderr


def test_logs(run: Run, store: Store) -> None:
    ended(store, "/a.mp4", JobState.DONE)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  a line␛\[31m\n", run("jobs", "logs", 1).stdout)
    said = answer(run, "jobs", "logs", "/a.mp4")
    assert (said["job"], said["file"], said["lines"][0]["text"]) == (1, "/a.mp4", "a line\x1b[31m")


def test_prune(run: Run, store: Store) -> None:
    ended(store, "/a.mp4", JobState.DONE)
    assert run("jobs", "prune", "--older", 1).stdout == "0 jobs forgotten\n"
    assert answer(run, "jobs", "prune") == {"pruned": [1]}
    assert (
        run("jobs", "logs", 1, code=9).stderr
        == "memcodec: no job 1; `memcodec jobs list` shows all of them\n"
    )


def test_the_page_names_every_command_and_option() -> None:
    for name, command in jobs_command.commands.items():
        (row,) = re.findall(rf"^\| `jobs {name}\b.*$", SECTION, re.MULTILINE)
        for parameter in command.params:
            if isinstance(parameter, click.Argument):
                assert str(parameter.metavar) in row
            elif parameter.name not in ("as_json", "quiet"):
                assert parameter.opts[0] in row
    assert set(re.findall(r"^\| `jobs (\w+)", SECTION, re.MULTILINE)) == set(jobs_command.commands)


def test_help_of_every_command(run: Run) -> None:
    for name in jobs_command.commands:
        assert run("jobs", name, "--help").stdout.startswith(f"Usage: memcodec jobs {name} ")


@pytest.mark.slow
def test_the_library_and_the_command_line_see_the_same(run: Run, file: str) -> None:
    from memcodec.jobs.client import enqueue

    job = enqueue(file)
    run("jobs", "wait", file, "--timeout", 60)
    assert answer(run, "jobs", "status", job.id)["jobs"][0]["state"] == job.status().state == "done"
    with memcodec.open(file) as memory:
        assert memory.search("waiting bird", mode="semantic")

"""examples/replayable_agent.py and docs/RUNS.md: recorded, executed again without a network, forked and compared."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import memcodec
from tests.support.needs import needs

pytestmark = pytest.mark.slow

ROOT = Path(memcodec.__file__).parents[1]
EXAMPLE = ROOT / "examples" / "replayable_agent.py"
ALONE = ("unshare", "-n")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE, "agent.py")
    return tmp_path


def run(*command: object, code: int = 0) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        list(map(str, command)), env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stderr + done.stdout
    return done.stdout


def agent(*before: str) -> str:
    return run(*before, sys.executable, "agent.py", "agent.mp4").split()[0]


def memcodec_runs(*args: object, code: int = 0) -> Any:
    return json.loads(run(sys.executable, "-m", "memcodec", "runs", *args, code=code))


def again(command: str, *args: object, code: int = 0, before: tuple[str, ...] = ()) -> Any:
    program = [*before, sys.executable, "agent.py", "agent.mp4"]
    return memcodec_runs(command, "agent.mp4", *args, "--json", "--", *program, code=code)


def test_it_is_executed_again_where_there_is_no_network(place: Path) -> None:
    needs("unshare")
    if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("unshare -n needs the right to make namespaces")
    name = agent()
    report = again("replay", name, before=ALONE)
    assert report["divergence"] is None
    assert (report["reused"], report["answers"], report["made"]) == (7, 7, 0)


def test_a_changed_program_is_told_where_and_why(place: Path) -> None:
    name = agent()
    program = Path("agent.py").read_text()
    Path("agent.py").write_text(program.replace("have sun", "are sunny").replace("Advise a", "Recommend a"))
    found = again("replay", name, code=12)["divergence"]
    assert (found["kind"], found["step"], found["task"]) == ("request", 11, "0")
    assert found["parts"][0]["where"] == "prompt"
    assert found["cause"]["line"] == 'step 10: trace was "1 of 2 have sun", is "1 of 2 are sunny"'
    assert "changed" in found["note"]


def test_a_fork_goes_on_otherwise_and_is_told_apart_there(place: Path) -> None:
    name = agent()
    forked = again("fork", name, "--at", 4, "--model", "large")
    assert forked["replay"]["reused"] == 2
    found = memcodec_runs("diff", "agent.mp4", name, forked["run"], "--json")
    assert (found["shared"], found["first"]["a"], found["first"]["b"]) == (3, 4, 4)
    assert found["first"]["parts"] == [{"where": "model", "recorded": '"small"', "now": '"large"'}]
    assert memcodec_runs("kv", "agent.mp4", forked["run"], "advice") == "Go to Linz (large)."
    assert memcodec_runs("kv", "agent.mp4", name, "advice") == "Go to Graz (small)."
    assert again("replay", forked["run"])["divergence"] is None, "a fork is executed again, too"


def test_another_answer(place: Path) -> None:
    name = agent()
    Path("answer.txt").write_text("Linz\n")
    forked = again("fork", name, "--at", 4, "--response", "answer.txt")
    assert memcodec_runs("kv", "agent.mp4", forked["run"], "advice") == "Go to Linz (small)."
    found = memcodec_runs("diff", "agent.mp4", name, forked["run"], "--json")["first"]
    assert (found["kind"], found["a"], found["parts"]) == (
        "answer",
        4,
        [{"where": "value", "recorded": '"Vienna Graz"', "now": '"Linz"'}],
    )


def test_a_program_that_begins_no_run(place: Path) -> None:
    agent()
    program = [sys.executable, "-m", "memcodec", "runs", "replay", "agent.mp4", "last", "--", "true"]
    done = subprocess.run(
        program, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 3
    assert "began no run" in done.stderr

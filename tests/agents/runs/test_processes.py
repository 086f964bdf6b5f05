"""A run in a real file, worked on by several processes, some of which are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import memcodec
from memcodec.agents.runs import history

ROUNDS = int(os.environ.get("MEMCODEC_TEST_KILLS", "1"))

WORKER = """
import sys, memcodec
file, run, log = sys.argv[1:]
with memcodec.run(file, id=run) as run, open(log, "ab", buffering=0) as out:
    for _ in range(1_000_000):
        value = run.kv.get("counter")
        if run.kv.cas("counter", value, value + 1):
            out.write(b"%d\\n" % (value + 1))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.mp4", "a.flac"])
def test_what_was_acknowledged_to_a_killed_process_is_there(name: str, tmp_path: Path) -> None:
    file, logs = str(tmp_path / name), [tmp_path / f"{number}.log" for number in range(4)]
    with memcodec.run(file) as run:
        run.kv["counter"] = 0
        for _ in range(ROUNDS):
            workers = [
                subprocess.Popen([sys.executable, "-c", WORKER, file, run.id, str(log)]) for log in logs
            ]
            before = [log.stat().st_size if log.exists() else 0 for log in logs]
            deadline = time.monotonic() + 60
            while not any(
                log.exists() and log.stat().st_size > size for log, size in zip(logs, before, strict=True)
            ):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            time.sleep(1)
            for each in workers:
                each.send_signal(signal.SIGKILL)
                each.wait()
        told = [int(line) for log in logs if log.exists() for line in log.read_text().splitlines() if line]
        final = run.kv["counter"]
    assert len(told) == len(set(told)), "two processes were told that they had set the same value"
    assert len(told) > 10 * ROUNDS
    assert final >= max(told)
    with memcodec.open(file) as memory:
        ledger = memory.ledger()
        loaded = history.load(ledger, run.id)
        ledger.close()
    values = [
        loaded.field(each, "to")
        for each in loaded.steps
        if each.kind == "cas" and each.data["answer"] is True
    ]
    assert values == list(range(1, final + 1)), "every value once, each by one more"
    assert set(told) <= set(values)

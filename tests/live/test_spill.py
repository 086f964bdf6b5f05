"""What flows out of a ring is in the file exactly once, whatever is killed, and a search spans both."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import ConfigError, MemcodecError, StorageError
from memcodec.live import spill
from memcodec.live.client import Client
from memcodec.live.ring import LONGEST
from memcodec.live.spill import written

LINES = int(os.environ.get("MEMCODEC_LIVE_LINES", "12000"))
KILLS = int(os.environ.get("MEMCODEC_LIVE_KILLS", "4"))


def spilled(file: Path) -> list[bytes]:
    """The lines of a file, in the order of their documents."""
    with memcodec.open(file) as memory:
        found = sorted(memory, key=lambda each: int(each.tags["live.first"]))
        return [line for each in found for line in memory.read_bytes(each, original=True).splitlines()]


@pytest.mark.parametrize("when", ["expired", "all"])
def test_every_line_goes_to_the_file_once(tmp_path: Path, when: spill.When) -> None:
    texts = [f"line {number} heron" for number in range(5000)]
    with memcodec.live(keep=800, model="none", spill=tmp_path / "s.mp4", spill_when=when) as ring:
        ring.add_many(texts)
        assert ring.flush() == (5000 if when == "all" else 4200)
        assert len(spilled(tmp_path / "s.mp4")) == (5000 if when == "all" else 4200)
        ring.add_many(["one more"])
    assert spilled(tmp_path / "s.mp4") == [each.encode() for each in [*texts, "one more"]]


def test_a_ring_of_the_same_name_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "s.mp4"
    for part in range(3):
        with memcodec.live(keep=10, model="none", spill=file, name="web") as ring:
            assert ring.end == 20 * part
            ring.add_many([f"line {number}" for number in range(20 * part, 20 * part + 20)])
    with memcodec.live(keep=10, model="none", spill=file, name="other") as ring:
        assert ring.end == 0
        ring.add("other")
    with memcodec.open(file) as memory:
        there = written((dict(each.tags) for each in memory), name="web")
        assert there is not None and there.end == 60
        assert {each.tags["live.ring"] for each in memory} == {"web", "other"}
        assert memory.search("line 59")[0].document.uri == "live/web/40-59.txt"


def test_a_long_line_and_bytes_are_whole_in_the_file(tmp_path: Path) -> None:
    long, odd = b"heron " + b"x" * (3 * LONGEST), b"caf\xe9 \xff"
    with memcodec.live(keep=10, model="none", spill=tmp_path / "s.mp4") as ring:
        ring.add_many([long, odd, "plain"])
        assert next(len(line.text) for _, line in ring.lines()) == LONGEST
    assert spilled(tmp_path / "s.mp4") == [long, odd, b"plain"]


def test_lines_wait_or_are_dropped_where_the_file_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "LIMIT", 20_000)
    texts = [f"{number:05}" + "x" * 95 for number in range(1000)]
    with memcodec.live(keep=10, model="none", spill=tmp_path / "a.mp4") as ring:
        ring.add_many(texts)
        assert ring.status().dropped == 0
    assert len(spilled(tmp_path / "a.mp4")) == 1000
    with memcodec.live(keep=10, model="none", spill=tmp_path / "b.mp4", when_full="drop") as ring:
        for at in range(0, 1000, 100):
            ring.add_many(texts[at : at + 100])
    kept = spilled(tmp_path / "b.mp4")
    assert ring.spill is not None and 0 < ring.spill.dropped == 1000 - len(kept)
    assert kept == sorted(set(kept)) and kept[-1] == texts[-1].encode()


def test_a_commit_that_fails_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "_AGAIN", 0.01)
    commits, real = [0], memcodec.Memory.commit

    def failing(self: memcodec.Memory) -> memcodec.CommitReport:
        commits[0] += 1
        if commits[0] in (1, 3):
            if commits[0] == 3:
                real(self)  # it is in the file, and yet it was told that it failed
            raise StorageError("no room")
        return real(self)

    monkeypatch.setattr(memcodec.Memory, "commit", failing)
    with memcodec.live(keep=5, model="none", spill=tmp_path / "s.mp4", spill_when="all") as ring:
        for part in range(3):
            ring.add_many([f"part {part} line {number}" for number in range(10)])
            until = time.monotonic() + 20
            while ring.status().spilled < 10 * part + 10 and time.monotonic() < until:
                ring.spill._flush = ring.end  # as flush, which would tell of the failure
                time.sleep(0.02)
    lines = spilled(tmp_path / "s.mp4")
    assert lines == [f"part {part} line {number}".encode() for part in range(3) for number in range(10)]


def test_what_cannot_be_written_at_the_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: memcodec.Memory) -> memcodec.CommitReport:
        raise StorageError("no room")

    ring = memcodec.live(keep=5, model="none", spill=tmp_path / "s.mp4")
    ring.add_many(["a", "b"])
    monkeypatch.setattr(memcodec.Memory, "commit", failing)
    with pytest.raises(StorageError, match="no room; 2 lines of @live are not in the file"):
        ring.close()


def test_a_ring_is_saved(tmp_path: Path) -> None:
    with memcodec.live(keep=50, model="none") as ring:
        with pytest.raises(ConfigError, match="no line to save"):
            ring.save(tmp_path / "none.mp4")
        ring.add_many([f"line {number} heron" for number in range(80)])
        assert ring.save(tmp_path / "saved.mp4") == 50
    lines = spilled(tmp_path / "saved.mp4")
    assert lines == [f"line {number} heron".encode() for number in range(30, 80)]


@pytest.mark.slow
def test_kill_9_loses_nothing_that_was_acknowledged_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of who writes to the ring, of the ring, of both, at random moments; the input is sent again each time."""
    (tmp_path / "input").write_text("".join(f"{number:07} heron {number % 97}\n" for number in range(LINES)))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    chance, acknowledged, file = random.Random(17), 0, tmp_path / "s.mp4"
    command = [sys.executable, "-m", "memcodec", "live"]
    ring = feeder = None

    def serve() -> subprocess.Popen[bytes]:
        keep = ["--keep", "500", "--model", "none", "--spill", str(file), "--name", "k", "-q"]
        begun = subprocess.Popen([*command, "serve", *keep])
        until = time.monotonic() + 60
        while acknowledged_now() is None and time.monotonic() < until:
            assert begun.poll() is None
            time.sleep(0.05)
        return begun

    def acknowledged_now() -> int | None:
        """As the ring tells it; None when there is none."""
        try:
            with Client("@k") as client:
                return int(client.status()["spilled"])
        except (MemcodecError, OSError):
            return None

    def feed() -> subprocess.Popen[bytes]:
        with (tmp_path / "input").open("rb") as given:
            return subprocess.Popen(
                [*command, "ingest", "@k", "--resume"],
                stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    for kill in range(KILLS):
        ring = ring if ring is not None and ring.poll() is None else serve()
        feeder = feed()
        time.sleep(chance.uniform(0.3, 1.5 if LINES < 100_000 else 12))
        acknowledged = max(acknowledged, acknowledged_now() or 0)
        for each in ((feeder,), (ring,), (feeder, ring))[kill % 3]:
            each.send_signal(signal.SIGKILL)
            each.wait()
        feeder.kill()
        feeder.wait()
    ring = ring if ring is not None and ring.poll() is None else serve()
    if file.exists():
        lines = spilled(file)
        assert len(lines) >= acknowledged
        assert lines == [f"{number:07} heron {number % 97}".encode() for number in range(len(lines))]
    assert feed().wait() == 0
    ring.send_signal(signal.SIGTERM)
    assert ring.wait() == 0
    assert spilled(file) == (tmp_path / "input").read_bytes().splitlines()

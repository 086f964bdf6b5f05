"""Sealed files go through what plain ones go through: kills, transcodes, web servers."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import memcodec
from memcodec.seal import keyring
from memcodec.storage.open import place_of
from memcodec.upkeep import keyless
from tests.seal.people import DOCUMENTS, Person, read, sealed
from tests.support.memories import texts
from tests.support.needs import needs
from tests.support.servers import web_server

KILLS = int(os.environ.get("MEMCODEC_SEALED_KILLS", "2"))
WRITER = """
import os, sys, memcodec
path, number = sys.argv[1], 0
print("begun", flush=True)
while True:
    with memcodec.open(path) as memory:
        memory.add(f"Note {number} on the weir. " * 200, uri=f"weir/{os.getpid()}/{number}")
        memory.commit()
        print(f"weir/{os.getpid()}/{number}", flush=True)
    number += 1
"""


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["mp4", "flac"])
def test_what_was_acknowledged_is_there_after_a_kill(suffix: str, tmp_path: Path, ada: Person) -> None:
    file = sealed(tmp_path / f"a.{suffix}", ada.recipient)
    environment = os.environ | {"MEMCODEC_IDENTITY": str(tmp_path / "key.txt")}
    (tmp_path / "key.txt").write_text(ada.identity)
    due, chance = set(DOCUMENTS), random.Random(18)
    for _ in range(KILLS):
        command = [sys.executable, "-c", WRITER, str(file)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            said = [child.stdout.readline().strip() for _ in range(2)]
            time.sleep(chance.random() / 3)
            child.kill()
            said += child.stdout.read().split()
        due |= {each for each in said if each.startswith("weir/")}
        found = read(file, ada.identity)
        assert due <= found.keys() and len(found) <= len(due) + 1
        due |= found.keys()
    with memcodec.open(file, unlock=ada.identity) as memory:
        memory.add("the last one")
        memory.commit()
        assert memory.verify(deep=True).ok
    assert keyless.verify_place(place_of(file), deep=True).ok


def _ffmpeg(*arguments: object) -> None:
    needs("ffmpeg")
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suffix", "coded"),
    [
        ("mp4", ["-c:v", "libx264", "-crf", "30", "-vf", "scale=iw*3/4:ih*3/4"]),
        ("flac", ["-c:a", "libmp3lame", "-b:a", "64k"]),
    ],
)
def test_a_transcode_is_repaired_by_who_has_the_key_and_by_who_has_none(
    suffix: str, coded: list[str], tmp_path: Path, ada: Person
) -> None:
    documents = texts("a", 4, 3000)
    file = sealed(tmp_path / f"a.{suffix}", ada.recipient, documents=documents, profile="robust")
    other = tmp_path / ("b.mp4" if suffix == "mp4" else "b.mp3")
    _ffmpeg("-i", file, *coded, other)
    with keyring.using(keyring.Unlocking([ada.identity])):
        report = memcodec.repair(other, tmp_path / f"with.{suffix}")
    assert report.complete and read(tmp_path / f"with.{suffix}", ada.identity) == documents
    plain = memcodec.repair(other, tmp_path / f"without.{suffix}", profile="robust")
    assert plain.sealed and plain.complete
    with keyring.using(keyring.Unlocking([ada.identity])):
        memcodec.repair(tmp_path / f"without.{suffix}", tmp_path / f"last.{suffix}")
    assert read(tmp_path / f"last.{suffix}", ada.identity) == documents


@pytest.mark.parametrize("suffix", ["mp4", "flac"])
def test_a_search_from_afar_takes_the_round_trips_of_a_plain_file(
    suffix: str, tmp_path: Path, ada: Person
) -> None:
    documents, asked = texts("a", 120, 4000), dict[str, tuple[int, int]]()
    with web_server(tmp_path / "server") as server:
        for name, to in (("plain", ()), ("sealed", (ada.recipient,))):
            sealed(server.folder / f"{name}.{suffix}", *to, documents=documents)
            with memcodec.open(server.url(f"{name}.{suffix}"), unlock=ada.identity) as memory:
                hits = memory.search("northern ledger", mode="lexical")
                log = memory.requests()
                assert hits and log is not None
                asked[name] = log.rounds, log.received
    assert asked["sealed"][0] == asked["plain"][0]
    assert asked["sealed"][1] <= 1.1 * asked["plain"][1]  # small files; benchmarks/sealed.py has large ones


def test_publishing_and_fetching_need_no_key(tmp_path: Path, ada: Person) -> None:
    from memcodec.share.delivery.fetching import fetch

    with web_server(tmp_path / "server") as server:
        file = sealed(server.folder / "a.mp4", ada.recipient)
        fetch(server.url("a.mp4"), tmp_path / "b.mp4")
    assert (tmp_path / "b.mp4").read_bytes() == file.read_bytes()
    with contextlib.suppress(memcodec.Sealed):
        memcodec.open(tmp_path / "b.mp4")
        pytest.fail("opened without a key")

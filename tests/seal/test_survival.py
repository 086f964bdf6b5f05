"""Sealed files go through what plain ones go through: kills, transcodes, web servers."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

import memcodec
from benchmarks import films, survival
from memcodec.seal import keyring
from memcodec.storage.open import place_of
from memcodec.upkeep import keyless
from tests.reliability.sealing import FULL
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


class Transcode(NamedTuple):
    """What FFmpeg makes of a file, and how that file was made."""

    suffix: str
    into: str
    coded: Sequence[str]
    settings: dict[str, str]


def _tables() -> dict[str, Transcode]:
    """Every transcode that docs/BENCHMARKS.md says packets survive, or all but what parity brings back."""
    made, beyond = dict[str, Transcode](), "host, 480p H.264, 750 kbit/s"
    for name, (into, options) in films.CHANNELS.items():
        for profile in ("dense", "robust") if name in films.RATES else ("robust",):
            if name != beyond:
                made[f"{name}, {profile}"] = Transcode("mp4", into, options.split(), {"profile": profile})
    for rate, required in survival.REQUIRED.items():
        for name, step in required:
            encoder = survival.LADDERS[name][0](step)
            settings = {"profile": "robust", "rate": rate}
            made[f"{name} {step}, {rate}"] = Transcode("flac", encoder.suffix, encoder.options, settings)
    return made


TRANSCODES = {
    "three quarters of the size": Transcode(
        "mp4", "mp4", "-c:v libx264 -crf 30 -vf scale=iw*3/4:ih*3/4".split(), {"profile": "robust"}
    ),
    "MP3 of 64 kbit/s": Transcode(
        "flac", "mp3", ["-c:a", "libmp3lame", "-b:a", "64k"], {"profile": "robust"}
    ),
    **(_tables() if FULL else {}),
}


def _restored(file: Path, identity: str) -> dict[str, bytes]:
    """What ``restore`` writes, by uri."""
    with memcodec.open(file, unlock=identity) as memory:
        report = memory.restore(file.with_suffix(".restored"))
        assert not report.losses
        return {document.uri: path.read_bytes() for document, path in report.files}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("how", TRANSCODES)
def test_a_transcode_is_repaired_by_who_has_the_key_and_by_who_has_none(
    how: str, tmp_path: Path, ada: Person
) -> None:
    suffix, into, coded, settings = TRANSCODES[how]
    documents = texts("a", 4, 3000)
    file = sealed(tmp_path / f"a.{suffix}", ada.recipient, documents=documents, **settings)
    other = tmp_path / f"b.{into}"
    _ffmpeg("-i", file, *coded, other)
    expected, options = _restored(file, ada.identity), memcodec.Settings.of(**settings)  # type: ignore[arg-type]
    with keyring.using(keyring.Unlocking([ada.identity])):
        report = memcodec.repair(other, tmp_path / f"with.{suffix}")
    assert report.complete and _restored(tmp_path / f"with.{suffix}", ada.identity) == expected
    plain = memcodec.repair(
        other, tmp_path / f"without.{suffix}", profile=settings["profile"], settings=options
    )
    assert plain.sealed and plain.complete
    with keyring.using(keyring.Unlocking([ada.identity])):
        memcodec.repair(tmp_path / f"without.{suffix}", tmp_path / f"last.{suffix}")
    assert _restored(tmp_path / f"last.{suffix}", ada.identity) == expected
    assert {uri: data.decode() for uri, data in expected.items()} == documents


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

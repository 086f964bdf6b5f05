"""Commits to a bucket by real processes: at once, and killed. The object is the old or the new, always."""

from __future__ import annotations

import os
import random
import signal
import time
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

import pytest

import memcodec
from memcodec.errors import MemcodecError
from memcodec.storage.bucket import claim
from memcodec.storage.bucket.object import BucketObject
from memcodec.storage.bucket.url import ObjectUrl
from tests.reliability import sealing
from tests.reliability.support import forks, running, text
from tests.support.s3servers import S3, CountingProxy

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("MEMCODEC_UPLOAD_KILLS", "40"))
QUIET = 0.6  # seconds after which the dead are known, here
MiB = 1 << 20


def commit(url: str, name: str, env: dict[str, str], size: int, output: Connection) -> None:
    """One commit of one document, in a process of its own; sends what came of it."""
    os.environ.update(env)
    claim.QUIET = QUIET
    BucketObject(
        ObjectUrl.parse(url)
    ).head()  # so that the clients are loaded: a kill is to come in the work itself
    output.send("begun")
    try:
        with memcodec.open(url, wait=30) as memory:
            memory.add(document(name, size), uri=name)
            memory.commit()
    except MemcodecError as error:
        output.send(str(error))
    else:
        output.send("stored")


def document(name: str, size: int) -> str:
    """A text that hardly compresses when it is to be large."""
    return text(name) + random.Random(name).randbytes(size).hex()


def started(server: S3, key: str, name: str, size: int = 0) -> tuple[ForkServerProcess, Connection]:
    context = forks()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=commit, args=(server.url(key), name, server.env(), size, theirs))
    return process, ours


def uris(server: S3, key: str) -> list[str]:
    """What the object holds, every document of it whole."""
    with memcodec.open(server.url(key)) as memory:
        assert not memory.verify().damage
        return [document.uri for document in memory.documents()]


def create(server: S3, key: str, size: int) -> None:
    settings, to = memcodec.Settings.of(parity=0), sealing.recipients_of(key)
    with memcodec.create(server.url(key), model="none", settings=settings, seal=to) as memory:
        memory.add(document("first", size), uri="first")


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim, "QUIET", QUIET)


#: Objects that the server copies, and such as are put whole. Of sealed ones the small one is enough.
KEYS = [("notes.flac", 0), ("notes.flac", 6 * MiB), ("notes.sealed.flac", 0)]
KEYS += [("notes.sealed.flac", 6 * MiB), ("notes.sealed.mp4", 0)] if sealing.FULL else []


@pytest.mark.parametrize(("key", "size"), KEYS)
@pytest.mark.usefixtures("_quick")
def test_writers_at_once_lose_no_commit(s3: S3, key: str, size: int) -> None:
    """What a writer was told is stored is there; the others were told to run again."""
    create(s3, key, size)
    stored = ["first"]
    for turn in range(sealing.share(key, 3, 1)):
        names = [f"{turn}-{number}" for number in range(3)]
        pairs = [started(s3, key, name) for name in names]
        for process, _ in pairs:
            process.start()
        for name, (process, output) in zip(names, pairs, strict=True):
            assert output.recv() == "begun"
            said = output.recv()
            assert said == "stored" or "another writer" in said or "was replaced" in said, said
            stored += [name] * (said == "stored")
            process.join()
        assert sorted(uris(s3, key)) == sorted(stored)
        assert len(stored) > turn + 1  # in each turn, one at least
    assert s3.keys() == [key] and s3.uploads() == []


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("key", "size"), KEYS)
@pytest.mark.usefixtures("_quick")
def test_killed_at_any_moment(s3: S3, key: str, size: int) -> None:
    create(s3, key, size)
    held, landed, chance = ["first"], 0, random.Random(size)
    seconds = _time_of_one(s3, key, held)
    rounds = sealing.share(key, ROUNDS // 4, ROUNDS // 10)  # two servers, two sizes
    for number in range(rounds):
        name = f"killed {number}"
        process, output = started(s3, key, name)
        with running(process):
            assert output.recv() == "begun"
            time.sleep(chance.uniform(0, seconds))
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
        now = uris(s3, key)
        assert now in (held, [*held, name]), name
        landed += now != held
        held = now
    process, output = started(s3, key, "last")
    with running(process):
        assert (output.recv(), output.recv()) == ("begun", "stored")
    assert uris(s3, key) == [*held, "last"]
    assert landed < rounds and s3.keys() == [key]
    if s3.kind == "radosgw":
        assert s3.uploads() == []  # those of the dead are gone


def _time_of_one(server: S3, key: str, held: list[str]) -> float:
    """Seconds that a commit takes whose process lives."""
    process, output = started(server, key, "timed")
    with running(process):
        assert output.recv() == "begun"
        began = time.monotonic()
        assert output.recv() == "stored"
    held.append("timed")
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("suffix", "size", "limit"),
    [
        ("mp4", 6 * MiB, 400_000),
        ("flac", 10 * MiB, 11_500_000),
        *([("sealed.mp4", 6 * MiB, 400_000)] if sealing.FULL else []),
    ],
)
def test_only_the_new_bytes_travel(
    radosgw: S3, suffix: str, size: int, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that passes the network, both ways, for 100 KB of text more. FLAC's first 5 MiB are read and written again:
    they state the recording's length, and no smaller part may come first."""
    key = f"notes.{suffix}"
    create(radosgw, key, size)
    assert len(radosgw.get(key)) > size
    with CountingProxy(radosgw.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        with memcodec.open(radosgw.url(key)) as memory:
            memory.add(document("new", 50_000), uri="new")
            memory.commit()
        assert 50_000 < proxy.total < limit
    monkeypatch.setenv("AWS_ENDPOINT_URL", radosgw.endpoint)
    assert uris(radosgw, key) == ["first", "new"]

"""Whatever a server or the way to it does, at whichever request: the right answer or one line, in time, no secret."""

from __future__ import annotations

import base64
import logging
import shutil
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from memcodec.errors import MemcodecError
from memcodec.file.reader import Reader
from memcodec.search.engine import Searcher
from memcodec.storage import LocalSource, Source
from memcodec.storage.http.transport import HttpTransport
from memcodec.storage.remote.source import RemoteSource
from tests.support.faults import FAULTS, FaultyServer
from tests.support.servers import WebServer

pytestmark = pytest.mark.slow

CANARY = "canary7secret"
LOGIN = base64.b64encode(f"ann:{CANARY}".encode()).decode()
DEADLINE = 1.0  # seconds; 25 for users
ENOUGH = 4.0  # seconds: time for another try on a busy machine
LIMIT = 30.0
MOST = 6  # requests of an opening and a search, with another try
QUERY = "harbour lantern"
RIGHT = {"too many requests", "busy", "busy, says a broken date", "bad gateway", "gateway's time is over"} | {
    "silent", "silent halfway", "hangs up", "resets", "hangs up halfway", "garbage", "less than asked for"
}  # fmt: skip
"""Faults that a reader gets over when they happen once."""


@pytest.fixture(scope="module")
def memory_file(lexical_file: Path, served: WebServer) -> Path:
    return Path(shutil.copy(lexical_file, served.folder / "faults.mp4"))


def answers(source: Source, query: str) -> list[tuple[float, str, str]]:
    reader = Reader(source)
    with closing(reader.media):
        hits = Searcher([reader]).search(query, k=5, mode="lexical")
        return [(hit.score, hit.document.title, hit.text) for hit in hits]


def far(server: FaultyServer, deadline: float, headers: dict[str, str] | None = None) -> RemoteSource:
    url = f"{server.url('faults.mp4')}?sig={CANARY}"
    transport = HttpTransport(url, deadline=deadline, headers=headers)
    try:
        return RemoteSource(transport)
    except BaseException:
        transport.close()
        raise


@pytest.fixture(scope="module")
def expected(memory_file: Path) -> list[tuple[float, str, str]]:
    return answers(LocalSource(memory_file), QUERY)


@pytest.mark.parametrize("forever", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_at_each_request(
    name: str,
    forever: bool,
    served: WebServer,
    memory_file: Path,
    expected: list[tuple[float, str, str]],
    own_world: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (own_world / ".netrc").write_text(f"machine 127.0.0.1 login ann password {CANARY}\n")
    headers = {"Authorization": f"Basic {LOGIN}"} if forever else None
    must = not forever and name in RIGHT
    told: list[str] = []

    def asked(number: int) -> bool:
        """Ask with that request spoilt; whether there was one."""
        with FaultyServer(served.port).running() as faulty:
            faulty.spoil(FAULTS[name], number, 1 << 30 if forever else number)
            began = time.monotonic()
            try:
                with closing(far(faulty, ENOUGH if must else DEADLINE, headers)) as source:
                    found = answers(source, QUERY)
                    told.extend([*map(repr, source.requests), repr(source), source.name])
                assert found == expected
            except MemcodecError as error:
                assert not must, f"{name} at request {number}: {error}"
                assert "\n" not in str(error)
                told.extend([str(error), repr(error), *traceback.format_exception(error)])
            assert time.monotonic() - began < LIMIT
            assert all(CANARY in path for path, _ in faulty.seen), "the query was sent"
            assert all(sent["authorization"] == f"Basic {LOGIN}" for _, sent in faulty.seen), "and the login"
            return len(faulty.seen) > number

    with caplog.at_level(logging.DEBUG), ThreadPoolExecutor(MOST) as pool:
        spoilt = list(pool.map(asked, range(MOST)))
    assert spoilt == sorted(spoilt, reverse=True)
    assert 2 <= sum(spoilt) < MOST, "every request of an opening and a search was spoilt"
    out, err = capfd.readouterr()
    for text in [*told, caplog.text, out, err]:
        assert CANARY not in text and LOGIN not in text

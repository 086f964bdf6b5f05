"""One contract over all storages: the same bytes, the same errors, wherever a file lies."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from memcodec.errors import StorageError
from memcodec.storage import LocalSource, MemorySource, Source
from memcodec.storage.open import open_source
from memcodec.storage.remote.source import OPENING
from tests.support.s3servers import S3
from tests.support.servers import WebServer

pytestmark = pytest.mark.usefixtures("own_world")
DATA = random.Random(11).randbytes((2 << 20) + 77)
EDGES = [0, 1, OPENING - 1, OPENING, 1 << 20, (1 << 20) + 1, len(DATA) - OPENING, len(DATA) - 1, len(DATA)]


def _local(request: pytest.FixtureRequest) -> Source:
    path: Path = request.getfixturevalue("tmp_path") / "contract.bin"
    path.write_bytes(DATA)
    return LocalSource(path)


def _http(request: pytest.FixtureRequest, place: str = "") -> Source:
    served: WebServer = request.getfixturevalue("served")
    (served.folder / "contract.bin").write_bytes(DATA)
    return open_source(served.url(f"{place}contract.bin"))


def _s3(request: pytest.FixtureRequest, kind: str) -> Source:
    server: S3 = request.getfixturevalue(kind)
    server.put("contract.bin", DATA)
    return open_source(server.url("contract.bin"))


MAKERS: dict[str, Callable[[pytest.FixtureRequest], Source]] = {
    "local": _local,
    "memory": lambda request: MemorySource(DATA),
    "http": _http,
    "http, one range at a time": lambda request: _http(request, "single/"),
    "ministack": lambda request: _s3(request, "ministack"),
    "radosgw": lambda request: _s3(request, "radosgw"),
}


SLOW = {"radosgw"}


@pytest.fixture(
    params=[pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in MAKERS]
)
def source(request: pytest.FixtureRequest) -> Iterator[Source]:
    opened = MAKERS[request.param](request)
    yield opened
    opened.close()


def test_it_knows_its_name_and_size(source: Source) -> None:
    assert source.size == len(DATA)
    assert source.name and "?" not in source.name


def test_spans_of_all_kinds(source: Source) -> None:
    for start in EDGES:
        for end in EDGES:
            if start <= end:
                assert source.get_bytes(start, end - start) == DATA[start:end]
                assert source.view(start, end - start) == DATA[start:end]


@pytest.mark.parametrize(
    ("offset", "length"), [(-1, 1), (0, -1), (0, len(DATA) + 1), (len(DATA), 1), (1 << 62, 1 << 62)]
)
def test_outside_is_an_error_that_names_the_place(source: Source, offset: int, length: int) -> None:
    for read in (source.get_bytes, source.view):
        with pytest.raises(StorageError, match="outside") as caught:
            read(offset, length)
        assert str(caught.value).startswith(source.name)


def test_prefetching_anything_is_harmless(source: Source) -> None:
    source.prefetch([])
    source.prefetch([(0, 0), (5, 10), (5, 10), (3, 30), (len(DATA) - 1, 1), (1 << 20, 200_000)])
    source.prefetch([(len(DATA), 5), (-7, 9), (1 << 62, 1), (0, 1 << 62), (9, -9)])
    assert source.get_bytes(0, 40) == DATA[:40]
    assert source.get_bytes(1 << 20, 300_000) == DATA[1 << 20 : (1 << 20) + 300_000]


def test_many_threads_read_at_once(source: Source) -> None:
    draws = random.Random(2)
    spans = [(draws.randrange(len(DATA) - 50_000), draws.randrange(50_000)) for _ in range(200)]

    def right(span: tuple[int, int]) -> bool:
        source.prefetch([span, (span[0] // 2, 100)])
        return bytes(source.get_bytes(*span)) == DATA[span[0] : sum(span)]

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(right, spans))


def test_after_closing_nothing_far_is_read(source: Source) -> None:
    source.close()
    if isinstance(source, MemorySource):
        assert source.get_bytes(0, 1) == DATA[:1]  # nothing to close
        return
    with pytest.raises(StorageError):
        source.get_bytes(0, 1)

"""One contract over all storages: the same bytes, the same errors, wherever a file lies and whoever writes it."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pytest

from memcodec.errors import StorageError
from memcodec.storage import LocalSource, MemorySource, MemoryTarget, Place, RamFile, Source, Target
from memcodec.storage.open import open_source, place_of
from memcodec.storage.remote.readahead import ReadAhead
from memcodec.storage.remote.source import OPENING
from tests.support.bare import Bare
from tests.support.s3servers import S3
from tests.support.sealing import SealedPlace, SealedSource, flip
from tests.support.servers import WebServer

pytestmark = pytest.mark.usefixtures("own_world")
DATA = random.Random(11).randbytes((2 << 20) + 77)
SLOW = {"ministack", "radosgw"}


def _params(names: Iterable[str]) -> list[Any]:
    return [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in names]


# Sources

EDGES = [0, 1, OPENING - 1, OPENING, 1 << 20, (1 << 20) + 1, len(DATA) - OPENING, len(DATA) - 1, len(DATA)]


def _path(request: pytest.FixtureRequest, data: bytes = DATA) -> Path:
    path: Path = request.getfixturevalue("tmp_path") / "contract.bin"
    path.write_bytes(data)
    return path


def _file(request: pytest.FixtureRequest, mode: str, buffering: int = -1) -> IO[bytes]:
    opened: IO[bytes] = _path(request).open(mode, buffering)
    request.addfinalizer(opened.close)
    return opened


def _ram(request: pytest.FixtureRequest) -> Source:
    file = RamFile()
    with closing(file.create()) as target:
        target.append(DATA)
        target.publish()
    return file.open()


def _growing(target: Target) -> Source:
    target.append(DATA)
    return target.source()


def _http(request: pytest.FixtureRequest, place: str = "") -> Source:
    served: WebServer = request.getfixturevalue("served")
    (served.folder / "contract.bin").write_bytes(DATA)
    return open_source(served.url(f"{place}contract.bin"))


def _s3(request: pytest.FixtureRequest, kind: str) -> Source:
    server: S3 = request.getfixturevalue(kind)
    server.put("contract.bin", DATA)
    return open_source(server.url("contract.bin"))


SOURCES: dict[str, Callable[[pytest.FixtureRequest], Source]] = {
    "local": lambda request: open_source(_path(request)),
    "memory": lambda request: MemorySource(DATA),
    "ram": _ram,
    "a target in memory": lambda request: _growing(MemoryTarget()),
    "a target of a file object": lambda request: _growing(place_of(io.BytesIO()).create()),
    "bytes": lambda request: open_source(DATA),
    "a bytearray": lambda request: open_source(bytearray(DATA)),
    "a slice of a memoryview": lambda request: open_source(memoryview(b"before" + DATA)[6:]),
    "BytesIO": lambda request: open_source(io.BytesIO(DATA)),
    "a file": lambda request: open_source(_file(request, "rb")),
    "a raw file": lambda request: open_source(_file(request, "r+b", 0)),
    "a bare object": lambda request: open_source(Bare(DATA)),
    "a source": lambda request: open_source(LocalSource(_path(request))),
    "read ahead": lambda request: ReadAhead(LocalSource(_path(request)), 10_000),
    "sealed": lambda request: SealedSource(open_source(_path(request, flip(DATA, 0)))),
    "sealed, read ahead, given": lambda request: open_source(
        ReadAhead(SealedSource(open_source(flip(DATA, 0))))
    ),
    "http": _http,
    "http, one range at a time": lambda request: _http(request, "single/"),
    "ministack": lambda request: _s3(request, "ministack"),
    "radosgw": lambda request: _s3(request, "radosgw"),
}
FAR = {"http", "http, one range at a time", "ministack", "radosgw"}


@pytest.fixture(params=_params(SOURCES))
def source(request: pytest.FixtureRequest) -> Iterator[Source]:
    opened = SOURCES[request.param](request)
    assert opened.far == (opened.requests is not None) == (request.param in FAR)
    yield opened
    opened.close()


def test_it_knows_its_name_and_size(source: Source) -> None:
    assert source.size == len(DATA)
    assert source.name and "?" not in source.name


@pytest.mark.slow
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


def test_from_afar_it_asks_whether_it_changed(source: Source) -> None:
    asked = source.requests.requests if source.requests is not None else 0
    assert source.changed() is not source.far  # near, to look is as cheap as to ask
    if source.requests is not None:
        assert source.requests.requests == asked + 1


def test_after_closing_nothing_is_read(source: Source) -> None:
    source.close()
    with pytest.raises(StorageError):
        source.get_bytes(0, 1)


# Places, and the targets that write there


def _bucket(request: pytest.FixtureRequest, kind: str) -> Place:
    server: S3 = request.getfixturevalue(kind)
    return place_of(server.url("new.bin"))


def _opened(request: pytest.FixtureRequest, buffering: int = -1) -> Place:
    path: Path = request.getfixturevalue("tmp_path") / "opened.bin"
    file: IO[bytes] = path.open("w+b", buffering)
    request.addfinalizer(file.close)
    return place_of(file)


PLACES: dict[str, Callable[[pytest.FixtureRequest], Place]] = {
    "local": lambda request: place_of(request.getfixturevalue("tmp_path") / "new.bin"),
    "ram": lambda request: RamFile(),
    "BytesIO": lambda request: place_of(io.BytesIO()),
    "a file": lambda request: _opened(request),
    "a raw file": lambda request: _opened(request, 0),
    "sealed": lambda request: SealedPlace(place_of(request.getfixturevalue("tmp_path") / "sealed.bin")),
    "sealed twice, in ram": lambda request: SealedPlace(SealedPlace(RamFile())),
    "ministack": lambda request: _bucket(request, "ministack"),
    "radosgw": lambda request: _bucket(request, "radosgw"),
}
FILE_OBJECTS = {"BytesIO", "a file", "a raw file"}


@pytest.fixture(params=_params(PLACES))
def place(request: pytest.FixtureRequest) -> Place:
    made = PLACES[request.param](request)
    assert isinstance(made, Place) and place_of(made) is made
    return made


def content(place: Place) -> bytes:
    """What lies there; nothing where there is nothing."""
    try:
        source = place.open()
    except StorageError as error:
        assert str(error).startswith(place.name) and "\n" not in str(error)
        return b""
    with closing(source):
        return bytes(source.get_bytes(0, source.size))


def write(place: Place, data: bytes) -> None:
    with closing(place.create()) as target:
        target.append(data)
        target.sync()
        target.publish()


def test_a_new_file_is_there_from_publish_on(place: Place) -> None:
    assert content(place) == b""
    with closing(place.create()) as target:
        assert not target.published and target.size == 0 and target.name == place.name
        assert target.append(b"head, body") == 0
        assert target.append(bytearray(b", tail")) == 10
        assert target.append(memoryview(b"!")) == target.size - 1 == 16
        target.patch(0, b"HEAD")
        target.sync()
        assert not target.published
        target.publish()
        assert target.published
        assert content(place) == b"HEAD, body, tail!"
        target.append(b" and more")
        target.publish()
    assert content(place) == b"HEAD, body, tail! and more"


def test_what_was_never_published_leaves_nothing(place: Place) -> None:
    target = place.create()
    target.append(b"half")
    target.close()
    target.close()
    assert content(place) == b""
    write(place, b"whole")
    assert content(place) == b"whole"


def test_what_is_written_so_far_can_be_read(place: Place) -> None:
    with closing(place.create()) as target:
        target.append(DATA[:100_000])
        target.patch(10, b"patched")
        expected = DATA[:10] + b"patched" + DATA[17:100_000]
        assert target.read(0, 100) == expected[:100]
        assert target.read(99_990, 100) == expected[99_990:]
        source = target.source()
        assert source.name == place.name and source.size == 100_000
        assert source.get_bytes(0, 100_000) == expected


def test_a_torn_tail_is_cut(place: Place) -> None:
    write(place, b"committed, torn")
    with closing(place.reopen()) as target:
        assert target.published and target.size == 15
        for wrong in (-1, 16):
            with pytest.raises(StorageError, match="cut"):
                target.cut(wrong)
        target.cut(9)
        assert (target.size, target.append(b"!")) == (9, 9)
        target.publish()
    assert content(place) == b"committed!"


def test_nothing_outside_is_patched(place: Place) -> None:
    write(place, b"committed")
    with closing(place.reopen()) as target:
        for offset in (-1, 8, 100):
            with pytest.raises(StorageError) as caught:
                target.patch(offset, b"xx")
            assert str(caught.value).startswith(place.name)
    assert content(place) == b"committed"


def test_what_is_there_is_refused_or_replaced(place: Place, request: pytest.FixtureRequest) -> None:
    write(place, b"old")
    with pytest.raises(StorageError) as caught:
        place.create()
    assert str(caught.value).startswith(place.name)
    if request.node.callspec.params["place"] in FILE_OBJECTS:
        with pytest.raises(StorageError, match="a file object is not replaced"):
            place.create(replace=True)
        return
    with closing(place.create(replace=True)) as target:
        target.append(b"never to be seen")
    assert content(place) == b"old"
    reading = place.open()
    with closing(place.create(replace=True)) as target:
        target.append(b"new")
        assert content(place) == b"old"
        target.publish()
    assert content(place) == b"new"
    if not place.far:
        assert reading.get_bytes(0, 3) == b"old"  # whoever reads the old one goes on reading that
    reading.close()


def test_nothing_is_continued_that_is_not_there(place: Place, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["place"] in FILE_OBJECTS:
        with closing(place.reopen()) as target:  # it is always there
            assert target.size == 0
        return
    with pytest.raises(StorageError) as caught:
        place.reopen()
    assert str(caught.value).startswith(place.name)
    write(place, b"now it is")  # and nothing stays locked


def test_of_two_writers_none_loses_what_the_other_was_told_is_stored(place: Place) -> None:
    write(place, b"old")
    stored, refused = b"old", 0
    first = place.reopen()
    for mine in (b"second", b"first"):
        try:
            target = place.reopen() if mine == b"second" else first
            target.append(mine)
            target.publish()
            stored += mine
            target.close()
        except StorageError as error:
            refused += 1
            assert str(error).startswith(place.name)
            assert "writ" in str(error)
    first.close()
    assert refused == 1
    assert content(place) == stored
    with closing(place.reopen()) as third:
        third.append(b"third")
        third.publish()
    assert content(place) == stored + b"third"


def test_its_mark_tells_one_state_from_another(place: Place) -> None:
    write(place, b"old")
    before = place.mark()
    if place.far:
        assert before is None
        return
    assert before == place.mark() is not None
    for kept, more in ((3, b", new"), (6, b"er")):  # a torn tail of that length may have been there
        time.sleep(0.02)  # file systems have no finer clock
        with closing(place.reopen()) as target:
            target.cut(kept)
            target.append(more)
            target.publish()
        before, last = place.mark(), before
        assert before != last

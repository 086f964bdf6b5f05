"""What buckets, CDNs and proxies do otherwise than a plain web server: the same bytes come, and few others."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from memcodec.errors import Changed, StorageError
from memcodec.file.reader import Reader
from memcodec.search.engine import Searcher
from memcodec.storage.http.transport import HttpTransport
from memcodec.storage.remote.source import OPENING, RemoteSource
from tests.support.faults import Answer, Exchange, Fault, FaultyServer
from tests.support.servers import WebServer

pytestmark = pytest.mark.usefixtures("own_world")
DATA = random.Random(11).randbytes(1_600_000)
SPANS = [(10, 5), (5000, 1), (70_000, 2000), (1_400_000, 100)]
PARTS = [DATA[offset : offset + length] for offset, length in SPANS]
Habit = Callable[[Exchange, Answer], Answer]


@pytest.fixture(scope="module")
def name(served: WebServer) -> str:
    (served.folder / "habits.bin").write_bytes(DATA)
    return "habits.bin"


@pytest.fixture
def server(served: WebServer) -> Iterator[FaultyServer]:
    with FaultyServer(served.port).running() as faulty:
        yield faulty


def always(habit: Habit) -> Fault:
    return lambda exchange: exchange.send(habit(exchange, exchange.upstream()))


def whole_of_several(exchange: Exchange) -> None:
    """As S3, R2 and Google's storage do: one range is answered, several are not."""
    answer = exchange.upstream(ranges="," not in exchange.headers.get("range", ""))
    exchange.send(answer.with_header("Server", "bucket"))


def suffix(exchange: Exchange) -> bool:
    return exchange.headers.get("range", "").startswith("bytes=-")


def refused(status: int, **headers: str) -> Habit:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange, answer: (
        Answer(status, {"Content-Length": "0", **named}, b"") if suffix(exchange) else answer
    )


def ignored(exchange: Exchange, answer: Answer) -> Answer:
    return exchange.upstream(ranges=False) if suffix(exchange) else answer


def ignored_and_no_length(exchange: Exchange, answer: Answer) -> Answer:
    if not suffix(exchange):
        return answer
    whole = exchange.upstream(ranges=False)
    headers = {name: value for name, value in whole.headers.items() if name != "Content-Length"}
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(whole.body), whole.body)
    return Answer(200, {**headers, "Transfer-Encoding": "chunked"}, chunk)


def taken_for_the_first_bytes(exchange: Exchange, answer: Answer) -> Answer:
    if not suffix(exchange):
        return answer
    return answer.with_header("Content-Range", f"bytes 0-{OPENING - 1}/{len(DATA)}").with_body(DATA[:OPENING])


@pytest.mark.parametrize(
    ("habit", "requests"),
    [
        (refused(400), 3),
        (refused(405), 3),
        (refused(501), 3),
        (refused(416), 3),
        (refused(416, Content_Range=f"bytes */{len(DATA)}"), 2),
        (ignored, 2),
        (ignored_and_no_length, 3),
        (taken_for_the_first_bytes, 3),
    ],
)
def test_a_server_without_suffix_ranges_is_read(
    server: FaultyServer, name: str, habit: Habit, requests: int
) -> None:
    server.spoil(always(habit), 0, 1000)
    with closing(HttpTransport(server.url(name))) as transport:
        opened = transport.open(OPENING)
        assert (opened.size, opened.data) == (len(DATA), DATA[-OPENING:])
        assert transport.log.requests == transport.log.rounds == requests == len(server.seen)
        assert not transport.changed()
        assert transport.fetch(SPANS) == PARTS


def test_an_empty_file_whose_every_range_is_refused(server: FaultyServer, served: WebServer) -> None:
    (served.folder / "habits-empty.bin").write_bytes(b"")

    def bare(exchange: Exchange, answer: Answer) -> Answer:
        return Answer(416, {"Content-Length": "0"}, b"") if "range" in exchange.headers else answer

    server.spoil(always(bare), 0, 1000)
    with closing(HttpTransport(server.url("habits-empty.bin"))) as transport:
        assert transport.open(OPENING).size == 0
        assert not transport.changed()


def test_a_server_that_refuses_every_range_is_told_of_truly(server: FaultyServer, name: str) -> None:
    def no(exchange: Exchange, answer: Answer) -> Answer:
        return Answer(400, {"Content-Length": "0"}, b"") if "range" in exchange.headers else answer

    server.spoil(always(no), 0, 1000)
    with (
        closing(HttpTransport(server.url(name))) as transport,
        pytest.raises(StorageError, match=r"does not serve parts of files; `memcodec fetch`"),
    ):
        transport.open(OPENING)


def test_a_server_that_stops_to_serve_ranges_is_told_of_truly(server: FaultyServer, name: str) -> None:
    with closing(HttpTransport(server.url(name))) as transport:
        transport.open(OPENING)
        server.spoil(lambda exchange: exchange.send(exchange.upstream(ranges=False)), 0, 1000)
        with pytest.raises(StorageError, match="sent the whole file where a part was asked for"):
            transport.fetch([(1, 2)])


def test_no_bucket_is_asked_for_several_ranges(server: FaultyServer, name: str) -> None:
    server.spoil(whole_of_several, 0, 1000)
    with closing(HttpTransport(server.url(name))) as transport:
        transport.open(OPENING)
        assert transport.fetch(SPANS) == PARTS
        assert [request.status for request in transport.log] == [206] * (1 + len(SPANS))
        assert transport.log.rounds == 2 and transport.log.received == OPENING + sum(map(len, PARTS))
    assert not any("," in headers["range"] for _, headers in server.seen)


@pytest.mark.parametrize("header", ["Via", "Age", "X-Cache"])
def test_no_cache_before_a_web_server_is_asked_for_several_ranges(
    server: FaultyServer, name: str, header: str
) -> None:
    server.spoil(always(lambda exchange, answer: answer.with_header(header, "1")), 0, 1000)
    with closing(HttpTransport(server.url(name))) as transport:
        transport.open(OPENING)
        assert transport.fetch(SPANS) == PARTS
    assert not any("," in headers["range"] for _, headers in server.seen)


SIZE = f"{len(DATA):x}"


@pytest.mark.parametrize(
    ("software", "tag", "several"),
    [
        ("nginx", f'"5f1c0a2b-{SIZE}"', True),
        ("nginx/1.27.0", f'W/"5f1c0a2b-{SIZE}"', True),
        ("Apache/2.4.57 (Debian)", f'"{SIZE}-432a5e4a73a80"', True),
        ("nginx", '"9b2cf535f27731c974343645a3985328"', False),  # passed on from a bucket
        ("nginx", '"9b2cf535f27731c974343645a3985328-2"', False),
        ("cloudflare", f'"5f1c0a2b-{SIZE}"', False),
        ("", f'"5f1c0a2b-{SIZE}"', False),
    ],
)
def test_who_is_asked_for_several_ranges(
    server: FaultyServer, name: str, software: str, tag: str, several: bool
) -> None:
    def named(exchange: Exchange, answer: Answer) -> Answer:
        return answer.with_header("ETag", tag).with_header("Server", software)

    server.spoil(lambda exchange: _without_conditions(exchange, named), 0, 1000)
    with closing(HttpTransport(server.url(name))) as transport:
        transport.open(OPENING)
        assert transport.fetch(SPANS) == PARTS
    assert any("," in headers["range"] for _, headers in server.seen) == several


def test_a_cold_search_in_a_bucket_takes_the_rounds_of_one_on_a_web_server(
    server: FaultyServer, served: WebServer, lexical_file: Path
) -> None:
    (served.folder / "cold.mp4").write_bytes(lexical_file.read_bytes())

    def cold(url: str) -> tuple[list[str], int, int]:
        with closing(RemoteSource(HttpTransport(url))) as source:
            hits = Searcher([Reader(source)]).search("harbour lantern", k=5, mode="lexical")
            return [hit.text for hit in hits], source.requests.rounds, source.requests.received

    expected, rounds, received = cold(served.url("cold.mp4"))
    server.spoil(whole_of_several, 0, 1000)
    found = cold(server.url("cold.mp4"))
    assert found[0] == expected and found[1] == rounds <= 4
    assert found[2] <= received, "single ranges have no frames of their own"


@pytest.mark.parametrize(("first", "later"), [('"v1"', 'W/"v1"'), ('W/"v1"', '"v1"'), ('W/"v1"', 'W/"v1"')])
def test_a_weak_tag_is_of_the_same_version(server: FaultyServer, name: str, first: str, later: str) -> None:
    def weakened(exchange: Exchange, answer: Answer) -> Answer:
        return answer.with_header("ETag", first if suffix(exchange) else later)

    versions = []
    for tags in (weakened, lambda exchange, answer: answer.with_header("ETag", later)):
        server.spoil(lambda exchange, tags=tags: _without_conditions(exchange, tags), 0, 1000)
        with closing(HttpTransport(server.url(name))) as transport:
            versions.append(transport.open(OPENING).version)
            assert transport.fetch(SPANS) == PARTS
            assert not transport.changed()
    assert versions == ['"v1"'] * 2, "a cache on disk knows it again"


def _without_conditions(exchange: Exchange, habit: Habit) -> None:
    """As a server whose own tags are these: nginx would compare the conditions with its own."""
    for header in ("if-match", "if-none-match", "if-unmodified-since"):
        exchange.headers.pop(header, None)
    exchange.send(habit(exchange, exchange.upstream()))


def test_a_cache_that_drops_the_tag_leaves_the_time(server: FaultyServer, name: str) -> None:
    def dropped(exchange: Exchange, answer: Answer) -> Answer:
        if not suffix(exchange):
            del answer.headers["ETag"]
        return answer

    server.spoil(always(dropped), 0, 1000)
    with closing(HttpTransport(server.url(name))) as transport:
        transport.open(OPENING)
        assert transport.fetch(SPANS) == PARTS
        server.spoil(always(_another_time), 0, 1000)
        with pytest.raises(Changed):
            transport.fetch(SPANS)


def _another_time(exchange: Exchange, answer: Answer) -> Answer:
    del answer.headers["ETag"]
    return answer.with_header("Last-Modified", "Thu, 01 Jan 1970 00:00:01 GMT")


@pytest.mark.parametrize("status", [400, 412, 501])
def test_a_server_that_refuses_every_condition_is_read(server: FaultyServer, name: str, status: int) -> None:
    def refusing(exchange: Exchange) -> None:
        if "if-match" in exchange.headers:
            exchange.send(Answer(status, {"Content-Length": "0"}, b""))
        else:
            exchange.send(exchange.upstream())

    server.spoil(refusing, 0, 1000)
    with closing(HttpTransport(server.url(name))) as transport:
        transport.open(OPENING)
        for _ in range(2):
            assert transport.fetch([(7, 9)]) == [DATA[7:16]]
    assert sum("if-match" in headers for _, headers in server.seen) == 1, "it is asked but once"


@pytest.mark.parametrize("status", [400, 412, 501])
def test_another_version_is_noticed_though_conditions_are_refused(
    server: FaultyServer, name: str, status: int
) -> None:
    def replaced(exchange: Exchange) -> None:
        if "if-match" in exchange.headers:
            exchange.send(Answer(status, {"Content-Length": "0"}, b""))
        else:
            exchange.send(exchange.upstream().with_header("ETag", '"another"'))

    with closing(HttpTransport(server.url(name))) as transport:
        transport.open(OPENING)
        server.spoil(replaced, 0, 1000)
        for _ in range(2):
            with pytest.raises(Changed, match="was replaced"):
                transport.fetch([(7, 9)])


@pytest.mark.parametrize(
    "words", ["aws-chunked", "AWS-Chunked", "identity, aws-chunked", "aws-chunked,", "none"]
)
def test_words_that_change_no_byte(server: FaultyServer, name: str, words: str) -> None:
    server.spoil(always(lambda exchange, answer: answer.with_header("Content-Encoding", words)), 0, 1000)
    with closing(HttpTransport(server.url(name))) as transport:
        assert transport.open(OPENING).data == DATA[-OPENING:]
        assert transport.fetch(SPANS) == PARTS


@pytest.mark.parametrize("words", ["gzip", "aws-chunked, gzip", "br", "zstd"])
def test_words_that_change_bytes(server: FaultyServer, name: str, words: str) -> None:
    server.spoil(always(lambda exchange, answer: answer.with_header("Content-Encoding", words)), 0, 1000)
    with (
        closing(HttpTransport(server.url(name))) as transport,
        pytest.raises(StorageError, match="compresses what it sends"),
    ):
        transport.open(OPENING)

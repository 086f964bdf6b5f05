"""Files on a web server, a real one: few requests, each checked, one version; logins go where they belong."""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import Changed, ConfigError, StorageError
from memcodec.file.reader import Reader
from memcodec.search.engine import Searcher
from memcodec.storage.http import byteranges, faults
from memcodec.storage.http.deadline import Deadline
from memcodec.storage.http.netrc import login
from memcodec.storage.http.opening import WHOLE
from memcodec.storage.http.transport import RANGES, HttpTransport
from memcodec.storage.open import open_source
from memcodec.storage.remote.source import OPENING, PIECE, RemoteSource
from tests.support.faults import FAULTS, Answer, Exchange, FaultyServer
from tests.support.servers import WebServer, free_port

pytestmark = pytest.mark.usefixtures("own_world")
DATA = random.Random(3).randbytes(WHOLE + 500_000)
SPANS = [(10, 5), (5000, 1), (70_000, 2000), (1_400_000, 100)]


@pytest.fixture(scope="module")
def name(served: WebServer) -> str:
    (served.folder / "data.bin").write_bytes(DATA)
    return "data.bin"


@pytest.fixture
def faulty(served: WebServer) -> Iterator[FaultyServer]:
    with FaultyServer(served.port).running() as server:
        yield server


@pytest.fixture
def opened() -> Iterator[Callable[..., HttpTransport]]:
    """Opens transports, and closes them."""
    transports: list[HttpTransport] = []

    def make(url: str, deadline: float = 5.0, **settings: dict[str, str]) -> HttpTransport:
        transport = HttpTransport(url, deadline=deadline, **settings)
        transports.append(transport)
        opening = transport.open(OPENING)
        assert opening.data == DATA[-OPENING:] and opening.size == len(DATA)
        return transport

    yield make
    for transport in transports:
        transport.close()


Opening = Callable[..., HttpTransport]


def parts(spans: list[tuple[int, int]]) -> list[bytes]:
    return [DATA[offset : offset + length] for offset, length in spans]


def test_opening_is_one_suffix_request(served: WebServer, name: str) -> None:
    served.forget()
    with closing(open_source(served.url(name))) as source:
        assert source.far and source.size == len(DATA) and source.name == served.url(name)
        assert bytes(source.get_bytes(len(DATA) - OPENING, OPENING)) == DATA[-OPENING:]
    [request] = served.requests()
    assert (request["method"], request["range"], request["status"]) == ("GET", "bytes=-32768", 206)
    assert request["body"] == OPENING


def test_many_spans_are_one_request(served: WebServer, name: str, opened: Opening) -> None:
    transport = opened(served.url(name))
    served.forget()
    assert transport.fetch(SPANS) == parts(SPANS)
    [request] = served.requests()
    assert request["status"] == 206 and request["range"].count(",") == 3
    last = list(transport.log)[-1]
    assert (last.round, last.method, list(last.spans), last.status) == (2, "GET", SPANS, 206)
    assert last.received == request["body"] > sum(length for _, length in SPANS)


def test_very_many_spans_are_a_few_requests_of_one_round(
    served: WebServer, name: str, opened: Opening
) -> None:
    transport = opened(served.url(name))
    spans = [(offset, 7) for offset in range(0, 1_000_000, 2000)]
    served.forget()
    assert transport.fetch(spans) == parts(spans)
    assert len(served.requests()) == -(-len(spans) // RANGES)
    assert transport.log.rounds == 2


def test_a_server_without_ranges_is_not_read_to_the_end(served: WebServer, name: str) -> None:
    with closing(HttpTransport(served.url(f"whole/{name}"))) as transport:
        with pytest.raises(StorageError, match="memcodec fetch"):
            transport.open(OPENING)
        assert [(request.status, request.received) for request in transport.log] == [(200, 0)] * 2


def test_a_server_of_one_range_at_a_time(served: WebServer, name: str, opened: Opening) -> None:
    transport = opened(served.url(f"single/{name}"))
    served.forget()
    for _ in range(2):
        assert transport.fetch(SPANS) == parts(SPANS)
    assert sum(request.received for request in transport.log if request.status == 200) == 0
    assert transport.log.rounds == 4, "the second time it is not asked for several"
    asked = [request["range"] for request in served.requests()]
    assert sum("," in ranges for ranges in asked) == 1 and len(asked) == 1 + 2 * len(SPANS)


def test_a_short_file_is_taken_whole_from_a_server_without_ranges(served: WebServer) -> None:
    (served.folder / "short.bin").write_bytes(DATA[:WHOLE])
    served.forget()
    with closing(open_source(served.url("whole/short.bin"))) as source:
        assert bytes(source.get_bytes(5, WHOLE - 5)) == DATA[5:WHOLE]
    assert len(served.requests()) == 1


def test_an_empty_file_is_empty(served: WebServer) -> None:
    (served.folder / "empty.bin").write_bytes(b"")
    with closing(open_source(served.url("empty.bin"))) as source:
        assert source.size == 0


@pytest.mark.parametrize("place", ["", "dated/"])
def test_a_replaced_file_is_noticed(served: WebServer, place: str, opened: Opening) -> None:
    path = served.folder / "replaced.bin"
    path.write_bytes(DATA)
    transport = opened(served.url(f"{place}replaced.bin"))
    assert not transport.changed()
    other = served.folder / "other.bin"
    other.write_bytes(DATA[::-1])
    os.utime(other, (1, 1))
    other.replace(path)
    assert transport.changed()
    with pytest.raises(Changed, match="open it again"):
        transport.fetch([(5, 5)])
    with pytest.raises(Changed, match="open it again"):
        transport.fetch(SPANS)


def test_a_weak_version_is_compared_though_no_server_may_match_it(
    faulty: FaultyServer, name: str, opened: Opening
) -> None:
    tags = ['W/"one"']

    def weak(exchange: Exchange) -> None:
        exchange.send(exchange.upstream().with_header("ETag", tags[-1]))

    faulty.spoil(weak, 0, 1000)
    transport = opened(faulty.url(name))
    assert transport.fetch(SPANS) == parts(SPANS)
    assert "if-match" not in faulty.seen[-1][1] and "if-unmodified-since" in faulty.seen[-1][1]
    tags.append('W/"two"')
    assert transport.changed()
    with pytest.raises(Changed):
        transport.fetch(SPANS)


def test_a_file_without_a_version_is_known_by_its_size(served: WebServer, opened: Opening) -> None:
    path = served.folder / "bare.bin"
    path.write_bytes(DATA)
    transport = opened(served.url("bare/bare.bin"))
    assert transport.fetch(SPANS) == parts(SPANS)
    path.write_bytes(DATA + b"more")
    assert transport.changed()
    with pytest.raises(Changed):
        transport.fetch([(5, 5)])


def test_a_redirect_is_followed_once_and_remembered(served: WebServer, name: str, opened: Opening) -> None:
    served.forget()
    transport = opened(served.url(f"moved/{name}"))
    transport.fetch([(1, 2)])
    assert [request["status"] for request in served.requests()] == [302, 206, 206]


def test_redirects_in_a_circle_end(served: WebServer, name: str) -> None:
    served.forget()
    with pytest.raises(StorageError, match="redirects too often"):
        open_source(served.url(f"round/{name}"))
    assert len(served.requests()) == 6


def test_a_place_that_a_redirect_named_and_that_refuses_is_asked_for_anew(
    faulty: FaultyServer, name: str, opened: Opening
) -> None:
    places = ["/old"]

    def moving(exchange: Exchange) -> None:
        if exchange.path == f"/{name}":
            exchange.send(Answer(302, {"Location": places[-1], "Content-Length": "0"}, b""))
        elif exchange.path == places[-1]:
            exchange.path = f"/{name}"
            exchange.send(exchange.upstream())
        else:
            exchange.send(Answer(403, {"Content-Length": "0"}, b""))

    faulty.spoil(moving, 0, 1000)
    transport = opened(faulty.url(name))
    places.append("/new")  # what a signed URL does when its time is over
    assert transport.fetch([(7, 9)]) == parts([(7, 9)])
    assert [path for path, _ in faulty.seen] == [f"/{name}", "/old", "/old", f"/{name}", "/new"]


def test_a_login_comes_from_netrc(served: WebServer, name: str, own_world: Path, opened: Opening) -> None:
    with pytest.raises(StorageError, match=r"HTTP 401.*netrc"):
        opened(served.url(f"locked/{name}"))
    (own_world / ".netrc").write_text("machine 127.0.0.1 login ann password canary-password\n")
    opened(served.url(f"locked/{name}"))
    (own_world / ".netrc").write_text("machine 127.0.0.1 login ann password wrong\n")
    with pytest.raises(StorageError, match="HTTP 401"):
        opened(served.url(f"locked/{name}"))


def test_netrc_is_found_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "logins"
    monkeypatch.setenv("NETRC", str(path))
    assert login("h") is None
    path.write_text("machine h login a password b\ndefault login c password d\n")
    assert login("h") == ("a", "b")
    assert login("x") == ("c", "d")
    assert login("x", default=False) is None
    path.write_text("machine h login a pasword canary-password\n")
    with pytest.raises(ConfigError) as caught:
        login("h")
    assert "canary" not in str(caught.value) and caught.value.__suppress_context__


def test_headers_and_the_default_login_stay_at_home(
    served: WebServer, name: str, faulty: FaultyServer, own_world: Path
) -> None:
    """A redirect to another host is told neither."""
    (own_world / ".netrc").write_text("default login ann password canary-password\n")
    away = served.url(name)

    def moved(exchange: Exchange) -> None:
        exchange.send(Answer(302, {"Location": away, "Content-Length": "0"}, b""))

    for headers in ({"Authorization": "Bearer canary"}, {}):
        served.forget()
        faulty.spoil(moved, 0, 1000)
        with closing(HttpTransport(faulty.url(name), headers=headers)) as transport:
            transport.open(10)
        assert "authorization" in faulty.seen[0][1]
        assert [request["authorization"] for request in served.requests()] == [""]


@pytest.fixture(autouse=True, scope="module")
def _data_over_tls(encrypted: tuple[WebServer, int, Path]) -> None:
    (encrypted[0].folder / "data.bin").write_bytes(DATA)


def test_over_tls_too(
    encrypted: tuple[WebServer, int, Path], opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, port, cert = encrypted
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    assert opened(f"https://127.0.0.1:{port}/data.bin").fetch(SPANS) == parts(SPANS)
    opened(server.url("up/data.bin"))
    server.forget()
    with pytest.raises(StorageError, match="from https to http"):
        opened(f"https://127.0.0.1:{port}/down/data.bin?port={server.port}")
    assert len(server.requests()) == 1


def test_a_server_that_nobody_vouches_for_is_not_read(
    encrypted: tuple[WebServer, int, Path], opened: Opening
) -> None:
    with pytest.raises(StorageError, match="certificate"):
        opened(f"https://127.0.0.1:{encrypted[1]}/data.bin")


def test_a_host_that_is_not_there(opened: Opening) -> None:
    with pytest.raises(StorageError, match="no such host"):
        opened("http://no-such-host.invalid/a")
    with pytest.raises(StorageError, match="cannot be reached"):
        opened(f"http://127.0.0.1:{free_port()}/a", deadline=1.0)


def test_no_such_file(served: WebServer) -> None:
    with pytest.raises(StorageError, match="HTTP 404"):
        open_source(served.url("nothing.bin"))


def test_a_broken_proxy_setting_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://ann:canary@h:1")
    with pytest.raises(ConfigError, match="HTTPS_PROXY") as caught:
        HttpTransport("https://127.0.0.1/a")
    assert "canary" not in str(caught.value)


@pytest.mark.slow
def test_a_proxy_keeps_the_time_too(monkeypatch: pytest.MonkeyPatch, faulty: FaultyServer, name: str) -> None:
    """The proxy variables are honoured, and a proxy that drips its answer does not hold anybody up."""
    monkeypatch.setenv("HTTP_PROXY", faulty.url(""))
    with closing(HttpTransport(f"http://example.invalid/{name}", deadline=1.0)) as transport:
        assert transport.open(OPENING).data == DATA[-OPENING:]
        faulty.spoil(FAULTS["a byte of the head now and then"], 0, 1000)
        began = time.monotonic()
        with pytest.raises(StorageError, match="try again later"):
            transport.fetch([(1, 2)])
        assert time.monotonic() - began < 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("another range", "another range"),
        ("another size", "replaced"),
        ("more than asked for", "more bytes"),
        ("less than asked for", "less than it says"),
        ("compressed", "compresses"),
        ("another version", "replaced"),
        ("replaced", "replaced"),
        ("expired", "HTTP 403"),
        ("gone", "HTTP 410"),
        ("nothing", "HTTP 204"),
        ("too many requests for an hour", "asks to wait 3600 s"),
        ("whole file for a range", "memcodec fetch"),
        ("redirected to a file", "something other than a web address"),
        ("redirected with a login", "something other than a web address"),
        ("a byte of the head now and then", "within 0.8 s"),
        ("a byte of the body now and then", "within 0.8 s"),
    ],
)
def test_each_fault_has_its_words(
    faulty: FaultyServer, name: str, opened: Opening, fault: str, words: str
) -> None:
    transport = opened(faulty.url(name), deadline=0.8 if "within" in words else 20.0)
    faulty.spoil(FAULTS[fault], 0, 1000)
    with pytest.raises(StorageError, match=words) as caught:
        transport.fetch([(70_000, 300)])
    assert "\n" not in str(caught.value)


def test_a_broken_answer_in_parts_is_asked_for_again(
    faulty: FaultyServer, name: str, opened: Opening
) -> None:
    transport = opened(faulty.url(name))
    faulty.spoil(FAULTS["another boundary"], 0)
    assert transport.fetch(SPANS) == parts(SPANS)
    assert len(faulty.seen) == 2


def test_parts_other_than_asked_for_are_fetched_one_by_one(
    faulty: FaultyServer, name: str, opened: Opening
) -> None:
    transport = opened(faulty.url(name))
    faulty.spoil(FAULTS["another range"], 0)
    assert transport.fetch(SPANS) == parts(SPANS)
    assert len(faulty.seen) == 1 + len(SPANS)


@pytest.mark.slow
def test_retry_after_is_kept(faulty: FaultyServer, name: str, opened: Opening) -> None:
    transport = opened(faulty.url(name))
    faulty.spoil(
        lambda exchange: exchange.send(Answer(429, {"Retry-After": "1", "Content-Length": "0"}, b"")), 0
    )
    began = time.monotonic()
    assert transport.fetch([(1, 2)]) == parts([(1, 2)])
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("९", None),
    ],
)
def test_what_retry_after_says(value: str, seconds: float | None) -> None:
    assert faults.retry_after(value) == seconds


def test_long_reads_go_side_by_side(served: WebServer) -> None:
    data = random.Random(5).randbytes(3 * PIECE + 12345)
    (served.folder / "long.bin").write_bytes(data)
    served.forget()
    with closing(open_source(served.url("long.bin"))) as source:
        assert source.get_bytes(0, source.size) == data
    assert len(served.requests()) == 4, "the tail, and three pieces before it"


def test_one_failure_of_several_ends_the_others(faulty: FaultyServer, name: str, opened: Opening) -> None:
    transport = opened(faulty.url(f"single/{name}"), deadline=20.0)
    transport.fetch(SPANS)

    def one_refused(exchange: Exchange) -> None:
        if exchange.headers["range"] == "bytes=10-14":
            FAULTS["gone"](exchange)
        else:
            FAULTS["a byte of the head now and then"](exchange)

    faulty.spoil(one_refused, 0, 1000)
    began = time.monotonic()
    with pytest.raises(StorageError, match="HTTP 410"):
        transport.fetch(SPANS)
    while any(thread.name.startswith("memcodec-http") for thread in threading.enumerate()):
        time.sleep(0.01)
    assert time.monotonic() - began < 8, "none waited for its time to be over"


def test_a_pause_ends_when_it_is_cancelled() -> None:
    limit = Deadline(30)
    threading.Timer(0.05, limit.cancel).start()
    began = time.monotonic()
    assert not limit.pause(20)
    assert time.monotonic() - began < 5 and limit.left() <= 0


def test_requests_of_others_are_logged_as_ever(
    served: WebServer, name: str, opened: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        opened(f"{served.url(f'moved/{name}')}?sig=canary")  # a redirect repeats it
        assert "canary" not in caplog.text and "HTTP Request" not in caplog.text
        httpx.get(served.url(name))
        assert "HTTP Request" in caplog.text


def test_a_closed_transport_says_so(served: WebServer, name: str, opened: Opening) -> None:
    transport = opened(served.url(name))
    transport.close()
    for spans in ([(1, 2)], [(offset, 9) for offset in range(0, 100_000, 1000)]):
        with pytest.raises(StorageError, match="closed"):
            transport.fetch(spans)


@pytest.mark.slow
def test_64_searches_at_once_through_one_handle(served: WebServer, lexical_file: Path) -> None:
    (served.folder / "searched.mp4").write_bytes(lexical_file.read_bytes())
    queries = ["harbour lantern", "glacier", "violin orchard", "comet thistle archive"]

    def found(searcher: Searcher, query: str) -> list[tuple[float, str]]:
        return [(hit.score, hit.text) for hit in searcher.search(query, k=5, mode="lexical")]

    with closing(open_source(lexical_file)) as near:
        expected = {query: found(Searcher([Reader(near)]), query) for query in queries}
    served.forget()
    source = RemoteSource(HttpTransport(served.url("searched.mp4")), held=1 << 20)
    with closing(source):
        searcher = Searcher([Reader(source)])
        with ThreadPoolExecutor(64) as pool:
            answers = list(pool.map(lambda number: found(searcher, queries[number % 4]), range(64)))
        assert answers == [expected[queries[number % 4]] for number in range(64)]
        assert source._held.currsize <= 1 << 20
    assert len(served.requests()) <= 40, "requests are shared: 64 searches alone would send hundreds"


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=50)), min_size=1, max_size=6),
    st.sampled_from(["x", "--", "a b", "\r\n"]),
)
def test_parts_are_read_whatever_their_bytes(found: list[tuple[int, bytes]], boundary: str) -> None:
    body = b""
    for offset, data in found:
        head = f"\r\n--{boundary}\r\nContent-Type: x\r\ncontent-RANGE: bytes {offset}-{offset + len(data) - 1}/9999"
        body += head.encode() + b"\r\n\r\n" + data
    body += f"\r\n--{boundary}--\r\n".encode()
    assert [(part.offset, data) for part, data in byteranges.parts(body, boundary)] == found
    for end in range(len(body) - len(boundary) - 6):
        with pytest.raises(ValueError):
            byteranges.parts(body[:end], boundary)


@given(st.binary(max_size=400))
def test_no_body_breaks_the_parser(body: bytes) -> None:
    for text in (body, b"--x\r\n" + body, b"--x\r\ncontent-range: bytes 0-3/9\r\n\r\n" + body):
        try:
            found = byteranges.parts(text, "x")
        except ValueError:
            continue
        assert all(part.length == len(data) for part, data in found)


@pytest.mark.parametrize(
    "value",
    ["", "bytes 5-4/9", "bytes 0-9/9", "bytes 0-1/*", "bytes */9", "items 0-1/9", "bytes 0-1/9, bytes 0-1/9",
     "bytes -1-1/9", "bytes 0-" + "9" * 30 + "/" + "9" * 31],
)  # fmt: skip
def test_what_is_no_content_range(value: str) -> None:
    assert byteranges.content_range(value) is None


@pytest.mark.parametrize(
    ("value", "boundary"),
    [
        ("multipart/byteranges; boundary=abc", "abc"),
        ('Multipart/ByteRanges; charset=x; boundary="a b"', "a b"),
        ("multipart/byteranges", None),
        ("multipart/mixed; boundary=abc", None),
        ("video/mp4", None),
    ],
)
def test_the_boundary_of_an_answer(value: str, boundary: str | None) -> None:
    assert byteranges.boundary(value) == boundary

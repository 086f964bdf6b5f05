"""Objects read from real S3 servers: exactly the bytes asked for, of one version, and no secret in any message."""

from __future__ import annotations

import http.server
import random
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from memcodec.errors import Changed, ConfigError, MemcodecError, StorageError
from memcodec.storage.bucket import store
from memcodec.storage.bucket import target as objecttarget
from memcodec.storage.bucket.signed import S3Transport
from memcodec.storage.bucket.store import StoreTransport
from memcodec.storage.bucket.url import ObjectUrl
from memcodec.storage.http import transport
from memcodec.storage.remote.source import RemoteSource
from tests.support.needs import needs_library
from tests.support.s3servers import S3, CountingProxy
from tests.support.servers import WebServer

CANARY = "canary0secret0canary"
DATA = random.Random(7).randbytes(300_000)
HEADERS = 1500  # bytes that a request and its answer take beside the data


Reading = Callable[[str], S3Transport]


@pytest.fixture
def reading() -> Iterator[Reading]:
    """Makes transports, and closes them."""
    made: list[S3Transport] = []

    def make(url: str) -> S3Transport:
        made.append(S3Transport(url))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.mark.slow
def test_opening_is_one_request_for_the_tail(
    s3: S3, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    s3.put("a file.mp4", DATA)
    with CountingProxy(s3.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        transport = reading(s3.url("a file.mp4"))
        opened = transport.open(1000)
        assert (opened.size, opened.data) == (len(DATA), DATA[-1000:])
        assert opened.version == s3.client.head_object(Bucket=s3.bucket, Key="a file.mp4")["ETag"]
        assert len(proxy.requests) == 1 and proxy.requests[0].startswith("GET ")
        assert proxy.down < 1000 + HEADERS
    assert [(each.round, each.method, each.received) for each in transport.log] == [(1, "GET", 1000)]


@pytest.mark.slow
def test_a_round_brings_the_spans_and_nothing_else(
    s3: S3, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    s3.put("x", DATA)
    spans = [(0, 1), (5, 100), (106, 7), (150_000, 30_000), (len(DATA) - 1, 1)]
    with CountingProxy(s3.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        transport = reading(s3.url("x"))
        transport.open(10)
        assert transport.fetch(spans) == [DATA[offset : offset + length] for offset, length in spans]
        assert proxy.down < 30_200 + 6 * HEADERS
        assert len(proxy.requests) == 6
    assert transport.log.rounds == 2
    transport.close()


def test_less_than_the_tail(s3: S3, reading: Reading) -> None:
    s3.put("short", b"abc")
    assert reading(s3.url("short")).open(100).data == b"abc"


def test_an_empty_object(radosgw: S3, reading: Reading) -> None:
    """The other server answers with a range of -1 bytes."""
    radosgw.put("empty", b"")
    opened = reading(radosgw.url("empty")).open(100)
    assert (opened.size, opened.data) == (0, b"")


@pytest.mark.slow
@pytest.mark.parametrize("parts", [False, True])
def test_a_replaced_object_is_noticed(s3: S3, parts: bool, reading: Reading) -> None:
    """An ETag of a multipart upload is no hash of the content: it pins as well."""
    target = objecttarget.create(s3.url("x"))
    target.append(DATA * (40 if parts else 1))
    target.publish()
    target.close()
    source = RemoteSource(reading(s3.url("x")))
    assert ("-" in source.version) == parts
    assert bytes(source.get_bytes(10, 20)) == DATA[10:30]
    assert not source.changed()
    s3.put("x", bytes(source.size))  # of the same size
    assert bytes(source.get_bytes(10, 20)) == DATA[10:30]  # held
    with pytest.raises(Changed, match=r"^s3://.*/x: was replaced while it was read; open it again$"):
        source.get_bytes(5000, 20)
    with pytest.raises(Changed):
        source.prefetch([(5000, 20), (70_000, 1)])
    assert source.changed()


def test_what_is_not_there_or_not_allowed(s3: S3, monkeypatch: pytest.MonkeyPatch, reading: Reading) -> None:
    with pytest.raises(StorageError, match=r"^s3://\S+/x: no such object; check bucket and key$"):
        reading(s3.url("x")).open(10)
    with pytest.raises(StorageError, match="no such object"):
        reading("s3://no-such-bucket-here/x").open(10)
    if s3.kind == "radosgw":  # the other checks no credentials
        s3.put("x", DATA)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
        with pytest.raises(StorageError, match="denies access; check the credentials") as caught:
            reading(s3.url("x")).open(10)
        assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "url",
    [
        f"s3://user:{CANARY}@bucket/key",
        f"s3://bucket/key?X-Amz-Signature={CANARY}",
        f"s3://bucket/key#{CANARY}",
        "s3://bucket",
        "s3://bucket/",
        "s3:///key",
        "s3://bucket/folder/",
        "gs://bucket/\nkey",
        "ftp://bucket/key",
    ],
)
def test_a_url_that_is_more_or_less_than_an_object(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        ObjectUrl.parse(url)
    assert CANARY not in str(caught.value) and "\n" not in str(caught.value)


def test_credentials_come_from_the_profile(
    radosgw: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    radosgw.put("x", DATA)
    for name in radosgw.env():
        monkeypatch.delenv(name)
    (tmp_path / "credentials").write_text(
        "[mine]\naws_access_key_id=AKAKAKAK\naws_secret_access_key=SKSKSKSKSKSK\n"
    )
    (tmp_path / "config").write_text(
        f"[profile mine]\nregion=us-east-1\nservices=here\n[services here]\ns3=\n  endpoint_url={radosgw.endpoint}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "mine")
    assert reading(radosgw.url("x")).open(10).data == DATA[-10:]
    monkeypatch.setenv("AWS_PROFILE", CANARY)
    with pytest.raises(ConfigError, match="AWS_PROFILE names no profile") as caught:
        reading(radosgw.url("x"))
    assert CANARY not in str(caught.value)


def test_without_credentials_what_is_public_is_read(
    radosgw: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    radosgw.client.put_object(Bucket=radosgw.bucket, Key="open", Body=DATA, ACL="public-read")
    radosgw.put("closed", DATA)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert reading(radosgw.url("open")).open(10).data == DATA[-10:]
    with pytest.raises(StorageError, match="denies access"):
        reading(radosgw.url("closed")).open(10)


@pytest.fixture
def mute() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_server_that_does_not_answer(mute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_library("botocore")
    assert transport.DEADLINE < 30
    monkeypatch.setenv("AWS_ENDPOINT_URL", mute)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    began = time.monotonic()
    with (
        closing(S3Transport("s3://bucket/key", deadline=0.5)) as reading,
        pytest.raises(
            StorageError, match=r"^s3://bucket/key: no whole answer within 0\.5 s; try again"
        ) as caught,
    ):
        reading.open(10)
    assert time.monotonic() - began < 5
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_google_server_that_does_not_answer(mute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_library("obstore")
    monkeypatch.setenv("GOOGLE_BASE_URL", mute)
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    worst = store._RETRIES + store._REQUEST + timedelta(seconds=3)
    assert worst < timedelta(seconds=30)
    monkeypatch.setattr(store, "_REQUEST", timedelta(seconds=0.4))
    monkeypatch.setattr(store, "_RETRIES", timedelta(seconds=0.3))
    began = time.monotonic()
    with pytest.raises(StorageError, match="did not answer in time; try again later"):
        StoreTransport("gs://bucket/key").open(10)
    assert time.monotonic() - began < 5


class Answers(http.server.BaseHTTPRequestHandler):
    """A blob of Azure or Google, as their services answer for one; ``fault`` is the status of every answer."""

    protocol_version = "HTTP/1.1"
    fault, said = 0, f"<Error>{CANARY}</Error>"
    seen: list[tuple[str, str, str]]

    def do_HEAD(self) -> None:
        self._answer(DATA, body=False)

    def do_GET(self) -> None:
        self._answer(DATA, body=True)

    def _answer(self, data: bytes, *, body: bool) -> None:
        wanted, match = self.headers.get("Range", ""), self.headers.get("If-Match", "")
        self.seen.append((self.command, wanted, match))
        status, size = 200, len(data)
        if self.fault:
            status, data = self.fault, self.said.encode()
        elif wanted:
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start = int(first) if first else size - int(last)
            status, data = 206, data[start : int(last) + 1 if first else size]
        self.send_response(status)
        self.send_header("ETag", '"one"')
        self.send_header("Last-Modified", "Fri, 20 Nov 2020 12:00:00 GMT")
        self.send_header("Content-Length", str(len(data)))
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{start + len(data) - 1}/{size}")
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def answers() -> Iterator[tuple[str, type[Answers]]]:
    handler = type("Fresh", (Answers,), {"seen": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", handler
        server.shutdown()


@pytest.fixture
def azure(answers: tuple[str, type[Answers]], monkeypatch: pytest.MonkeyPatch) -> type[Answers]:
    needs_library("obstore")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "someone")
    monkeypatch.setenv("AZURE_STORAGE_ENDPOINT", answers[0])
    monkeypatch.setenv("AZURE_SKIP_SIGNATURE", "true")
    return answers[1]


def test_azure_without_suffix_ranges(azure: type[Answers]) -> None:
    transport = StoreTransport("az://container/x")
    opened = transport.open(1000)
    assert (opened.size, opened.version, opened.data) == (len(DATA), '"one"', DATA[-1000:])
    assert transport.fetch([(7, 9)]) == [DATA[7:16]]
    assert azure.seen == [
        ("HEAD", "", ""),
        ("GET", f"bytes={len(DATA) - 1000}-{len(DATA) - 1}", '"one"'),
        ("GET", "bytes=7-15", '"one"'),
    ]


def test_google_in_one_request(answers: tuple[str, type[Answers]], monkeypatch: pytest.MonkeyPatch) -> None:
    needs_library("obstore")
    monkeypatch.setenv("GOOGLE_BASE_URL", answers[0])
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    transport = StoreTransport("gs://bucket/x")
    opened = transport.open(1000)
    assert (opened.size, opened.version, opened.data) == (len(DATA), '"one"', DATA[-1000:])
    assert transport.fetch([(7, 9)]) == [DATA[7:16]]
    assert answers[1].seen == [("GET", "bytes=-1000", ""), ("GET", "bytes=7-15", '"one"')]


@pytest.mark.slow
@pytest.mark.parametrize("status", [400, 401, 403, 404, 412, 416, 500, 503])
def test_no_answer_of_a_server_gets_into_a_message(
    answers: tuple[str, type[Answers]], monkeypatch: pytest.MonkeyPatch, status: int, reading: Reading
) -> None:
    needs_library("botocore")
    for name, value in S3("", answers[0]).env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SESSION_TOKEN", CANARY)
    answers[1].fault = status
    for work in (
        lambda: reading("s3://b/x").open(9),
        lambda: objecttarget.create("s3://b/x").publish(),
    ):
        with pytest.raises(MemcodecError) as caught:
            work()
            objecttarget.reopen("s3://b/x")  # to create is no fault where nothing is
        said = "".join(traceback.format_exception(caught.value))
        assert CANARY not in said and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        (400, "<Error><Code>ExpiredToken</Code></Error>", "the credentials have expired; sign in again"),
        (
            301,
            "<Error><Code>PermanentRedirect</Code></Error>",
            "is in another region; set AWS_REGION to it",
        ),
        (307, "", "is in another region; set AWS_REGION to it"),
        (403, "x" * 100_000, "the server denies access; check the credentials"),
    ],
)
def test_why_an_s3_server_refuses(
    answers: tuple[str, type[Answers]],
    monkeypatch: pytest.MonkeyPatch,
    reading: Reading,
    status: int,
    said: str,
    words: str,
) -> None:
    for name, value in S3("", answers[0]).env().items():
        monkeypatch.setenv(name, value)
    answers[1].fault, answers[1].said = status, said
    with pytest.raises(StorageError, match=f"^s3://b/x: .*{words}"):
        reading("s3://b/x").open(9)


def test_an_s3_server_is_trusted_by_the_profiles_certificates(
    encrypted: tuple[WebServer, int, Path], monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    server, port, certificate = encrypted
    (server.folder / "b").mkdir(exist_ok=True)
    (server.folder / "b/x").write_bytes(DATA)
    for name, value in S3("", f"https://127.0.0.1:{port}").env().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StorageError, match="not to be trusted; check AWS_ENDPOINT_URL and SSL_CERT_FILE"):
        reading("s3://b/x").open(9)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    assert reading("s3://b/x").open(9).data == DATA[-9:]

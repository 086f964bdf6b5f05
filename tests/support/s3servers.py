"""S3 servers for tests, as fixtures that conftest.py takes in, and a proxy that counts what passes.

``radosgw`` is a production server, ``ministack`` an emulator; each takes a second to start. A test that takes ``s3``
runs against both.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.needs import needs, needs_library

KEY, SECRET = "AKAKAKAK", "SKSKSKSKSKSK"
_REQUEST = re.compile(rb"^((?:GET|HEAD|PUT|POST|DELETE) \S+) HTTP/1.1\r$", re.MULTILINE)
_PROGRAMS = ("radosgw", "radosgw-admin", "ceph", "ceph-mon", "ceph-osd", "monmaptool", "curl")


@dataclass
class S3:
    """A server, and a bucket of it that is this test's own."""

    kind: str
    endpoint: str
    bucket: str = field(default_factory=lambda: f"b{uuid.uuid4().hex[:12]}")

    def env(self) -> dict[str, str]:
        """What a user would have in the environment."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def url(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    @property
    def client(self) -> Any:
        """A client of botocore's, to look at the bucket without our own code."""
        return _client(self.endpoint)

    def put(self, key: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=data)

    def get(self, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def keys(self) -> list[str]:
        """Names of all objects."""
        return [each["Key"] for each in self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def uploads(self) -> list[str]:
        """Ids of the multipart uploads under way."""
        found = self.client.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])
        return [each["UploadId"] for each in found]


@cache
def _client(endpoint: str) -> Any:
    import botocore.session

    return botocore.session.Session().create_client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def radosgw_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a radosgw."""
    needs(*_PROGRAMS)
    with radosgw_running(tmp_path_factory.mktemp("rgw")) as endpoint:
        yield endpoint


@contextlib.contextmanager
def radosgw_running(folder: Path) -> Iterator[str]:
    """A radosgw for as long as the context lasts, with all it keeps below ``folder``: its endpoint."""
    port = free_port()
    script = Path(__file__).with_name("radosgw.sh")
    ports = [str(port), str(free_port()), str(free_port())]
    try:
        subprocess.run(["bash", script, folder, *ports], check=True, timeout=240, stdin=subprocess.DEVNULL)
        yield f"http://127.0.0.1:{port}"
    finally:
        for pid in folder.glob("run/*.pid"):
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.kill(int(pid.read_text()), signal.SIGKILL)


@pytest.fixture(scope="session")
def ministack_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a ministack."""
    needs_library("ministack")
    port, log = free_port(), tmp_path_factory.mktemp("ministack") / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            env={**os.environ, "GATEWAY_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        _await(port, server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _await(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"ministack does not start: {log.read_text(errors='replace')[-500:]}")


def _ready(kind: str, endpoint: str, patch: pytest.MonkeyPatch) -> S3:
    needs_library("botocore")
    server = S3(kind, endpoint)
    server.client.create_bucket(Bucket=server.bucket)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    for name, value in server.env().items():
        patch.setenv(name, value)
    return server


@pytest.fixture
def radosgw(radosgw_server: str, monkeypatch: pytest.MonkeyPatch) -> S3:
    """A new bucket at a radosgw, and the environment to use it."""
    return _ready("radosgw", radosgw_server, monkeypatch)


@pytest.fixture
def ministack(ministack_server: str, monkeypatch: pytest.MonkeyPatch) -> S3:
    """A new bucket at a ministack, and the environment to use it."""
    return _ready("ministack", ministack_server, monkeypatch)


@pytest.fixture(params=["ministack", pytest.param("radosgw", marks=pytest.mark.slow)])
def s3(request: pytest.FixtureRequest) -> S3:
    """Each of the two."""
    found: S3 = request.getfixturevalue(request.param)
    return found


class CountingProxy:
    """Passes TCP connections on to a server, and counts bytes and requests. ``endpoint`` is its own."""

    def __init__(self, endpoint: str) -> None:
        there = urlsplit(endpoint)
        self._there = (there.hostname or "", there.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.up = self.down = 0
        self.requests: list[str] = []  # "GET /bucket/key"
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def total(self) -> int:
        """Bytes that passed, both ways, headers included."""
        return self.up + self.down

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._pass, args=(near,), daemon=True).start()

    def _pass(self, near: socket.socket) -> None:
        with near, socket.create_connection(self._there) as far:
            back = threading.Thread(target=self._pump, args=(far, near, False), daemon=True)
            back.start()
            self._pump(near, far, True)
            back.join()

    def _pump(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                with self._lock:
                    if up:
                        self.up += len(data)
                        self.requests += [line.decode() for line in _REQUEST.findall(data)]
                    else:
                        self.down += len(data)
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # or ``accept`` would go on waiting
        self._listener.close()

    def __enter__(self) -> CountingProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""How a server is reached: URLs as they are sent, proxies and certificates of the environment, and no other way."""

from __future__ import annotations

import base64
import contextlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcodec.errors import ConfigError, StorageError
from memcodec.storage.http.transport import HttpTransport
from memcodec.storage.urls import parse
from tests.support.servers import WebServer, free_port

pytestmark = pytest.mark.usefixtures("own_world")
DATA = bytes(range(256)) * 40
CANARY = "canary-password"


class TunnelProxy:
    """Opens tunnels (RFC 9110, section 9.3.6), or answers ``status``; ``seen`` has every request's head."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.seen = status, list[str]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=self._listener.accept()[:1], daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += near.recv(1)
            self.seen.append(head.decode())
            near.sendall(f"HTTP/1.1 {self.status} So\r\n\r\n".encode())
            if self.status == 200:
                host, _, port = head.split()[1].decode().rpartition(":")
                with socket.create_connection((host, int(port))) as far:
                    threading.Thread(target=_pump, args=(far, near), daemon=True).start()
                    _pump(near, far)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def tunnel() -> Iterator[TunnelProxy]:
    with contextlib.closing(TunnelProxy()) as proxy:
        yield proxy


@pytest.fixture
def place(encrypted: tuple[WebServer, int, Path], monkeypatch: pytest.MonkeyPatch) -> str:
    """A file at a server with TLS, whom the environment trusts."""
    (encrypted[0].folder / "tunnelled.bin").write_bytes(DATA)
    monkeypatch.setenv("SSL_CERT_FILE", str(encrypted[2]))
    return f"https://127.0.0.1:{encrypted[1]}/tunnelled.bin"


def tail(url: str) -> bytes:
    with contextlib.closing(HttpTransport(url, deadline=5.0)) as transport:
        return transport.open(100).data


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_tls_goes_through_the_proxy_to_its_end(
    place: str, tunnel: TunnelProxy, monkeypatch: pytest.MonkeyPatch, name: str, scheme: str
) -> None:
    monkeypatch.setenv(name, f"{scheme}ann:canary%2Dpassword@127.0.0.1:{tunnel.port}")
    assert tail(place) == DATA[-100:]
    [head] = tunnel.seen
    login = base64.b64encode(f"ann:{CANARY}".encode()).decode()
    assert (
        head.startswith(f"CONNECT {parse(place).place} ")
        and f"Proxy-Authorization: Basic {login}\r\n" in head
    )


def test_a_proxy_that_refuses(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(TunnelProxy(407)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://ann:{CANARY}@127.0.0.1:{proxy.port}")
        with pytest.raises(StorageError, match="the proxy refuses; check HTTPS_PROXY") as caught:
            tail(place)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("without", ["127.0.0.1", "example.org, 127.0.0.1", "127.0.0.1:{port}", "*"])
def test_some_places_are_reached_without_the_proxy(
    place: str, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StorageError, match="cannot be reached"):
        tail(place)
    monkeypatch.setenv("NO_PROXY", without.format(port=parse(place).origin[2]))
    assert tail(place) == DATA[-100:]


@pytest.mark.parametrize(
    "proxy", ["gopher://h:1", "http://", "http://h:99999", "socks4://h:1", "socks5://h:1"]
)
def test_a_proxy_that_cannot_be(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last one can, with a library that is not installed."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.replace("//", f"//ann:{CANARY}@"))
    with pytest.raises(ConfigError, match=r"HTTPS_PROXY.*httpcore\[socks\]") as caught:
        HttpTransport("https://127.0.0.1/a")
    assert CANARY not in str(caught.value)


def test_a_folder_of_certificates_is_trusted(
    place: str, encrypted: tuple[WebServer, int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    folder = tmp_path / "trusted"
    folder.mkdir()
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    with pytest.raises(StorageError, match="certificate is not to be trusted"):
        tail(place)
    (folder / "one.pem").write_bytes(encrypted[2].read_bytes())
    subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
    assert tail(place) == DATA[-100:]


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_certificates_that_is_none(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "none.pem").write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(ConfigError, match="SSL_CERT_FILE"):
        HttpTransport("https://127.0.0.1/a")
    HttpTransport("http://127.0.0.1/a").close()  # it needs none

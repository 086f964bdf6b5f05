"""What the tests of far storage share: a web server, and no settings or logins of whoever runs them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import WebServer, free_port, web_server


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """One nginx for all tests of a process; each names its files after itself."""
    extra = """
        location /whole/ { alias SERVED/; max_ranges 0; }
        location /single/ { alias SERVED/; max_ranges 1; }
        location /moved/ { rewrite ^/moved/(.*)$ /$1 redirect; }
        location /round/ { rewrite ^/round/(.*)$ /round/$1x redirect; }
        location /locked/ { alias SERVED/; auth_basic "locked"; auth_basic_user_file HOME/users; }
        location /dated/ { alias SERVED/; etag off; }
        location /bare/ { alias SERVED/; etag off; add_header Last-Modified ""; }
    """
    home = tmp_path_factory.mktemp("web")
    (home / "users").write_text("ann:{PLAIN}canary-password\n")
    extra = extra.replace("SERVED", str(home / "served")).replace("HOME", str(home))
    with web_server(home, extra) as server:
        yield server


@pytest.fixture
def own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of this test's own, and no proxy."""
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "NETRC",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WebServer, int, Path]]:
    """A server that speaks TLS beside plain HTTP: the server, the port for TLS, and who vouches for it."""
    home, port = tmp_path_factory.mktemp("tls"), free_port()
    key, cert = home / "key.pem", home / "cert.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1"
    )
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    extra = f"""
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {cert};
        ssl_certificate_key {key};
        location /down/ {{ return 302 http://127.0.0.1:$arg_port/data.bin; }}
        location /up/ {{ return 302 https://127.0.0.1:{port}/data.bin; }}
    """
    with web_server(home / "web", extra) as server:
        yield server, port, cert

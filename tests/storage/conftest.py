"""What the tests of far storage share: a web server, and no settings or logins of whoever runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import WebServer, web_server


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
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NETRC", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path

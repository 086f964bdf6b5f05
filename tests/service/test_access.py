"""Who may ask what: tokens, hosts, origins, sizes, rates."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from memcodec.cli import main
from tests.service.conftest import Service, error, made, put, served, tokens


def test_each_role_may_do_what_it_says(tmp_path: Path) -> None:
    path, file = made(tmp_path / "birds.mp4", 1), tmp_path / "tokens.json"
    had = tokens(file, "read", "write", "admin")
    with served(path, "--write", "--tokens", file, "--rate", 0) as service:
        before = path.read_bytes()
        with service.client() as nobody, service.client("wrong") as wrong:
            for client in (nobody, wrong):
                for method, url in (
                    ("GET", "/"),
                    ("GET", "/v1/log"),
                    ("GET", "/files/birds.mp4"),
                    ("GET", "/metrics"),
                ):
                    assert error(client.request(method, url)).startswith(
                        "401 Unauthorized: a token is needed"
                    )
                assert client.get("/healthz").status_code == 200
        with service.client(had["read"]) as client:
            assert client.get("/v1/search?query=heron").json()["hits"]
            one = {"documents": [{"text": "x"}]}
            writes = [
                ("POST", "/v1/documents", one),
                ("POST", "/encode", one),
                ("PUT", "/v1/documents/birds/herons.md", {"text": "x"}),
                ("DELETE", "/v1/documents/birds/herons.md", None),
                ("POST", "/v1/forget", {"path": ["*"]}),
                ("POST", "/v1/tag", {"path": ["*"], "tags": {"a": "b"}}),
                ("POST", "/v1/rollback", {"commit": 1}),
                ("POST", "/v1/jobs", {}),
                ("DELETE", "/v1/jobs/1", None),
                ("POST", "/v1/upload", one),
                ("POST", "/v1/files", {"name": "x.mp4", **one}),
            ]
            for method, url, body in writes:
                assert error(client.request(method, url, json=body)).startswith(
                    "403 Forbidden: this token may not"
                )
            described = client.get("/openapi.json").json()["paths"]
        changing = {
            (method.upper(), url.split("{")[0])
            for url, methods in described.items()
            for method in methods
            if method != "get" and url not in ("/v1/search", "/query")
        }
        assert changing == {(method, url.split("birds")[0].rstrip("1")) for method, url, _ in writes}
        assert path.read_bytes() == before
        with service.client(had["write"]) as client:
            assert put(client, "A note.", "a.md").status_code == 200
            assert error(client.post("/v1/rollback", json={"commit": 1})).startswith("403")
        with service.client(had["admin"]) as client:
            assert client.post("/v1/rollback", json={"commit": 1}).status_code == 200


def test_a_browser_signs_in(tmp_path: Path) -> None:
    path, file = made(tmp_path / "birds.mp4", 1), tmp_path / "tokens.json"
    had = tokens(file, "read")
    with served(path, "--tokens", file) as service, service.client() as client:
        assert client.post("/login", data={"token": "wrong"}).status_code == 401
        answer = client.post("/login", data={"token": had["read"]})
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()  # who follows a link from elsewhere is still signed in
        assert client.get("/v1/log").status_code == 200


def test_a_browser_is_led_to_where_it_signs_in_and_back(tmp_path: Path) -> None:
    path, file = made(tmp_path / "birds.mp4", 1), tmp_path / "tokens.json"
    had = tokens(file, "read")
    with served(path, "--tokens", file) as service, service.client() as client:
        assert client.get("/pages/birds.mp4/?q=heron").status_code == 401  # a program is told
        answer = client.get("/pages/birds.mp4/?q=grey+heron", headers={"Sec-Fetch-Mode": "navigate"})
        assert answer.status_code == 303
        form = answer.url.join(answer.headers["location"])
        assert form.path == "/login" and client.get(form).status_code == 200
        answer = client.post(form, data={"token": had["read"]})
        wanted = answer.url.join(answer.headers["location"])
        assert wanted == httpx.URL(f"{service.url}/pages/birds.mp4/?q=grey+heron")
        assert client.get(wanted).status_code == 200
        for elsewhere in ("//example.org/", "/\\example.org", "https://example.org/", "\r\nX: y"):
            answer = client.post("/login", params={"to": elsewhere}, data={"token": had["read"]})
            assert answer.url.join(answer.headers["location"]).host == "127.0.0.1"


def test_the_file_has_hashes_for_its_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    run = CliRunner().invoke(
        main, ["serve", "x.mp4", "--tokens", str(file), "--new-token", "write", "--name", "ci"]
    )
    assert run.exit_code == 0, run.output
    token = run.output.strip()
    assert token not in file.read_text()
    assert [(each["name"], each["role"]) for each in json.loads(file.read_text())["tokens"]] == [
        ("ci", "write")
    ]
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = CliRunner().invoke(
        main, ["serve", "x.mp4", "--tokens", str(file), "--new-token", "read", "--name", "ci"]
    )
    assert again.exit_code == 3
    assert "has a token 'ci' already" in again.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--http", "0.0.0.0:0"], "others reach that address; --tokens FILE says who may ask"),
        (["--http", "nowhere"], "write HOST:PORT"),
        (["--origin", "example.org"], "write scheme and host alone"),
        (["--tokens", "none.json"], "No such file"),
        (["--new-token", "read"], "--new-token needs --tokens FILE"),
    ],
)
def test_what_is_refused_before_it_begins(memory: Path, options: list[str], told: str) -> None:
    run = CliRunner().invoke(main, ["serve", str(memory), *options])
    assert run.exit_code != 0
    assert told in run.stderr


def test_pages_of_other_sites_may_not_ask(reading: Service, memory: Path) -> None:
    own, port = reading.url, reading.url.rsplit(":", 1)[1]
    with reading.client() as client:
        for headers in (
            {"Origin": "https://example.org"},
            {"Origin": f"http://localhost:{port}"},
            {"Origin": "null"},
            {"Origin": "http://["},
            {"Host": "rebound.example.org"},
            {"Host": f"rebound.example.org:{port}"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        ):
            assert client.get("/v1/log", headers=headers).status_code in (400, 403), headers
        for headers in (
            {"Origin": own},
            {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        ):
            answer = client.get("/v1/log", headers=headers)
            assert answer.status_code == 200
            assert "access-control-allow-origin" not in answer.headers


def test_a_site_that_is_allowed_reads_ranges(memory: Path) -> None:
    with served(memory, "--origin", "https://example.org") as service, service.client() as client:
        headers = {"Origin": "https://example.org"}
        preflight = client.options(
            "/files/birds.mp4", headers={**headers, "Access-Control-Request-Method": "GET"}
        )
        assert preflight.status_code == 204
        answer = client.get("/files/birds.mp4", headers={**headers, "Range": "bytes=0-9"})
        for each in (preflight, answer):
            assert each.headers["access-control-allow-origin"] == "https://example.org"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert client.get("/v1/log", headers={"Origin": "https://example.com"}).status_code == 403


def test_bodies_and_rates_are_bounded(tmp_path: Path) -> None:
    path = made(tmp_path / "birds.mp4", 1)
    with served(path, "--write", "--limit", "10KB", "--rate", 2) as service, service.client() as client:
        assert error(put(client, "x" * 20_000, "a.md")).startswith(
            "413 TooLarge: a request has 10,000 bytes at most"
        )

        def pieces() -> object:
            yield from [b" " * 5000] * 5

        assert error(client.post("/v1/search", content=pieces())).startswith("413 TooLarge")
        codes = [client.get("/v1/log").status_code for _ in range(30)]
        assert codes[:5] == [200] * 5
        assert codes[-1] == 429
        assert error(client.get("/v1/log")).startswith("429 TooMany")
        assert client.get("/healthz").status_code == 200

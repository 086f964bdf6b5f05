"""Memories made, and files sent, over HTTP."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import memcodec
from memcodec.ingest.item import text_item
from memcodec.service.shelf import Shelf
from tests.service.conftest import HERON, Service, error, made, put, served, tokens

HTML = b"<!doctype html><title>Otters</title><h1>Otters</h1><p>The otter swims by night.</p>"


def sent(client: httpx.Client, name: str, data: bytes | Iterator[bytes], **more: object) -> httpx.Response:
    headers = {"Content-Type": "application/octet-stream"}
    return client.post("/v1/upload", params={"name": name, **more}, content=data, headers=headers)  # type: ignore[dict-item]


def packed(**files: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def slowly(data: bytes) -> Iterator[bytes]:
    """In pieces, of which the first is too small to tell a file's kind."""
    for start, end in ((0, 3), (3, 40), (40, len(data))):
        yield data[start:end]
        time.sleep(0.2)


def test_files_become_documents_by_their_kind(writing: Service, tmp_path: Path) -> None:
    with writing.client() as client:
        text = sent(client, "notes/b.md", HERON.encode(), tag=["place=pond", "kind=note"]).json()
        (added,) = text["documents"]
        assert (added["document"]["title"], added["document"]["type"]) == ("Herons", "markdown")
        assert added["document"]["tags"] == {"place": "pond", "kind": "note"}
        page = sent(client, "otter.html", slowly(HTML)).json()["documents"][0]["document"]
        assert (page["title"], page["extracted"], page["original"]["size"]) == ("Otters", True, len(HTML))
        assert client.get(f"/v1/raw/{page['id']}?original=true").content == HTML
        several = sent(client, "all", slowly(packed(one="The first.", two="The second."))).json()
        uris = {each["document"]["uri"] for each in several["documents"]}
        assert uris == {"all/one", "all/two"}
        assert client.get("/v1/search?query=otter").json()["hits"][0]["document"]["uri"] == "otter.html"
        again = sent(client, "notes/b.md", HERON.encode(), tag=["place=pond", "kind=note"]).json()
        assert again["documents"][0]["commit"] is None
        newer = sent(client, "notes/b.md", b"Other words.").json()["documents"][0]
        assert newer["commit"] == client.get("/v1/log").json()["commits"][0]["number"]
    with memcodec.open(tmp_path / "birds.mp4") as memory:
        assert memory.read("notes/b.md") == "Other words."


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("noise.bin", bytes(range(256)) * 20, "422 SourceError: noise.bin: "),
        ("broken.pdf", b"%PDF-1.7\n" + b"x" * 200, "422 SourceError: broken.pdf: "),
        ("", b"x", "400 ConfigError: name: "),
        ("a" * 1001, b"x", "400 ConfigError: name: "),
    ],
)
def test_what_cannot_be_taken_in_is_one_line(writing: Service, name: str, data: bytes, wanted: str) -> None:
    with writing.client() as client:
        assert error(sent(client, name, data)).startswith(wanted)
        assert client.get("/v1/log").json()["total"] == 1


def test_names_are_names_and_no_places(writing: Service, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    with writing.client() as client:
        for name in ("../../outside.md", "/etc/passwd", "C:\\x.md", "<img src=x>.md", "a\nb.md"):
            document = sent(client, name, b"A text.").json()["documents"][0]["document"]
            assert document["uri"] == name
            assert client.get(f"/v1/documents/{document['id']}").json()["text"] == "A text."
    assert sorted(tmp_path.rglob("*")) == before


def test_uploads_are_bounded_and_need_a_token_for_writing(tmp_path: Path) -> None:
    path, file = made(tmp_path / "birds.mp4", 1), tmp_path / "tokens.json"
    had = tokens(file, "read", "write")
    with served(path, "--write", "--tokens", file, "--limit", "10KB") as service:
        before = path.read_bytes()
        with service.client(had["read"]) as client:
            assert error(sent(client, "a.md", b"x")).startswith("403 Forbidden: this token may not")
        with service.client(had["write"]) as client:
            assert error(sent(client, "a.md", b"x" * 20_000)).startswith("413 TooLarge")
            assert error(sent(client, "a.md", slowly(b"x" * 20_000))).startswith("413 TooLarge")
            assert path.read_bytes() == before
            assert sent(client, "a.md", b"x" * 9_000).status_code == 200
    with served(path) as service, service.client() as client:
        assert error(sent(client, "b.md", b"x")).startswith("403 Forbidden: this service only reads")


def test_who_stops_sending_leaves_nothing_behind(writing: Service) -> None:
    host, port = writing.url.removeprefix("http://").split(":")
    head = (
        f"POST /v1/upload?name=half.md HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000\r\n\r\nbegun"
    )
    with writing.client() as client:
        for _ in range(60):  # more than may be under way
            with socket.create_connection((host, int(port))) as one:
                one.sendall(head.encode())
        assert sent(client, "whole.md", b"A whole text.").status_code == 200
        assert client.get("/v1/documents").json()["total"] == 4
        log = client.get("/metrics").text
        assert 'memcodec_requests_total{method="POST",route="/v1/upload",status="500"}' not in log


def test_many_uploads_at_once_are_all_kept(writing: Service, tmp_path: Path) -> None:
    codes = list[int]()

    def send(number: int) -> None:
        with writing.client() as client:
            codes.append(sent(client, f"many/{number}.md", f"Upload {number}.".encode()).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert codes == [200] * 20
    with memcodec.open(tmp_path / "birds.mp4") as memory:
        assert [memory.read(f"many/{number}.md") for number in range(20)] == [
            f"Upload {number}." for number in range(20)
        ]


# New memories


def create(client: httpx.Client, name: str, text: str = "Its first text.") -> httpx.Response:
    return client.post("/v1/files", json={"name": name, "documents": [{"text": text, "uri": "first.md"}]})


def test_a_memory_is_made_beside_the_others(tmp_path: Path) -> None:
    made(tmp_path / "birds.mp4", 1)
    with served(tmp_path, "--write", "--rate", 0) as service, service.client() as client:
        assert client.get("/v1/files").json()["creates"] is True
        answer = create(client, "Fish & Käfer.flac")
        assert (answer.status_code, answer.json()["name"], answer.json()["commit"]) == (
            201,
            "Fish & Käfer.flac",
            1,
        )
        assert answer.json()["size"] == (tmp_path / "Fish & Käfer.flac").stat().st_size
        assert {each["name"] for each in client.get("/v1/files").json()["files"]} == {
            "birds.mp4",
            "Fish & Käfer.flac",
        }
        assert put(client, "More.", "more.md", file="Fish & Käfer.flac").status_code == 200
        assert client.get("/v1/search?query=first").json()["hits"][0]["file"] == "Fish & Käfer.flac"
        assert "pages/Fish%20%26%20K%C3%A4fer.flac/" in client.get("/").text
        for name in ("birds.mp4", "BIRDS.mp4", "Fish & Käfer.flac"):
            assert error(create(client, name)).startswith(f"409 Conflict: {name}: is there already")
        for name in ("../x.mp4", "a/b.mp4", ".x.mp4", "x.txt", "x", "", "x.mp4\n", "x" * 200 + ".mp4"):
            assert error(create(client, name)).startswith("400 ConfigError: name: ")
        assert sorted(each.name for each in tmp_path.glob("*")) == ["Fish & Käfer.flac", "birds.mp4"]
    with served(tmp_path) as service, service.client() as client:
        assert client.get("/v1/documents?file=Fish+%26+K%C3%A4fer.flac").json()["total"] == 2


def test_a_folder_may_be_empty_at_first(tmp_path: Path) -> None:
    with served(tmp_path, "--write") as service, service.client() as client:
        assert client.get("/readyz").status_code == 200
        assert error(client.get("/v1/search?query=x")).startswith("404 NotFound: no memory is served yet")
        assert error(client.get("/v1/graph")).startswith("404 NotFound: no memory is served yet")
        assert error(put(client, "a", "a.md")).startswith("404 NotFound: no memory is served yet")
        assert "manage" in client.get("/").text
        assert create(client, "first.mp4").status_code == 201
        assert client.get("/v1/search?query=text").json()["hits"]


def test_memories_are_made_by_who_rules_and_where_a_folder_is_served(tmp_path: Path) -> None:
    path, file = made(tmp_path / "birds.mp4", 1), tmp_path / "tokens.json"
    had = tokens(file, "write", "admin")
    with served(tmp_path, "--write", "--tokens", file) as service:
        with service.client(had["write"]) as client:
            assert client.get("/v1/files").json()["creates"] is False
            assert error(create(client, "new.mp4")).startswith("403 Forbidden: this token may not")
        with service.client(had["admin"]) as client:
            assert create(client, "new.mp4").status_code == 201
    for options in ((path, "--write"), (tmp_path,)):
        with served(*options) as service, service.client() as client:
            assert client.get("/v1/files").json()["creates"] is False
            assert error(create(client, "other.mp4")).startswith("403 Forbidden: ")
    assert not (tmp_path / "other.mp4").exists()


def test_searches_go_on_while_memories_are_made(tmp_path: Path) -> None:
    made(tmp_path / "birds.mp4", 1)
    wrong, ended = list[str](), threading.Event()
    with served(tmp_path, "--write", "--rate", 0) as service:

        def ask() -> None:
            with service.client() as client:
                while not ended.is_set():
                    for path in ("/v1/search?query=tallest", "/v1/documents/birds/herons.md"):
                        answer = client.get(path)
                        if answer.status_code != 200 or "tallest" not in answer.text:
                            wrong.append(answer.text)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for each in threads:
            each.start()
        with service.client() as client:
            assert [create(client, f"{number}.flac").status_code for number in range(3)] == [201] * 3
        ended.set()
        for each in threads:
            each.join()
    assert wrong == []


def test_what_is_read_while_a_memory_is_made_is_read_again(tmp_path: Path) -> None:
    """The files that are open are others then: who has the old ones in hand is not told that they are closed."""
    made(tmp_path / "birds.mp4", 1)
    shelf = Shelf([str(tmp_path)], memcodec.Settings.of(model="none"), writable=True)
    seen = list[int]()

    def look(files: memcodec.Collection) -> int:
        seen.append(len(files.names))
        if len(seen) == 1:
            shelf.create("new.flac", [text_item("A text.")])
        return len(files)

    try:
        assert asyncio.run(shelf.read(look)) == 3
        assert seen == [1, 2]
    finally:
        shelf.close()

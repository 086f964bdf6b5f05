"""Documents, search, history and files over HTTP."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

import memcodec
from tests.service.conftest import HERON, Service, error, made, put, served


def test_what_is_found_is_what_the_library_finds(reading: Service, memory: Path) -> None:
    with memcodec.open(memory) as own, reading.client() as client:
        for query in ("grey heron", '"tallest trees"', "patient -heron", "uri:birds/*"):
            wanted = own.search(query, 5)
            for found in (
                client.get("/v1/search", params={"query": query, "k": 5}).json(),
                client.post("/query", json={"query": query, "k": 5}).json(),
            ):
                assert [(hit["chunk"], hit["score"], hit["text"]) for hit in found["hits"]] == [
                    (hit.chunk, hit.score, hit.text) for hit in wanted
                ]
                assert {hit["file"] for hit in found["hits"]} <= {"birds.mp4"}


def test_head_is_answered_as_get_without_the_body(reading: Service) -> None:
    with reading.client() as client:
        for path in ("/", "/healthz", "/v1/search?query=heron", "/v1/documents/nothing"):
            head, whole = client.head(path), client.get(path)
            assert (head.status_code, head.content) == (whole.status_code, b"")
            assert head.headers.get("content-type") == whole.headers.get("content-type")


def test_a_document_is_added_read_edited_tagged_forgotten_and_brought_back(writing: Service) -> None:
    with writing.client() as client:
        added = put(client, "An otter.\nTwo otters.\n", "otters.md").json()["documents"][0]
        assert added["commit"] == 2
        assert client.get("/v1/search?query=otter").json()["hits"][0]["document"]["uri"] == "otters.md"
        shown = client.get("/v1/documents/otters.md?first=2").json()
        assert (shown["text"], shown["lines"]) == ("Two otters.\n", 2)

        edit = {"text": "Three otters.\n", "sha256": shown["document"]["sha256"]}
        assert client.put("/v1/documents/otters.md", json=edit).json()["commit"] == 3
        assert error(client.put("/v1/documents/otters.md", json=edit)).startswith("409 Conflict: otters.md")
        tagged = client.post("/v1/tag", json={"doc": ["otters.md"], "tags": {"kind": "mammal"}}).json()
        assert tagged["commit"]["number"] == 4
        assert client.get("/v1/documents", params={"tag": "kind=mammal"}).json()["total"] == 1
        raw = client.get("/v1/raw/otters.md")
        assert raw.content == b"Three otters.\n"
        assert raw.headers["content-disposition"].startswith("attachment")

        assert client.delete("/v1/documents/otters.md").json()["commit"]["number"] == 5
        assert error(client.get("/v1/documents/otters.md")).startswith("404 NotFound")
        assert client.get("/v1/documents/otters.md?as_of=2").json()["text"].startswith("An otter.")
        assert client.get("/v1/diff?from=4&to=5").json()["removed"][0]["uri"] == "otters.md"
        assert client.post("/v1/rollback", json={"commit": 4}).json()["commit"]["number"] == 6
        assert client.get("/v1/documents/otters.md").json()["text"] == "Three otters.\n"
        log = client.get("/v1/log?limit=2").json()
        assert (log["total"], [each["kind"] for each in log["commits"]]) == (6, ["rollback", "forget"])
        parts = client.get("/v1/files/birds.mp4").json()
        assert sum(parts["parts"].values()) == parts["size"]


def test_what_many_add_at_once_becomes_few_commits_and_all_of_it_is_there(
    writing: Service, tmp_path: Path
) -> None:
    with writing.client() as client:
        threads = [
            threading.Thread(target=put, args=(client, f"Note {number} of many.", f"notes/{number}.md"))
            for number in range(20)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert client.get("/v1/documents", params={"path": "notes/*"}).json()["total"] == 20
        assert client.get("/v1/log").json()["total"] < 15
    with memcodec.open(tmp_path / "birds.mp4") as memory:
        assert memory.verify(deep=True)


def test_what_others_commit_is_found_by_the_next_request(writing: Service, tmp_path: Path) -> None:
    with writing.client() as client, memcodec.open(tmp_path / "birds.mp4", wait=10) as memory:
        memory.add("A kingfisher at the weir.", uri="kingfisher.md")
        memory.commit()
        assert client.get("/v1/search?query=kingfisher").json()["hits"]


@pytest.mark.parametrize(
    ("method", "path", "body", "wanted"),
    [
        ("GET", "/nothing", None, "404 NotFound: nothing is at GET /nothing"),
        ("PATCH", "/v1/search", None, "405 MethodNotAllowed"),
        ("GET", "/v1/search?query=x&k=0", None, "400 ConfigError: k: Input should be"),
        ("GET", "/v1/search?query=x&as_of=99", None, "404 NotFound: birds.mp4: "),
        ("GET", "/v1/search?query=x&as_of=soon", None, "400 ConfigError: as_of: 'soon' is not"),
        ("GET", "/v1/search?query=x&since=soon", None, "400 ConfigError"),
        ("GET", "/v1/search?query=x&file=other.mp4", None, "404 NotFound: no file 'other.mp4' is served"),
        ("GET", "/v1/documents/none", None, "404 NotFound: birds.mp4"),
        ("GET", "/files/none.mp4", None, "404 NotFound"),
        ("GET", "/pages/birds.mp4/..%2fx", None, "404 NotFound"),
        ("GET", "/own/..%2f..%2fapi.py", None, "404 NotFound"),
        ("POST", "/v1/search", b"{", "400 ConfigError"),
        ("POST", "/v1/search", b'{"query": "x", "other": 1}', "400 ConfigError: other: Extra inputs"),
        (
            "POST",
            "/v1/documents",
            b'{"documents": [{"text": "a"}]}',
            "403 Forbidden: this service only reads",
        ),
        ("DELETE", "/v1/jobs/77", None, "404 NotFound: there is no job 77"),
    ],
)
def test_whatever_is_wrong_is_told_in_one_shape(
    reading: Service, memory: Path, method: str, path: str, body: bytes | None, wanted: str
) -> None:
    with reading.client() as client:
        headers = {"Content-Type": "application/json"}
        found = error(client.request(method, path, content=body, headers=headers))
        assert found.startswith(wanted)
        assert str(memory.parent) not in found  # nobody is told where files lie


def test_several_files_by_their_names(tmp_path: Path) -> None:
    for name in ("one.mp4", "two.mp4"):
        made(tmp_path / name, 1)
    with served(tmp_path / "one.mp4", tmp_path / "two.mp4", "--write") as service, service.client() as client:
        assert "pages/one.mp4/" in client.get("/").text
        assert error(client.get("/v1/log")).startswith(
            "400 ConfigError: there are several files; say which: one.mp4"
        )
        assert (
            put(client, "Only here.", "here.md", file="two.mp4").json()["documents"][0]["file"] == "two.mp4"
        )
        found = client.get("/v1/search?query=tallest").json()["hits"]
        assert {hit["file"] for hit in found} == {"one.mp4", "two.mp4"}
        assert client.get("/v1/documents?file=two.mp4").json()["total"] == 3


def test_a_files_bytes_by_ranges_up_to_the_last_commit(writing: Service, tmp_path: Path) -> None:
    path = tmp_path / "birds.mp4"
    with memcodec.open(path) as memory:
        whole = memory.to_bytes()
    with writing.client() as client:
        got = client.get("/files/birds.mp4")
        assert got.content == whole
        assert (got.headers["content-type"], got.headers["accept-ranges"]) == ("video/mp4", "bytes")
        etag = got.headers["etag"]
        size = len(whole)
        for asked, start, end in (
            ("0-9", 0, 10),
            ("5-", 5, size),
            ("-7", size - 7, size),
            (f"3-{size * 2}", 3, size),
        ):
            part = client.get("/files/birds.mp4", headers={"Range": f"bytes={asked}"})
            assert (part.status_code, part.content) == (206, whole[start:end])
            assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert client.get("/files/birds.mp4", headers={"Range": f"bytes={size}-"}).status_code == 416
        assert client.get("/files/birds.mp4", headers={"Range": "lines=1-2"}).content == whole
        assert client.get("/files/birds.mp4", headers={"If-None-Match": etag}).status_code == 304
        assert client.head("/files/birds.mp4").headers["content-length"] == str(size)

        with path.open("ab") as file:  # as a commit that is under way
            file.write(bytes(5000))
        again = client.get("/files/birds.mp4")
        assert (again.content, again.headers["etag"]) == (whole, etag)
        put(client, HERON * 2, "more.md")
        newer = client.get("/files/birds.mp4", headers={"Range": "bytes=0-9", "If-Range": etag})
        assert newer.status_code == 200
        assert newer.headers["etag"] != etag


def test_what_prometheus_is_told(writing: Service) -> None:
    with writing.client() as client:
        put(client, "A note.", "a.md")
        client.get("/v1/documents/a.md")
        text = client.get("/metrics").text
    assert 'memcodec_requests_total{method="GET",route="/v1/documents/{id:path}",status="200"} 1.0' in text
    assert 'memcodec_commits_total{file="birds.mp4"} 1.0' in text
    assert 'memcodec_documents{file="birds.mp4"} 4.0' in text
    assert "_created" not in text


def test_it_is_alive_and_ready(reading: Service) -> None:
    with reading.client() as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.get("/openapi.json").json()["info"]["title"] == "memcodec"


def test_what_was_taken_is_committed_when_it_is_told_to_stop(writing: Service, tmp_path: Path) -> None:
    answers: list[httpx.Response] = []
    with writing.client() as client:
        asking = threading.Thread(target=lambda: answers.append(put(client, "The last word.", "last.md")))
        asking.start()
        while not client.get("/metrics").text.count("memcodec_requests_running 2.0"):
            assert asking.is_alive()
        assert writing.stop() == 0
        asking.join()
    assert answers[0].status_code == 200
    with memcodec.open(tmp_path / "birds.mp4") as memory:
        assert memory.read("last.md") == "The last word."

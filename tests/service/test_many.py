"""Many clients at once: fast ones, slow ones, ones that go away; a service that is killed; who listens."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import threading
import time
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

import memcodec
from fixtures.prose import prose
from tests.service.conftest import Service, made, put, served, tokens
from tests.support.memories import texts

CLIENTS = 50
DOCUMENTS = int(os.environ.get("MEMCODEC_SERVICE_DOCUMENTS", "300"))
EACH = int(os.environ.get("MEMCODEC_SERVICE_REQUESTS", "6"))


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, query: str) -> dict[str, object]:
    """A search over a connection that stays; a client of few instructions, which takes little of the machine."""
    body = json.dumps({"query": query, "mode": "lexical"}).encode()
    head = "POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
    writer.write(f"{head}{len(body)}\r\n\r\n".encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    size = re.search(rb"content-length: (\d+)", answer)
    assert size
    found: dict[str, object] = json.loads(await reader.readexactly(int(size[1])))
    return found


@pytest.mark.slow
def test_fifty_clients_wait_hardly_longer_than_fifty_threads_of_the_library(tmp_path: Path) -> None:
    path = tmp_path / "large.flac"
    with memcodec.create(path, model="none") as memory:
        for uri, text in texts("large", DOCUMENTS, 8000).items():
            memory.add(text, uri=uri)
    asked = [" ".join(re.findall("[a-z]+", prose(number, 200)))[:60] for number in range(EACH)]
    with memcodec.Collection(path) as own:

        def ask(times: list[float]) -> None:
            for query in asked:
                begun = time.perf_counter()
                own.search(query, 10, "lexical", merge=True)
                times.append(time.perf_counter() - begun)

        library = list[float]()
        threads = [threading.Thread(target=ask, args=(library,)) for _ in range(CLIENTS)]
        ask([])
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    async def all_clients(url: str) -> list[float]:
        times = list[float]()

        async def one(connected: asyncio.Barrier) -> None:
            reader, writer = await asyncio.open_connection(*url.removeprefix("http://").split(":"))
            await _asked(reader, writer, asked[0])
            await connected.wait()
            for query in asked:
                begun = time.perf_counter()
                assert (await _asked(reader, writer, query))["hits"]
                times.append(time.perf_counter() - begun)
            writer.close()

        connected = asyncio.Barrier(CLIENTS)
        await asyncio.gather(*(one(connected) for _ in range(CLIENTS)))
        return times

    with served(path, "--rate", 0) as running:
        service = asyncio.run(all_clients(running.url))
    told = f"p99: library {_p99(library) * 1000:.1f} ms, service {_p99(service) * 1000:.1f} ms"
    assert _p99(service) <= 3 * _p99(library), told


def test_slow_and_dropped_clients_hold_up_nobody(reading: Service) -> None:
    host, port = reading.url.removeprefix("http://").split(":")
    sockets = [socket.create_connection((host, int(port))) for _ in range(60)]
    try:
        for number, each in enumerate(sockets):
            if (
                number % 3 == 0
            ):  # a head that does not end, a body that does not come, an answer that nobody reads
                each.sendall(b"GET /v1/log HTTP/1.1\r\nHost: 127.0.0.1\r\nX")
            elif number % 3 == 1:
                head = b"POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                each.sendall(head + b"Content-Length: 100\r\n\r\n{")
            else:
                each.sendall(b"GET /files/birds.mp4 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20)
        for each in sockets[::2]:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            each.close()
        with reading.client() as client:
            for _ in range(20):
                begun = time.perf_counter()
                assert client.get("/v1/search?query=heron").status_code == 200
                assert time.perf_counter() - begun < 5
    finally:
        for each in sockets:
            each.close()


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = made(tmp_path / "birds.mp4", 1)
    stored = list[str]()
    for round_ in range(3):
        with served(path, "--write", "--rate", 0) as service, service.client() as client:

            def keep_adding(client: httpx.Client = client, round_: int = round_) -> None:
                for number in range(1000):
                    uri = f"notes/{round_}-{number}.md"
                    try:
                        if put(client, f"Note {uri}", uri).status_code != 200:
                            return
                    except httpx.HTTPError:
                        return
                    stored.append(uri)

            adding = [threading.Thread(target=keep_adding)]
            for each in adding:
                each.start()
            begun = len(stored)
            while len(stored) < begun + 2:
                time.sleep(0.01)
            time.sleep(0.05 * round_)
            service.process.send_signal(signal.SIGKILL)
            for each in adding:
                each.join()
            service.process.wait()
    with memcodec.open(path, wait=10) as memory:
        assert memory.verify(deep=True)
        for uri in stored:
            assert memory.read(uri) == f"Note {uri}"


async def _next(listening: object) -> dict[str, object]:
    text = await asyncio.wait_for(listening.recv(), 20)  # type: ignore[attr-defined]
    found: dict[str, object] = json.loads(text)
    return found


def test_commits_are_told_as_they_happen_whoever_makes_them(writing: Service, tmp_path: Path) -> None:
    async def listen() -> None:
        async with connect(writing.url.replace("http", "ws") + "/ws", proxy=None) as listening:
            assert await _next(listening) == {"event": "hello", "commits": {"birds.mp4": 1}}
            async with httpx.AsyncClient(base_url=writing.url, timeout=60, trust_env=False) as client:
                await client.post("/encode", json={"documents": [{"text": "A note.", "uri": "a.md"}]})
            told = await _next(listening)
            assert (told["event"], told["file"]) == ("commit", "birds.mp4")
            assert told["commit"]["number"] == 2  # type: ignore[index]

            def others() -> None:
                with memcodec.open(tmp_path / "birds.mp4", wait=10) as memory:
                    memory.add("Another.", uri="b.md")
                    memory.commit()
                    memory.fold()

            await asyncio.to_thread(others)
            assert (await _next(listening))["commit"]["number"] == 3  # type: ignore[index]

    asyncio.run(listen())


def test_a_socket_that_is_refused_is_told_why(tmp_path: Path) -> None:
    path, file = made(tmp_path / "birds.mp4", 1), tmp_path / "tokens.json"
    had = tokens(file, "read")

    async def try_(url: str, headers: dict[str, str]) -> tuple[int, str]:
        async with connect(url, proxy=None, additional_headers=headers) as listening:
            try:
                await asyncio.wait_for(listening.recv(), 20)
            except ConnectionClosed as error:
                assert error.rcvd is not None
                return error.rcvd.code, error.rcvd.reason
        return 0, ""

    with served(path, "--tokens", file) as service:
        url = service.url.replace("http", "ws") + "/ws"
        bearer = {"Authorization": f"Bearer {had['read']}"}
        assert asyncio.run(try_(url, {}))[0] == 4401
        assert asyncio.run(try_(url, {**bearer, "Origin": "https://example.org"}))[0] == 4403
        assert asyncio.run(try_(url, bearer))[0] == 0

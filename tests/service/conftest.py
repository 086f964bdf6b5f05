"""A service as its users meet it: a process of its own, at a port of this machine."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

import memcodec
from tests.support.memories import texts

HERON = "# Herons\n\nThe grey heron nests in April, in the tallest trees beside the pond.\n"


class Service(NamedTuple):
    """A service that runs."""

    url: str
    process: subprocess.Popen[str]

    def client(self, token: str | None = None, **headers: str) -> httpx.Client:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def address(process: subprocess.Popen[str]) -> str:
    """Where a service that was just started says that it is."""
    assert process.stderr is not None
    told = ""
    while not (found := re.search(r"served at (http://\S+?)/?\s", told)):
        line = process.stderr.readline()
        assert line, told
        told += line
    return found[1]


@contextmanager
def served(*args: object, **environ: str) -> Iterator[Service]:
    command = [sys.executable, "-m", "memcodec", "serve", *map(str, args)]
    if "--http" not in command:
        command += ["--http", "127.0.0.1:0"]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "MEMCODEC_MODEL": "none", **environ}
    )
    try:
        yield Service(address(process), process)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
        assert process.stderr is not None
        process.stderr.close()


def made(path: Path, count: int = 20) -> Path:
    with memcodec.create(path, model="none") as memory:
        memory.add(HERON, uri="birds/herons.md", tags={"place": "pond"})
        for uri, text in texts("prose", count).items():
            memory.add(text, uri=uri)
    return path


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("served") / "birds.mp4")


@pytest.fixture(scope="session")
def reading(memory: Path) -> Iterator[Service]:
    """One that only reads."""
    with served(memory, "--rate", 0) as service:
        yield service


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[Service]:
    """One that writes to a file of its own, ``birds.mp4``."""
    path = made(tmp_path / "birds.mp4", 2)
    with served(path, "--write", "--rate", 0) as service:
        yield service


def tokens(path: Path, *roles: str) -> dict[str, str]:
    """A file of tokens, and the tokens."""
    from memcodec.service.access import Role, new_token

    return {role: new_token(path, role, Role[role.upper()]) for role in roles}


def put(client: httpx.Client, text: str, uri: str, **more: Any) -> httpx.Response:
    return client.post("/v1/documents", json={"documents": [{"text": text, "uri": uri}], **more})


def error(answer: httpx.Response) -> str:
    """What is wrong, in the one shape that errors have."""
    found = json.loads(answer.text)
    assert set(found) == {"error", "kind"}, found
    assert "\n" not in found["error"]
    return f"{answer.status_code} {found['kind']}: {found['error']}"

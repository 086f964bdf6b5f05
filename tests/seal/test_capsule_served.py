"""Capsules behind a service and an MCP server: both hold the key, and keep the rules."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client
from mcp.types import CallToolResult, TextContent

import memcodec
from memcodec import Filter, Settings
from tests.seal.people import DOCUMENTS, Person
from tests.service.conftest import error, served


@pytest.fixture
def capsule(tmp_path: Path, ada: Person) -> Path:
    """One that may be searched and listed, until soon."""
    (tmp_path / "key").write_text(ada.identity)
    with memcodec.create(tmp_path / "m.mp4", settings=Settings.of(model="none")) as memory:
        for uri, text in DOCUMENTS.items():
            memory.add(text, uri=uri)
        memory.commit()
        memory.capsule(
            tmp_path / "c.mp4",
            to=[ada.recipient],
            only=Filter(path="*"),
            allow="search,list",
            expires=datetime.now(UTC) + timedelta(days=1),
        )
    return tmp_path / "c.mp4"


def test_a_service_answers_what_is_allowed_and_403_to_the_rest(capsule: Path) -> None:
    with (
        served(capsule, MEMCODEC_IDENTITY=str(capsule.with_name("key"))) as service,
        service.client() as client,
    ):
        assert client.get("/v1/search?query=heron").json()["hits"][0]["document"]["uri"] == "birds/herons.md"
        assert client.get("/v1/documents").json()["total"] == 3
        for asked in ("/v1/documents/notes.txt", "/v1/raw/notes.txt"):
            said = error(client.get(asked))
            assert said.startswith(
                "403 NotAllowed: c.mp4: is a capsule that allows search, list, and not show"
            )
        for asked in ("/v1/topics", "/v1/graph", "/v1/synthesize?query=heron", "/insight/dashboard"):
            said = error(client.get(asked))
            assert said.startswith("403 NotAllowed: c.mp4: is a capsule that allows search, list, and not")
        about = client.get("/v1/files/c.mp4").json()
        assert about["capsule"]["allow"] == ["search", "list"]


async def _talk(capsule: Path) -> list[CallToolResult]:
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "memcodec", "mcp", str(capsule)],
        env={**os.environ, "MEMCODEC_IDENTITY": str(capsule.with_name("key"))},
    )
    async with stdio_client(command) as streams, ClientSession(*streams) as session:
        await session.initialize()
        asked = [
            ("search", {"query": "heron"}),
            ("list", {}),
            ("get", {"chunk": 0}),
            ("read", {"document": "notes.txt"}),
        ]
        return [await session.call_tool(tool, given) for tool, given in asked]


def test_an_mcp_server_does_so_too(capsule: Path) -> None:
    found, listed, got, read = asyncio.run(_talk(capsule))
    assert not found.is_error and not listed.is_error
    for refused in (got, read):
        (said,) = [each.text for each in refused.content if isinstance(each, TextContent)]
        assert refused.is_error and "is a capsule that allows search, list, and not show" in said
        assert "\n" not in said.strip()

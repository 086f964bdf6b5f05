"""The MCP server: the real command in a process of its own, spoken to by the official client."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, PaginatedRequestParams, TextContent
from pydantic import TypeAdapter

import memcodec
from memcodec.agents.mcp.resources import PAGE, TEMPLATE
from memcodec.answers import documents, files, insight, runs, writes
from memcodec.cli.mcp_clients import settings
from tests.cli.test_options import given
from tests.support.memories import append, create, uris

DOCUMENTS = {
    "birds/herons.md": "# Herons\n\nThe heron nests in April.\n",
    "birds/swifts.md": "# Swifts\n\nA swift sleeps on the wing.\n",
    "kettle.txt": "The kettle whistles.\n",
}
SHAPES: dict[str, Any] = {
    "search": documents.SearchAnswer,
    "get": documents.FiledChunkAnswer,
    "read": documents.ReadAnswer,
    "list": documents.ManyAnswer,
    "history": files.HistoryAnswer,
    "add": documents.AddAnswer,
    "forget": writes.ForgetAnswer,
    "graph": insight.GraphAnswer,
    "topics": insight.TopicsAnswer,
    "synthesize": insight.SynthesisAnswer,
    "runs": runs.RunsAnswer,
    "run": runs.RunShowAnswer,
    "run_kv": runs.KvAnswer,
    "run_events": runs.EventsAnswer,
    "run_diff": runs.RunDiffAnswer,
    "run_begin": runs.EndAnswer,
    "run_put": runs.PutAnswer,
    "run_event": runs.EventsAnswer,
    "run_end": runs.EndAnswer,
}
REPLACING = {"add", "forget", "run_put"}  #: what is there is replaced, or no longer found
APPENDING = {"run_begin", "run_event", "run_end"}
CONDITIONS = {"doc", "tag", "path", "type", "lang", "since", "until", "before"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("mcp") / "notes.mp4", DOCUMENTS)


@pytest.fixture
def notes(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


@contextlib.asynccontextmanager
async def client(*args: object) -> AsyncIterator[ClientSession]:
    command = StdioServerParameters(command=sys.executable, args=["-m", "memcodec", "mcp", *map(str, args)])
    async with stdio_client(command) as streams, ClientSession(*streams) as session:
        await session.initialize()
        yield session


async def call(session: ClientSession, tool: str, **arguments: Any) -> Any:
    """A tool's structured content, which must be what its schema says (the client checks it)."""
    result = await session.call_tool(tool, arguments)
    assert not result.is_error, said(result)
    return result.structured_content


def said(result: Any) -> str:
    assert isinstance(result, CallToolResult)
    return "\n".join(each.text for each in result.content if isinstance(each, TextContent))


async def refused(session: ClientSession, tool: str, **arguments: Any) -> str:
    result = await session.call_tool(tool, arguments)
    text = said(result)
    assert result.is_error, text
    assert len(text.splitlines()) == 1
    return text


@pytest.mark.slow
def test_a_client_finds_reads_lists_and_adds(notes: Path) -> None:
    async def talk() -> None:
        async with client(notes) as session:
            tools = {each.name: each for each in (await session.list_tools()).tools}
            assert set(tools) == set(SHAPES)
            assert all(each.output_schema for each in tools.values())
            for name, shape in SHAPES.items():
                assert tools[name].output_schema == {**TypeAdapter(shape).json_schema(), "title": ANY}
            for name, tool in tools.items():
                hints = tool.annotations
                assert hints is not None and hints.open_world_hint is False
                reads = name not in REPLACING | APPENDING
                assert (bool(hints.read_only_hint), bool(hints.destructive_hint)) == (
                    reads,
                    name in REPLACING,
                )
            for name in ("search", "list", "forget"):
                assert set(tools[name].input_schema["properties"]) >= CONDITIONS

            found = await call(session, "search", query="heron", k=2)
            (hit,) = found["hits"]
            assert set(found) == {"query", "mode", "late", "notes", "suggestion", "hits"}
            assert (hit["document"]["uri"], hit["line"], hit["file"]) == (
                "birds/herons.md",
                {"first": 1, "last": 3},
                str(notes),
            )
            text = said(await session.call_tool("search", {"query": "heron"}))
            assert "[1] birds/herons.md:1-3 (Herons; chunk 0" in text
            assert "The heron nests in April." in text

            chunk = await call(session, "get", chunk=hit["chunk"])
            assert chunk == {name: hit[name] for name in chunk}

            listed = await call(session, "list", path="birds/*", limit=1)
            assert (listed["total"], [each["uri"] for each in listed["documents"]]) == (
                2,
                ["birds/herons.md"],
            )
            rest = await call(session, "list", path="birds/*", offset=1)
            assert [each["uri"] for each in rest["documents"]] == ["birds/swifts.md"]

            read = await call(session, "read", document="birds/herons.md")
            assert (read["text"], read["lines"]) == (DOCUMENTS["birds/herons.md"], 3)
            assert read["document"] == hit["document"] and read["file"] == str(notes)
            part = await call(session, "read", document=hit["document"]["id"], first=3, count=9)
            assert (part["text"], part["line"]) == ("The heron nests in April.\n", {"first": 3, "last": 3})

            added = await call(
                session, "add", text="An otter swims.", uri="otter.txt", tags={"place": "river"}
            )
            assert (added["commit"], added["document"]["tags"]) == (2, {"place": "river"})
            again = await call(session, "add", text="An otter swims.", uri="otter.txt")
            assert again["commit"] is None
            assert (await call(session, "search", query="otter"))["hits"][0]["document"] == added["document"]

    anyio.run(talk)
    assert "otter.txt" in uris(notes)


@pytest.mark.slow
def test_conditions_mean_what_the_command_lines_mean(tmp_path: Path) -> None:
    made = tmp_path / "dated.mp4"
    with memcodec.create(made, model="none") as memory:
        for uri, tags, day in (
            ("a.md", {"place": "pond"}, 1),
            ("b.md", {"place": "sky"}, 2),
            ("c.txt", {}, 3),
        ):
            memory.add(f"A heron, {uri}.", uri=uri, tags=tags, time=datetime(2026, 4, day, 12, tzinfo=UTC))
    cases: list[dict[str, Any]] = [
        {"tag": "place=pond"},
        {"tag": ["place=pond", "place=pond"], "type": "md"},
        {"path": ["a*", "c*"]},
        {"type": "txt"},
        {"doc": ["b.md", "c.txt"]},
        {"since": "2026-04-02"},
        {"until": "2026-04-02"},
        {"before": "2026-04-02", "lang": "", "path": []},
        {"since": "April 2026", "until": "2 April 2026"},
    ]

    async def talk() -> None:
        async with client(made) as session:
            for case in cases:
                words = [
                    (name, text)
                    for name, each in case.items()
                    for text in ([each] if isinstance(each, str) else each)
                ]
                options = [part for name, text in words if text for part in (f"--{name}", text)]
                want = {each.uri for each in memcodec.open(made).documents(given(*options))}
                assert 0 < len(want) < 3, case
                hits = (await call(session, "search", query="heron", **case))["hits"]
                listed = (await call(session, "list", **case))["documents"]
                assert (
                    {each["document"]["uri"] for each in hits} == want == {each["uri"] for each in listed}
                ), case

    anyio.run(talk)


@pytest.mark.slow
def test_what_is_forgotten_or_replaced_stays_in_the_history(notes: Path) -> None:
    async def talk() -> None:
        async with client(notes) as session:
            would = await call(session, "forget", path="birds/*", dry_run=True)
            assert (would["commit"], len(would["forgotten"])) == (None, 2)
            gone = await call(session, "forget", doc="kettle.txt")
            assert (gone["commit"]["number"], [each["uri"] for each in gone["forgotten"]]) == (
                2,
                ["kettle.txt"],
            )
            await call(session, "add", text="The heron moved.", uri="birds/herons.md")
            assert [each["uri"] for each in (await call(session, "list"))["documents"]] == [
                "birds/swifts.md",
                "birds/herons.md",
            ]
            history = await call(session, "history", limit=2)
            assert (history["total"], [each["number"] for each in history["commits"]]) == (3, [3, 2])
            assert (await call(session, "list", as_of=1))["total"] == 3
            time = history["commits"][0]["time"]
            assert (await call(session, "list", as_of=time))["total"] == 2
            assert (await call(session, "read", document="kettle.txt", as_of=1))["text"] == DOCUMENTS[
                "kettle.txt"
            ]
            (hit,) = (await call(session, "search", query="nests", as_of="2"))["hits"]
            assert (await call(session, "get", chunk=hit["chunk"], as_of=2))["text"] == hit["text"]
            assert (await call(session, "search", query="nests"))["hits"] == []

    anyio.run(talk)


@pytest.mark.slow
def test_a_conversation_keeps_a_run_that_others_read(notes: Path) -> None:
    async def talk() -> None:
        async with client(notes) as session, client(notes) as other:
            begun = await call(session, "run_begin", tags={"task": "trip"})
            run = begun["run"]
            assert begun == {"file": str(notes), "run": run, "status": "running"}
            first = await call(session, "run_put", run=run, key="plan", value={"to": "Graz"}, version=0)
            assert (first["done"], first["value"]) == (True, {"to": "Graz"})
            late = await call(other, "run_put", run="last", key="plan", value="Wien", version=0)
            assert late == {**first, "done": False}  # nothing was written
            second = await call(other, "run_put", run=run, key="plan", value="Wien", version=late["version"])
            assert second["done"] and second["version"] > first["version"]
            assert (await call(session, "run_put", run=run, key="tries", value=1))["done"]
            kv = await call(session, "run_kv", run=run)
            assert [(each["key"], each["value"]) for each in kv["values"]] == [("plan", "Wien"), ("tries", 1)]
            one = await call(session, "run_kv", run=run, key="plan", before=2)
            assert [each["value"] for each in one["values"]] == [{"to": "Graz"}]

            (told,) = (await call(session, "run_event", run=run, type="booked", body=[1, 2]))["events"]
            assert (told["type"], told["body"]) == ("booked", [1, 2])
            await call(other, "run_event", run=run, type="left")
            events = (await call(session, "run_events", run=run))["events"]
            assert [each["type"] for each in events] == ["booked", "left"]
            assert events[0] == told
            rest = await call(session, "run_events", run=run, after=told["number"])
            assert rest["events"] == events[1:]
            assert (await call(session, "run_events", run=run, type="left"))["events"] == events[1:]

            shown = await call(session, "run", run=run, first=1, count=2)
            assert [(each["step"], each["kind"], each["name"]) for each in shown["steps"]] == [
                (1, "put", "plan"),
                (2, "put", "plan"),
            ]
            assert (await call(session, "run_end", run=run, status="done"))["status"] == "done"
            assert "has ended: done" in await refused(session, "run_put", run=run, key="late", value=1)
            assert "has ended already" in await refused(session, "run_end", run=run)

    anyio.run(talk)
    with memcodec.open(notes) as memory:
        assert memory.verify(deep=True).ok
        assert memory.search("Graz", mode="lexical")


@pytest.mark.slow
def test_recorded_runs_are_listed_shown_and_compared(notes: Path) -> None:
    for word in ("rain", "sun"):
        with memcodec.run(notes, tags={"task": word}) as recorded:
            ask = recorded.call(lambda prompt: prompt.upper(), name="model")
            recorded.kv["weather"] = ask(f"Is there {word}?")

    async def talk() -> None:
        async with client(notes) as session:
            listed = (await call(session, "runs"))["runs"]
            assert [(each["tags"]["task"], each["status"], each["calls"]) for each in listed] == [
                ("sun", "done", 1),
                ("rain", "done", 1),
            ]
            assert (await call(session, "runs", limit=1))["runs"] == listed[:1]
            assert (await call(session, "runs", tag="task=rain"))["runs"] == listed[1:]
            assert (await call(session, "runs", status="failed"))["runs"] == []
            (step,) = (await call(session, "run", run=listed[0]["id"], first=1, count=1))["steps"]
            assert (step["kind"], step["name"], step["data"]["answer"]) == ("call", "model", "IS THERE SUN?")
            found = await call(session, "run_diff", a=listed[1]["id"], b="last")
            assert (found["first"]["kind"], found["first"]["a"], found["first"]["b"]) == ("request", 1, 1)
            assert [each["key"] for each in found["keys"]] == ["weather"]
            assert "no run 'nobody'" in await refused(session, "run", run="nobody")
            assert "it has no step 9" in await refused(session, "run", run="last", first=9)
            assert "greater than or equal to 0" in await refused(
                session, "run_put", run="last", key="a", value=1, version=-1
            )

    anyio.run(talk)


@pytest.mark.slow
def test_documents_are_resources_by_pages(tmp_path: Path) -> None:
    odd = "birds/?#% \u00fc.md"
    many = create(
        tmp_path / "many.mp4", {odd: "one\ntwo\nthree\n", **{f"{n}.txt": f"{n}" for n in range(PAGE + 1)}}
    )

    async def talk() -> None:
        async with client(many) as session:
            first = await session.list_resources()
            rest = await session.list_resources(params=PaginatedRequestParams(cursor=first.next_cursor))
            listed = {each.name: each.uri for each in (*first.resources, *rest.resources)}
            assert (len(first.resources), len(listed), rest.next_cursor) == (PAGE, PAGE + 2, None)
            with pytest.raises(MCPError, match="cursor"):
                await session.list_resources(params=PaginatedRequestParams(cursor="x"))
            (template,) = (await session.list_resource_templates()).resource_templates
            assert template.uri_template == TEMPLATE

            async def read(uri: str) -> str:
                (content,) = (await session.read_resource(uri)).contents
                return str(getattr(content, "text", None))

            assert await read(listed[odd]) == "one\ntwo\nthree\n"
            assert await read(f"{listed[odd]}?first=2&count=1") == "two\n"
            assert await read(listed[f"{PAGE}.txt"]) == f"{PAGE}"
            for uri in (f"{listed[odd]}x", "memory://%2Fetc%2Fpasswd/x", "memory://x/../../etc/passwd"):
                with pytest.raises(MCPError) as caught:
                    await session.read_resource(uri)
                assert "no document" in str(caught.value) or "no file" in str(caught.value)

    anyio.run(talk)


@pytest.mark.slow
def test_the_settings_of_a_client_start_this_server_from_anywhere(notes: Path, tmp_path: Path) -> None:
    def printed(client: str) -> Any:
        options = ["--read-only", "--cache", "1MB", "--print-config", client]
        done = subprocess.run(
            [sys.executable, "-m", "memcodec", "mcp", notes.name, *options],
            cwd=notes.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return json.loads(done.stdout)

    entry = printed("claude")["mcpServers"]["notes"]
    assert printed("vscode") == {"servers": {"notes": {"type": "stdio", **entry}}}
    assert settings("cursor", [str(notes)])["mcpServers"]["notes"]["type"] == "stdio"
    assert entry["args"][-3:] == ["--read-only", "--cache", "1MB"]
    assert str(notes) in entry["args"] and Path(entry["command"]).is_absolute()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    async def talk() -> None:
        command = StdioServerParameters(**entry, cwd=elsewhere, env={"PATH": ""})
        async with stdio_client(command) as streams, ClientSession(*streams) as session:
            await session.initialize()
            assert (await call(session, "search", query="heron"))["hits"]
            assert "add" not in {each.name for each in (await session.list_tools()).tools}

    anyio.run(talk)


@pytest.mark.slow
def test_what_another_process_adds_is_found(notes: Path) -> None:
    async def talk() -> None:
        async with client(notes) as session:
            assert (await call(session, "search", query="badger"))["hits"] == []
            append(notes, {"badger.txt": "A badger digs."})
            (hit,) = (await call(session, "search", query="badger"))["hits"]
            assert hit["document"]["uri"] == "badger.txt"
            with memcodec.open(notes) as memory:
                memory.compact()
            (hit,) = (await call(session, "search", query="badger"))["hits"]
            assert (await call(session, "get", chunk=hit["chunk"]))["text"] == "A badger digs."

    anyio.run(talk)


@pytest.mark.slow
def test_many_calls_at_once_while_documents_are_added(notes: Path) -> None:
    words = ["otter", "stoat", "lynx", "viper"]
    found: dict[str, Any] = {}

    async def talk() -> None:
        async with client(notes) as session:

            async def add(word: str) -> None:
                found[word] = await call(session, "add", text=f"One {word}.", uri=f"{word}.txt")

            async def search() -> None:
                for _ in range(5):
                    (hit,) = (await call(session, "search", query="heron"))["hits"]
                    assert hit["text"] == DOCUMENTS["birds/herons.md"]

            async with anyio.create_task_group() as group:
                for word in words:
                    group.start_soon(add, word)
                    group.start_soon(search)
            for word in words:
                (hit,) = (await call(session, "search", query=word))["hits"]
                assert hit["document"] == found[word]["document"]

    anyio.run(talk)
    assert sorted(each["commit"] for each in found.values()) == [2, 3, 4, 5]


@pytest.mark.slow
def test_errors_are_one_line_and_end_nothing(notes: Path) -> None:
    async def talk() -> None:
        async with client(notes) as session:
            assert "has chunks 0 to 2" in await refused(session, "get", chunk=99)
            assert "no document 'absent'" in await refused(session, "read", document="absent")
            assert "has 1 lines, and no line 2" in await refused(
                session, "read", document="kettle.txt", first=2
            )
            assert "means 2 documents" in await refused(session, "read", document="birds/*")
            assert "no document matches 'x*'" in await refused(session, "list", path="x*")
            assert "no file 'other.mp4' is served" in await refused(
                session, "search", query="a", file="other.mp4"
            )
            assert "no vectors in the file" in await refused(session, "search", query="a", mode="semantic")
            assert await refused(session, "search", query="a", k=0) == (
                "k: Input should be greater than or equal to 1"
            )
            assert "user: no argument of search; it takes query, k" in await refused(
                session, "search", query="heron", user="ada"
            )
            assert "'banana' is not a time" in await refused(session, "search", query="a", since="banana")
            assert "write KEY=VALUE" in await refused(session, "list", tag="place")
            assert "say which documents" in await refused(session, "forget")
            assert "no document" in await refused(session, "forget", doc="absent")
            assert "no commit 7" in await refused(session, "search", query="a", as_of=7)
            assert "'x' is not a commit's number" in await refused(session, "list", as_of="x")
            assert "query: Field required" in await refused(session, "search")
            assert "a key is not empty" in await refused(session, "add", text="x", tags={"": "y"})
            assert (await call(session, "search", query="heron"))["hits"]

    anyio.run(talk)


@pytest.mark.slow
def test_several_files_are_one_collection(notes: Path, tmp_path: Path) -> None:
    other = create(tmp_path / "other.mp4", {"moor.md": "A heron on the moor.\n", "sea.md": "A gull.\n"})

    async def talk() -> None:
        async with client(notes, other) as session:
            hits = (await call(session, "search", query="heron"))["hits"]
            assert {each["file"] for each in hits} == {str(notes), str(other)}
            one = (await call(session, "search", query="heron", file=str(other)))["hits"]
            assert [each["document"]["uri"] for each in one] == ["moor.md"]
            assert (await call(session, "list"))["total"] == 5
            assert "say which" in await refused(session, "get", chunk=0)
            assert "say which" in await refused(session, "add", text="x")
            added = await call(session, "add", text="A tern.", uri="tern.md", file=str(other))
            assert added["file"] == str(other)

    anyio.run(talk)
    assert "tern.md" in uris(other)


@pytest.mark.slow
def test_read_only_offers_no_way_to_add(notes: Path) -> None:
    before = notes.read_bytes()

    async def talk() -> None:
        async with client(notes, "--read-only") as session:
            assert not (REPLACING | APPENDING) & {each.name for each in (await session.list_tools()).tools}
            assert "add" in await refused(session, "add", text="x")
            assert "run_begin" in await refused(session, "run_begin")
            assert "forget" in await refused(session, "forget", doc="kettle.txt")
            named = {each.name for each in (await session.list_prompts()).prompts}
            assert named == {"answer", "summarize", "whats_new"}
            prompt = await session.get_prompt("answer", {"question": "When do herons nest?"})
            assert "When do herons nest?" in str(prompt.messages[0].content)

    anyio.run(talk)
    assert notes.read_bytes() == before


@pytest.mark.slow
def test_a_file_that_is_none_ends_the_command_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_text("nothing")
    done = subprocess.run(
        [sys.executable, "-m", "memcodec", "mcp", tmp_path / "x.mp4"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (5, "", 1)


@pytest.mark.slow
def test_the_end_of_input_ends_the_server(notes: Path) -> None:
    request = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        },
    }
    done = subprocess.run(
        [sys.executable, "-m", "memcodec", "mcp", notes],
        input=json.dumps(request) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(notes) in json.loads(done.stdout)["result"]["instructions"]


def test_without_the_extra_the_pip_line_is_named(notes: Path) -> None:
    code = "import sys; sys.modules['mcp'] = None; from memcodec.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, "mcp", notes], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 8
    assert done.stderr.endswith("pip install 'memcodec[mcp]'\n")
    assert len(done.stderr.splitlines()) == 1

"""Every command amid a stranger's files, as strace sees it: no host, no module of the stranger's, no other file."""

from __future__ import annotations

import shutil
import site
import sys
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client

import memcodec as package
from memcodec.cli import COMMANDS
from tests.privacy import traces
from tests.privacy import world as worlds
from tests.privacy.world import World
from tests.support.chatserver import chat_server
from tests.support.needs import needs

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")]

LINES = {
    "encode": ["encode", "documents", "-o", "out.mp4"],
    "append": ["append", "birds.mp4", "documents/heron.md"],
    "merge": ["merge", "birds.mp4", "second.mp4", "-o", "out.mp4"],
    "tag": ["tag", "birds.mp4", "heron.md", "--tag", "place=pond"],
    "forget": ["forget", "birds.mp4", "--path", "heron.md"],
    "compact": ["compact", "birds.mp4"],
    "index": ["index", "bare.mp4", "--workers", "2"],
    "jobs": ["jobs", "list"],
    "convert": ["convert", "second.mp4", "out.flac"],
    "search": ["search", "grey heron", "birds.mp4"],
    "show": ["show", "birds.mp4", "heron.md"],
    "open": ["open", "birds.mp4", "0"],
    "get": ["get", "birds.mp4", "0"],
    "list": ["list", "birds.mp4"],
    "restore": ["restore", "birds.mp4", "-o", "restored"],
    "log": ["log", "birds.mp4"],
    "timeline": ["timeline", "birds.mp4"],
    "diff": ["diff", "birds.mp4", "1", "1"],
    "branch": ["branch", "birds.mp4", "1", "-o", "out.mp4"],
    "rollback": ["rollback", "birds.mp4", "1"],
    "info": ["info", "birds.mp4"],
    "verify": ["verify", "birds.mp4", "--deep"],
    "repair": ["repair", "birds.mp4", "-o", "out.mp4"],
    "split": ["split", "birds.mp4", "--size", "40kB", "-o", "parts"],
    "join": ["join", *(f"parts/birds-0{n}-of-04.mp4" for n in range(1, 5)), "-o", "out.mp4"],
    "print": ["print", "second.mp4", "-o", "out.pdf"],
    "scan": ["scan", "sheets.pdf", "-o", "out.mp4"],
    "spectrum": ["spectrum", "birds.mp4", "-o", "out.png"],
    "codecs": ["codecs"],
    "models": ["models"],
    "about": ["about", "--licences"],
    "config": ["config", "show"],
    "help": ["help", "jobs", "wait"],
    "cache": ["cache", "clear", "--jobs", "--spans"],
    "completion": ["completion", "bash"],
}
BEFORE = {
    "join": ["split", "birds.mp4", "--size", "40kB", "-o", "parts"],
    "scan": ["print", "second.mp4", "-o", "sheets.pdf"],
}
SUPERVISED = "supervisor"  #: what works on jobs, which the command leaves behind
LINES[SUPERVISED] = ["index", "bare.mp4", "--background"]
SPOKEN_TO = {"chat", "mcp"}  # traced below, by whom they answer
NEED_A_HOST = {"publish", "fetch"}
TRIES = {"doctor"}  # a socket of its own, to see that its child may have none

_SYSTEM = [
    Path(each)
    for each in ("/usr", "/opt", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/proc", "/sys", "/dev")
]
_PYTHON = [
    *map(Path, (sys.prefix, sys.base_prefix, *site.getsitepackages())),
    *(Path(each) for each in sys.path if each.endswith("-packages")),
    Path(package.__file__).parents[1],
]


FIRST = "first"  #: the trace of the first command, which makes the model ready


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> World:
    """With memory files in it, and a model in the user's cache."""
    strace = needs("strace")
    world = worlds.make(tmp_path_factory.mktemp("stranger") / "filled")
    (world.work / "second").mkdir()
    (world.work / "second" / "swift.md").write_text("A swift sleeps on the wing.\n")
    for line in (
        ["encode", "documents", "-o", "birds.mp4"],
        ["encode", "second", "-o", "second.mp4", "--model", "none"],
        ["encode", "documents", "-o", "bare.mp4", "--model", "none"],
    ):
        is_first = line[-1] == "birds.mp4"
        traced = [strace, *traces.OPTIONS, "-o", world.root / FIRST] if is_first else []
        done = world.run(*traced, worlds.memcodec(), *line)
        assert done.returncode == 0, done.stderr.decode()
    return world


def test_a_model_is_made_ready_behind_nobodys_back(filled: World) -> None:
    _judge(filled, filled.root / FIRST)


def test_every_command_is_traced() -> None:
    assert LINES.keys() - {SUPERVISED} | SPOKEN_TO | NEED_A_HOST | TRIES == COMMANDS.keys()


@pytest.mark.parametrize("command", LINES)
def test_a_command(filled: World, tmp_path: Path, command: str) -> None:
    strace, trace = needs("strace"), tmp_path / "trace"
    world = World(filled.root)
    with _same_again(world, tmp_path):
        if command in BEFORE:
            assert world.run(worlds.memcodec(), *BEFORE[command]).returncode == 0
        done = world.run(strace, *traces.OPTIONS, "-o", trace, worlds.memcodec(), *LINES[command])
    assert done.returncode == 0, done.stderr.decode()
    _judge(world, trace)


def test_a_conversation_reaches_the_endpoint_that_is_named_and_nothing_else(
    filled: World, tmp_path: Path
) -> None:
    strace, trace = needs("strace"), tmp_path / "trace"
    world = World(filled.root)
    with chat_server() as server:
        named = ["--endpoint", server.url, "--model", "tiny"]
        asked = [worlds.memcodec(), "chat", "birds.mp4", "--ask", "when does the heron nest", *named]
        done = world.run(strace, *traces.OPTIONS, "-o", trace, *asked)
        port = urlsplit(server.url).port
    assert done.returncode == 0, done.stderr.decode()
    assert len(server.asked) == 1 and done.stdout.startswith(b"Yes [1].")
    _judge(world, trace, f'htons({port}), sin_addr=inet_addr("127.0.0.1")')


def test_a_server_for_agents_reaches_nothing(filled: World, tmp_path: Path) -> None:
    strace, trace = needs("strace"), tmp_path / "trace"
    world = World(filled.root)
    traced = [*traces.OPTIONS, "-o", str(trace), str(worlds.memcodec()), "mcp", "birds.mp4"]
    command = StdioServerParameters(command=strace, args=traced, env=world.environment(), cwd=world.work)

    async def talk() -> None:
        async with stdio_client(command) as streams, ClientSession(*streams) as session:
            await session.initialize()
            found = await session.call_tool(
                "search", {"query": "when does the heron nest", "since": "last year"}
            )
            assert found.structured_content is not None and found.structured_content["mode"] == "hybrid"
            added = await session.call_tool("add", {"text": "An otter.", "uri": "otter.txt"})
            assert not added.is_error
            assert (await session.list_resources()).resources

    with _same_again(world, tmp_path):
        anyio.run(talk)
        _judge(world, trace)


def _judge(world: World, trace: Path, meant: str | None = None) -> None:
    """No host but the one that is ``meant``, no module of the stranger's, no other file."""
    assert world.imported == []
    reached = traces.hosts(trace)
    if meant is not None:
        assert any(each.startswith("connect(") and meant in each for each in reached)
        reached = [each for each in reached if not each.startswith("socket(") and meant not in each]
    assert reached == []
    assert [each for each in traces.touched(trace, world.work) if not _is_allowed(each, world)] == []


class _same_again:  # noqa: N801
    """Puts the stranger's folder back as it was."""

    def __init__(self, world: World, scratch: Path) -> None:
        self._work, self._kept = world.work, scratch / "kept"

    def __enter__(self) -> None:
        shutil.copytree(self._work, self._kept)

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._work)
        self._kept.rename(self._work)


def _is_allowed(each: traces.Touched, world: World) -> bool:
    """In the working directory all but the plants; of the user's own folders memcodec's; else nothing is written."""
    path = each.path
    if path == Path("/dev/null") or path.parent == Path("/proc/self/fd"):  # a new file that gets its name
        return True
    if path.is_relative_to(world.work):
        return path.parent != world.work or path.suffix != ".py"
    own = [world.root / "tmp", *(world.home / kind / "memcodec" for kind in ("cache", "config", "state"))]
    if any(path.is_relative_to(folder) or folder.is_relative_to(path) for folder in own):
        return True
    return not each.written and any(path.is_relative_to(folder) for folder in (*_SYSTEM, *_PYTHON))

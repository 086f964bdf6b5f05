"""Every command amid a stranger's files, as strace sees it: no host, no module of the stranger's, no other file."""

from __future__ import annotations

import os
import shutil
import signal
import site
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client

import memcodec as package
from memcodec.cli import COMMANDS
from memcodec.isolation import seccomp
from memcodec.jobs.store import Store
from tests.jobs.support import end_supervisor
from tests.privacy import traces
from tests.privacy import world as worlds
from tests.privacy.world import World
from tests.support import signers
from tests.support.chatserver import chat_server
from tests.support.needs import needs, needs_fuse, needs_library
from tests.support.s3servers import S3
from tests.support.servers import free_port, web_server
from tests.support.world import KEY, RECIPIENT

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")]

LINES = {
    "encode": ["encode", "documents", "-o", "out.mp4"],
    "append": ["append", "birds.mp4", "documents/heron.md"],
    "sync": ["sync", "birds.mp4", "documents"],
    "merge": ["merge", "birds.mp4", "second.mp4", "-o", "out.mp4"],
    "tag": ["tag", "birds.mp4", "heron.md", "--tag", "place=pond"],
    "forget": ["forget", "birds.mp4", "--path", "heron.md"],
    "sign": ["sign", "birds.mp4", "--key", "alice"],
    "seal": ["seal", "birds.mp4", "-o", "out.mp4", "--seal-to", RECIPIENT],
    "capsule": ["capsule", "birds.mp4", "-o", "out.mp4", "--query", "heron", "--to", RECIPIENT],
    "unseal": ["unseal", "sealed.mp4", "-o", "out.mp4", "--identity", "key.txt"],
    "recipients": ["recipients", "sealed.mp4", "--add", RECIPIENT, "--identity", "key.txt"],
    "rotate": ["rotate", "sealed.mp4", "--identity", "key.txt"],
    "reseal": ["reseal", "sealed.mp4", "-o", "out.mp4", "--identity", "key.txt"],
    "compact": ["compact", "birds.mp4"],
    "index": ["index", "bare.mp4", "--workers", "2"],
    "jobs": ["jobs", "list"],
    "convert": ["convert", "second.mp4", "out.flac"],
    "search": ["search", "grey heron", "birds.mp4"],
    "show": ["show", "birds.mp4", "heron.md"],
    "open": ["open", "birds.mp4", "0"],
    "get": ["get", "birds.mp4", "0"],
    "runs": ["runs", "list", "birds.mp4"],
    "live": ["live", "status"],
    "graph": ["graph", "birds.mp4", "-o", "out.html"],
    "synthesize": ["synthesize", "birds.mp4", "--query", "heron"],
    "topics": ["topics", "birds.mp4"],
    "trends": ["trends", "birds.mp4"],
    "dashboard": ["dashboard", "birds.mp4", "-o", "out.html"],
    "page": ["page", "birds.mp4", "-o", "site"],
    "list": ["list", "birds.mp4"],
    "restore": ["restore", "birds.mp4", "-o", "restored"],
    "cat": ["cat", "birds.mp4", "heron.md"],
    "log": ["log", "birds.mp4"],
    "timeline": ["timeline", "birds.mp4"],
    "diff": ["diff", "birds.mp4", "1", "1"],
    "branch": ["branch", "birds.mp4", "1", "-o", "out.mp4"],
    "fold": ["fold", "birds.mp4"],
    "rollback": ["rollback", "birds.mp4", "1"],
    "info": ["info", "birds.mp4"],
    "verify": ["verify", "birds.mp4", "--deep", "--signed-by", "alice.pub"],
    "prove": ["prove", "birds.mp4", "heron.md", "-o", "proof.json"],
    "repair": ["repair", "birds.mp4", "-o", "out.mp4"],
    "split": ["split", "birds.mp4", "--size", "22kB", "-o", "parts"],
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
    "verify": ["sign", "birds.mp4", "--key", "alice"],
    "prove": ["sign", "birds.mp4", "--key", "alice"],
    "join": ["split", "birds.mp4", "--size", "22kB", "-o", "parts"],
    "scan": ["print", "second.mp4", "-o", "sheets.pdf"],
}
SUPERVISED = "supervisor"  #: what works on jobs, which the command leaves behind
LINES[SUPERVISED] = ["index", "bare.mp4", "--background"]
SPOKEN_TO = {"mcp", "mount", "serve"}  # traced below, by whom it answers
TRIES = {"doctor"}  # a socket of its own, to see that its child may have none

_Given = tuple[str, list[str], dict[str, str]]  # a host's URL, arguments, environment


@contextmanager
def _chat(world: World, scratch: Path, request: pytest.FixtureRequest) -> Iterator[_Given]:
    with chat_server() as server:
        line = ["birds.mp4", "--ask", "When?", "--endpoint", server.url, "--model", "m"]
        yield server.url, line, {}


@contextmanager
def _fetch(world: World, scratch: Path, request: pytest.FixtureRequest) -> Iterator[_Given]:
    with web_server(scratch / "nginx") as server:
        shutil.copy(world.work / "birds.mp4", server.folder / "birds.mp4")
        url = server.url("birds.mp4")
        yield url, [url, "fetched.mp4"], {}


@contextmanager
def _publish(world: World, scratch: Path, request: pytest.FixtureRequest) -> Iterator[_Given]:
    server: S3 = request.getfixturevalue("ministack")
    yield server.endpoint, ["birds.mp4", server.url("birds.mp4")], server.env()


HOSTS: dict[str, Callable[[World, Path, pytest.FixtureRequest], AbstractContextManager[_Given]]] = {
    "chat": _chat,
    "fetch": _fetch,
    "publish": _publish,
}

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
    signers.ssh(world.work)
    (world.work / "key.txt").write_text(KEY)
    for line in (
        ["encode", "documents", "-o", "birds.mp4"],
        ["encode", "second", "-o", "second.mp4", "--model", "none"],
        ["encode", "documents", "-o", "bare.mp4", "--model", "none"],
        ["encode", "second", "-o", "sealed.mp4", "--model", "none", "--seal-to", RECIPIENT],
    ):
        is_first = line[-1] == "birds.mp4"
        traced = [strace, *traces.OPTIONS, "-o", world.root / FIRST] if is_first else []
        done = world.run(*traced, worlds.memcodec(), *line)
        assert done.returncode == 0, done.stderr.decode()
    return world


def test_a_model_is_made_ready_behind_nobodys_back(filled: World) -> None:
    _judge(filled, filled.root / FIRST)


def test_every_command_is_traced() -> None:
    assert LINES.keys() - {SUPERVISED} | HOSTS.keys() | SPOKEN_TO | TRIES == COMMANDS.keys()


@pytest.mark.parametrize("command", LINES)
def test_a_command(filled: World, tmp_path: Path, command: str) -> None:
    strace, trace = needs("strace"), tmp_path / "trace"
    world = World(filled.root)
    with _same_again(world, tmp_path):
        if command in BEFORE:
            assert world.run(worlds.memcodec(), *BEFORE[command]).returncode == 0
        with _sent_home(world) if command == SUPERVISED else nullcontext():
            done = world.run(strace, *traces.OPTIONS, "-o", trace, worlds.memcodec(), *LINES[command])
    assert done.returncode == 0, done.stderr.decode()
    assert traces.hosts(trace) == []
    _check_files(trace, world)


@pytest.mark.parametrize("command", HOSTS)
def test_a_command_that_is_given_a_url(
    filled: World, tmp_path: Path, command: str, request: pytest.FixtureRequest
) -> None:
    """It reaches that host, by the address in the URL, and no other; no name is looked up."""
    strace, trace = needs("strace"), tmp_path / "trace"
    world = World(filled.root)
    with HOSTS[command](world, tmp_path, request) as (url, line, environment), _same_again(world, tmp_path):
        done = world.run(
            strace, *traces.OPTIONS, "-o", trace, worlds.memcodec(), command, *line, **environment
        )
    assert done.returncode == 0, done.stderr.decode()
    host = urlsplit(url)
    # Whether there is IPv6 at all urllib3 sees by a socket of this machine alone.
    assert traces.peers(trace) - {("::1", 0)} == {(host.hostname, host.port)}
    _check_files(trace, world)


def test_doctor_tries_a_socket_and_gets_none(filled: World, tmp_path: Path) -> None:
    if not seccomp.is_available():
        pytest.skip("this kernel has no seccomp")
    strace, trace = needs("strace"), tmp_path / "trace"
    world = World(filled.root)
    with _same_again(world, tmp_path):
        done = world.run(strace, *traces.OPTIONS, "-o", trace, worlds.memcodec(), "doctor")
    assert done.returncode == 0, done.stderr.decode()
    asked = traces.hosts(trace)
    assert asked and all(each.startswith("socket(") and "= -1 E" in each for each in asked), asked
    _check_files(trace, world)


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


def test_a_mounted_folder_reaches_nothing(filled: World, tmp_path: Path) -> None:
    needs_fuse()
    strace, trace = needs("strace"), tmp_path / "trace"
    world = World(filled.root)
    traced = [strace, *traces.OPTIONS, "-o", trace, worlds.memcodec(), "mount", "birds.mp4", "mounted"]
    with _same_again(world, tmp_path):
        folder = world.work / "mounted"
        folder.mkdir()
        with subprocess.Popen(
            traced, cwd=world.work, env=world.environment(), stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None and "of birds.mp4" in child.stdout.readline()
            try:
                assert "nests in April" in (folder / "heron.md").read_text()
            finally:
                subprocess.run(["fusermount3", "-u", folder], check=True)
        assert child.returncode == 0
    _judge(world, trace)


def test_a_service_reaches_nobody_who_did_not_ask(filled: World, tmp_path: Path) -> None:
    needs_library("fastapi")
    strace, trace = needs("strace"), tmp_path / "trace"
    world, port = World(filled.root), free_port()
    served = [worlds.memcodec(), "serve", "birds.mp4", "--http", f"127.0.0.1:{port}"]
    with (
        _same_again(world, tmp_path),
        subprocess.Popen(
            [strace, *traces.OPTIONS, "-o", trace, *served],
            cwd=world.work,
            env=world.environment(),
            stderr=subprocess.PIPE,
            text=True,
        ) as child,
    ):
        try:
            assert child.stderr is not None
            assert "served at" in child.stderr.readline()
            for path in ("", "v1/search?query=nests", "files/birds.mp4"):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=60) as answer:
                    assert answer.status == 200
        finally:
            own = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
            os.kill(int(own[0]), signal.SIGTERM)
        assert child.wait(30) == 0
    assert traces.peers(trace) == {("127.0.0.1", port)}
    _check_files(trace, world)


def _judge(world: World, trace: Path) -> None:
    """No host, no module of the stranger's, no other file."""
    assert traces.hosts(trace) == []
    _check_files(trace, world)


def _check_files(trace: Path, world: World) -> None:
    assert world.imported == []
    assert [each for each in traces.touched(trace, world.work) if not _is_allowed(each, world)] == []


@contextmanager
def _sent_home(world: World) -> Iterator[None]:
    """The supervisor, which would stay for some seconds more, is ended when its job is done; strace waits for it."""
    folder = world.home / "state" / "memcodec"
    with Store(folder) as store:
        before = len(store.jobs())

    def send_home() -> None:
        until = time.monotonic() + 100
        while time.monotonic() < until:
            with Store(folder) as store:
                new = store.jobs()[before:]
            if new and not any(each.is_open for each in new):
                end_supervisor(folder)
                return
            time.sleep(0.1)

    sending = threading.Thread(target=send_home)
    sending.start()
    yield
    sending.join()


class _same_again:  # noqa: N801
    """Puts the stranger's folder back as it was, but for the plants: whoever touched one is told of."""

    def __init__(self, world: World, scratch: Path) -> None:
        self._work, self._kept = world.work, scratch / "kept"

    def __enter__(self) -> None:
        shutil.copytree(self._work, self._kept, ignore=lambda folder, names: self._plants(folder, names))

    def __exit__(self, *_: object) -> None:
        plants = self._plants(str(self._work), [each.name for each in self._work.iterdir()])
        for each in self._work.iterdir():
            if each.name not in plants:
                shutil.rmtree(each) if each.is_dir() else each.unlink()
        for each in self._kept.iterdir():
            each.rename(self._work / each.name)

    def _plants(self, folder: str, names: list[str]) -> set[str]:
        return {name for name in names if name.endswith(".py")} if Path(folder) == self._work else set()


def _is_allowed(each: traces.Touched, world: World) -> bool:
    """In the working directory all but the plants; of the user's own folders memcodec's; else nothing is written."""
    path = each.path
    if path in map(Path, ("/dev/null", "/dev/fuse")) or path.parent == Path(
        "/proc/self/fd"
    ):  # a new file that gets its name
        return True
    if path.is_relative_to(world.work):
        return path.parent != world.work or path.suffix != ".py"
    own = [world.root / "tmp", *(world.home / kind / "memcodec" for kind in ("cache", "config", "state"))]
    if any(path.is_relative_to(folder) or folder.is_relative_to(path) for folder in own):
        return True
    return not each.written and any(path.is_relative_to(folder) for folder in (*_SYSTEM, *_PYTHON))

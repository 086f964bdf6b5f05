"""No process of memcodec's takes a module from the working directory, whatever the module is called."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import memcodec as package
from memcodec.ingest.kinds import sandbox
from memcodec.jobs.pool import Pool, Processes
from memcodec.process import children
from tests.ingest import made
from tests.jobs import actors
from tests.privacy import world as worlds
from tests.privacy.world import World

STARTERS = {
    "subprocess": {"Popen", "run", "call", "check_call", "check_output", "getoutput", "getstatusoutput"},
    "os": {
        "system",
        "popen",
        "fork",
        "forkpty",
        "execv",
        "execve",
        "execvp",
        "spawnv",
        "posix_spawn",
        "startfile",
    },
}
MODULES = {"multiprocessing", "asyncio.subprocess", "pty", "runpy"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return worlds.make(tmp_path)


@pytest.fixture
def amid(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """This process in the stranger's folder, with an empty entry in PYTHONPATH, and no child from before."""
    sandbox.close()
    monkeypatch.chdir(world.work)
    monkeypatch.setenv("PYTHONPATH", os.pathsep)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    return world


def test_the_plants_run_where_the_path_is_not_safe(world: World) -> None:
    assert world.run(sys.executable, "-c", "import lxml").returncode == 0
    assert "lxml" in world.imported


@pytest.mark.slow
def test_parsing_children(amid: World) -> None:
    for name, data in made.simple().items():
        if name != "a.zip":
            sandbox.extract(data, name)
    sandbox.close()
    assert amid.imported == []


def test_workers(amid: World) -> None:
    pool = Pool(Processes(2))
    assert dict(pool.run(actors.double, iter(range(4)), lambda: None)) == {n: 2 * n for n in range(4)}
    pool.close()
    assert amid.imported == []


def test_children_of_children(amid: World) -> None:
    code = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', 'import json, lxml']).returncode)"
    assert children.start("-c", code, cwd=amid.work).wait() == 0
    assert amid.imported == []


def test_a_child_knows_memcodec_and_nothing_of_the_callers_path(amid: World) -> None:
    child = children.start("-c", "import memcodec, sys; print(*sys.path, sep='\\n')", stdout=subprocess.PIPE)
    found = child.communicate()[0].decode().splitlines()
    assert child.returncode == 0
    assert str(amid.work) not in found and "" not in found


def test_folders_that_the_user_names_whole_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "lib", ".", str(tmp_path)]))
    assert children.environment()["PYTHONPATH"].split(os.pathsep)[:-1] == [str(tmp_path)]


@pytest.mark.slow
@pytest.mark.parametrize("start", ["command", "module"])
def test_what_a_person_starts(tmp_path: Path, start: str) -> None:
    """``python -m`` itself looks into the working directory for what it needs before it comes to memcodec."""
    plain = worlds.make(tmp_path / "plain")
    if start == "command":
        world, command = plain, [worlds.memcodec()]
    else:
        (plain.home / "nothing.py").write_text("import sys; print(*sys.modules)")
        own = (
            plain.run(sys.executable, "-P", "-m", "nothing", PYTHONPATH=str(plain.home))
            .stdout.decode()
            .split()
        )
        world = worlds.make(tmp_path / "amid", {name.partition(".")[0] for name in own})
        command = [Path(sys.executable), Path("-m"), Path("memcodec")]
    done = world.run(*command, "encode", "documents", "-o", "out.mp4", "--model", "none", PYTHONPATH="")
    assert done.returncode == 0, done.stderr.decode()
    assert world.imported == []


def test_nothing_else_starts_a_process() -> None:
    """All of memcodec's go through ``children.start``."""
    home = Path(package.__file__).parent
    codecs = home.parent / "codecs"
    files = [*home.rglob("*.py"), *(codecs.rglob("*.py") if codecs.is_dir() else ())]
    assert len(files) > 100
    found = [f"{file}: {what}" for file in files if file.name != "children.py" for what in _starts(file)]
    assert found == []


def _starts(file: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(called := node.func, ast.Attribute):
            if isinstance(called.value, ast.Name) and called.attr in STARTERS.get(called.value.id, ()):
                found.append(f"{called.value.id}.{called.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module:
            taken = {alias.name for alias in node.names} & STARTERS.get(node.module, set())
            found += [f"{node.module}.{name}" for name in taken]
            found += [node.module] if node.module.partition(".")[0] in MODULES else []
            found += [name.name for name in node.names if name.name == "ProcessPoolExecutor"]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.partition(".")[0] in MODULES]
    return found

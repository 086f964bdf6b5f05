"""What a type checker sees of the face: every parameter, and what comes back, also of the coroutines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = """\
import memcodec
from memcodec import Filter, Settings, aio


def blocking(memory: memcodec.Memory) -> None:
    name: str = memory.add("A heron.", tags={"place": "pond"})
    first: str = memory.search("heron", 3, "lexical", Filter(tags={"a": "b"}), merge=True)[0].document.uri
    memory.search("heron", tags={"user": "ada"})  # wrong
    memory.search("heron", k="3")  # wrong
    memory.search("heron", mode="fuzzy")  # wrong
    memory.add(3)  # wrong
    memory.forget()  # wrong
    memory.forget(only="heron")  # wrong
    memory.commit(force=True)  # wrong
    memory.add(name + first).upper()
    memcodec.create(colour="red")  # wrong
    Settings.of(colour="red")  # wrong
    Settings.of(parity="much")  # wrong
    Filter(path=3)  # wrong


async def waiting() -> None:
    async with aio.open("notes.mp4", wait=1) as memory:
        name: str = await memory.add("A heron.", tags={"place": "pond"})
        first: str = (await memory.search(name, 3, "lexical", merge=True))[0].document.uri
        await memory.search("heron", tags={"user": "ada"})  # wrong
        await memory.search("heron", k="3")  # wrong
        await memory.add(3)  # wrong
        async for line in memory.lines(first):
            print(line.upper())
        async for document in memory:
            print(document.uri.upper())
    aio.open("notes.mp4", colour=3)  # wrong
    async with aio.Collection(["notes.mp4"]) as both:
        async for results in both.follow("heron", diverse=0.5):
            print(results[0].score + 1)
        both.follow("heron", colour="red")  # wrong
"""


@pytest.mark.slow
def test_a_checker_refuses_what_the_face_refuses_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(CODE)
    settings = {"include": ["code.py"], "typeCheckingMode": "strict", "extraPaths": [str(ROOT)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [
        sys.executable,
        "-m",
        "basedpyright",
        "-p",
        str(tmp_path),
        "--pythonpath",
        sys.executable,
        "--outputjson",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = {
        each["range"]["start"]["line"] + 1: each for each in json.loads(done.stdout)["generalDiagnostics"]
    }
    wrong = {number for number, line in enumerate(CODE.splitlines(), 1) if line.endswith("# wrong")}
    assert set(found) == wrong, [found.get(number, number) for number in set(found) ^ wrong]

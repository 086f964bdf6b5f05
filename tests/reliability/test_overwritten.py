"""A file that is cut, or written over, while somebody reads it: he is told, and nobody is killed."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability import sealing
from tests.reliability.support import new

READER = """
import sys
import memcodec
from memcodec.errors import MemcodecError
with memcodec.open(sys.argv[1]) as memory:
    memory.search("heron", mode="lexical")
    print("open", flush=True)
    sys.stdin.readline()
    for action in (
        lambda: memory.search("grey patient", mode="lexical"),
        lambda: memory.search('"grey heron"', mode="lexical"),
        lambda: list(memory),
        lambda: [memory.read(each) for each in memory],
        lambda: memory.verify(deep=True),
        lambda: memory.info(),
        lambda: memory.log(),
    ):
        try:
            action()
            print("read", flush=True)
        except MemcodecError as error:
            print(type(error).__name__, flush=True)
"""


@pytest.fixture(scope="module", params=["flac", sealing.MEDIA[-1]])
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory file with more than a megabyte of index."""
    path, chance = tmp_path_factory.mktemp("large") / f"large.{request.param}", random.Random(3)
    with new(path) as memory:
        for number in range(60):
            words = (f"{chance.getrandbits(40):x}" for _ in range(2500))
            memory.add("The grey heron is a patient bird. " + " ".join(words), uri=f"{number}.txt")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("how", ["cut to half", "cut to nothing", "zeros", "noise"])
def test_a_reader_outlives_what_is_done_to_its_file(large: Path, tmp_path: Path, how: str) -> None:
    path = tmp_path / large.name
    path.write_bytes(large.read_bytes())
    size = path.stat().st_size
    command = [sys.executable, "-c", READER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with path.open("r+b") as file:
            if how.startswith("cut"):
                file.truncate(size // 2 if how == "cut to half" else 0)
            else:
                file.write(bytes(size) if how == "zeros" else random.Random(1).randbytes(size))
        told, _ = process.communicate("go\n")
    assert process.returncode == 0, process.returncode
    assert len(told.split()) == 7
    errors = {"Damaged", "StorageError", *(["Forged"] if sealing.is_sealed(path) else [])}
    assert set(told.split()) <= {"read", *errors}
    assert errors & set(told.split())

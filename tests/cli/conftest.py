"""A small folder of documents, the memory file made of it, and two ways to run the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from memcodec.cli import main
from tests.cli.support import FOLDER, NEWER, Run, Spawn, program, write_documents, written_on_a_terminal


@pytest.fixture(autouse=True)
def _alone(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings from outside: not from the working directory, the user's folder or the environment."""
    for name in [name for name in os.environ if name.startswith("MEMCODEC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.chdir(tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_documents(tmp_path_factory.mktemp("in") / FOLDER)


@pytest.fixture(scope="session")
def memory_file(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("memory") / "birds.mp4")
    made = CliRunner().invoke(
        main, ["encode", str(folder), "-o", path, "--model", "none", "--tag", "place=pond"]
    )
    assert made.exit_code == 0, made.output
    return path


@pytest.fixture(scope="session")
def _grown(memory_file: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(shutil.copy(memory_file, tmp_path_factory.mktemp("grown") / "birds.mp4"))
    newer = write_documents(tmp_path_factory.mktemp("newer"), NEWER)
    for args in (["append", path, str(newer), "--as", FOLDER], ["forget", path, "--path", "evil.txt"]):
        made = CliRunner().invoke(main, args)
        assert made.exit_code == 0, made.output
    return path


@pytest.fixture
def grown(_grown: str) -> str:
    """A file of its own of three commits: ``DOCUMENTS``; ``NEWER``, one of them a new version; evil.txt forgotten."""
    return str(shutil.copy(_grown, "grown.mp4"))


@pytest.fixture
def run() -> Run:
    """Run a command in this process; what is not meant to be an error must not be one."""

    def invoke(*args: object, code: int | None = 0, **extra: object) -> Result:
        result = CliRunner().invoke(main, [str(each) for each in args], **extra)  # type: ignore[arg-type]
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert code is None or result.exit_code == code, result.output
        return result

    return invoke


@pytest.fixture
def spawn() -> Spawn:
    """Run a command in a process of its own."""

    def start(*args: object, **extra: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(program(*args), capture_output=True, check=False, timeout=60, **extra)  # type: ignore[call-overload,no-any-return]

    return start


@pytest.fixture
def on_terminal(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Run a command on a terminal of 80 columns; gives all that it wrote there."""
    yield partial(written_on_a_terminal, typed=False)


@pytest.fixture(scope="session")
def scattered(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A memory file of many small documents over many frames, without parity: any damage costs some of them."""
    folder = tmp_path_factory.mktemp("scattered")
    for number in range(24):
        numbers = (f"{(number * 4000 + index) * 2654435761 % 2**32:x}" for index in range(2000))
        (folder / f"{number:02}.txt").write_text(" ".join(numbers))
    path = str(tmp_path_factory.mktemp("memory") / "scattered.mp4")
    made = CliRunner().invoke(main, ["encode", str(folder), "-o", path, "--model", "none", "--parity", "0"])
    assert made.exit_code == 0, made.output
    return path

"""What all tests share: documents, a memory file made of them, and what becomes of tests whose programs are missing."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

# Before numpy and FAISS load: a worker has one core, and more threads of theirs would only wait for each other on it.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import memcodec
from fixtures.prose import write_tree
from tests.support.needs import missing_program, needs
from tests.support.s3servers import ministack, ministack_server, radosgw, radosgw_server, s3  # noqa: F401 - fixtures

# The same examples each time, however long a busy machine takes for one.
hypothesis.settings.register_profile("memcodec", deadline=None, derandomize=True)
hypothesis.settings.load_profile("memcodec")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    yield from _without_missing_programs()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    yield from _without_missing_programs()


def _without_missing_programs() -> Generator[None, None, None]:
    """A test that wanted to run a program which is not here is skipped; in CI it fails."""
    try:
        yield
    except FileNotFoundError as error:
        if program := missing_program(error):
            needs(program)
        raise


@pytest.fixture(scope="session", autouse=True)
def no_state_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Jobs that a test starts are not the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session", autouse=True)
def commits_in_media() -> Iterator[None]:
    """What tests add is written as a commit with media, however small: that is what they are about.

    Those in tests/file/journal are about the journal, where small texts go otherwise.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("memcodec.file.journal.limits.SMALL", -1)
        yield


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty documents of about 8 KB, 320 KB in all: enough for a dictionary and a few dozen frames."""
    return write_tree(tmp_path_factory.mktemp("documents"), 40, 8000)


@pytest.fixture(scope="session")
def lexical_file(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory file of ``folder`` with the lexical index alone. Do not change it: copy it first."""
    path = tmp_path_factory.mktemp("files") / "lexical.mp4"
    with memcodec.create(path, model="none") as memory:
        memory.add_path(folder)
    return path

"""What many tests share: a small folder of documents, and a memory file made of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import memcodec
from fixtures.prose import write_tree
from tests.support.s3servers import ministack, ministack_server, radosgw, radosgw_server, s3  # noqa: F401 - fixtures


@pytest.fixture(scope="session", autouse=True)
def no_state_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Jobs that a test starts are not the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
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

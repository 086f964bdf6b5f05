"""A child that reads a stranger's bytes reaches nothing else, and its parent outlives whatever it does."""

from __future__ import annotations

import re
import socket
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import sandbox
from memcodec.isolation import child, landlock, seccomp

linux = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")


def pieces(name: str, data: bytes = b"", seconds: float = 60) -> list[child.Piece]:
    return list(child.stream(f"tests.isolation.attempts:{name}", BytesIO(data), seconds=seconds))


@linux
def test_a_child_that_was_taken_over_reaches_nothing(tmp_path: Path) -> None:
    if not landlock.version() or not seccomp.is_available():
        pytest.skip("this kernel has no Landlock or no seccomp")
    secret = tmp_path / "secret.txt"
    secret.write_text("Nobody may read this.")
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = pieces("attempts", f"{server.getsockname()[1]} {secret}".encode())
    said = {name: how for head, _ in found for name, how in head.items()}
    assert len(said) == 11 and set(said.values()) == {"PermissionError"}, said
    assert secret.exists() and list(tmp_path.iterdir()) == [secret]


def test_a_child_has_what_it_needs() -> None:
    data = bytes(range(256)) * 4096
    ((head, end),) = pieces("allowed", data)
    assert end == data[-4:] and head["scratch"] != tempfile.gettempdir()
    assert not Path(head["scratch"]).exists()


def test_all_of_a_file_arrives_whatever_is_printed() -> None:
    data = bytes(range(251)) * 9000
    assert [piece for _, piece in pieces("chatter", data)] == [data]


@pytest.mark.parametrize(
    ("name", "seconds"), [("crash", 60), pytest.param("hang", 5, marks=pytest.mark.slow)]
)
def test_what_came_before_the_end_counts(name: str, seconds: float) -> None:
    stream = child.stream(f"tests.isolation.attempts:{name}", BytesIO(b"x"), seconds=seconds)
    assert next(stream)[1] == b"before"
    with pytest.raises(child.Ended):
        next(stream)


@linux
def test_memory_is_bounded() -> None:
    with pytest.raises((SourceError, child.Ended)):
        pieces("hoard")


@linux
def test_a_child_that_speaks_nonsense_is_ended() -> None:
    with pytest.raises(child.Ended):
        pieces("lie")


@pytest.mark.parametrize("name", ["annotations", "MemcodecErro", "__name__", "line"])
def test_an_error_is_one_of_the_tree_or_none(name: str) -> None:
    assert isinstance(child.error_of(name, "x"), child.Ended)
    assert isinstance(child.error_of("SourceError", "x"), SourceError)


@linux
def test_documents_are_read_by_a_confined_child() -> None:
    assert sandbox.extract(b"text", "a.txt").text == "text"
    process = Path(f"/proc/{sandbox._idle[-1].process.pid}")
    status, limits = (process / "status").read_text(), (process / "limits").read_text()
    if seccomp.is_available():
        assert re.search(r"^Seccomp:\s2$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s1$", status, re.MULTILINE)
    for name, most in (
        ("Max data size", sandbox._idle[-1].memory),
        ("Max open files", 512),
        ("Max file size", 1 << 30),
    ):
        assert re.search(rf"^{name} +{most} ", limits, re.MULTILINE), name


def test_a_scratch_folder_goes_with_its_child() -> None:
    sandbox.extract(b"text", "a.txt")
    scratch = Path(sandbox._idle[-1].scratch.path)
    assert scratch.is_dir()
    sandbox.close()
    assert not scratch.exists()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_refuses_what_is_in_the_table_and_nothing_else(machine: str) -> None:
    table = set(map(int, seccomp._CALLS[machine].split()))
    steps = seccomp.program(machine)

    def verdict(number: int, architecture: int) -> int:
        held, at = 0, 0
        while True:
            code, then, otherwise, value = steps[at]
            if code == seccomp._RETURN:
                return value
            if code == seccomp._LOAD:
                held = architecture if value == 4 else number
                at += 1
                continue
            holds = held == value if code == seccomp._EQUAL else held >= value
            at += 1 + (then if holds else otherwise)

    mine = seccomp._AUDIT[machine]
    refused = {number for number in range(600) if verdict(number, mine) == seccomp._REFUSE}
    assert refused == table and {verdict(number, mine) for number in range(600)} == {
        seccomp._REFUSE,
        seccomp._ALLOW,
    }
    assert verdict(0, mine ^ 1) == seccomp._KILL
    if machine == "x86_64":
        assert verdict(seccomp._X32 | 41, mine) == seccomp._REFUSE

"""Where keys must not be seen: core files, other processes, tracebacks with all variables, logs, what is pickled."""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import Damaged, MemcodecError, Sealed, WrongKey
from memcodec.seal.aead import MemoryKey
from tests.cli.support import program
from tests.seal.people import Person, read, sealed
from tests.support.needs import needs

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's system calls")

#: the command line, in a process that then says whether it can be dumped, and crashes
CRASHING = """
import ctypes, os, resource, sys
most = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
from memcodec.cli import main
main(sys.argv[1:], standalone_mode=False)
print("dumpable", ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)
os.abort()
"""
#: a program that uses the library: it holds a file open, or has closed it, and crashes
USING = """
import os, resource, sys, memcodec
most = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
memory = memcodec.open(sys.argv[1])
memory.search("heron")
os.abort()
"""


@pytest.fixture
def memory_keys(tmp_path: Path, ada: Person) -> tuple[Path, bytes]:
    """A sealed file, and its memory key."""
    file = sealed(tmp_path / "a.mp4", ada.recipient)
    (tmp_path / "key.txt").write_text(ada.identity)
    with memcodec.open(file, unlock=ada.identity) as memory:
        assert memory.reader.keys is not None
        return file, memory.reader.keys.all()[0].exposed()


def crashed(folder: Path, code: str, *words: object, **environment: str) -> tuple[str, bytes | None]:
    """What a program prints before it aborts, and the core that it leaves, if any."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGABRT, done.stderr
    cores = [each for each in folder.iterdir() if each.name.startswith("core")]
    data = cores[0].read_bytes() if cores else None
    for each in cores:
        each.unlink()
    return done.stdout, data


@pytest.fixture
def writes_cores(tmp_path: Path) -> None:
    """Whether this system writes cores where the process is."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if not pattern.startswith("core") or not resource.getrlimit(resource.RLIMIT_CORE)[1]:
        pytest.skip("cores are written elsewhere here, or not at all")


@pytest.mark.slow
@pytest.mark.usefixtures("writes_cores")
def test_the_command_line_leaves_no_core_of_a_sealed_file(
    memory_keys: tuple[Path, bytes], tmp_path: Path
) -> None:
    """Of a plain one it does; and the core of a program that uses the library does have the key: it could be found."""
    file, key = memory_keys
    with memcodec.create(tmp_path / "plain.mp4", model="none") as memory:
        memory.add("The heron nests.")
    said, core = crashed(tmp_path, CRASHING, "search", "heron", "plain.mp4")
    assert "dumpable 1" in said and core is not None and b"heron" in core
    said, core = crashed(tmp_path, CRASHING, "search", "heron", file, "--identity", "key.txt")
    assert "dumpable 0" in said and "heron" in said and core is None
    said, core = crashed(tmp_path, USING, file, MEMCODEC_IDENTITY=str(tmp_path / "key.txt"))
    assert core is not None and key in core


@contextlib.contextmanager
def waiting(folder: Path, *words: object) -> Iterator[subprocess.Popen[str]]:
    """The command line as an ordinary user's process, which waits at its end with all that it holds."""
    code = (
        "import sys; from memcodec.cli import main; main(sys.argv[1:], standalone_mode=False);"
        "print('there', flush=True); sys.stdin.read()"
    )
    command = [*as_nobody(), sys.executable, "-c", code, *map(str, words)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=folder, stdin=pipe, stdout=pipe, text=True, env=os.environ | {"HOME": str(folder)}
    ) as child:
        assert child.stdout is not None
        line = "begun"
        while line and line != "there\n":
            line = child.stdout.readline()
        assert line
        try:
            yield child
        finally:
            child.kill()


def as_nobody() -> list[str]:
    """What has a command run as a user who is not root."""
    needs("setpriv")
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []


@pytest.mark.slow
def test_another_process_of_the_same_user_does_not_look_into_it(tmp_path: Path, ada: Person) -> None:
    """And what works through /proc for a new file without a name still does: the user is not root here."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "note.txt").write_text("The heron nests.\n")
        (folder / "key.txt").write_text(ada.identity)
        folder.chmod(0o777)
        if subprocess.run([*as_nobody(), sys.executable, "-c", "import memcodec"], check=False).returncode:
            pytest.skip("another user may not run this Python")
        plain = ("encode", "note.txt", "-o", "plain.mp4", "--model", "none", "-q")
        secret = ("encode", "note.txt", "-o", "a.mp4", "--model", "none", "-q", "--seal-to", ada.recipient)
        for words, is_read in ((plain, True), (secret, False)):
            with waiting(folder, *words) as child:
                look = f"open('/proc/{child.pid}/environ', 'rb').read(1)"
                done = subprocess.run(
                    [*as_nobody(), sys.executable, "-c", look], capture_output=True, text=True, check=False
                )
            assert (done.returncode == 0) == is_read, (words, done.stderr)
            assert is_read or "PermissionError" in done.stderr
        assert sorted(each.name for each in folder.glob("*.mp4")) == ["a.mp4", "plain.mp4"]
        assert read(folder / "a.mp4", ada.identity) == {"note.txt": "The heron nests.\n"}


def all_said(error: BaseException) -> str:
    """A traceback with every variable of every frame of ours, and all that it was raised from."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    for each in (told, told.__cause__, told.__context__):
        if each is not None:
            kept = [frame for frame in each.stack if "/memcodec/" in frame.filename]
            each.stack = traceback.StackSummary.from_list(kept)
    return "".join(told.format())


def test_no_key_is_in_a_traceback_with_all_variables(
    memory_keys: tuple[Path, bytes], tmp_path: Path, eve: Person, ada: Person
) -> None:
    """As reporters of crashes send them: of a wrong key, a forged packet, a torn file, a file of keys that is none."""
    file, key = memory_keys
    keys = tmp_path / "key.txt"
    secrets = (key.hex(), repr(key)[2:-1], repr(bytearray(key))[12:-2], ada.identity, eve.identity)

    def check(error: MemcodecError) -> None:
        said = all_said(error)
        assert "/memcodec/" in said  # frames of ours, with their variables
        assert not [each for each in secrets if each in said], said

    (tmp_path / "eve.txt").write_text(eve.identity)
    with pytest.raises(WrongKey) as wrong:
        memcodec.open(file, unlock=tmp_path / "eve.txt")
    check(wrong.value)
    with pytest.raises(Sealed) as none:
        memcodec.open(file)
    check(none.value)
    data = file.read_bytes()
    errors = list[MemcodecError]()
    for at in range(len(data) // 3, len(data), len(data) // 60):
        broken = data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]
        try:
            with memcodec.open(broken, unlock=keys) as memory:
                memory.search("heron")
                for each in memory:
                    memory.read(each)
        except MemcodecError as error:
            errors.append(error)
    assert len(errors) > 5 and any(isinstance(each, Damaged) for each in errors)
    for error in errors:
        check(error)
    keys.write_text(f"{ada.identity}\nAGE-SECRET-KEY-NONSENSE\n")
    with pytest.raises(memcodec.ConfigError) as nonsense:
        memcodec.open(file, unlock=keys)
    check(nonsense.value)


@pytest.mark.slow
def test_no_key_is_in_a_log(memory_keys: tuple[Path, bytes], tmp_path: Path, ada: Person) -> None:
    """All that ``--verbose`` shows of a search, an append and a failure."""
    file, key = memory_keys
    said = ""
    for words in (
        ("search", "heron", file, "--identity", "key.txt"),
        ("append", file, "--text", "A weir.", "--identity", "key.txt"),
        ("rotate", file, "--identity", "key.txt"),
        ("search", "heron", "nothing.mp4", "--identity", "key.txt"),
    ):
        done = subprocess.run(
            program("--verbose", *words), cwd=tmp_path, capture_output=True, text=True, check=False
        )
        said += done.stdout + done.stderr
    assert " ms  memcodec" in said and "nothing.mp4" in said
    assert key.hex() not in said and repr(key)[2:-1] not in said and ada.identity not in said


def test_a_key_is_not_pickled(memory_keys: tuple[Path, bytes], ada: Person) -> None:
    with memcodec.open(memory_keys[0], unlock=ada.identity) as memory:
        assert memory.reader.keys is not None
        (key,) = memory.reader.keys.all()
        assert isinstance(key, MemoryKey)
        for each in (key, memory.reader.keys):
            with pytest.raises(TypeError):
                pickle.dumps(each)
        assert key.exposed() not in pickle.dumps(memory) and ada.identity.encode() not in pickle.dumps(memory)

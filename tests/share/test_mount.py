"""``mount``: real mounts by real processes, and what the files in them say and hold."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals

import pytest
from click.testing import CliRunner

import memcodec
from memcodec.cli import main
from memcodec.config.settings import Settings
from tests.cli.support import damaged, program, without_signal_mask
from tests.support.needs import needs_fuse

Tree = dict[str, tuple[int, int, int, bytes]]  # mode, size and time of each file, and what is in it

PLAIN = Settings.of(model="none", parity=0)
LONG = "".join(f"{number * 2654435761 % 2**32:x} " for number in range(40_000))
NAMES = ["../../out.txt", "a", "a/b.txt", "birds//./heron.md", "long.txt", "x" * 300, "漢字.txt", "empty"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Names that collide and lead out, a file with permissions of its own, one whose text was taken out of it."""
    folder = tmp_path_factory.mktemp("mount")
    source = folder / "in"
    source.mkdir()
    (source / "run.sh").write_text("#!/bin/sh\n")
    (source / "run.sh").chmod(0o4700)
    (source / "page.html").write_text("<html><title>A page</title><p>A heron.</p></html>")
    with memcodec.create(folder / "m.mp4", settings=PLAIN) as memory:
        memory.add_path(source)
        for name in NAMES:
            memory.add("" if name == "empty" else LONG if name == "long.txt" else f"of {name}\n", uri=name)
    return folder / "m.mp4"


@contextmanager
def mounted(file: Path | str, folder: Path, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    needs_fuse()
    folder.mkdir()
    child = subprocess.Popen(
        program("mount", file, folder, *args),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=without_signal_mask,
    )
    with child:
        assert child.stdout is not None and child.stderr is not None
        try:
            assert b" of " in child.stdout.readline(), child.stderr.read()
            yield child
        finally:
            child.terminate()
            child.wait(30)
    assert not os.path.ismount(folder)


def tree(folder: Path) -> Tree:
    files = [each for each in folder.rglob("*") if each.is_file()]

    def looked_at(path: Path) -> tuple[int, int, int, bytes]:
        found = path.stat()
        return found.st_mode, found.st_size, found.st_mtime_ns, path.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        return dict(
            zip([str(each.relative_to(folder)) for each in files], pool.map(looked_at, files), strict=True)
        )


@pytest.mark.slow
def test_there_are_the_files_that_restore_writes_and_nobody_changes_them(file: Path, tmp_path: Path) -> None:
    with memcodec.open(file) as memory:
        memory.restore(tmp_path / "restored")
    expected, folder = tree(tmp_path / "restored"), tmp_path / "m"
    with mounted(file, folder):
        assert tree(folder) == expected and len(expected) == len(NAMES) + 2
        assert folder.stat().st_uid == os.getuid()
        with (folder / "long.txt").open("rb") as opened:
            for at in (300_000, 5, 131_071):
                opened.seek(at)
                assert opened.read(70_000) == LONG.encode()[at : at + 70_000]
        path = folder / "run.sh"
        changes: list[Callable[[], object]] = [
            lambda: path.open("ab"),
            path.unlink,
            lambda: path.chmod(0o777),
            lambda: path.rename(folder / "other"),
            lambda: os.utime(path),
            (folder / "new").mkdir,
            (folder / "new").touch,
        ]
        for change in changes:
            with pytest.raises(OSError) as refused:
                change()
            assert refused.value.errno == errno.EROFS
        (options,) = (
            line.split()[3].split(",")
            for line in Path("/proc/mounts").read_text().splitlines()
            if line.split()[1] == str(folder)
        )
        assert {"ro", "nosuid", "nodev", "noexec"} <= set(options) and "allow_other" not in options


@pytest.mark.slow
def test_a_damaged_document_is_an_error_and_not_a_byte(tmp_path: Path) -> None:
    texts = {f"{number}.txt": LONG[number * 9000 :][:9000] for number in range(24)}
    with memcodec.create(tmp_path / "m.mp4", settings=PLAIN) as memory:
        for name, text in texts.items():
            memory.add(text, uri=name)
    broken, lost = damaged(str(tmp_path / "m.mp4"), tmp_path / "b.mp4", slice(2, 3)), set[str]()
    with mounted(broken, tmp_path / "m") as child:
        assert {each.name: each.stat().st_size for each in (tmp_path / "m").iterdir()} == dict.fromkeys(
            texts, 9000
        )
        for name, text in texts.items():
            fd = os.open(tmp_path / "m" / name, os.O_RDONLY)
            try:
                assert os.read(fd, 10_000) == text.encode()
            except OSError as error:
                assert error.errno == errno.EIO
                lost.add(name)
            finally:
                os.close(fd)
        child.terminate()
        assert child.stderr is not None
        said = child.stderr.read().decode().splitlines()
    assert 0 < len(lost) < len(texts)
    assert {line.split(": ")[1] for line in said} == lost and len(said) == len(lost)


@pytest.mark.slow
@pytest.mark.parametrize("end", [None, SIGINT, SIGTERM])
def test_umount_and_signals_end_it_with_0(file: Path, tmp_path: Path, end: Signals | None) -> None:
    with mounted(file, tmp_path / "m") as child:
        assert (tmp_path / "m" / "run.sh").read_text() == "#!/bin/sh\n"
        if end is None:
            subprocess.run(["fusermount3", "-u", tmp_path / "m"], check=True)
        else:
            child.send_signal(end)
        assert child.wait(30) == 0
        assert child.stderr is not None and child.stderr.read() == b""
        assert list((tmp_path / "m").iterdir()) == []


@pytest.mark.slow
def test_a_state_and_those_that_a_filter_takes(tmp_path: Path) -> None:
    file = tmp_path / "m.mp4"
    with memcodec.create(file, settings=PLAIN) as memory:
        memory.add("first", uri="a/note.txt")
        memory.add("other", uri="b.md")
        memory.commit()
        memory.add("second", uri="a/note.txt")
    with mounted(file, tmp_path / "old", "--as-of", "1"):
        assert (tmp_path / "old/a/note.txt").read_text() == "first"
    with mounted(file, tmp_path / "new", "--path", "a/*"):
        with memcodec.open(file) as memory:
            memory.add("third", uri="a/note.txt")
        assert [each.name for each in (tmp_path / "new").iterdir()] == ["a"]
        assert (tmp_path / "new/a/note.txt").read_text() == "second"


def refusal(code: int, *args: object) -> str:
    done = CliRunner().invoke(main, ["mount", *map(str, args)])
    assert done.exit_code == code, done.output
    (line,) = done.stderr.splitlines()
    return line


def test_without_the_library(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mfusepy", None)
    assert "pip install 'memcodec[mount]'" in refusal(8, file, tmp_path)


def test_where_nothing_can_be_mounted(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_fuse()
    (tmp_path / "file").touch()
    assert "is not empty" in refusal(11, file, tmp_path)
    assert "Not a directory" in refusal(11, file, tmp_path / "file")
    assert "No such file" in refusal(11, file, tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    assert "no document matches" in refusal(9, file, tmp_path / "empty", "--path", "x*y")
    monkeypatch.setattr("memcodec.share.mount._DEVICE", tmp_path / "absent")
    assert "absent here: load the kernel's module" in refusal(11, file, tmp_path / "empty")


def test_what_libfuse_has_against_it_is_part_of_the_error(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_fuse()
    monkeypatch.setattr("memcodec.share.mount._OPTIONS", {"no_such_option": True})
    (tmp_path / "empty").mkdir()
    assert "cannot be mounted on: " in refusal(11, file, tmp_path / "empty")

"""No command opens what was private: a replaced file keeps its mode, and a new one is as closed as its sources."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from fixtures.prose import prose
from memcodec.cli import COMMANDS
from tests.cli.support import READING, Run
from tests.reliability import actors
from tests.reliability.support import forks, running
from tests.support import signers
from tests.support.servers import web_server
from tests.support.world import KEY, RECIPIENT

MEMORY = ["--model", "none", "-q"]
#: what each command that writes a file of its own makes of m.mp4, under the name that stands for OUT
WRITING: dict[str, list[object]] = {
    "encode": ["encode", "secret", "-o", "new.mp4", *MEMORY],
    "compact": ["compact", "m.mp4", "-o", "new.mp4"],
    "merge": ["merge", "m.mp4", "other.mp4", "-o", "new.mp4"],
    "convert": ["convert", "m.mp4", "new.flac"],
    "branch": ["branch", "m.mp4", "1", "-o", "new.mp4"],
    "seal": ["seal", "m.mp4", "-o", "new.mp4", "--seal-to", RECIPIENT],
    "capsule": ["capsule", "m.mp4", "-o", "new.mp4", "--as-of", "1", "--to", RECIPIENT],
    "unseal": ["unseal", "s.mp4", "-o", "new.mp4", "--identity", "key.txt"],
    "reseal": ["reseal", "s.mp4", "-o", "new.mp4", "--identity", "key.txt"],
    "repair": ["repair", "m.mp4", "-o", "new.mp4", *MEMORY],
    "split": ["split", "m.mp4", "--size", "20kB", "-o", "parts"],
    "join": ["join", "part-*.mp4", "-o", "new.mp4"],
    "print": ["print", "m.mp4", "-o", "new.pdf"],
    "scan": ["scan", "pages.pdf", "-o", "new.mp4", *MEMORY],
    "graph": ["graph", "m.mp4", "-o", "new.html"],
    "dashboard": ["dashboard", "m.mp4", "-o", "new.html"],
    "page": ["page", "m.mp4", "-o", "new.html", "--single", "--insight"],
    "spectrum": ["spectrum", "m.mp4", "-o", "new.png"],
    "prove": ["prove", "m.mp4", "b.txt", "-o", "new.json"],
    "restore": ["restore", "m.mp4", "-o", "out"],
}
#: what they make, where that is not a file called new
MADE = {"split": "parts/m-*.mp4", "restore": "out/**/*"}
#: commands that write in a file's place, by a name of it
IN_PLACE = {"append", "fold", "sync", "tag", "forget", "rollback", "sign", "index", "recipients", "rotate"}


def test_every_command_is_looked_at() -> None:
    assert {*WRITING, *IN_PLACE, *READING, "fetch"} == set(COMMANDS)


def mode_of(path: Path | str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


@pytest.fixture(autouse=True)
def open_by_default() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private memory file, another, its parts, its pages, and a folder of private documents."""
    from click.testing import CliRunner

    from memcodec.cli import main

    folder = tmp_path_factory.mktemp("world")
    (folder / "secret").mkdir()
    (folder / "secret" / "deep").mkdir()
    (folder / "secret" / "deep" / "a.txt").write_text(prose(1, 40_000))
    (folder / "secret" / "b.txt").write_text("Nothing that must be hidden.\n")
    (folder / "key.txt").write_text(KEY)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in (
            ["encode", "secret", "-o", "m.mp4", *MEMORY],
            ["encode", "secret/b.txt", "-o", "other.mp4", *MEMORY],
            ["encode", "secret", "-o", "s.mp4", *MEMORY, "--seal-to", RECIPIENT],
            ["split", "m.mp4", "--size", "20kB"],
            ["print", "m.mp4", "-o", "pages.pdf"],
            ["sign", "m.mp4", "--key", str(signers.ssh(folder).private)],
        ):
            assert CliRunner().invoke(main, command).exit_code == 0, command
        for number, part in enumerate(sorted(folder.glob("m-*")), 1):
            part.rename(f"part-{number}.mp4")
    (folder / "secret" / "deep" / "a.txt").chmod(0o600)
    return folder


@pytest.fixture
def private(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to work in: the memory, one part, the pages and one document are private, and nothing else."""
    folder = tmp_path / "here"
    shutil.copytree(world, folder)
    for name in ("m.mp4", "s.mp4", "part-2.mp4", "pages.pdf"):
        (folder / name).chmod(0o600)
    monkeypatch.chdir(folder)
    return folder


def command(name: str) -> list[object]:
    words = [sorted(Path().glob(str(word))) if "*" in str(word) else [word] for word in WRITING[name]]
    return [word for each in words for word in each]


def made(name: str) -> list[Path]:
    found = [path for path in Path().glob(MADE.get(name, "new.*")) if path.is_file()]
    assert found
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITING)
def test_a_new_file_is_as_closed_as_what_it_is_made_of(name: str, private: Path, run: Run) -> None:
    run(*command(name))
    assert {mode_of(path) for path in made(name)} == {0o600}
    if name == "restore":
        assert {mode_of("out"), mode_of("out/deep")} == {0o700}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITING)
def test_a_new_file_of_what_all_may_read_is_for_all(name: str, private: Path, run: Run) -> None:
    for path in ("m.mp4", "s.mp4", "part-2.mp4", "pages.pdf", "secret/deep/a.txt"):
        Path(path).chmod(0o644)
    run(*command(name))
    assert {mode_of(path) for path in made(name)} == {0o644}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "mode"), list(zip(WRITING, itertools.cycle([0o600, 0o644]))))
def test_a_file_that_is_replaced_keeps_its_mode_and_attributes(
    name: str, mode: int, private: Path, run: Run
) -> None:
    run(*command(name))
    for path in made(name):
        path.chmod(mode)
        os.setxattr(path, "user.shelf", b"3")
    for source in ("m.mp4", "s.mp4", "part-2.mp4", "pages.pdf", "secret/deep/a.txt"):
        Path(source).chmod(0o644 if mode == 0o600 else 0o600)
    run(*command(name), "--force")
    for path in made(name):
        assert (mode_of(path), os.getxattr(path, "user.shelf")) == (mode, b"3"), path


def names(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def limited(words: Sequence[object], limit: int) -> tuple[int | None, str]:
    """The exit code and the errors of a command, in a process whose files may have so many bytes."""
    context = forks()
    ours, theirs = context.Pipe(duplex=False)
    given = [str(each) for each in words], limit, str(Path.cwd()), dict(os.environ), theirs
    process, said = context.Process(target=actors.without_room, args=given), b""
    with running(process), contextlib.closing(ours):
        theirs.close()
        while piece := os.read(ours.fileno(), 65536):
            said += piece
        process.join(120)
        return process.exitcode, said.decode()


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITING)
def test_without_room_for_the_new_file_the_old_one_stays(name: str, private: Path, run: Run) -> None:
    """A limit on the size of files stands for a full disk."""
    run(*command(name))
    whole = names(private)
    for path in made(name):
        path.write_bytes(b"the only copy")
    before = names(private)
    for limit in (100, 5000):
        code, errors = limited([*command(name), "--force"], limit)
        after = names(private)
        if name == "restore" or code == 0:  # some of it, or all, is small enough
            assert all(after[each] in (before[each], whole[each]) for each in before)
        else:
            assert after == before
            assert code == 11
        said = errors.splitlines()
        notes = (
            said[:-1] if name == "restore" else []
        )  # a line for each document, where several are not written
        assert all(each.startswith("note: ") for each in notes)
        assert len(said) - len(notes) == (code != 0), errors
    assert after.keys() == before.keys()


def _append(run: Run) -> None:
    run("append", "m.mp4", "secret/b.txt", "--tag", "new=yes", "-q")


@pytest.mark.parametrize(
    "change",
    [
        _append,
        lambda run: run("tag", "m.mp4", "--path", "b.txt", "--tag", "x=y", "-q"),
        lambda run: run("forget", "m.mp4", "--path", "b.txt", "-q"),
        lambda run: run("compact", "m.mp4", "-q"),
        lambda run: run("index", "m.mp4", "--model", "none", "-q"),
    ],
)
def test_a_file_that_is_changed_keeps_its_mode_and_attributes(
    change: Callable[[Run], object], private: Path, run: Run
) -> None:
    os.setxattr("m.mp4", "user.shelf", b"3")
    change(run)
    assert (mode_of("m.mp4"), os.getxattr("m.mp4", "user.shelf")) == (0o600, b"3")


@pytest.mark.slow
def test_a_fetched_file_keeps_the_mode_of_the_one_it_replaces(
    private: Path, run: Run, tmp_path: Path
) -> None:
    with web_server(tmp_path / "nginx") as server:
        shutil.copyfile("m.mp4", server.folder / "m.mp4")
        (server.folder / "m.mp4").chmod(0o644)
        run("fetch", server.url("m.mp4"), "there.mp4", "-q")
        assert mode_of("there.mp4") == 0o644
        Path("there.mp4").chmod(0o600)
        run("fetch", server.url("m.mp4"), "there.mp4", "--force", "-q")
        assert mode_of("there.mp4") == 0o600


def test_an_archive_of_private_documents_is_private(private: Path, run: Run) -> None:
    shutil.make_archive("secret", "zip", "secret")
    Path("secret.zip").chmod(0o600)
    run("encode", "secret.zip", "-o", "new.mp4", *MEMORY)
    assert mode_of("new.mp4") == 0o600

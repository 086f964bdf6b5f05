"""Restore on full, limited and locked disks, and killed: a whole file under a document's name, or what was there."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import NotRestored
from tests.cli.support import program
from tests.reliability import sealing
from tests.reliability.actors import killed_command
from tests.reliability.support import create, forks, is_root, mounted, text

LARGE = "\n".join(map(str, range(20_000)))  # 109 kB: more than the limits below
DOCUMENTS = {"a.txt": "one\n", "b.txt": LARGE, "c.txt": "three\n", "deep/d.txt": "four\n"}
SMALL = {uri: content for uri, content in DOCUMENTS.items() if content != LARGE}


MEDIA = ("mp4", "sealed.mp4")  #: restore is the same whatever the medium


@pytest.fixture(scope="module", params=MEDIA)
def memory_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("memory") / f"m.{request.param}", DOCUMENTS, index="none")


def files(folder: Path) -> dict[str, str]:
    """All that lies there, hidden or not."""
    found = (path for path in folder.rglob("*") if not path.is_dir())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def limited(*words: object, limit: int = 50_000) -> subprocess.CompletedProcess[str]:
    """A command that may write no file larger than that."""
    return subprocess.run(
        program(*words),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


def test_no_half_file_has_a_documents_name(memory_file: Path, tmp_path: Path) -> None:
    done = limited("restore", memory_file, "-o", tmp_path / "out", "-q")
    assert files(tmp_path / "out") == SMALL
    assert done.returncode == 11
    assert done.stderr.count("\n") == 1
    assert (
        f"1 of 4 documents were not written: {tmp_path}/out/b.txt: cannot write: File too large"
        in done.stderr
    )


def test_what_was_there_stays_when_the_new_one_cannot_be_written(memory_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "b.txt").write_text("the only copy")
    done = limited("restore", memory_file, "-o", out, "--force", "-q")
    assert done.returncode == 11
    assert files(out) == {**SMALL, "b.txt": "the only copy"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", "64k") as folder:
        yield folder


def test_a_full_disk(memory_file: Path, small_disk: Path) -> None:
    (small_disk / "b.txt").write_text("the only copy")
    with memcodec.open(memory_file) as memory, pytest.raises(NotRestored, match="No space left") as caught:
        memory.restore(small_disk, force=True)
    assert files(small_disk) == {**SMALL, "b.txt": "the only copy"}
    report = caught.value.report
    assert [each.document.uri for each in report.unwritten] == ["b.txt"]
    assert {document.uri for document, _ in report.files} == SMALL.keys()


def test_every_path_that_cannot_be_written_is_named_and_the_others_are(tmp_path: Path) -> None:
    far = "/".join(["d" * 200] * 25) + "/x.txt"  # longer than a path may be
    names = ["a.txt", far, "folder", "file/inside.txt", "pipe", "link", "z.txt"]
    path = create(tmp_path / "m.mp4", {name: name for name in names}, index="none")
    out = tmp_path / "out"
    (out / "folder" / "mine").mkdir(parents=True)
    (out / "file").write_text("mine")
    (out / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(out / "pipe")
    done = subprocess.run(
        program("restore", path, "-o", out, "--force"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 11
    assert (out / "a.txt").read_text() == "a.txt" and (out / "z.txt").read_text() == "z.txt"
    assert (out / "file").read_text() == "mine" and not (tmp_path / "elsewhere").exists()
    told = done.stderr.splitlines()
    assert [line.startswith("note: ") for line in told] == [True] * 5 + [False]
    for name, line in zip(names[1:-1], told, strict=False):
        assert f"{out}/{name}: " in line
    assert "5 of 7 documents were not written" in told[-1]
    assert "restored 2 documents" in done.stdout


def test_a_folder_that_may_not_be_written_to_costs_what_is_in_it(memory_file: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "deep").mkdir(parents=True)
    (tmp_path / "out" / "deep").chmod(0o500)
    prefix = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if is_root() else []
    words = program("restore", memory_file, "-o", tmp_path / "out", "-q")
    done = subprocess.run([*prefix, *words], capture_output=True, text=True, check=False, timeout=60)
    (tmp_path / "out" / "deep").chmod(0o700)
    assert done.returncode == 11
    assert f"{tmp_path}/out/deep/d.txt: cannot create: Permission denied" in done.stderr
    assert files(tmp_path / "out") == {uri: text for uri, text in DOCUMENTS.items() if uri != "deep/d.txt"}


@pytest.mark.slow
@pytest.mark.parametrize("medium", MEDIA)
def test_killed_at_any_moment(medium: str, tmp_path: Path) -> None:
    """Every file is the new one or the old one, whole; and there is no other but one under way."""
    path, out, context = tmp_path / f"m.{medium}", tmp_path / "out", forks()
    new = {f"{number}.txt": text(f"new {number}", 300) for number in range(sealing.share(path, 12, 3))}
    old = {uri: f"old {uri}" for uri in new}
    create(path, new, index="none")
    seen, call, ended = set[int](), 0, False
    while not ended:
        call += 1
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        for uri, content in old.items():
            (out / uri).write_text(content)
        work = context.Process(
            target=killed_command, args=(["restore", str(path), "-o", str(out), "--force", "-q"], call)
        )
        work.start()
        work.join()
        ended = work.exitcode == 0
        assert ended or work.exitcode == -signal.SIGKILL
        found = {uri: content for uri, content in files(out).items() if not uri.endswith("-partial")}
        assert found.keys() == new.keys(), call
        assert all(found[uri] in (new[uri], old[uri]) for uri in new), call
        seen.add(sum(found[uri] == new[uri] for uri in new))
    assert seen == set(range(len(new) + 1))

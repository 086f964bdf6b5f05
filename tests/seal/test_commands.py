"""The command line with sealed files."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import memcodec
from memcodec.cli import main
from memcodec.errors import WrongKey
from tests.cli.support import program
from tests.seal.people import DOCUMENTS, Person, read, sealed

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*args: object, code: int = 0) -> Result:
        done = CliRunner().invoke(main, list(map(str, args)), standalone_mode=True)
        assert done.exit_code == code, done.output
        return done

    return call


@pytest.fixture
def keys(run: Run, tmp_path: Path, ada: Person, eve: Person) -> None:
    for name, each in (("ada", ada), ("eve", eve)):
        (tmp_path / f"{name}.key").write_text(each.identity)
        (tmp_path / f"{name}.pub").write_text(each.recipient)
    for uri, text in DOCUMENTS.items():
        path = tmp_path / "in" / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.usefixtures("keys")
def test_append_lets_others_in_with_what_it_adds(run: Run, ada: Person, eve: Person) -> None:
    key = ("--identity", "ada.key")
    run("encode", "in", "-o", "a.mp4", "--model", "none", "--seal-to", "ada.pub", "-q")
    with pytest.raises(WrongKey):
        read(Path("a.mp4"), eve.identity)
    add = ("append", "a.mp4", "--text", "A weir.", "--uri", "weir")
    assert "holds no recipients" in run(*add, *key, "--seal-to", "ada.key", code=3).output
    said = json.loads(run(*add, *key, "--seal-to", "eve.pub", "--json").stdout)
    assert said["commit"]["number"] == 2
    assert (
        read(Path("a.mp4"), eve.identity)
        == read(Path("a.mp4"), ada.identity)
        == {**DOCUMENTS, "weir": "A weir."}
    )
    assert json.loads(run("recipients", "a.mp4", "--json", *key).stdout)["recipients"] == [
        ada.recipient,
        eve.recipient,
    ]
    size = Path("a.mp4").stat().st_size
    run(*add, *key, "--seal-to", "eve.pub")  # nothing is new: no document, and nobody
    assert Path("a.mp4").stat().st_size == size

    run("encode", "in", "-o", "b.mp4", "--model", "none", "--seal-to", "ada.pub", "-q")
    with memcodec.open("b.mp4", unlock=ada.identity) as memory:
        report = memory.commit(seal_to=[eve.recipient])  # for that alone
        assert report.commit is not None and (report.commit.number, report.added) == (2, 0)
    assert read(Path("b.mp4"), eve.identity) == DOCUMENTS


@pytest.mark.usefixtures("keys")
def test_append_seals_no_plain_file(run: Run) -> None:
    run("encode", "in", "-o", "a.mp4", "--model", "none", "-q")
    before = Path("a.mp4").read_bytes()
    said = run("append", "a.mp4", "--text", "A weir.", "--seal-to", "ada.pub", code=3).output
    assert said == (
        "memcodec: a.mp4: is not sealed, and what is in it stays plain; `memcodec seal` writes a sealed copy\n"
    )
    assert Path("a.mp4").read_bytes() == before


@pytest.mark.usefixtures("keys")
def test_a_day_with_a_sealed_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = ("--identity", "ada.key")
    run("encode", "in", "-o", "a.mp4", "--model", "none", "--seal-to", "ada.pub", "-q")
    told = run("search", "heron", "a.mp4", code=13)
    assert "a.mp4: is sealed, and no key was given; give one by --identity FILE" in told.output
    assert "none of the keys" in run("search", "heron", "a.mp4", "--identity", "eve.key", code=13).output
    assert "herons.md" in run("search", "heron", "a.mp4", *key).output
    assert "herons.md" in run(f"--identity={tmp_path / 'ada.key'}", "list", "a.mp4").output
    run("append", "a.mp4", "--text", "A weir.", "--no-journal", *key, "-q")
    run("verify", "a.mp4")
    assert "sealed, and without its key" in run("verify", "a.mp4", "--deep").output
    said = json.loads(run("recipients", "a.mp4", "--json").stdout)
    assert (said["known"], said["files"], said["recipients"]) == (False, 1, [])
    assert f"key {said['key']}\n" in run("info", "a.mp4", *key).output
    run("recipients", "a.mp4", "--add", "eve.pub", *key)
    assert "heron" in run("search", "heron", "a.mp4", "--identity", "eve.key").output
    run("rotate", "a.mp4", "--seal-to", "ada.pub", *key)
    run("search", "heron", "a.mp4", "--identity", "eve.key", code=13)
    run("append", "a.mp4", "--text", "Another weir.", *key, "-q")
    run("compact", "a.mp4", *key, "-q")
    run("unseal", "a.mp4", "-o", "plain.mp4", *key)
    assert len(json.loads(run("search", "weir", "plain.mp4", "--json").stdout)["hits"]) == 2
    run("reseal", "a.mp4", "-o", "b.flac", "--seal-to", "eve.pub", *key)
    monkeypatch.setenv("MEMCODEC_IDENTITY", "eve.key")
    assert len(json.loads(run("search", "weir", "b.flac", "--json").stdout)["hits"]) == 2
    assert "is not sealed" in run("unseal", "plain.mp4", "-o", "c.mp4", code=3).output
    assert "is sealed already" in run("seal", "b.flac", "-o", "c.mp4", "--seal-to", "ada.pub", code=3).output


@pytest.mark.usefixtures("keys")
def test_what_cannot_be_done_is_told_in_one_line(run: Run) -> None:
    key = ("--identity", "ada.key")
    run("encode", "in", "-o", "a.mp4", "--model", "none", "--seal-to", "ada.pub", "-q")
    for args in (
        ("page", "a.mp4", "-o", "site"),
        ("print", "a.mp4", "-o", "sheets.pdf"),
        ("index", "a.mp4", "--model", "none"),
        ("encode", "in", "-o", "b.mp4", "--index", "background", "--seal-to", "ada.pub", "--model", "m"),
    ):
        told = run(*args, *key, code=3)
        assert "sealed" in told.output and told.output.count("\n") == 1, told.output
    told = run("merge", "a.mp4", "a.mp4", "-o", "m.mp4", code=13)
    run("encode", "in", "-o", "p.mp4", "--model", "none", "-q")
    told = run("merge", "a.mp4", "p.mp4", "-o", "m.mp4", *key, code=3)
    assert "say for whom to seal the new one, by --seal-to RECIPIENT or --passphrase" in told.output
    assert "by --seal-to RECIPIENT" in run("seal", "p.mp4", "-o", "m.mp4", code=3).output
    run("merge", "a.mp4", "p.mp4", "-o", "m.mp4", "--seal-to", "eve.pub", *key, "-q")
    assert "heron" in run("search", "heron", "m.mp4", "--identity", "eve.key").output
    assert "no recipient" in run("encode", "in", "-o", "c.mp4", "--seal-to", "age1x", code=3).output


@pytest.mark.slow
def test_a_terminal_is_asked_for_the_passphrase(tmp_path: Path) -> None:
    """In a process of its own, with a terminal of its own; and what a pipe gives is not taken for an answer."""
    (tmp_path / "pass").write_text("the kettle\n")
    (tmp_path / "note.txt").write_text("A heron.\n")
    environment = os.environ | {"MEMCODEC_IDENTITY": ""}
    encode = ("encode", "note.txt", "-o", "a.mp4", "--model", "none", "--passphrase", "-q")
    subprocess.run(program(*encode, "--passphrase-file", "pass"), cwd=tmp_path, check=True, env=environment)
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        program("cat", "a.mp4", "note.txt"),
        cwd=tmp_path,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    while b"Passphrase of a.mp4" not in said:
        said += os.read(ours, 1024)
    os.write(ours, b"the kettle\n")
    assert child.communicate(timeout=60)[0] == b"A heron.\n" and child.returncode == 0
    done = subprocess.run(
        program("cat", "a.mp4", "note.txt"), cwd=tmp_path, capture_output=True, env=environment, check=False
    )
    assert done.returncode == 13 and b"no key was given" in done.stderr


def test_what_is_converted_stays_sealed(tmp_path: Path, ada: Person) -> None:
    file = sealed(tmp_path / "a.mp4", ada.recipient)
    memcodec.convert(
        file, tmp_path / "a.flac", settings=memcodec.Settings.of(codec="flac"), unlock=ada.identity
    )
    assert read(tmp_path / "a.flac", ada.identity) == DOCUMENTS
    with memcodec.open(tmp_path / "a.flac", unlock=ada.identity) as memory:
        assert memory.reader.record.recipients == (ada.recipient,)

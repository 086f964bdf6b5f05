"""The command line with capsules, and the example."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import memcodec
from memcodec import Settings
from memcodec.cli import main
from memcodec.seal import rules
from tests.seal.people import DOCUMENTS, Person, read

Run = Callable[..., Result]
EXAMPLE = Path(__file__).parents[2] / "examples" / "capsule.py"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ada: Person) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ada.key").write_text(ada.identity)
    (tmp_path / "ada.pub").write_text(ada.recipient)
    with memcodec.create("m.mp4", settings=Settings.of(model="none")) as memory:
        for uri, text in DOCUMENTS.items():
            memory.add(text, uri=uri)

    def call(*args: object, code: int = 0) -> Result:
        done = CliRunner().invoke(main, list(map(str, args)), standalone_mode=True)
        assert done.exit_code == code, done.output
        return done

    return call


def test_from_making_one_to_being_refused(run: Run, ada: Person) -> None:
    make = (
        "capsule",
        "m.mp4",
        "-o",
        "c.mp4",
        "--query",
        "heron OR kettle",
        "--path",
        "*.txt",
        "--to",
        "ada.pub",
    )
    told = run(*make, "--allow", "search,show", "--expires", "2999-01-01", "--note", "For\tAda.", "--dry-run")
    assert "would be made; nothing was written" in told.output and not Path("c.mp4").exists()
    told = run(*make, "--allow", "search,show", "--expires", "2999-01-01", "--note", "For\tAda.")
    for said in (
        "documents   2,",
        "letters/ada.txt",
        "notes.txt",
        "search, show, until 2999-01-0",
        ada.recipient,
    ):
        assert said in told.output
    assert "heron" not in told.output

    key = ("--identity", "ada.key")
    assert "letters/ada.txt" in run("search", "kettle", "c.mp4", *key).output
    assert "the kettle is broken" in run("show", "c.mp4", "letters/ada.txt", *key).output
    about = run("info", "c.mp4", *key).output
    assert "for search, show, until 2999-01-0" in about and "note       For Ada." in about
    assert json.loads(run("info", "c.mp4", "--json", *key).stdout)["capsule"]["note"] == "For\tAda."
    run("verify", "c.mp4", *key)
    run("recipients", "c.mp4", *key)
    allows = "is a capsule that allows search, show, and not"
    for command in (
        ("list", "c.mp4"),
        ("timeline", "c.mp4"),
        ("restore", "c.mp4", "-o", "out"),
        ("topics", "c.mp4"),
        ("convert", "c.mp4", "x.flac"),
        ("unseal", "c.mp4", "-o", "x.mp4"),
        ("reseal", "c.mp4", "-o", "x.mp4"),
        ("merge", "m.mp4", "c.mp4", "-o", "x.mp4"),
        ("branch", "c.mp4", "1", "-o", "x.mp4"),
        ("compact", "c.mp4"),
        ("capsule", "c.mp4", "-o", "x.mp4", "--path", "*", "--to", "ada.pub"),
    ):
        said = run(*command, *key, code=13).output
        assert allows in said, (command, said)
        assert said.count("\n") == 1
    for command in (
        ("append", "c.mp4", "--text", "More."),
        ("forget", "c.mp4", "--path", "*"),
        ("tag", "c.mp4", "--path", "*", "--title", "x"),
        ("recipients", "c.mp4", "--add", "ada.pub"),
        ("rotate", "c.mp4"),
        ("rollback", "c.mp4", "1"),
    ):
        assert "nothing is written into one" in run(*command, *key, code=13).output, command
    assert not Path("x.mp4").exists() and not Path("x.flac").exists() and not Path("out").exists()


def test_what_expired_is_refused_by_every_command_but_those_without_a_key(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(rules, "now", lambda: datetime(2001, 1, 1, tzinfo=UTC) - timedelta(days=9))
        run(
            "capsule",
            "m.mp4",
            "-o",
            "c.mp4",
            "--path",
            "*",
            "--to",
            "ada.pub",
            "--expires",
            "2001-01-01T00:00Z",
            "--allow",
            ",".join(rules.USES),
        )
    key = ("--identity", "ada.key")
    for command in (("search", "heron"), ("list",), ("info",), ("recipients",), ("log",), ("topics",)):
        said = run(*command, "c.mp4", *key, code=13).output
        assert "c.mp4: is a capsule that was to be read until 2001-01-01 00:00:59 UTC" in said
        assert said.count("\n") == 1
    assert "sealed, and without its key" in run("verify", "c.mp4", "--deep", *key).output
    run("repair", "c.mp4", "-o", "r.mp4", *key, "-q")


def test_a_passphrase_may_seal_it(run: Run) -> None:
    Path("word").write_text("correct horse")
    run("capsule", "m.mp4", "-o", "c.flac", "--as-of", "1", "--passphrase", "--passphrase-file", "word", "-q")
    assert read(Path("c.flac"), passphrase="correct horse") == DOCUMENTS


def test_nothing_chosen_is_an_error_that_says_how(run: Run) -> None:
    said = run("capsule", "m.mp4", "-o", "c.mp4", "--to", "ada.pub", code=3).output
    assert "nothing says what goes in" in said and "--path '*'" in said
    assert "a capsule is for somebody" in run("capsule", "m.mp4", "-o", "c.mp4", "--path", "*", code=3).output
    run("capsule", "m.mp4", "-o", "m.mp4", "--path", "*", "--to", "ada.pub", "--force", code=3)
    assert not Path("c.mp4").exists()


def test_the_example_runs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == [
        "for Ben: birds/heron.md, birds/egret.md",
        "Ben sees: birds/heron.md, birds/egret.md",
        "Ben finds: The grey heron nests in the alder by the weir, two eggs so far.",
        "of Clara: 0 hits",
        "refused: for-ben.mp4: is a capsule that allows search, list, and not restore; ask who made it for another",
    ]

"""`sign`, `verify --signed-by` and `prove` on the command line, and ssh-keygen and minisign beside them."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import Run, Spawn, program
from tests.support import signers
from tests.support.needs import needs
from tests.support.signers import Pair

EXAMPLE = Path(__file__).parents[2] / "examples" / "check_proof.py"


@pytest.fixture
def file(memory_file: str) -> str:
    return str(shutil.copy(memory_file, "m.mp4"))


@pytest.fixture
def alice() -> Pair:
    return signers.ssh(Path())


def test_signed_now_and_signed_then(run: Run, file: str, alice: Pair) -> None:
    told = run("sign", file, "--key", alice.private, "--note", "all").stdout
    assert "5 documents" in told and "SHA256:" in told
    assert "just so already" in run("sign", file, "--key", alice.private).stdout
    now = run("verify", file, "--signed-by", alice.public, "--signed-now").stdout
    assert now.splitlines()[1].startswith("signed now  by SHA256:")
    assert '5 documents, commit 1: "all"' in now
    run("append", file, "--text", "An otter.", "--uri", "otter.txt", "-q")
    then = run("verify", file, "--signed-by", alice.public).stdout.splitlines()
    assert then[1].startswith("signed then  by SHA256:")
    assert then[2:] == ["since then 1 document came that is not signed:", "  otter.txt"]
    failed = run("verify", file, "--signed-by", alice.public, "--signed-now", code=14)
    assert failed.stderr == "memcodec: m.mp4: 1 document came since it was signed, otter.txt first\n"


def test_not_as_signed(run: Run, file: str, alice: Pair) -> None:
    run("sign", file, "--key", alice.private, "-q")
    run("forget", file, "--path", "notes.txt", "-q")
    run("tag", file, "--path", "birds/*", "--tag", "a=b", "-q")
    done = run("verify", file, "--signed-by", alice.public, code=14)
    lines = done.stdout.splitlines()
    assert lines[1].startswith("NOT AS SIGNED  by SHA256:")
    assert (lines[2], lines[5:]) == ("changed since:", ["missing since:", "  notes.txt"])
    assert sorted(lines[3:5]) == ["  birds/herons.md", "  birds/swifts.txt"]
    assert done.stderr.count("\n") == 1 and "changed since: birds/" in done.stderr
    answer = json.loads(run("verify", file, "--signed-by", alice.public, "--json", code=14).stdout)
    assert answer["ok"] and not answer["signed"]["ok"]
    assert answer["signed"]["signatures"][0]["missing"] == ["notes.txt"]


def test_by_nobody_or_another(run: Run, file: str, alice: Pair) -> None:
    assert "m.mp4: is not signed" in run("verify", file, "--signed-by", alice.public, code=14).stderr
    run("sign", file, "--key", alice.private, "-q")
    eve = signers.ssh(Path(), "eve")
    done = run("verify", file, "--signed-by", eve.public, code=14)
    assert done.stdout.startswith("ok  m.mp4") and "is not signed by that key; by SHA256:" in done.stderr
    assert (
        json.loads(run("verify", file, "--signed-by", eve.public, "--json", code=14).stdout)["signed"] is None
    )
    run("verify", file, "--signed-by", alice.public.read_text().strip())
    assert "no file of keys" in run("verify", file, "--signed-by", file, code=3).stderr
    assert "No such file" in run("verify", file, "--signed-by", "nobody.pub", code=11).stderr


def test_of_several_files_each_is_told(run: Run, file: str, alice: Pair) -> None:
    shutil.copy(file, "unsigned.mp4")
    run("sign", file, "--key", alice.private, "-q")
    done = run("verify", file, "unsigned.mp4", "--signed-by", alice.public, code=14)
    assert "signed now" in done.stdout and done.stdout.count("ok  ") == 2
    assert done.stderr == "memcodec: unsigned.mp4: is not signed\n"


def test_allowed_signers(run: Run, file: str, alice: Pair) -> None:
    run("sign", file, "--key", alice.private, "-q")
    Path("allowed").write_text(f"alice@example.org {alice.public.read_text()}")
    for more in ([], ["--signed-by", "alice@example.org"], ["--signed-by", alice.public]):
        told = run("verify", file, "--allowed-signers", "allowed", *more).stdout
        assert "signed now  by alice@example.org (SHA256:" in told
    assert (
        "No such file"
        in run("verify", file, "--allowed-signers", "allowed", "--signed-by", "x@y", code=11).stderr
    )


def test_ssh_keygen_checks_the_statement(run: Run, file: str, alice: Pair) -> None:
    needs("ssh-keygen")
    run("sign", file, "--key", alice.private, "-o", "statement.json")
    Path("allowed").write_text(f"a@b {alice.public.read_text()}")
    check = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        "allowed",
        "-I",
        "a@b",
        "-n",
        "memcodec",
        "-s",
        "statement.json.sig",
    ]
    statement = Path("statement.json").read_bytes()
    assert b"Good" in subprocess.run(check, input=statement, capture_output=True, check=True).stdout
    assert json.loads(statement)["documents"] == 5
    forged = statement.replace(b'"documents": 5', b'"documents": 6')
    assert subprocess.run(check, input=forged, capture_output=True, check=False).returncode
    assert run("sign", file, "--key", alice.private, "-o", "statement.json", code=11).stderr.count("\n") == 1
    run("sign", file, "--key", alice.private, "-o", "statement.json", "--force")
    assert Path("statement.json").read_bytes() == statement, "it was signed just so"


def test_minisign_checks_the_statement(run: Run, file: str) -> None:
    needs("minisign")
    pair = signers.minisign(Path())
    run("sign", file, "--key", pair.private, "-o", "statement.json")
    run("verify", file, "--signed-by", pair.public, "--signed-now")
    check = ["minisign", "-V", "-m", "statement.json", "-p", str(pair.public)]
    done = subprocess.run(check, capture_output=True, check=True, text=True).stdout
    assert "Signature and comment signature verified" in done and "file:statement.json" in done
    Path("statement.json").write_bytes(Path("statement.json").read_bytes() + b" ")
    assert subprocess.run(check, capture_output=True, check=False).returncode


def test_a_passphrase_is_read_or_asked_for(run: Run, file: str, spawn: Spawn) -> None:
    pair = signers.minisign(Path(), passphrase="correct horse")
    assert (
        "has a passphrase; run this on a terminal" in run("sign", file, "--key", pair.private, code=3).stderr
    )
    Path("pass").write_text("correct horse\n")
    run("sign", file, "--key", pair.private, "--key-passphrase-file", "pass")
    Path("pass").write_text("wrong\n")
    told = run("sign", file, "--key", pair.private, "--key-passphrase-file", "pass", code=3).stderr
    assert told == "memcodec: minisign.key: the passphrase is not the key's\n"
    run(
        "sign",
        file,
        "--key",
        pair.private,
        "--note",
        "x",
        "--key-passphrase-file",
        "-",
        input="correct horse\n",
    )


@pytest.mark.slow
def test_a_passphrase_is_asked_for_on_a_terminal(file: str) -> None:
    pair = signers.minisign(Path(), passphrase="correct horse")
    leader, follower = pty.openpty()
    command = program("sign", file, "--key", pair.private)
    child = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, start_new_session=True
    )
    os.close(follower)
    seen = b""
    with contextlib.suppress(OSError):  # how Linux says that the other end is closed
        while piece := os.read(leader, 4096):
            seen += piece
            if seen.endswith(b"Passphrase of minisign.key: "):
                os.write(leader, b"correct horse\n")
    os.close(leader)
    child.wait(60)
    assert child.returncode == 0, seen
    assert b"correct horse" not in seen


def test_a_passage_is_proven(run: Run, file: str, alice: Pair) -> None:
    run("sign", file, "--key", alice.private, "-q")
    run("prove", file, "notes.txt:2", "-C", "0", "-o", "proof.json")
    told = run("verify", "proof.json", "--signed-by", alice.public).stdout.splitlines()
    assert told[0].startswith("proven  proof.json: signed by SHA256:")
    assert told[1:] == ["notes.txt, bytes 11-32 of 32:", "The kettle whistles."]
    done = subprocess.run(
        [sys.executable, EXAMPLE, "proof.json", alice.public], capture_output=True, text=True, check=True
    )
    assert "proven: notes.txt" in done.stdout and "The kettle whistles." in done.stdout
    proof = json.loads(Path("proof.json").read_text())
    proof["passage"] = "The kettle broke.\n"
    Path("forged.json").write_text(json.dumps(proof))
    assert "is false" in run("verify", "forged.json", "--signed-by", alice.public, code=14).stderr
    forged = subprocess.run(
        [sys.executable, EXAMPLE, "forged.json", alice.public], capture_output=True, check=False
    )
    assert forged.returncode == 1
    hit = json.loads(run("search", "heron", file, "--json").stdout)["hits"][0]
    whole = run("prove", file, "--chunk", hit["chunk"]).stdout
    Path("chunk.json").write_text(whole)
    answer = json.loads(run("verify", "chunk.json", "--signed-by", alice.public, "--json").stdout)
    assert answer["text"] in hit["text"] and hit["start"] == answer["start"]


def test_what_goes_together(run: Run, file: str, alice: Pair) -> None:
    run("sign", file, "--key", alice.private, "-q")
    for words in (
        ("prove", file),
        ("prove", file, "notes.txt", "--chunk", 1),
        ("verify", file, "--signed-now"),
        ("verify", "proof.json"),
        ("verify", file, "proof.json", "--signed-by", alice.public),
    ):
        assert run(*words, code=2).stderr.startswith("memcodec: ")
    assert "a proof is JSON" in run("prove", file, "notes.txt", "-o", "proof.txt", code=3).stderr
    assert "No such file" in run("verify", "proof.json", "--signed-by", alice.public, code=11).stderr


def test_a_key_that_cannot_be_used(run: Run, file: str, alice: Pair) -> None:
    before = Path(file).read_bytes()
    for key, code in (("none", 11), (alice.public, 3), (file, 3)):
        assert run("sign", file, "--key", key, code=code).stderr.count("\n") == 1
    assert Path(file).read_bytes() == before

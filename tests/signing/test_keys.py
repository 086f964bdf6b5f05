"""Keys as people have them, and signatures that ssh-keygen and minisign check: with the real programs."""

from __future__ import annotations

import base64
import contextlib
import os
import pty
import random
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memcodec.errors import ConfigError, MemcodecError, StorageError
from memcodec.signing import minisign, sshsig
from memcodec.signing.allowed import signers
from memcodec.signing.keys import PublicKey, SigningKey, public_keys, signing_key
from tests.support import signers as made
from tests.support.needs import needs

MESSAGE = b'{"memcodec": "statement"}\n'


def no_passphrase() -> str:
    raise AssertionError("it was asked for a passphrase")


def key_of(pair: made.Pair, passphrase: str | None = None) -> SigningKey:
    return signing_key(pair.private, no_passphrase if passphrase is None else lambda: passphrase)


def ssh_keygen(*args: object, **options: object) -> subprocess.CompletedProcess[str]:
    needs("ssh-keygen")
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        ["ssh-keygen", *map(str, args)], text=True, capture_output=True, check=False, **options
    )


@pytest.fixture(params=["ssh", "minisign"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> made.Pair:
    pair: made.Pair = getattr(made, request.param)(tmp_path)
    return pair


# OpenSSH


@pytest.mark.parametrize("passphrase", ["", "correct horse"])
def test_a_key_of_ssh_keygens_signs_and_ssh_keygen_agrees(passphrase: str, tmp_path: Path) -> None:
    if passphrase:
        pytest.importorskip("bcrypt")
    private, public = tmp_path / "id_ed25519", tmp_path / "id_ed25519.pub"
    done = ssh_keygen("-q", "-t", "ed25519", "-a", 1, "-N", passphrase, "-C", "a@b", "-f", private)
    assert done.returncode == 0, done.stderr
    key = signing_key(private, lambda: passphrase if passphrase else no_passphrase())
    (known,) = public_keys(public.read_text())
    assert key.public == known
    assert known.fingerprint in ssh_keygen("-l", "-f", public).stdout
    (tmp_path / "m.sig").write_text(key.sign(MESSAGE, "m", 1))
    (tmp_path / "allowed").write_text(f"a@b {public.read_text()}")
    check = (
        "-Y",
        "verify",
        "-f",
        tmp_path / "allowed",
        "-I",
        "a@b",
        "-n",
        "memcodec",
        "-s",
        tmp_path / "m.sig",
    )
    assert 'Good "memcodec" signature for a@b' in ssh_keygen(*check, input=MESSAGE.decode()).stdout
    assert ssh_keygen(*check, input=MESSAGE.decode() + " ").returncode
    if passphrase:
        with pytest.raises(ConfigError, match="the passphrase is not the key's"):
            signing_key(private, lambda: "wrong")


def test_what_ssh_keygen_signs_is_taken(tmp_path: Path) -> None:
    pair = made.ssh(tmp_path)
    pair.private.chmod(0o600)
    (tmp_path / "m").write_bytes(MESSAGE)
    done = ssh_keygen("-Y", "sign", "-f", pair.private, "-n", "memcodec", tmp_path / "m")
    assert done.returncode == 0, done.stderr
    signature = (tmp_path / "m.sig").read_text()
    assert key_of(pair).public.holds(signature, MESSAGE)
    assert signature == key_of(pair).sign(MESSAGE, "m", 1)


def test_for_another_namespace_it_is_none(tmp_path: Path) -> None:
    pair = made.ssh(tmp_path)
    pair.private.chmod(0o600)
    (tmp_path / "m").write_bytes(MESSAGE)
    assert ssh_keygen("-Y", "sign", "-f", pair.private, "-n", "git", tmp_path / "m").returncode == 0
    assert not key_of(pair).public.holds((tmp_path / "m.sig").read_text(), MESSAGE)


# minisign


def test_a_key_of_minisigns_signs_and_minisign_agrees(tmp_path: Path) -> None:
    needs("minisign")
    pair = made.Pair(tmp_path / "m.key", tmp_path / "m.pub")
    subprocess.run(
        ["minisign", "-G", "-W", "-p", pair.public, "-s", pair.private], check=True, capture_output=True
    )
    key = key_of(pair)
    assert [key.public] == public_keys(pair.public.read_text())
    assert key.public.fingerprint.removeprefix("minisign ") in pair.public.read_text()
    (tmp_path / "m").write_bytes(MESSAGE)
    (tmp_path / "m.minisig").write_text(key.sign(MESSAGE, "m", 1))
    check = ["minisign", "-V", "-m", tmp_path / "m", "-p", pair.public]
    assert (
        "Signature and comment signature verified"
        in subprocess.run(check, check=True, capture_output=True, text=True).stdout
    )
    (tmp_path / "m").write_bytes(MESSAGE + b" ")
    assert subprocess.run(check, check=False, capture_output=True).returncode


@pytest.mark.slow
def test_a_key_that_minisign_encrypted_is_opened(tmp_path: Path) -> None:
    """minisign reads a passphrase from a terminal alone; its key takes 1 GiB to open."""
    needs("minisign")
    pair = made.Pair(tmp_path / "m.key", tmp_path / "m.pub")
    leader, follower = pty.openpty()
    child = subprocess.Popen(
        ["minisign", "-G", "-p", pair.public, "-s", pair.private],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    )
    os.close(follower)
    for prompt in (b"Password: ", b"one more time): "):
        seen = b""
        while prompt not in seen:
            seen += os.read(leader, 4096)
        os.write(leader, b"correct horse\n")
    with contextlib.suppress(OSError):  # how Linux says that the other end is closed
        while os.read(leader, 4096):
            pass
    assert child.wait(120) == 0
    os.close(leader)
    assert [key_of(pair, "correct horse").public] == public_keys(pair.public.read_text())


def test_a_passphrase_of_minisigns(tmp_path: Path) -> None:
    pair = made.minisign(tmp_path, passphrase="correct horse")
    assert [key_of(pair, "correct horse").public] == public_keys(pair.public.read_text())
    with pytest.raises(ConfigError, match=r"minisign\.key: the passphrase is not the key's"):
        key_of(pair, "wrong")


@pytest.mark.parametrize(
    ("operations", "memory", "picked"),
    [
        (33554432, 1073741824, (20, 1)),
        (524288, 16777216, (14, 1)),
        (32768, 16777216, (10, 1)),
        (0, 0, (1, 512)),
    ],
)
def test_scrypt_is_set_as_libsodium_sets_it(operations: int, memory: int, picked: tuple[int, int]) -> None:
    assert minisign._picked(operations, memory) == picked


def test_a_key_that_asks_for_all_memory_is_refused(tmp_path: Path) -> None:
    pair = made.minisign(tmp_path, passphrase="x")
    data = bytearray(base64.b64decode(pair.private.read_text().splitlines()[1]))
    data[38:54] = (1 << 62).to_bytes(8, "little") * 2
    pair.private.write_text(f"untrusted comment: x\n{base64.b64encode(data).decode()}\n")
    with pytest.raises(ConfigError, match="more than any does"):
        key_of(pair, "x")


# Both


def test_each_flipped_byte_of_a_signature_is_noticed(pair: made.Pair) -> None:
    key = key_of(pair)
    signature = key.sign(MESSAGE, "m", 1)
    assert key.public.holds(signature, MESSAGE)
    for at in range(len(signature)):
        for other in {chr(ord(signature[at]) ^ 1), "A", "\n"} - {signature[at]}:
            assert not key.public.holds(signature[:at] + other + signature[at + 1 :], MESSAGE)
        assert not key.public.holds(signature[:at], MESSAGE)


def test_another_key_or_message_is_noticed(pair: made.Pair, tmp_path: Path) -> None:
    key = key_of(pair)
    signature = key.sign(MESSAGE, "m", 1)
    (tmp_path / "other").mkdir()
    others = [key_of(make(tmp_path / "other")).public for make in (made.ssh, made.minisign)]
    assert not any(each.holds(signature, MESSAGE) for each in others)
    assert not key.public.holds(signature, MESSAGE[:-1])
    same_number = PublicKey("minisign", others[0].raw, key.public.number)
    assert not same_number.holds(signature, MESSAGE)


def test_keys_do_not_show_their_secret(pair: made.Pair) -> None:
    key = key_of(pair)
    assert key.seed.hex() not in repr(key) and repr(key.seed) not in repr(key)


def test_changed_keys_are_refused_in_one_line(pair: made.Pair) -> None:
    text, choose = pair.private.read_text(), random.Random(1)
    for _ in range(300):
        at = choose.randrange(len(text))
        changed = choose.choice([text[:at], text[:at] + choose.choice("Ax=\n\0é") + text[at + 1 :]])
        pair.private.write_text(changed)
        try:
            key_of(pair, "x")
        except MemcodecError as error:
            assert isinstance(error, ConfigError | StorageError), error


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_other_kinds_of_keys_are_refused(kind: str, tmp_path: Path) -> None:
    assert ssh_keygen("-q", "-t", kind, "-N", "", "-f", tmp_path / "key").returncode == 0
    with pytest.raises(ConfigError, match=r"key: not an Ed25519 key; make one with `ssh-keygen -t ed25519`"):
        signing_key(tmp_path / "key", no_passphrase)
    with pytest.raises(ConfigError, match="no Ed25519 key"):
        signers([tmp_path / "key.pub"], None)


def test_a_public_key_for_a_private_one_and_the_other_way(pair: made.Pair) -> None:
    with pytest.raises(ConfigError):
        signing_key(pair.public, no_passphrase)
    with pytest.raises(ConfigError, match="this is a private key; keep it"):
        signers([pair.private], None)


def test_keys_are_named_by_a_line_a_file_or_a_file_of_several(tmp_path: Path) -> None:
    pairs = [made.ssh(tmp_path, "a"), made.ssh(tmp_path, "b"), made.minisign(tmp_path)]
    known = [key_of(each).public for each in pairs]
    assert [each.key for each in signers([each.public for each in pairs], None)] == known
    assert [each.key for each in signers([each.line for each in known], None)] == known
    several = tmp_path / "github.keys"
    several.write_text("".join(each.public.read_text() for each in pairs[:2]))
    assert [each.key for each in signers([str(several)], None)] == known[:2]
    with pytest.raises(StorageError, match=r"none\.pub: No such file"):
        signers([tmp_path / "none.pub"], None)
    with pytest.raises(ConfigError, match="say by whom"):
        signers([], None)


# allowed_signers


def allow(path: Path, *lines: str) -> Path:
    (path / "allowed").write_text("# who may sign\n\n" + "".join(f"{line}\n" for line in lines))
    return path / "allowed"


def test_names_stand_for_keys(tmp_path: Path) -> None:
    alice, bob = (key_of(made.ssh(tmp_path, name)).public for name in ("alice", "bob"))
    path = allow(
        tmp_path,
        f"alice@example.org,a@b {alice.line} a comment",
        f'"bob@example.org" namespaces="git,mem*",valid-after="20260101",valid-before="20270101Z" {bob.line}',
        f'carol@example.org namespaces="git" {bob.line}',
        f"*@ca.org cert-authority {bob.line}",
        "dave@example.org ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7",
    )
    found = signers([], path)
    assert [(each.name, each.key) for each in found] == [
        ("alice@example.org", alice),
        ("a@b", alice),
        ("bob@example.org", bob),
    ]
    assert found[2].allows(datetime(2026, 6, 1, tzinfo=UTC))
    assert not found[2].allows(datetime(2027, 1, 1, tzinfo=UTC))
    assert not found[2].allows(datetime(2025, 6, 1, tzinfo=UTC))
    assert [each.key for each in signers(["bob@example.org"], path)] == [bob]
    assert {each.name for each in signers([tmp_path / "alice.pub"], path)} == {"alice@example.org", "a@b"}
    with pytest.raises(ConfigError, match="not among those whom"):
        signers([key_of(made.ssh(tmp_path, "eve")).public.line], path)


def test_a_pattern_allows_whom_it_matches(tmp_path: Path) -> None:
    alice = key_of(made.ssh(tmp_path)).public
    path = allow(tmp_path, f"*@example.org {alice.line}")
    assert [each.name for each in signers(["alice@example.org"], path)] == ["alice@example.org"]


@pytest.mark.parametrize(
    "line",
    ["alice", "alice ssh-ed25519 AAAA", 'alice valid-after="soon" {}', "alice ssh-rsa AAAAB3NzaC1yc2E"],
)
def test_a_list_that_allows_nobody_is_refused(line: str, tmp_path: Path) -> None:
    path = allow(tmp_path, line.format(key_of(made.ssh(tmp_path)).public.line))
    with pytest.raises(ConfigError, match="allowed"):
        signers([], path)


def test_what_openssh_calls_it(tmp_path: Path) -> None:
    key = key_of(made.ssh(tmp_path)).public
    assert sshsig.key_of(sshsig.wire(key.raw)) == key.raw
    with pytest.raises(ValueError):
        sshsig.key_of(b"\0\0\0\7ssh-rsa" + key.raw)

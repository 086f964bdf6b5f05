"""A sealed file: made, opened with the right key alone, and as good as a plain one then."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import ConfigError, Sealed, WrongKey
from memcodec.process import secrecy
from memcodec.seal import keyring
from tests.seal.people import DOCUMENTS, Person, read, sealed
from tests.support.memories import MEDIA


@pytest.mark.parametrize("suffix", MEDIA)
def test_who_has_a_key_reads_and_searches_it(suffix: str, tmp_path: Path, ada: Person) -> None:
    file = sealed(tmp_path / f"a.{suffix}", ada.recipient)
    assert read(file, ada.identity) == DOCUMENTS
    with memcodec.open(file, unlock=ada.identity) as memory:
        (first, *_) = memory.search("nesting herons")
        assert first.document.uri == "birds/herons.md" and "The heron nests" in first.text
        assert memory.search('"kettle whistles"')[0].document.uri == "notes.txt"
        assert memory.verify(deep=True).ok
        assert memory.documents()[1].tags == {"kind": "letter"}


def test_nobody_else_does(tmp_path: Path, ada: Person, eve: Person) -> None:
    file = sealed(tmp_path / "a.mp4", ada.recipient)
    with pytest.raises(Sealed, match="no key was given") as told:
        memcodec.open(file)
    assert type(told.value) is Sealed and told.value.exit_code == 13
    with pytest.raises(WrongKey, match="none of the keys"):
        memcodec.open(file, unlock=eve.identity)


def test_identities_come_from_files_lists_and_the_environment(
    tmp_path: Path, ada: Person, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, key = sealed(tmp_path / "a.flac", ada.recipient), tmp_path / "key.txt"
    key.write_text(f"# created: today\n# public key: {ada.recipient}\n{ada.identity}\n")
    assert read(file, str(key)) == DOCUMENTS
    with memcodec.open(file, unlock=[eve.identity, key]) as memory:
        assert len(memory) == 3
    monkeypatch.setenv("MEMCODEC_IDENTITY", str(key))
    assert read(file) == DOCUMENTS
    with memcodec.Collection([file]) as both:
        assert both.search("heron")[0].document.uri == "birds/herons.md"
    monkeypatch.delenv("MEMCODEC_IDENTITY")
    with memcodec.Collection([file], unlock=key) as both:
        assert both.search("heron")[0].document.uri == "birds/herons.md"
        both.forget(memcodec.Filter(documents="notes.txt"))
        assert len(both) == 2
        with both.at(1) as old:
            assert len(old) == 3
    with pytest.raises(Sealed):
        memcodec.Collection([file])


@pytest.mark.slow  # scrypt takes a second each time, as it should
def test_a_passphrase_opens_it_beside_a_key_and_a_person_is_asked(tmp_path: Path, ada: Person) -> None:
    file, asked = sealed(tmp_path / "a.mp4", ada.recipient, passphrase="the kettle"), list[str]()
    answers = iter(["wrong", "the kettle"])

    def ask(name: str) -> str:
        asked.append(name)
        return next(answers)

    assert read(file, passphrase="the kettle") == read(file, ada.identity) == DOCUMENTS
    with keyring.using(keyring.Unlocking(ask=ask)):
        assert read(file) == DOCUMENTS
        assert read(file) == DOCUMENTS  # what was typed is known
    assert asked == [str(file)] * 2
    with keyring.using(keyring.Unlocking(ask=lambda name: None)), pytest.raises(Sealed):
        read(file)


def test_recipients_come_from_files_and_must_be_some(tmp_path: Path, ada: Person, eve: Person) -> None:
    team = tmp_path / "team.txt"
    team.write_text(f"# Ada\n{ada.recipient}\n\n# Eve\n{eve.recipient}\n")
    file = sealed(tmp_path / "a.mp4", str(team))
    assert read(file, ada.identity) == read(file, eve.identity) == DOCUMENTS
    team.write_text("nobody\n")
    for wrong in (str(team), "age1nobody"):
        with pytest.raises(ConfigError):
            sealed(tmp_path / "b.mp4", wrong)
    assert not (tmp_path / "b.mp4").exists()


def test_who_is_removed_does_not_read_what_comes(tmp_path: Path, ada: Person, eve: Person) -> None:
    from memcodec.upkeep.recipients import change_recipients

    file = sealed(tmp_path / "a.mp4", ada.recipient, eve.recipient)
    old = file.read_bytes()
    report = change_recipients(file, remove=[eve.recipient], unlock=ada.identity)
    assert report.names == (ada.recipient,)
    with memcodec.open(file, unlock=ada.identity) as memory:
        memory.add("A weir.", uri="weir")
    assert read(file, ada.identity).keys() == {*DOCUMENTS, "weir"}
    with pytest.raises(WrongKey):
        read(file, eve.identity)
    assert read(old, eve.identity) == DOCUMENTS  # what he had he keeps
    with pytest.raises(memcodec.NotFound, match="is not sealed for"):
        change_recipients(file, remove=[eve.recipient], unlock=ada.identity)
    with pytest.raises(ConfigError, match="nobody would be left"):
        change_recipients(file, remove=[ada.recipient], unlock=ada.identity)


def test_openssh_keys_do(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = Ed25519PrivateKey.generate()
    private = secret.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    public = secret.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    (tmp_path / "id.pub").write_bytes(public + b" ada@home\n")
    (tmp_path / "id").write_bytes(private)
    file = sealed(tmp_path / "a.flac", str(tmp_path / "id.pub"))
    assert read(file, str(tmp_path / "id")) == DOCUMENTS


def test_it_grows_forgets_and_goes_back(tmp_path: Path, ada: Person) -> None:
    file = sealed(tmp_path / "a.mp4", ada.recipient)
    with memcodec.open(file, unlock=ada.identity) as memory:
        for number in range(3):
            memory.add(f"Note {number} on the weir.", uri=f"weir/{number}")
            memory.commit()
        memory.forget(memcodec.Filter(documents="notes.txt"))
        assert memory.search("weir")[0].document.uri.startswith("weir/")
        memory.rollback(2)
    with memcodec.open(file, unlock=ada.identity, as_of=4) as memory:
        assert {"weir/0", "weir/1", "weir/2"} < {each.uri for each in memory}
    assert read(file, ada.identity) == DOCUMENTS | {"weir/0": "Note 0 on the weir."}
    with memcodec.open(file, unlock=ada.identity) as memory:
        assert [each.kind for each in memory.log()] == ["add", "add", "add", "add", "forget", "rollback"]
        assert memory.verify(deep=True).ok


@pytest.mark.parametrize("suffix", MEDIA)
def test_a_note_is_a_commit_where_a_plain_file_has_a_journal(
    suffix: str, tmp_path: Path, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And that survives whoever writes it: the next one finds it in the media."""
    monkeypatch.setattr("memcodec.file.journal.limits.SMALL", 64 << 10)
    with memcodec.create(tmp_path / f"plain.{suffix}", model="none") as memory:
        memory.add("a text")
    file = sealed(tmp_path / f"a.{suffix}", ada.recipient)
    for path, unlock, is_journal in ((tmp_path / f"plain.{suffix}", None, True), (file, ada.identity, False)):
        for number in range(2):
            with memcodec.open(path, unlock=unlock) as memory:
                memory.add(f"note {number}", uri=f"n/{number}")
                memory.commit()
        with memcodec.open(path, unlock=unlock) as memory:
            journal = memory.reader.media.journal
            assert journal is not None and bool(journal.groups) == is_journal
            assert memory.reader.record.commit == (1 if is_journal else 3)
            assert [each.uri for each in memory][-2:] == ["n/0", "n/1"]
    with (
        memcodec.open(file, unlock=ada.identity) as memory,
        pytest.raises(memcodec.StorageError, match="no journal"),
        memory.ledger() as ledger,
    ):
        ledger.append("scope", b"{}")
    assert memcodec.repair(file, tmp_path / f"b.{suffix}").packets  # without the key, of the media alone
    with keyring.using(keyring.Unlocking([ada.identity])):
        memcodec.repair(tmp_path / f"b.{suffix}", tmp_path / f"c.{suffix}")
    assert {"n/0", "n/1"} <= read(tmp_path / f"c.{suffix}", ada.identity).keys()


def test_keys_are_in_no_words(tmp_path: Path, ada: Person, eve: Person) -> None:
    file = sealed(tmp_path / "a.mp4", ada.recipient)
    with memcodec.open(file, unlock=ada.identity) as memory:
        reader = memory.reader
        assert reader.keys is not None
        (key,) = reader.keys.all()
        secret = key.exposed()
        said = (
            f"{memory!r} {reader.keys!r} {key!r} {reader.record!r} {reader.keys.unlocking!r} {vars(reader)!r}"
        )
        assert secret.hex() not in said and repr(secret)[2:-1] not in said and ada.identity not in said
    assert key.exposed() == bytes(32)  # wiped
    try:
        memcodec.open(file, unlock=eve.identity)
    except WrongKey:
        said = traceback.format_exc()
        assert eve.identity not in said.replace("unlock=eve.identity", "")


def test_a_program_that_holds_keys_is_not_dumped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ada: Person, eve: Person
) -> None:
    calls, file = list[int](), sealed(tmp_path / "a.mp4", ada.recipient)
    monkeypatch.setattr(secrecy.ctypes, "CDLL", lambda *_, **__: _Library(calls))
    monkeypatch.setattr(secrecy, "ask", None)
    secrecy.protect()
    assert not calls  # a library leaves its program as it is
    monkeypatch.setattr(secrecy, "ask", lambda name: None)
    secrecy.protect()
    assert calls == [4]
    with pytest.raises(WrongKey):  # who gave a key that does not fit has one nevertheless
        memcodec.open(file, unlock=eve.identity)
    assert calls == [4, 4]


class _Library:
    def __init__(self, calls: list[int]) -> None:
        self._calls = calls

    def prctl(self, option: int, *_: int) -> int:
        self._calls.append(option)
        return 0

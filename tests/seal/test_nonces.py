"""No key seals two things under one number: watched where it is done, whatever happens to a file.

MEMCODEC_SEALED_PACKETS sets how many packets are sealed in a stream of one commit: 100,000 in the release check.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

import memcodec
from memcodec.errors import StorageError
from memcodec.format.cipher import stream_cipher
from memcodec.format.stream import Packetizer
from memcodec.seal import aead
from memcodec.seal.keyring import Keyring
from memcodec.storage.local import LocalTarget
from tests.seal.people import DOCUMENTS, Person, read, sealed
from tests.support.memories import texts

COUNT = int(os.environ.get("MEMCODEC_SEALED_PACKETS", "2000"))


class Watched:
    """In the place of the library's AES-GCM-SIV: remembers every key and nonce that it is given to seal with."""

    seen: ClassVar[set[tuple[bytes, bytes]]] = set()
    sealed = 0

    def __init__(self, key: bytes) -> None:
        self._aead, self._watched = AESGCMSIV(key), key

    def encrypt(self, nonce: bytes, data: bytes, about: bytes) -> bytes:
        pair = (self._watched, nonce)
        assert len(self._watched) == 32 and len(nonce) == 12
        assert pair not in Watched.seen, "a nonce repeats"
        Watched.seen.add(pair)
        Watched.sealed += 1
        return self._aead.encrypt(nonce, data, about)

    def decrypt(self, nonce: bytes, data: bytes, about: bytes) -> bytes:
        return self._aead.decrypt(nonce, data, about)


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Watched.seen, Watched.sealed = set(), 0
    monkeypatch.setattr(aead, "AESGCMSIV", Watched)
    yield
    assert Watched.sealed


def test_the_watch_sees_a_repeated_number() -> None:
    cipher = aead.AeadCipher(bytes(32))
    cipher.seal(1, b"a", b"")
    cipher.seal(2, b"a", b"")
    with pytest.raises(AssertionError, match="repeats"):
        cipher.seal(1, b"b", b"")


def test_every_stream_has_a_key_of_its_own_whatever_its_salt() -> None:
    """Salts of four bytes are equal now and then; numbers begin at 0 in every stream."""
    key = Keyring().add(aead.new_key())
    for stream, commit, payload in ((b"abcd", 3, 64), (b"abce", 3, 64), (b"abcd", 4, 64), (b"abcd", 3, 65)):
        stream_cipher(key, stream, commit, payload, b"salt").seal(0, 0, b"x")
    salts = {stream_cipher(key, b"abcd", 3, 64).salt for _ in range(20)}
    assert len(Watched.seen) == 4 and len(salts) == 20
    # What the rest is sealed with is apart from that, with the same salt too.
    for purpose in ("index", "record", "packets"):
        key.cipher(purpose, b"salt").seal(0, b"x", b"")


def test_a_file_lives_and_no_nonce_repeats(tmp_path: Path, ada: Person, eve: Person) -> None:
    from memcodec.upkeep.recipients import change_recipients, rotate
    from memcodec.upkeep.resealing import seal

    file = sealed(tmp_path / "a.mp4", ada.recipient, documents=texts("a", 12, 3000))
    for number in range(10):  # enough that indexes are folded and entries become a table
        with memcodec.open(file, unlock=ada.identity) as memory:
            memory.add(f"Note {number} on the weir.", uri=f"weir/{number}")
    with memcodec.open(file, unlock=ada.identity) as memory:
        memory.tag(memcodec.Filter(path="weir/1"), tags={"place": "weir"})
        memory.forget(memcodec.Filter(path="a/3.md"))
        memory.rollback(3)
        memory.forget(memcodec.Filter(path="a/1*"))
        memory.compact()
        memory.compact(recode=True)
    rotate(file, unlock=ada.identity)
    change_recipients(file, add=[eve.recipient], unlock=ada.identity)
    with memcodec.open(file, unlock=eve.identity) as memory:
        memory.add("after that", uri="after")
    memcodec.convert(
        file, tmp_path / "b.flac", settings=memcodec.Settings.of(codec="flac"), unlock=eve.identity
    )
    memcodec.merge([file, tmp_path / "b.flac"], tmp_path / "m.mp4", unlock=eve.identity, force=True)
    seal(file, tmp_path / "c.mp4", anew=True, unlock=eve.identity)
    from memcodec.seal import keyring

    with keyring.using(keyring.Unlocking([eve.identity])):
        memcodec.repair(file, tmp_path / "d.mp4")
    with memcodec.open(file, unlock=ada.identity) as memory:
        names = {each.uri for each in memory}
    for other in ("m.mp4", "c.mp4", "d.mp4", "b.flac"):
        with memcodec.open(tmp_path / other, unlock=eve.identity) as memory:
            assert {each.uri for each in memory} == names
            assert memory.verify(deep=True).ok
    assert Watched.sealed > 150


@pytest.mark.parametrize("at", [1, 2, 5, 9, 14])
def test_a_write_that_fails_and_is_tried_again_repeats_none(
    at: int, tmp_path: Path, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full after some writes; the same writer does it again, and so does another one."""
    file = sealed(tmp_path / "a.mp4", ada.recipient)
    plain, left = LocalTarget.append, [at]

    def failing(self: LocalTarget, data: bytes) -> int:
        left[0] -= 1
        if left[0] == 0:
            raise StorageError("the disk is full")
        return plain(self, data)

    with memcodec.open(file, unlock=ada.identity) as memory:
        memory.add("the same words again and again " * 40, uri="new")
        with monkeypatch.context() as patched:
            patched.setattr(LocalTarget, "append", failing)
            try:
                memory.commit()
            except StorageError:
                assert read(file, ada.identity) == DOCUMENTS
        memory.commit()
    assert read(file, ada.identity).keys() == {*DOCUMENTS, "new"}


def test_many_packets_of_one_stream() -> None:
    keys = Keyring()
    key = keys.add(aead.new_key())
    for stream in (b"abcd", b"abce"):
        cipher = stream_cipher(key, stream, 3, 64)
        packets = Packetizer(stream, 3, 64, cipher, b"{}")
        made = sum(1 for _ in packets.add(b"x" * (cipher.room * COUNT)))
        assert made == COUNT
        packets.close()
    assert len(Watched.seen) == 2 * COUNT

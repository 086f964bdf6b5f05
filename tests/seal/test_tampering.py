"""What was changed on purpose, with checksums put right, or moved from elsewhere, is told, and never read."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import Damaged, Forged, MemcodecError, WrongKey
from memcodec.format import envelope, packet, sealed
from memcodec.format.blob import BlobWriter
from memcodec.format.cipher import StreamCipher, stream_cipher
from memcodec.model import Extent
from memcodec.seal import age
from memcodec.seal.aead import MemoryKey, commitment, new_key
from memcodec.seal.keyring import Keyring, Unlocking
from tests.seal.people import DOCUMENTS, Person
from tests.seal.people import sealed as sealed_file

#: the header of an age file that takes so many rounds
SCRYPT = b"age-encryption.org/v1\n-> scrypt c2FsdHNhbHRzYWx0c2FsdA %%d\n%b\n--- %b\n" % ((b"a" * 43,) * 2)


@pytest.fixture
def keys() -> Keyring:
    made = Keyring()
    made.add(new_key())
    return made


def key_of(keys: Keyring) -> MemoryKey:
    return keys.all()[0]


def blob(fill: bytes) -> bytes:
    writer = BlobWriter("lexical")
    writer.add("meta", b'{"a": 1}' + fill, hot=True)
    writer.add("terms", fill * 9000, [len(fill) * 1000] * 9)
    writer.add("empty", b"")
    writer.add("some", fill, [len(fill), 0])
    return writer.to_bytes()


def placed(at: int) -> Callable[[int], Extent]:
    return lambda length: Extent(at, length)


def opened(data: bytes, keys: Keyring, at: int) -> sealed.Blob:
    view = memoryview(data)
    return sealed.opened(
        lambda start, length: view[start : start + length], "it", Extent(at, len(data)), keys
    )


def test_a_blob_opens_as_it_was_and_unit_by_unit(keys: Keyring) -> None:
    plain = blob(b"heron")
    data = sealed.seal(plain, key_of(keys), placed(64))
    assert b"heron" not in data and b"terms" not in data and b"lexical" not in data
    found = opened(data, keys, 64)
    assert bytes(found.whole()) == plain and found.kind == "lexical"
    assert bytes(found.unit("terms", 4)) == b"heron" * 1000
    assert bytes(found.read("terms", 4990, 20)) == (b"heron" * 1004)[4990 % 5 : 4990 % 5 + 20]
    found.check()
    spans = found.unit_spans("terms", 2, 4)
    assert [(each.length, each.start % 1) for each in spans] == [(10_032, 0)]
    assert sealed.is_intact(lambda start, length: memoryview(data)[start : start + length], len(data))


def test_a_small_blob_is_sealed_packed(keys: Keyring) -> None:
    from memcodec.format import packed

    writer = BlobWriter("lexical")
    writer.add("meta", b"heron " * 100)
    plain = writer.to_bytes()
    data = sealed.seal(packed.pack(plain), key_of(keys), placed(0))
    assert len(data) < len(plain) and bytes(opened(data, keys, 0).whole()) == plain


def test_no_blob_opens_elsewhere_or_changed(keys: Keyring) -> None:
    data = sealed.seal(blob(b"heron"), key_of(keys), placed(64))
    with pytest.raises(Forged):
        opened(data, keys, 128)
    other = sealed.seal(blob(b"swift"), key_of(keys), placed(64))
    assert len(other) == len(data)
    first = sealed.OUTER + int.from_bytes(data[12:16], "little")
    swapped = opened(data[:first] + other[first:], keys, 64)
    with pytest.raises(Forged):
        swapped.read("terms")
    for at in range(len(data)):
        if at % 97 == 0 or at < first:
            broken = bytearray(data)
            broken[at] ^= 1
            with pytest.raises(MemcodecError):
                found = opened(bytes(broken), keys, 64)
                found.check()
                assert 16 <= at < 20, at  # the checksum itself, which is for who has no key
                raise Damaged("as it should")
    moved = (
        data[: first + 29]
        + data[first + 29 + 5016 : first + 29 + 10_032]
        + data[first + 29 : first + 29 + 5016]
    )
    with pytest.raises(Damaged):
        opened(moved + data[len(moved) :], keys, 64).check()


def test_no_packet_opens_elsewhere_or_changed(keys: Keyring) -> None:
    cipher = stream_cipher(key_of(keys), b"abcd", 7, 120)
    made = cipher.seal(3, 5, b"the heron nests")
    assert b"heron" not in made.to_bytes() and len(made.payload) == 120
    back = cipher.open(3, made.payload)
    assert (back.mark, back.payload) == (5, b"the heron nests".ljust(102, b"\0"))
    for other in (
        stream_cipher(key_of(keys), b"abcd", 7, 120),  # another salt
        StreamCipher(cipher.cipher, b"abce", 7, cipher.salt, 120),
        StreamCipher(cipher.cipher, b"abcd", 8, cipher.salt, 120),
    ):
        with pytest.raises(Forged):
            other.open(3, made.payload)
    with pytest.raises(Forged):
        cipher.open(4, made.payload)
    for at in range(120):
        broken = bytearray(made.payload)
        broken[at] ^= 0x80
        with pytest.raises(Forged):
            cipher.open(3, bytes(broken))


def test_what_a_sealed_packet_says_is_the_same_for_all(keys: Keyring) -> None:
    """Neither where records begin nor how long the last one's text is."""
    cipher = stream_cipher(key_of(keys), b"abcd", 7, 120)
    heads = {cipher.seal(3, mark, b"x" * size).head for mark, size in ((0, 102), (packet.NO_RECORD, 1))}
    assert len(heads) == 1


def test_another_key_of_the_same_name_is_none() -> None:
    key = new_key()
    seal = envelope.Seal(commitment(key), (b"age",))
    forged = envelope.Seal(seal.commitment[:4] + os.urandom(28), (b"age",))
    from memcodec.seal.aead import is_committed

    assert is_committed(key, seal) and not is_committed(key, forged) and not is_committed(key[:16], seal)


def test_a_seal_that_leads_to_another_key_is_none(ada: Person) -> None:
    """Whoever forges a seal, for a key of his choice and the right person, gets nothing of his read."""
    right, other = bytes(new_key()), bytes(new_key())
    (forged,) = age.wrap(other, age.recipients([ada.recipient]))
    (short,) = age.wrap(right[:16], age.recipients([ada.recipient]))
    (true,) = age.wrap(right, age.recipients([ada.recipient]))
    for files in ((forged,), (short,), (forged, short)):
        with pytest.raises(WrongKey):
            Unlocking([ada.identity]).open(envelope.Seal(commitment(right), files), "a.mp4")
    seal = envelope.Seal(commitment(right), (forged, short, true))
    assert Unlocking([ada.identity]).open(seal, "a.mp4") == right


def test_a_seal_that_leads_to_another_key_by_passphrase_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    right, other = bytes(new_key()), bytes(new_key())
    seal = envelope.Seal(commitment(right), (SCRYPT % 18,))
    for found in (other, right[:16], right):
        monkeypatch.setattr(age, "unwrap_by", lambda *_, found=found: found)  # scrypt takes a second
        for unlocking in (Unlocking((), ["kettle"]), Unlocking(ask=lambda name: "kettle")):
            if found == right:
                assert unlocking.open(seal, "a.mp4") == right
            else:
                with pytest.raises(WrongKey):
                    unlocking.open(seal, "a.mp4")


def flipped(data: bytes, at: int, bit: int) -> bytes:
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def test_each_flipped_byte_is_an_error_or_does_no_harm(tmp_path: Path, ada: Person) -> None:
    """Never another text: of a file in memory, whose every byte may be wrong. MEMCODEC_FLIPS sets how many."""
    file = sealed_file(tmp_path / "a.mp4", ada.recipient)
    data, count = file.read_bytes(), int(os.environ.get("MEMCODEC_FLIPS", "250"))
    errors = 0
    for number in range(count):
        at = number * len(data) // count
        try:
            with memcodec.open(flipped(data, at, 1 << number % 8), unlock=ada.identity) as memory:
                found = {each.uri: memory.read(each) for each in memory}
                hits = memory.search("kettle")
        except MemcodecError:
            errors += 1
        else:
            assert found == DOCUMENTS and all(hit.text in DOCUMENTS[hit.document.uri] for hit in hits)
    assert 0 < errors < count


def test_each_cut_is_an_error(tmp_path: Path, ada: Person) -> None:
    data = sealed_file(tmp_path / "a.flac", ada.recipient).read_bytes()
    for number in range(60):
        with pytest.raises(MemcodecError):
            memcodec.open(data[: number * len(data) // 60], unlock=ada.identity)


def test_records_of_another_commit_are_none(tmp_path: Path, ada: Person) -> None:
    """The seal of one commit around the record of another, and a number that is not its own."""
    file = sealed_file(tmp_path / "a.mp4", ada.recipient)
    with memcodec.open(file, unlock=ada.identity) as memory:
        old = next(memory.reader.media.commits())
        memory.add("more")
    with memcodec.open(file, unlock=ada.identity) as memory:
        new = next(memory.reader.media.commits())
        first, second = envelope.parse(old), envelope.parse(new)
        from dataclasses import replace

        for forged in (
            replace(second, record=first.record, salt=first.salt),
            replace(second, commit=9),
            replace(second, at=second.at + 64),
            replace(second, file="00000000"),
        ):
            with pytest.raises(Forged):
                memory.reader.records._unsealed(forged.to_bytes())
        with memcodec.create(tmp_path / "plain.mp4", model="none") as plain:
            plain.add("not sealed")
            plain.commit()
            record = next(plain.reader.media.commits())
        with pytest.raises(Forged, match="not sealed"):
            memory.reader.records.parsed(record)


def test_a_plain_commit_or_journal_behind_a_sealed_one_is_told(tmp_path: Path, ada: Person) -> None:
    file = sealed_file(tmp_path / "a.mp4", ada.recipient)
    with memcodec.open(file, unlock=ada.identity) as memory:
        journal, carrier = memory.reader.media.journal, memory.reader.media.carrier
    assert journal is not None and carrier is not None
    from memcodec.file.journal.put import put
    from memcodec.format.journal import pack_event
    from memcodec.storage.open import place_of

    target = place_of(file).reopen(wait=0.0)
    put(target, journal, carrier, [pack_event("run", b"{}")], number=0, time=1)
    target.close()
    with pytest.raises(Forged, match="not sealed"):
        memcodec.open(file, unlock=ada.identity)


def test_scrypt_that_takes_too_long_is_refused() -> None:
    from memcodec.errors import ConfigError
    from memcodec.seal.age import needs_passphrase

    assert needs_passphrase(SCRYPT % 18) and needs_passphrase(SCRYPT % 20)
    assert not needs_passphrase((SCRYPT % 18).replace(b"scrypt", b"X25519"))
    armor = b"-----%b AGE ENCRYPTED FILE-----"
    lines = base64.encodebytes(SCRYPT % 30).replace(b"\n", b"")
    rows = [lines[at : at + 64] for at in range(0, len(lines), 64)]
    with pytest.raises(ConfigError, match="scrypt"):
        needs_passphrase(b"\n".join([armor % b"BEGIN", *rows, armor % b"END"]))
    with pytest.raises(ConfigError, match="scrypt"):
        needs_passphrase(SCRYPT % 30)

"""age's published test vectors, by what opens the seals of sealed files: each opens, or is refused, as they say."""

from __future__ import annotations

import hashlib
import tarfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from memcodec.errors import ConfigError, MemcodecError, Sealed, WrongKey
from memcodec.format.envelope import Seal
from memcodec.seal import age
from memcodec.seal.aead import commitment
from memcodec.seal.keyring import Unlocking

VECTORS = Path(__file__).parent / "vectors" / "age.tar.xz"
MOST = 32 << 20  # bytes of a vector, unpacked


@dataclass(frozen=True)
class Vector:
    """A file, the keys that are tried at it, and what is to come of it."""

    name: str
    expect: str
    file: bytes
    payload: str
    identities: tuple[str, ...]
    passphrases: tuple[str, ...]

    @property
    def opened(self) -> bytes | None:
        """What it holds, by the calls that a seal is opened with."""
        made = age.identities(self.identities)
        if age.needs_passphrase(self.file):
            tried = [age.unwrap_by(self.file, each) for each in self.passphrases]
        else:
            tried = [age.unwrap(self.file, made)] if made else []
        return next((each for each in tried if each is not None), None)


def _vector(name: str, data: bytes) -> Vector:
    head, _, file = data.partition(b"\n\n")
    rows = [line.split(": ", 1) for line in head.decode().splitlines()]
    named = {key: tuple(value for other, value in rows if other == key) for key, _ in rows}
    if named.get("compressed") == ("zlib",):
        file = zlib.decompressobj().decompress(file, MOST)
    (expect,), payload = named["expect"], named.get("payload", ("",))[0]
    return Vector(name, expect, file, payload, named.get("identity", ()), named.get("passphrase", ()))


def _read() -> dict[str, Vector]:
    with tarfile.open(VECTORS) as packed:
        held = {each.name: packed.extractfile(each) for each in packed}
        return {name: _vector(name, file.read()) for name, file in held.items() if file is not None}


ALL = _read()


def test_they_are_all_there() -> None:
    assert len(ALL) == 143
    expected = Counter(each.expect for each in ALL.values())
    assert expected == {
        "success": 26,
        "header failure": 62,
        "armor failure": 22,
        "payload failure": 19,
        "no match": 13,
        "HMAC failure": 1,
    }


@pytest.mark.parametrize("name", ALL)
def test_a_vector_opens_or_is_refused_as_it_says(name: str) -> None:
    """Through ``memcodec.seal.age``, and, as a file's seal, through what asks it: an error of ours, and no other."""
    vector = ALL[name]
    try:
        found = vector.opened
    except ConfigError as error:
        assert name == "scrypt_work_factor_23" and "2^23 rounds of scrypt" in str(error)
        found = None
    if vector.expect == "success":
        assert found is not None and hashlib.sha256(found).hexdigest() == vector.payload
    else:
        assert found is None
    seal = Seal(commitment(bytes(32)), (vector.file,))
    unlocking = Unlocking(vector.identities, vector.passphrases)
    with pytest.raises(MemcodecError, match=r"^a\.mp4: \S") as told:  # its commitment is of another key
        unlocking.open(seal, "a.mp4")
    given = vector.identities or vector.passphrases
    assert type(told.value) in ((WrongKey, ConfigError) if given else (Sealed,)) and "\n" not in str(
        told.value
    )


def test_a_vector_that_is_cut_anywhere_is_refused() -> None:
    """And one with a byte flipped: nothing of what a library makes of it comes out but nothing."""
    for name in ("x25519", "armor_x25519"):
        vector = ALL[name]
        for at in range(0, len(vector.file) - 1, 3):
            for file in (vector.file[:at], vector.file[:at] + b"\xff" + vector.file[at + 1 :]):
                assert Vector(name, "", file, "", vector.identities, ()).opened is None

"""age files for post-quantum recipients, ``mlkem768x25519`` of https://c2sp.org/age, which ``pyrage`` does not know.

Such a file is sealed for X25519 and ML-KEM-768 (FIPS 203) at once: who opens it without the secret key breaks both.
HPKE (RFC 9180) is ``cryptography``'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from memcodec.seal.agefile import FILE_KEY, TAG, Stanza, base64_of, bytes_of
from memcodec.seal.agefile import decrypt as open_file
from memcodec.seal.agefile import encrypt as make_file

RECIPIENT, IDENTITY = "age1pq1", "AGE-SECRET-KEY-PQ-1"  #: how they begin
_KIND, _INFO = b"mlkem768x25519", b"age-encryption.org/mlkem768x25519"
_MLKEM_PUBLIC, _PUBLIC, _SEED, _ENC = 1184, 1216, 32, 1120  # bytes
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  # of Bech32


class Identity:
    """A secret key. Raises ValueError for a text that is none."""

    __slots__ = ("_key",)

    def __init__(self, text: str) -> None:
        both = hashlib.shake_256(_bech32(text, IDENTITY.lower(), _SEED)).digest(96)
        self._key = MLKEM768X25519PrivateKey(
            MLKEM768PrivateKey.from_seed_bytes(both[:64]), X25519PrivateKey.from_private_bytes(both[64:])
        )

    def open(self, sealed: bytes) -> bytes | None:
        """The file key in a stanza, if it is for this key."""
        try:
            return _suite().decrypt(sealed, self._key, _INFO)
        except (InvalidTag, ValueError):
            return None


class Recipient:
    """A public key. Raises ValueError for a text that is none."""

    __slots__ = ("_key",)

    def __init__(self, text: str) -> None:
        data = _bech32(text, RECIPIENT, _PUBLIC)
        self._key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(data[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(data[_MLKEM_PUBLIC:]),
        )

    def stanza(self, file_key: bytes) -> Stanza:
        """The file key for this recipient, as a header has it."""
        sealed = _suite().encrypt(file_key, self._key, _INFO)
        return Stanza((_KIND, base64_of(sealed[:_ENC])), sealed[_ENC:])


def encrypt(data: bytes, to: Sequence[Recipient]) -> bytes:
    """An age file of no more than one piece."""
    return make_file(data, lambda file_key: [each.stanza(file_key) for each in to])


def decrypt(file: bytes, keys: Sequence[Identity]) -> bytes | None:
    """What an age file holds whose header is of age's form, if one of these opens it."""

    def find(stanzas: list[Stanza]) -> bytes | None:
        tried = (key.open(each) for each in list(_for_us(stanzas)) for key in keys)
        return next((each for each in tried if each is not None), None)

    return open_file(file, find)


def _for_us(stanzas: Sequence[Stanza]) -> Iterator[bytes]:
    """What HPKE made of the file key for each recipient. Raises ValueError where one of them is not as it must be."""
    for words, body in stanzas:
        if words[0] == _KIND:
            (enc,) = map(bytes_of, words[1:])
            if len(enc) != _ENC or len(body) != FILE_KEY + TAG:
                raise ValueError("a stanza of another length")
            yield enc + body


def _suite() -> Suite:
    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def _bech32(text: str, begin: str, size: int) -> bytes:
    """The bytes in a text of Bech32 (BIP 173, without its limit on length) that begins so. Raises ValueError."""
    lower = text.lower()
    if text not in (lower, text.upper()) or not text.isascii() or not lower.startswith(begin):
        raise ValueError("it does not begin so")
    prefix, values = begin[:-1], [_LETTERS.find(each) for each in lower[len(begin) :]]
    expanded = [ord(each) >> 5 for each in prefix] + [0] + [ord(each) & 31 for each in prefix]
    if -1 in values or len(values) < 6 or _checksum(expanded + values) != 1:
        raise ValueError("it was mistyped")
    bits = "".join(f"{each:05b}" for each in values[:-6])
    if len(bits) // 8 != size or len(bits) - 8 * size > 4 or "1" in bits[8 * size :]:
        raise ValueError("it is of another length")
    return int(bits[: 8 * size], 2).to_bytes(size, "big")


def _checksum(values: Sequence[int]) -> int:
    made = 1
    for value in values:
        top, made = made >> 25, (made & 0x1FFFFFF) << 5 ^ value
        for at, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            made ^= part if top >> at & 1 else 0
    return made

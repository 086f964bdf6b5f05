"""Memory keys, and what is derived from them: AES-256-GCM-SIV (RFC 8452) under keys of HKDF-SHA256 (RFC 5869).

A repeated nonce costs GCM-SIV little: it tells that two plaintexts are equal. None repeats: every stream, blob and
record has a key of its own, made of a fresh salt, and numbers its parts.
"""

from __future__ import annotations

import ctypes
import hashlib
import hmac
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from memcodec.errors import Forged
from memcodec.format.envelope import Seal

if TYPE_CHECKING:
    from memcodec.seal.rules import Rules

SIZE = 32  #: bytes of a key
_INFO = b"memcodec seal 1 "
_NONCE = 12


def _derived(key: bytes | bytearray, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), SIZE, salt, _INFO + purpose).derive(bytes(key))


class AeadCipher:
    """A ``format.cipher.Cipher``."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCMSIV(key)

    def seal(self, number: int, data: bytes | memoryview, about: bytes) -> bytes:
        return self._aead.encrypt(number.to_bytes(_NONCE, "little"), data, about)

    def open(self, number: int, data: bytes | memoryview, about: bytes, what: str) -> bytes:
        try:
            return self._aead.decrypt(number.to_bytes(_NONCE, "little"), data, about)
        except (InvalidTag, ValueError):
            pass  # nothing of it in what is raised
        raise Forged(f"{what} is not what was sealed: it was changed, or moved here from elsewhere")


class MemoryKey:
    """A ``format.cipher.Key``. ``seal`` leads to it. Wipe it."""

    __slots__ = ("_key", "seal")

    def __init__(self, key: bytes | bytearray, seal: Seal) -> None:
        self._key, self.seal = bytearray(key), seal

    @property
    def name(self) -> bytes:
        return self.seal.name

    def wrapped(self, salt: bytes) -> bytes:
        return self.seal.to_bytes(salt)

    def cipher(self, purpose: str, salt: bytes) -> AeadCipher:
        return AeadCipher(_derived(self._key, salt, purpose.encode()))

    @property
    def rules(self) -> Rules | None:
        """Of a capsule, what readers keep to. Raises Forged, Damaged."""
        if not self.seal.rules:
            return None
        from memcodec.seal.rules import opened  # few files are capsules

        return opened(self)

    def exposed(self) -> bytes:
        """The key itself, to be wrapped or sealed."""
        return bytes(self._key)

    def is_key(self, other: bytes | bytearray) -> bool:
        """Whether that is this key, told in constant time."""
        return hmac.compare_digest(self._key, other)

    def wipe(self) -> None:
        """Overwrite it. What libraries copied of it meanwhile is theirs."""
        wipe(self._key)

    def __repr__(self) -> str:
        return f"<MemoryKey {self.name.hex()}>"

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        raise TypeError("a key is not pickled")


def commitment(key: bytes | bytearray, rules: bytes = b"") -> bytes:
    """What a seal says of its key, and of the ``rules`` beside it: no other key, and no other rules, give the same."""
    return _derived(key, b"", b"commitment" + (hashlib.sha256(rules).digest() if rules else b""))


def is_committed(key: bytes | bytearray, seal: Seal) -> bool:
    """Whether a key is the one that a seal leads to."""
    return len(key) == SIZE and hmac.compare_digest(commitment(key, seal.rules), seal.commitment)


def new_key() -> bytearray:
    """A key of its own."""
    return bytearray(os.urandom(SIZE))


def wipe(data: bytearray) -> None:
    """Overwrite bytes in their place."""
    if data:
        ctypes.memset((ctypes.c_char * len(data)).from_buffer(data), 0, len(data))

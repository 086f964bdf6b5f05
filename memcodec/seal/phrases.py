"""Files of age for a passphrase: ``scrypt`` (RFC 7914) of https://c2sp.org/age.

rage, and so ``pyrage``, sets the work by how quick the machine is just then, and refuses a file whose work is far above
that: what a quick machine sealed a slow or busy one would not open. Here the work is fixed, as in age itself.
"""

from __future__ import annotations

import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from memcodec.seal.agefile import FILE_KEY, TAG, Stanza, base64_of, bytes_of
from memcodec.seal.agefile import decrypt as open_file
from memcodec.seal.agefile import encrypt as make_file

WORK = 18  #: log2 of scrypt's rounds, as age takes it: about a second, 256 MiB of memory
MOST_WORK = 20  #: of a file that is opened: 1 GiB
_KIND, _LABEL = b"scrypt", b"age-encryption.org/v1/scrypt"
_SALT = 16  # bytes
_NUMBER = re.compile(rb"[1-9][0-9]?")
_ONCE = bytes(12)  # the nonce under a key that is used once


def encrypt(data: bytes, passphrase: str) -> bytes:
    """An age file of no more than 64 KiB that a passphrase opens."""

    def stanzas(file_key: bytes) -> list[Stanza]:
        salt = os.urandom(_SALT)
        body = _cipher(passphrase, salt, WORK).encrypt(_ONCE, file_key, None)
        return [Stanza((_KIND, base64_of(salt), b"%d" % WORK), body)]

    return make_file(data, stanzas)


def decrypt(file: bytes, passphrase: str) -> bytes | None:
    """What an age file holds, if the passphrase opens it."""

    def find(stanzas: list[Stanza]) -> bytes | None:
        ((words, body),) = stanzas  # a passphrase stands alone
        kind, salt, work = words
        if kind != _KIND or not _NUMBER.fullmatch(work) or not 0 < int(work) <= MOST_WORK:
            return None
        if len(bytes_of(salt)) != _SALT or len(body) != FILE_KEY + TAG:
            return None
        try:
            return _cipher(passphrase, bytes_of(salt), int(work)).decrypt(_ONCE, body, None)
        except InvalidTag:
            return None

    return open_file(file, find)


def _cipher(passphrase: str, salt: bytes, work: int) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(Scrypt(_LABEL + salt, 32, 1 << work, 8, 1).derive(passphrase.encode()))

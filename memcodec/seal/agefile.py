"""Files of age (https://c2sp.org/age): a header with stanzas, its MAC, and a payload, here of one piece at most.

What wraps the file key in a stanza is told elsewhere: keys of two kinds in hybrid.py, a passphrase in phrases.py. HKDF
and ChaCha20-Poly1305 are ``cryptography``'s.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FILE_KEY, TAG = 16, 16  #: bytes
_VERSION = b"age-encryption.org/v1\n"
_NONCE, _PIECE = 16, 65536
_LINE = 64
_FIRST_AND_LAST = bytes(11) + b"\1"  # nonce of the only piece of a payload


class Stanza(NamedTuple):
    """The words of its first line, and its body's bytes."""

    words: tuple[bytes, ...]
    body: bytes


def encrypt(data: bytes, stanzas: Callable[[bytes], Iterable[Stanza]]) -> bytes:
    """A file of no more than one piece, with the stanzas that are made of its file key."""
    file_key, nonce = os.urandom(FILE_KEY), os.urandom(_NONCE)
    head = _VERSION + b"".join(map(_text, stanzas(file_key))) + b"---"
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    sealed = cipher.encrypt(_FIRST_AND_LAST, data, b"")
    return b"%b %b\n%b%b" % (head, base64_of(_mac(file_key, head)), nonce, sealed)


def decrypt(file: bytes, find: Callable[[list[Stanza]], bytes | None]) -> bytes | None:
    """What a file holds whose header is of age's form, if ``find`` tells its file key by the stanzas.

    ``find`` raises ValueError for a stanza that is not as it must be.
    """
    head, rest = file.partition(b"\n--- ")[::2]
    mac, _, payload = rest.partition(b"\n")
    head += b"\n---"
    try:
        wanted = bytes_of(mac)
        file_key = find(list(_stanzas(head)))
    except ValueError:
        return None
    if file_key is None or not hmac.compare_digest(wanted, _mac(file_key, head)):
        return None
    if not TAG <= len(payload) - _NONCE <= _PIECE + TAG:
        return None
    try:
        cipher = ChaCha20Poly1305(_derived(file_key, payload[:_NONCE], b"payload"))
        return cipher.decrypt(_FIRST_AND_LAST, payload[_NONCE:], b"")
    except InvalidTag:
        return None


def _stanzas(head: bytes) -> Iterator[Stanza]:
    """The stanzas of a header. Raises ValueError."""
    words: tuple[bytes, ...] = ()
    lines = list[bytes]()
    for line in head.split(b"\n")[1:]:
        if line.startswith(b"-> "):
            words = tuple(line.split(b" ")[1:])
        else:
            lines.append(line)
            if len(line) < _LINE and words:
                yield Stanza(words, bytes_of(b"".join(lines)))
                words, lines = (), []


def _text(stanza: Stanza) -> bytes:
    body = base64_of(stanza.body)
    # A line that is full is followed by another, if by an empty one: its length says that a body ends.
    lines = [body[at : at + _LINE] for at in range(0, len(body) + 1, _LINE)]
    return b"-> %b\n%b\n" % (b" ".join(stanza.words), b"\n".join(lines))


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), head, "sha256")


def base64_of(data: bytes) -> bytes:
    """Base64 without padding."""
    return base64.b64encode(data).rstrip(b"=")


def bytes_of(text: bytes) -> bytes:
    """What base64 without padding stands for. Raises ValueError for what is not as it would be written."""
    try:
        made = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    if base64_of(made) != text:
        raise ValueError("base64 that is not as it is written")
    return made

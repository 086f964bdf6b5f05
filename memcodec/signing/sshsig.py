"""Signatures as ``ssh-keygen -Y`` makes and checks them (OpenSSH's PROTOCOL.sshsig), with Ed25519 keys (RFC 8709)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
import textwrap

from memcodec.signing import ed25519

NAMESPACE = b"memcodec"  #: what ``ssh-keygen -Y verify -n`` is given
KIND = b"ssh-ed25519"
_MAGIC, _VERSION, _HASH = b"SSHSIG", 1, b"sha512"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_COLUMNS = 70
_LENGTH = struct.Struct(">I")


def sign(seed: bytes, message: bytes) -> str:
    """The armoured signature of a message."""
    return _armoured(_blob(ed25519.public_of(seed), ed25519.sign(seed, _signed(message))))


def holds(key: bytes, armoured: str, message: bytes) -> bool:
    """Whether that is a message's signature by that key, byte for byte as ``sign`` or ssh-keygen writes it."""
    lines = armoured.splitlines()
    if lines[:1] != [_BEGIN] or lines[-1:] != [_END]:
        return False
    try:
        blob = base64.b64decode("".join(lines[1:-1]), validate=True)
    except (binascii.Error, ValueError):
        return False
    made = blob[-ed25519.SIGNATURE :]
    is_canonical = _armoured(_blob(key, made)) == armoured
    return is_canonical and ed25519.holds(key, made, _signed(message))


def wire(key: bytes) -> bytes:
    """A public key as OpenSSH has it in its lines."""
    return _string(KIND) + _string(key)


def key_of(blob: bytes) -> bytes:
    """The public key in what ``wire`` made. Raises ValueError."""
    key = blob[-ed25519.KEY :]
    if len(key) != ed25519.KEY or wire(key) != blob:
        raise ValueError("no Ed25519 key")
    return key


def _blob(key: bytes, made: bytes) -> bytes:
    fields = wire(key), NAMESPACE, b"", _HASH, _string(KIND) + _string(made)
    return _MAGIC + _LENGTH.pack(_VERSION) + b"".join(map(_string, fields))


def _signed(message: bytes) -> bytes:
    """What the key signs."""
    fields = NAMESPACE, b"", _HASH, hashlib.sha512(message).digest()
    return _MAGIC + b"".join(map(_string, fields))


def _armoured(blob: bytes) -> str:
    lines = textwrap.wrap(base64.b64encode(blob).decode(), _COLUMNS)
    return "\n".join([_BEGIN, *lines, _END, ""])


def _string(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data

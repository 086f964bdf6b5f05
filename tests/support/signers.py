"""Keys to sign with, as ssh-keygen and minisign write them, made in this process: most tests need neither program."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Pair(NamedTuple):
    """The files of a private and a public key."""

    private: Path
    public: Path


def ssh(folder: Path, name: str = "alice") -> Pair:
    """A key of OpenSSH's, without a passphrase."""
    key = Ed25519PrivateKey.generate()
    pair = Pair(folder / name, folder / f"{name}.pub")
    pair.private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
    )
    line = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    pair.public.write_bytes(line + f" {name}@example.org\n".encode())
    return pair


def minisign(folder: Path, name: str = "minisign", passphrase: str | None = None) -> Pair:
    """A key of minisign's. With a passphrase, scrypt takes little: libsodium's least, not minisign's own."""
    seed, number, salt = os.urandom(32), os.urandom(8), os.urandom(32)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    body = number + seed + public
    checksum = bytes(32) if passphrase is None else hashlib.blake2b(b"Ed" + body, digest_size=32).digest()
    body += checksum
    kind, operations, memory = b"\0\0", 0, 0
    if passphrase is not None:
        kind, operations, memory = b"Sc", 32768, 1 << 20
        mask = hashlib.scrypt(passphrase.encode(), salt=salt, n=1 << 10, r=8, p=1, dklen=len(body))
        body = bytes(a ^ b for a, b in zip(body, mask, strict=True))
    head = struct.pack("<2s2s2s32sQQ", b"Ed", kind, b"B2", salt, operations, memory)
    pair = Pair(folder / f"{name}.key", folder / f"{name}.pub")
    secret = base64.b64encode(head + body).decode()
    pair.private.write_text(f"untrusted comment: minisign encrypted secret key\n{secret}\n")
    line = base64.b64encode(b"Ed" + number + public).decode()
    pair.public.write_text(f"untrusted comment: minisign public key\n{line}\n")
    return pair

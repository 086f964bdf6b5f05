"""Ed25519 (RFC 8032) by ``cryptography``, imported when it is needed."""

from __future__ import annotations

import importlib
from typing import Any

from memcodec.errors import MissingExtra

KEY, SIGNATURE = 32, 64  #: bytes of a public key and of a seed; of a signature


def library(name: str) -> Any:
    """A module of ``cryptography``. Raises MissingExtra when it is not installed."""
    try:
        return importlib.import_module(f"cryptography.{name}")
    except ImportError:
        raise MissingExtra("signatures need cryptography: pip install 'memcodec[sealed]'") from None


def sign(seed: bytes, message: bytes) -> bytes:
    """The signature of a message."""
    made: bytes = _ed25519().Ed25519PrivateKey.from_private_bytes(seed).sign(message)
    return made


def public_of(seed: bytes) -> bytes:
    """The public key of a private one."""
    made: bytes = _ed25519().Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return made


def holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature of a message is by a key."""
    ed25519, exceptions = _ed25519(), library("exceptions")
    if len(key) != KEY or len(signature) != SIGNATURE:
        return False
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (exceptions.InvalidSignature, ValueError):
        return False
    return True


def _ed25519() -> Any:
    return library("hazmat.primitives.asymmetric.ed25519")

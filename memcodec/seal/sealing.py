"""What a writer seals with: a key, and the recipients that it was wrapped for."""

from __future__ import annotations

from typing import NamedTuple

from memcodec.format.envelope import Seal
from memcodec.seal.aead import MemoryKey, commitment, new_key
from memcodec.seal.age import Recipients, wrap
from memcodec.seal.keyring import Keyring


class Sealing(NamedTuple):
    """``key`` seals what is written; ``keys`` holds it, and those of older commits. ``names``: of the recipients."""

    key: MemoryKey
    keys: Keyring
    names: tuple[str, ...]


def sealing(to: Recipients, keys: Keyring | None = None) -> Sealing:
    """With a new key, wrapped for recipients; ``keys``: the older ones of the file."""
    fresh, keys = new_key(), keys or Keyring()
    return wrapped(fresh, to, keys)


def wrapped(key: bytes | bytearray, to: Recipients, keys: Keyring) -> Sealing:
    """With that key, wrapped for recipients."""
    seal = Seal(commitment(key), wrap(bytes(key), to))
    return Sealing(keys.add(key, seal), keys, to.names)

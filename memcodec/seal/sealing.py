"""What a writer seals with: a key, and the recipients that it was wrapped for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memcodec.format.envelope import Seal
from memcodec.seal.aead import MemoryKey, commitment, new_key
from memcodec.seal.age import Recipients, wrap
from memcodec.seal.keyring import Keyring

if TYPE_CHECKING:
    from memcodec.seal.rules import Rules


class Sealing(NamedTuple):
    """``key`` seals what is written; ``keys`` holds it, and those of older commits. ``names``: of the recipients."""

    key: MemoryKey
    keys: Keyring
    names: tuple[str, ...]


def sealing(to: Recipients, keys: Keyring | None = None, rules: Rules | None = None) -> Sealing:
    """With a new key, wrapped for recipients; ``keys``: the older ones of the file; ``rules``: of a capsule."""
    fresh, keys = new_key(), keys or Keyring()
    kept = _kept(fresh, rules) if rules is not None else b""
    seal = Seal(commitment(fresh, kept), wrap(bytes(fresh), to), kept)
    return Sealing(keys.add(fresh, seal), keys, to.names)


def _kept(key: bytearray, rules: Rules) -> bytes:
    """Rules as they stand in the seal of a key."""
    bare = MemoryKey(key, Seal(commitment(key), ()))
    try:
        return rules.to_bytes(bare)
    finally:
        bare.wipe()

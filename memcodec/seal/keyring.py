"""The keys of one file that is open, and where more come from: identities, passphrases, a person who is asked.

``Unlocking`` is what a user gave, for any file; a ``Keyring`` is what of one file's keys is known. Where nothing was
given, what this process was told (``allow``) holds, or else what MEMCODEC_IDENTITY names.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from string import hexdigits
from typing import TYPE_CHECKING, Any

from memcodec.errors import ConfigError, Damaged, Sealed, WrongKey
from memcodec.format.envelope import Seal
from memcodec.model import FilePath
from memcodec.process import secrecy

if TYPE_CHECKING:
    from memcodec.seal.aead import MemoryKey

VARIABLE = "MEMCODEC_IDENTITY"
_TRIES = 3  # times that a person is asked
_HELP = "give one by `unlock` or MEMCODEC_IDENTITY, or its `passphrase`"


@dataclass(repr=False)
class Unlocking:
    """Secret keys, as files or texts; passphrases; and who is asked for one, by the file's name, if anybody."""

    identities: Sequence[str] = ()
    passphrases: Sequence[str] = ()
    ask: Callable[[str], str | None] | None = None
    _typed: list[str] = field(default_factory=list)
    _made: list[Any] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given, and nobody is asked."""
        return not (self.identities or self.passphrases or self._typed or self.ask)

    def open(self, seal: Seal, name: str) -> bytes:
        """The key that a seal leads to. Raises Sealed, WrongKey, ConfigError."""
        from memcodec.seal import age

        secrecy.protect()  # what a user gave is worth as much as the key
        by_key, by_passphrase = list[bytes](), list[bytes]()
        for each in seal.files:
            try:
                (by_passphrase if age.needs_passphrase(each) else by_key).append(each)
            except ConfigError as error:
                raise ConfigError(f"{name}: {error}") from error
        if self._made is None:
            self._made = age.identities(self.identities)
        tried = bool(self._made and by_key)
        for file in by_key if self._made else ():
            if (found := age.unwrap(file, self._made)) is not None and _is_of(found, seal):
                return found
        for file in by_passphrase:
            for passphrase in (*self.passphrases, *self._typed):
                tried = True
                if (found := age.unwrap_by(file, passphrase)) is not None and _is_of(found, seal):
                    return found
            if self.ask is not None and (found := self._asked(file, seal, name)) is not None:
                return found
        if tried or self.identities or self.passphrases:
            raise WrongKey(f"{name}: is sealed, and none of the keys that were given opens it")
        raise Sealed(f"{name}: is sealed, and no key was given; {_HELP}")

    def _asked(self, file: bytes, seal: Seal, name: str) -> bytes | None:
        from memcodec.seal import age

        for _ in range(_TRIES):
            passphrase = self.ask(name) if self.ask is not None else None
            if not passphrase:
                return None
            found = age.unwrap_by(file, passphrase)
            if found is not None and _is_of(found, seal):
                self._typed.append(passphrase)
                return found
        raise WrongKey(f"{name}: is sealed, and that was not its passphrase")


def _is_of(key: bytes, seal: Seal) -> bool:
    from memcodec.seal.aead import is_committed

    return is_committed(key, seal)


class Keyring:
    """A ``format.cipher.Keys``: the memory keys of a file, by their names. Close it, and they are wiped."""

    def __init__(self, unlocking: Unlocking | None = None) -> None:
        self._unlocking = unlocking
        self._keys: dict[bytes, MemoryKey] = {}
        self._lock, self._users, self._closed = threading.Lock(), 0, False

    @property
    def unlocking(self) -> Unlocking:
        """Where more keys come from."""
        return self._unlocking or default()

    @property
    def was_given(self) -> bool:
        """Whether somebody gave a key or passphrase for this file: MEMCODEC_IDENTITY is for files at large."""
        given = self._unlocking or _GIVEN.get() or _PROCESS
        return bool(given.identities or given.passphrases)

    def unlock(self, seal: Seal, name: str) -> MemoryKey:
        """The key that a seal leads to; ``name``: of the file. Raises Sealed, WrongKey, Expired."""
        key = self._unlocked(seal, name)
        if (rules := key.rules) is not None:
            rules.check_time(name)
        return key

    def _unlocked(self, seal: Seal, name: str) -> MemoryKey:
        known = self._keys.get(seal.name)
        if known is not None and known.seal.commitment == seal.commitment:
            if not known.seal.files:
                known.seal = seal
            return known
        return self.add(self.unlocking.open(seal, name), seal)

    def add(self, key: bytes | bytearray, seal: Seal | None = None) -> MemoryKey:
        """Take in a key; without a ``seal``, one of older commits."""
        from memcodec.seal.aead import MemoryKey, commitment

        secrecy.protect()
        made = MemoryKey(key, seal or Seal(commitment(key), ()))
        return self._keys.setdefault(made.name, made)

    def take(self, keys: Sequence[str]) -> None:
        """Take in the keys of older commits, as a record has them. Raises Damaged."""
        from memcodec.seal.aead import SIZE

        for each in keys:
            if len(each) != 2 * SIZE or not set(each) <= set(hexdigits):
                raise Damaged("an older key of the file is none")
            self.add(bytes.fromhex(each))

    def key(self, name: bytes) -> MemoryKey:
        """Raises Sealed for one that is not known."""
        if name not in self._keys:
            raise Sealed(f"a part is sealed with the key {name.hex()}, which is not known")
        return self._keys[name]

    def all(self) -> list[MemoryKey]:
        return list(self._keys.values())

    def hold(self) -> None:
        """Someone reads with these keys: they stay until ``release``."""
        with self._lock:
            self._users += 1

    def release(self) -> None:
        """Who held them is done."""
        with self._lock:
            self._users -= 1
            self._wipe_unused()

    def close(self) -> None:
        """Wipe all of them, as soon as nobody holds them."""
        with self._lock:
            self._closed = True
            self._wipe_unused()

    def _wipe_unused(self) -> None:
        while self._closed and self._users < 1 and self._keys:
            self._keys.popitem()[1].wipe()

    def __repr__(self) -> str:
        return f"<Keyring of {len(self._keys)}>"


_PROCESS = Unlocking()
_GIVEN: ContextVar[Unlocking | None] = ContextVar("unlocking", default=None)


def unlocking_of(unlock: FilePath | Sequence[FilePath] | None, passphrase: str | None) -> Unlocking | None:
    """What a program gave: files of secret keys, or such keys; a passphrase. None when it gave nothing."""
    if unlock is None and passphrase is None:
        return None
    given = [unlock] if isinstance(unlock, str | os.PathLike) else list(unlock or ())
    names = tuple(os.fspath(each) for each in given)
    return Unlocking(names, (passphrase,) if passphrase is not None else ())


def default() -> Unlocking:
    """What opens files for which nothing was given."""
    given = _GIVEN.get()
    if given is not None and not given.is_empty:
        return given
    if _PROCESS.identities or _PROCESS.passphrases:
        return _PROCESS
    named = tuple(filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)))
    return Unlocking(named, ask=secrecy.ask)


def allow(unlocking: Unlocking) -> None:
    """Have this process open sealed files with that, where nothing else is given."""
    global _PROCESS
    _PROCESS = unlocking


@contextlib.contextmanager
def using(unlocking: Unlocking | None) -> Iterator[None]:
    """Have what is called in this context open sealed files with that."""
    token = _GIVEN.set(unlocking)
    try:
        yield
    finally:
        _GIVEN.reset(token)

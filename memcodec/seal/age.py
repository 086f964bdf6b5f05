"""Memory keys wrapped in age files (https://age-encryption.org/v1), which any program that reads such files opens.

age lets a passphrase stand alone: so a seal has one file for all recipients with keys, and one for a passphrase. This
room calls ``pyrage``, the library of rage; nothing else of memcodec does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memcodec.errors import ConfigError, MissingExtra, StorageError

PASSPHRASE = "passphrase"  #: as what a passphrase stands in a list of recipients
_HEAD = b"age-encryption.org/v1\n"
_SCRYPT = re.compile(rb"-> scrypt \S+ (\d{1,2})\n")
_MOST_WORK = 20  # log2 of scrypt's rounds: 1 GiB of memory
_MOST = 1 << 20  # bytes of a file with identities or recipients
_COMMENT = "#"


def library() -> Any:
    """``pyrage``. Raises MissingExtra."""
    try:
        import cryptography  # noqa: F401 - of the same extra
        import pyrage
    except ImportError:
        raise MissingExtra("sealed files need pip install 'memcodec[sealed]'") from None
    return pyrage


@dataclass(frozen=True)
class Recipients:
    """Whom a key is for: public keys in age's or OpenSSH's form, and a passphrase."""

    keys: tuple[str, ...] = ()
    passphrase: str | None = None

    def __post_init__(self) -> None:
        if not self.keys and not self.passphrase:
            raise ConfigError("a sealed file is for somebody: name a recipient, or give a passphrase")

    def __repr__(self) -> str:
        return f"<Recipients {', '.join(self.names)}>"

    @property
    def names(self) -> tuple[str, ...]:
        """As they may be shown."""
        return (*self.keys, *([PASSPHRASE] if self.passphrase else []))


def recipients(given: Sequence[str], passphrase: str | None = None) -> Recipients:
    """Recipients as they are named: ``age1...``, ``ssh-ed25519 ...``, ``ssh-rsa ...``, or a file of such lines.

    Raises ConfigError for what is none, StorageError for a file that cannot be read.
    """
    keys = list[str]()
    for each in given:
        keys += [each.strip()] if _is_recipient(each.strip()) else _listed(each)
    for key in keys:
        _recipient(key)
    return Recipients(tuple(dict.fromkeys(keys)), passphrase)


def same_or(names: Sequence[str], given: Sequence[str], passphrase: str | None, file: str) -> Recipients:
    """The recipients that are given, or else those that a file has.

    Raises ConfigError where no other key can be wrapped for those: a passphrase is known to who has it alone.
    """
    if given or passphrase is not None:
        return recipients(given, passphrase)
    if not names or PASSPHRASE in names:
        raise ConfigError(
            f"{file}: for whom its new key is to be cannot be told from the old one: name the recipients"
        )
    return Recipients(tuple(names))


def _is_recipient(text: str) -> bool:
    return text.startswith(("age1", "ssh-ed25519 ", "ssh-rsa "))


def _listed(path: str) -> list[str]:
    lines = [line.strip() for line in _read(path, "a recipient or a file of recipients").splitlines()]
    found = [line for line in lines if line and not line.startswith(_COMMENT)]
    if not found or not all(map(_is_recipient, found)):
        raise ConfigError(f"{path}: holds no recipients; they begin with age1, ssh-ed25519 or ssh-rsa")
    return found


def _read(path: str, what: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MOST + 1)
        if len(data) > _MOST:
            raise ConfigError(f"{path}: is too long for {what}")
        return data.decode()
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}; name {what}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: is not {what}") from error


def _recipient(text: str) -> Any:
    rage = library()
    try:
        if text.startswith("ssh-"):
            return rage.ssh.Recipient.from_str(text)
        return rage.x25519.Recipient.from_str(text)
    except Exception as error:  # pyrage's own
        raise ConfigError(f"{text[:24]}...: is no recipient that age knows: {error}") from None


def wrap(key: bytes, to: Recipients) -> tuple[bytes, ...]:
    """A key in age files: one for those with keys, one for the passphrase."""
    rage, made = library(), list[bytes]()
    if to.keys:
        made.append(rage.encrypt(key, [_recipient(each) for each in to.keys]))
    if to.passphrase:
        made.append(rage.passphrase.encrypt(key, to.passphrase))
    return tuple(made)


def needs_passphrase(file: bytes) -> bool:
    """Whether a passphrase opens an age file. Raises ConfigError where trying one would take too long."""
    found = _SCRYPT.match(file, len(_HEAD)) if file.startswith(_HEAD) else None
    if found is not None and int(found[1]) > _MOST_WORK:
        raise ConfigError(
            f"its passphrase takes 2^{int(found[1])} rounds of scrypt to try; 2^{_MOST_WORK} are the most"
        )
    return found is not None


def identities(given: Sequence[str]) -> list[Any]:
    """Secret keys as they are named: ``AGE-SECRET-KEY-1...``, the text of an OpenSSH key, or files of these.

    Raises ConfigError, StorageError.
    """
    return [made for each in given for made in _identities(each)]


def _identities(given: str) -> Iterator[Any]:
    is_text = given.lstrip().startswith(("AGE-SECRET-KEY-", "-----BEGIN"))
    name, text = ("the identity", given) if is_text else (given, _read(given, "a file of identities"))
    rage = library()
    try:
        if text.lstrip().startswith("-----BEGIN"):
            yield rage.ssh.Identity.from_buffer(text.encode())
            return
        lines = [line.strip() for line in text.splitlines()]
        made = [rage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except Exception:  # pyrage's own; its words may quote the key
        raise ConfigError(f"{name}: holds no secret key that age knows, or one under a passphrase") from None
    if not made:
        raise ConfigError(f"{name}: holds no secret key; one begins with AGE-SECRET-KEY- or -----BEGIN")
    yield from made


def unwrap(file: bytes, with_keys: Sequence[Any]) -> bytes | None:
    """What an age file holds, if one of these identities opens it."""
    try:
        found: bytes = library().decrypt(file, list(with_keys))
    except Exception:  # pyrage's own: no match, or no age file
        return None
    return found


def unwrap_by(file: bytes, passphrase: str) -> bytes | None:
    """What an age file holds, if the passphrase opens it."""
    try:
        found: bytes = library().passphrase.decrypt(file, passphrase)
    except Exception:
        return None
    return found

"""Memory keys wrapped in age files (https://age-encryption.org/v1), which any program that reads such files opens.

age lets a passphrase stand alone, and mixes no keys that a quantum computer breaks with others: so a seal has one file
for all recipients with keys of the one sort, one for those of the other (hybrid.py), and one for a passphrase
(phrases.py). This file calls ``pyrage``, the library of rage; nothing else of memcodec does.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from memcodec.errors import ConfigError, MissingExtra, StorageError

PASSPHRASE = "passphrase"  #: as what a passphrase stands in a list of recipients
_HEAD = b"age-encryption.org/v1\n"
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----"
_HEADER = re.compile(  # rage takes stanzas without their last short line, too; age does not
    rb"age-encryption\.org/v1\n"
    rb"(?:-> [!-~]+(?: [!-~]+)*\n(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)+"
    rb"--- [A-Za-z0-9+/]{43}\n"
)
_LINE = 64  # letters of a line in armour
_SCRYPT = re.compile(rb"-> scrypt \S+ (\d{1,2})\n")
_MOST = 1 << 20  # bytes of a file with identities or recipients
_COMMENT = "#"
_HYBRID, _HYBRID_SECRET = "age1pq1", "AGE-SECRET-KEY-PQ-1"


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
            f"{file}: for whom its new key is to be cannot be told from the old one: name them by `seal='age1...'` or "
            "`passphrase='...'`"
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
        if text.startswith(_HYBRID):
            return _hybrid().Recipient(text)
        return rage.x25519.Recipient.from_str(text)
    except Exception as error:  # pyrage's own
        raise ConfigError(f"{text[:24]}...: is no recipient that age knows: {error}") from None


def wrap(key: bytes, to: Recipients) -> tuple[bytes, ...]:
    """A key in age files: one for those with keys, one for those with post-quantum keys, one for the passphrase."""
    rage, made = library(), list[bytes]()
    hybrid = [each for each in to.keys if each.startswith(_HYBRID)]
    classical = [each for each in to.keys if each not in hybrid]
    if classical:
        made.append(rage.encrypt(key, [_recipient(each) for each in classical]))
    if hybrid:
        made.append(_hybrid().encrypt(key, [_recipient(each) for each in hybrid]))
    if to.passphrase:
        made.append(_phrases().encrypt(key, to.passphrase))
    return tuple(made)


def _bare(file: bytes) -> bytes:
    """An age file without its armour, if it has one; nothing where armour or header are not right to the letter."""
    file = _unarmored(file) if file.lstrip().startswith(_ARMOR[0]) else file
    return file if _HEADER.match(file) else b""


def _unarmored(file: bytes) -> bytes:
    lines = file.strip().replace(b"\r\n", b"\n").split(b"\n")
    *full, last = lines[1:-1] or [b""]
    letters = b"".join((*full, last))
    if (
        (lines[0], lines[-1]) != _ARMOR
        or not 0 < len(last) <= _LINE
        or any(len(each) != _LINE for each in full)
    ):
        return b""
    try:
        made = base64.b64decode(letters, validate=True)
    except binascii.Error:
        return b""
    return made if base64.b64encode(made) == letters else b""


def needs_passphrase(file: bytes) -> bool:
    """Whether a passphrase opens an age file. Raises ConfigError where trying one would take too long."""
    file = _bare(file)
    found = _SCRYPT.match(file, len(_HEAD)) if file.startswith(_HEAD) else None
    if found is not None and int(found[1]) > (most := _phrases().MOST_WORK):
        raise ConfigError(
            f"its passphrase takes 2^{int(found[1])} rounds of scrypt to try; 2^{most} are the most"
        )
    return found is not None


def identities(given: Sequence[str]) -> list[Any]:
    """Secret keys as they are named: ``AGE-SECRET-KEY-1...``, the text of an OpenSSH key, or files of these.

    Raises ConfigError, StorageError.
    """
    return [made for each in given for made in _identities(each)]


def _identities(given: str) -> list[Any]:
    is_text = given.lstrip().startswith(("AGE-SECRET-KEY-", "-----BEGIN"))
    name, rage = "the identity" if is_text else given, library()
    # No variable here holds what a file says: some programs tell of an error with all variables.
    made = _parsed(rage, given if is_text else _read(given, "a file of identities"))
    if made is None:
        raise ConfigError(f"{name}: holds no secret key that age knows, or one under a passphrase")
    if not made:
        raise ConfigError(f"{name}: holds no secret key; one begins with AGE-SECRET-KEY- or -----BEGIN")
    return made


def _parsed(rage: Any, text: str) -> list[Any] | None:
    """The secret keys in a text; None where one is none."""
    try:
        if text.lstrip().startswith("-----BEGIN"):
            return [rage.ssh.Identity.from_buffer(text.encode())]
        lines = [line.strip() for line in text.splitlines()]
        return [_identity(rage, line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except Exception:  # pyrage's own; its words may quote the key
        return None


def _identity(rage: Any, line: str) -> Any:
    return (
        _hybrid().Identity(line) if line.startswith(_HYBRID_SECRET) else rage.x25519.Identity.from_str(line)
    )


def _hybrid() -> ModuleType:
    from memcodec.seal import hybrid  # few have such keys

    return hybrid


def _phrases() -> ModuleType:
    library()  # is it there?
    from memcodec.seal import phrases

    return phrases


def unwrap(file: bytes, with_keys: Sequence[Any]) -> bytes | None:
    """What an age file holds, if one of these identities opens it."""
    bare, rage = _bare(file), library()
    classical = [each for each in with_keys if isinstance(each, rage.x25519.Identity | rage.ssh.Identity)]
    hybrid = [each for each in with_keys if each not in classical]
    if hybrid and (found := _hybrid().decrypt(bare, hybrid)) is not None:
        return bytes(found)
    try:
        return bytes(rage.decrypt(bare, classical)) if classical else None
    except Exception:  # pyrage's own: no match, or no age file
        return None


def unwrap_by(file: bytes, passphrase: str) -> bytes | None:
    """What an age file holds, if the passphrase opens it."""
    found: bytes | None = _phrases().decrypt(_bare(file), passphrase)
    return found

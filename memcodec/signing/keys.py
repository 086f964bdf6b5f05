"""Keys as people have them: who signs, and by whom something is to be signed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from memcodec.errors import ConfigError, MissingExtra, StorageError
from memcodec.model import FilePath
from memcodec.signing import ed25519, minisign, sshsig

Kind = Literal["ssh", "minisign"]
Ask = Callable[[], str]
"""Gives a passphrase, if one is needed."""

MAX_FILE = 1 << 20  #: bytes of a file of keys
_SSH = re.compile(r"\s*(ssh-ed25519)\s+([A-Za-z0-9+/=]+)(?:\s|$)")
_OTHER = re.compile(r"\s*(?:ssh-(?!ed25519\b)|ecdsa-|sk-)\S+\s+[A-Za-z0-9+/=]{16}")
_MINISIGN = re.compile(r"RW[A-Za-z0-9+/]{54}")
_PRIVATE = "PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Whose signature something is. ``number`` is what minisign tells keys apart by; OpenSSH's have none."""

    kind: Kind
    raw: bytes
    number: bytes = b""

    @property
    def line(self) -> str:
        """As its own program writes it, without a comment."""
        if self.kind == "minisign":
            return minisign.line_of(self.number, self.raw)
        return f"{sshsig.KIND.decode()} {base64.b64encode(sshsig.wire(self.raw)).decode()}"

    @property
    def fingerprint(self) -> str:
        """As its own program shows it: ``ssh-keygen -l``, or minisign's key number."""
        if self.kind == "minisign":
            return f"minisign {minisign.shown(self.number)}"
        made = base64.b64encode(hashlib.sha256(sshsig.wire(self.raw)).digest()).decode()
        return f"SHA256:{made.rstrip('=')}"

    def holds(self, signature: str, message: bytes) -> bool:
        """Whether that is a message's signature by this key."""
        if self.kind == "minisign":
            return minisign.holds(self.number, self.raw, signature, message)
        return sshsig.holds(self.raw, signature, message)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Who signs."""

    public: PublicKey
    seed: bytes = field(repr=False)

    def sign(self, message: bytes, name: str, time: int) -> str:
        """A message's signature, as its own program writes it. ``name`` and ``time`` are what minisign says of it."""
        if self.public.kind == "minisign":
            trusted = f"timestamp:{time}\tfile:{name}\thashed"
            return minisign.sign(self.public.number, self.seed, message, trusted)
        return sshsig.sign(self.seed, message)


def signing_key(path: FilePath, ask: Ask) -> SigningKey:
    """The private key in a file, OpenSSH's or minisign's. ``ask`` is called when it has a passphrase.

    Raises ConfigError for what is no such key and for a wrong passphrase, StorageError for a file that cannot be read,
    MissingExtra without what opens it.
    """
    text = read(path)
    try:
        if _PRIVATE in text:
            return _of_openssh(text, ask)
        if text.startswith(minisign.UNTRUSTED):
            secret = minisign.SecretKey(text.strip())
            number, seed = secret.opened(ask() if secret.is_locked else "")
            return SigningKey(PublicKey("minisign", ed25519.public_of(seed), number), seed)
        if _SSH.match(text) or _OTHER.match(text):
            raise ConfigError("this is a public key; name the private one, mostly the same without .pub")
        raise ConfigError("this is no private key of OpenSSH's or minisign's")
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _of_openssh(text: str, ask: Ask) -> SigningKey:
    ssh = ed25519.library("hazmat.primitives.serialization.ssh")
    private = ed25519.library("hazmat.primitives.asymmetric.ed25519").Ed25519PrivateKey
    exceptions = ed25519.library("exceptions")
    data = text.encode()

    def load(passphrase: bytes | None) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of kinds of keys that are refused anyway
            found: object = ssh.load_ssh_private_key(data, passphrase)
        return found

    try:
        try:
            key = load(None)
        except TypeError:  # it has a passphrase
            key = load(ask().encode())
    except exceptions.UnsupportedAlgorithm as error:
        if "bcrypt" in str(error):
            raise MissingExtra(
                "a private key with a passphrase needs bcrypt: pip install 'memcodec[sealed]'"
            ) from None
        raise ConfigError("this private key is of a kind that is not known; Ed25519 ones are") from error
    except (ValueError, exceptions.InvalidTag) as error:
        told = "the passphrase is not the key's, or the key is damaged" if _is_locked(text) else str(error)
        raise ConfigError(told) from error
    if not isinstance(key, private):
        raise ConfigError("not an Ed25519 key; make one with `ssh-keygen -t ed25519`")
    return SigningKey(PublicKey("ssh", key.public_key().public_bytes_raw()), key.private_bytes_raw())


def _is_locked(text: str) -> bool:
    """Whether a key of OpenSSH's has a passphrase: its cipher is not ``none``."""
    try:
        data = base64.b64decode("".join(text.split("-----")[2].split()))
    except (binascii.Error, ValueError, IndexError):
        return False
    return data[15:23] != b"\0\0\0\4none"


def public_keys(given: str) -> list[PublicKey]:
    """The keys in a line, or in the lines of a text. Raises ConfigError where there is none."""
    found = list(_keys_in(given))
    if not found:
        if _PRIVATE in given or "encrypted secret key" in given.partition("\n")[0]:
            raise ConfigError("this is a private key; keep it, and name the public one")
        if _OTHER.search(given):
            raise ConfigError("no Ed25519 key; others do not sign memory files")
        raise ConfigError("this is no public key of OpenSSH's (Ed25519) or minisign's")
    return found


def _keys_in(text: str) -> Iterator[PublicKey]:
    for line in text.splitlines():
        if found := _SSH.match(line):
            try:
                yield PublicKey("ssh", sshsig.key_of(base64.b64decode(found[2], validate=True)))
            except (binascii.Error, ValueError) as error:
                raise ConfigError(f"the line of an Ed25519 key cannot be read: {line[:40]}") from error
        elif _MINISIGN.fullmatch(line.strip()):
            number, key = minisign.public_key(line)
            yield PublicKey("minisign", key, number)


def is_key(text: str) -> bool:
    """Whether that is a key itself, not the name of a file."""
    return bool(_SSH.match(text) or _OTHER.match(text) or _MINISIGN.fullmatch(text.strip()))


def read(path: FilePath) -> str:
    """A small file of text. Raises StorageError, ConfigError."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            raise ConfigError(f"{path}: is no file of keys, it is too long")
        return data.decode()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is no file of keys") from error
    except (OSError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        raise StorageError(f"{path}: {getattr(error, 'strerror', None) or error}") from error

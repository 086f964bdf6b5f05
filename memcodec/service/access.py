"""Who may ask: tokens in a file, of which only the SHA-256 is kept, each with a role.

A token is 256 random bits, which nobody guesses, so that a plain hash of it tells nothing; for a
password it would.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from memcodec.errors import ConfigError, StorageError

_MOST = 1 << 20  # bytes of a file of tokens
_NAME = re.compile(r"[\w.@-]{1,60}")


class Role(IntEnum):
    """What a client may do; each may what those before it may."""

    READ = 1
    WRITE = 2  #: documents: add, edit, tag, forget
    ADMIN = 3  #: memories: roll back, create, have indexed


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, by the name of the token."""

    name: str
    role: Role


class Tokens:
    """The tokens of a file."""

    def __init__(self, clients: dict[str, Client]) -> None:
        self._clients = clients

    @classmethod
    def read(cls, path: Path) -> Tokens:
        """Raises StorageError for a file that cannot be read, ConfigError for one that is none of tokens."""
        return cls({digest: Client(name, role) for name, role, digest in _rows(path)})

    def client(self, token: str) -> Client | None:
        """Whose token it is."""
        wanted = _digest(token)
        found = None
        for digest, client in self._clients.items():
            if hmac.compare_digest(digest, wanted):
                found = client
        return found

    def __len__(self) -> int:
        return len(self._clients)


def new_token(path: Path, name: str, role: Role) -> str:
    """Make a token, and add it to a file that only its user can read; the file is made if there is none.

    Raises ConfigError for a name that is there already.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r}: a token's name has letters, digits and . _ @ - only")
    rows = _rows(path) if path.exists() else []
    if any(name == each for each, _, _ in rows):
        raise ConfigError(f"{path}: has a token {name!r} already")
    token = secrets.token_urlsafe(32)
    rows.append((name, role, _digest(token)))
    told = [{"name": each, "role": had.name.lower(), "sha256": digest} for each, had, digest in rows]
    partial = path.with_name(f".{path.name}.memcodec-partial")
    try:
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"tokens": told}, file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _rows(path: Path) -> list[tuple[str, Role, str]]:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}") from None
    try:
        if len(data) > _MOST:
            raise ValueError
        found = [
            (str(each["name"]), Role[str(each["role"]).upper()], str(each["sha256"]))
            for each in json.loads(data)["tokens"]
        ]
    except (ValueError, KeyError, TypeError):
        raise ConfigError(f"{path}: is no file of tokens; `new_token` makes one") from None
    return found

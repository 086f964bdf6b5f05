"""``--identity`` and ``--passphrase-file``, which every command takes, before its name or behind it; and the question
for a passphrase on a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from memcodec.errors import ConfigError, StorageError

OPTIONS = ("--identity", "--passphrase-file")  # cli/__init__.py looks for them, too
_LONGEST = 1024  # bytes of a passphrase


def in_front(args: Sequence[str]) -> list[str]:
    """The arguments with these options, wherever they stand before a ``--``, before the command."""
    ours, others, left = list[str](), list[str](), list(args)
    while left:
        each = left.pop(0)
        if each == "--":
            others += [each, *left]
            break
        if each in OPTIONS:
            ours += [each, *left[:1]]
            del left[:1]
        elif each.startswith(tuple(f"{option}=" for option in OPTIONS)):
            ours.append(each)
        else:
            others.append(each)
    return [*ours, *others]


def allow(identities: Sequence[str], passphrase_file: str | None) -> None:
    """Have sealed files opened with these."""
    from memcodec.process import secrecy
    from memcodec.seal import keyring

    passphrases = (read_passphrase(passphrase_file),) if passphrase_file is not None else ()
    given = keyring.Unlocking(identities, passphrases, secrecy.ask)
    keyring.allow(given)


def read_passphrase(path: str) -> str:
    """The first line of a file, or of standard input for ``-``. Raises StorageError, ConfigError."""
    try:
        if path == "-":
            data = sys.stdin.buffer.readline(_LONGEST + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.readline(_LONGEST + 1)
        text = data.rstrip(b"\r\n").decode()
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}; name a file with a passphrase") from error
    except ValueError as error:
        raise ConfigError(f"{path}: its first line is no passphrase") from error
    if not text or len(data) > _LONGEST:
        raise ConfigError(f"{path}: its first line is no passphrase")
    return text


def ask(name: str) -> str | None:
    """The passphrase of a file, asked for on the terminal; None where there is none."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    try:
        return str(click.prompt(f"Passphrase of {name}", hide_input=True, err=True))
    except click.Abort:
        return None


def new_passphrase() -> str:
    """A passphrase for a new file: of ``--passphrase-file``, or asked for twice. Raises ConfigError."""
    from memcodec.seal import keyring

    given = keyring.default().passphrases
    if given:
        return given[0]
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConfigError("there is no terminal to ask for a passphrase; use --passphrase-file")
    return str(click.prompt("New passphrase", hide_input=True, confirmation_prompt="Once more", err=True))

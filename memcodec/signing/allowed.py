"""Who may sign: keys that are named, and OpenSSH's ``allowed_signers`` (ssh-keygen(1), "ALLOWED SIGNERS")."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from memcodec.errors import ConfigError
from memcodec.model import FilePath
from memcodec.signing import sshsig
from memcodec.signing.keys import PublicKey, is_key, public_keys, read

_LINE = re.compile(r'("[^"]*"|\S+)\s+(.*)')
_OPTION = re.compile(r'([A-Za-z-]+)(?:="([^"]*)")?(?:,|(?=\s)|$)')
_TIME = re.compile(r"(\d{8})(\d{4}(?:\d\d)?)?(Z?)")


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that may sign, the name it goes by if it has one, and the times its signatures may be of."""

    key: PublicKey
    name: str = ""
    after: datetime | None = None
    before: datetime | None = None

    def allows(self, time: datetime) -> bool:
        """Whether it may have signed then."""
        return (self.after is None or self.after <= time) and (self.before is None or time < self.before)


def signers(named: Sequence[FilePath], allowed: FilePath | None) -> list[Signer]:
    """Those who are named: by a key, by a file of keys, or by a name in the file of those who are ``allowed``.

    Where none is named, all who are allowed. Raises ConfigError when there is none, StorageError for a file that cannot
    be read.
    """
    known = list(_allowed(allowed)) if allowed is not None else []
    if allowed is not None and not known:
        raise ConfigError(f"{allowed}: allows nobody to sign for memcodec with an Ed25519 key")
    if not named:
        if not known:
            raise ConfigError("say by whom it is to be signed: a key, or a file of allowed signers")
        return known
    return [signer for each in named for signer in _named(each, known, allowed)]


def _named(given: FilePath, known: Sequence[Signer], allowed: FilePath | None) -> list[Signer]:
    text = str(given)
    if is_key(text):
        keys, name = public_keys(text), ""
    else:
        if mine := [replace(each, name=text) for each in known if fnmatch.fnmatchcase(text, each.name)]:
            return mine
        try:
            keys, name = public_keys(read(given)), ""
        except ConfigError as error:
            raise ConfigError(f"{given}: {error}") from error
    if allowed is None:
        return [Signer(key, name) for key in keys]
    mine = [each for each in known if each.key in keys]
    if not mine:
        raise ConfigError(f"{given}: is not among those whom {allowed} allows to sign")
    return mine


def _allowed(path: FilePath) -> Iterator[Signer]:
    for number, line in enumerate(read(path).splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        found = _LINE.fullmatch(text)
        if found is None:
            raise ConfigError(f"{path}:{number}: names no key")
        options, rest = _options(found[2])
        if "cert-authority" in options or not rest.startswith(sshsig.KIND.decode()):
            continue  # certificates and other kinds of keys sign no memory file
        if not _is_for_us(options.get("namespaces")):
            continue
        try:
            times = [_time(options.get(each)) for each in ("valid-after", "valid-before")]
            (key,) = public_keys(rest)
        except ValueError as error:
            raise ConfigError(f"{path}:{number}: {error}") from error
        for name in found[1].strip('"').split(","):
            yield Signer(key, name, *times)


def _options(text: str) -> tuple[dict[str, str], str]:
    """The options before a key, and the key."""
    options, at = dict[str, str](), 0
    while not text[at:].startswith(("ssh-", "ecdsa-", "sk-")):
        found = _OPTION.match(text, at)
        if found is None or not found[0]:
            break
        options[found[1].lower()] = found[2] or ""
        at = found.end()
        at += len(text[at:]) - len(text[at:].lstrip())
    return options, text[at:]


def _is_for_us(patterns: str | None) -> bool:
    ours = sshsig.NAMESPACE.decode()
    return patterns is None or any(fnmatch.fnmatchcase(ours, each) for each in patterns.split(","))


def _time(text: str | None) -> datetime | None:
    """A time as ssh-keygen has it: YYYYMMDD, or with HHMM or HHMMSS behind it; local, unless Z ends it."""
    if text is None:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time")
    made = datetime.strptime(found[1] + (found[2] or "0000").ljust(6, "0"), "%Y%m%d%H%M%S")
    return made.replace(tzinfo=UTC) if found[3] else made.astimezone(UTC)

"""The rules of a capsule: until when it is to be read, and for what. Sealed with the key, beside the key.

They are manners, not mathematics: whoever has the key can read what it opens by other means. What is mathematics:
without the key they cannot be read, and nobody without it takes them away or changes them, since the seal's
commitment is made of them. They stand in every seal of the file, in its media, too, so that a repair keeps them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from memcodec.errors import ConfigError, Damaged, Expired, NotAllowed
from memcodec.format.budget import parse_json
from memcodec.format.documents import format_time, parse_time
from memcodec.model import Use

if TYPE_CHECKING:
    from memcodec.seal.aead import MemoryKey

USES: dict[str, str] = {
    "search": "search, chat",
    "show": "show, open, get, cat, prove",
    "list": "list, timeline, diff",
    "restore": "restore, mount, cat of what an original was kept of",
    "understand": "graph, topics, trends, synthesize, dashboard",
    "copy": "convert, reseal, compact, branch, unseal, merge",
}  #: what may be allowed, and the commands that this lets
DEFAULT = ("search", "show", "list")  #: unless something else is said
LONGEST = 2000  #: characters of a note
_PURPOSE, _SALT = "rules", 16
_GRAIN = 256  # bytes: their length is told by the seal, and tells as little as that
_FREE: tuple[Use, ...] = ("any",)


def now() -> datetime:
    """What the clock of this machine says."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rules:
    """``allow``: some of ``USES``; ``expires``: the last moment at which it is to be read; ``note``: for the reader."""

    allow: tuple[str, ...] = DEFAULT
    expires: datetime | None = None
    note: str = ""

    def to_bytes(self, key: MemoryKey) -> bytes:
        """As they stand in a seal: salt, and what is sealed under a key of its own."""
        row = {"allow": self.allow, "expires": format_time(self.expires) if self.expires else None}
        plain = json.dumps(row | {"note": self.note}, ensure_ascii=False).encode()
        salt = os.urandom(_SALT)
        plain = plain.ljust(-(-len(plain) // _GRAIN) * _GRAIN)
        return salt + key.cipher(_PURPOSE, salt).seal(0, plain, b"")

    def check_time(self, name: str) -> None:
        """Raises Expired when its time is over; ``name``: of the file."""
        if self.expires is not None and now() > self.expires:
            raise Expired(
                f"{name}: is a capsule that was to be read until {told(self.expires)}; ask who made it for another"
            )

    def check(self, name: str, uses: Sequence[Use]) -> None:
        """Raises Expired, or NotAllowed when it allows none of these uses."""
        self.check_time(name)
        if any(each in _FREE or each in self.allow for each in uses):
            return
        if "write" in uses:
            raise NotAllowed(
                f"{name}: is a capsule, and nothing is written into one; ask who made it for another"
            )
        raise NotAllowed(
            f"{name}: is a capsule that allows {', '.join(self.allow)}, and not {' or '.join(uses)}; ask who made it "
            "for another"
        )


def told(time: datetime) -> str:
    """A moment, as it is shown: to the second, in UTC."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def opened(key: MemoryKey) -> Rules | None:
    """The rules in a key's seal; None where there are none. Raises Forged, Damaged."""
    data = key.seal.rules
    if not data:
        return None
    cipher = key.cipher(_PURPOSE, data[:_SALT])
    raw = parse_json(cipher.open(0, data[_SALT:], b"", "the rules of a capsule"), "the rules of a capsule")
    try:
        return Rules(_allowed(raw["allow"]), _time(raw["expires"]), _text(raw["note"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"the rules of a capsule cannot be read: {error}; update memcodec") from error


def checked(rules: Rules) -> Rules:
    """Rules for a new capsule. Raises ConfigError for none: an unknown use, a time that is over, a long note."""
    if unknown := [each for each in rules.allow if each not in USES]:
        raise ConfigError(
            f"allow: {unknown[0]!r} is nothing that a capsule allows; choose from {', '.join(USES)}"
        )
    if not rules.allow:
        raise ConfigError(f"allow: a capsule that allows nothing is of no use; choose from {', '.join(USES)}")
    if rules.expires is not None and rules.expires <= now():
        raise ConfigError(f"expires: {told(rules.expires)} is over; name a time to come")
    if len(rules.note) > LONGEST:
        raise ConfigError(f"note: has {len(rules.note):,} characters; {LONGEST:,} are the most")
    in_order = tuple(each for each in USES if each in rules.allow)
    expires = rules.expires.astimezone(UTC) if rules.expires is not None else None
    return Rules(in_order, expires, rules.note)


def _allowed(raw: Any) -> tuple[str, ...]:
    """Words that are not known here allow nothing here."""
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        raise ValueError("no list of uses")
    return tuple(raw)


def _time(raw: Any) -> datetime | None:
    return None if raw is None else parse_time(_text(raw))


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("no text")
    return raw

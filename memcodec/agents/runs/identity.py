"""Names of runs, and digests of what was asked.

A run's id is a ULID (github.com/ulid/spec): 48 bits of milliseconds and 80 random ones in Crockford's base 32, so
that ids sort by time and two files that are merged never share one. A digest is of canonical JSON (as RFC 8785 has
it, but for the form of floating-point numbers, which is Python's).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from typing import Any

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII)
_CONTENT = re.compile(r"[0-9a-f]{64}", re.ASCII)

JSON = Any
"""What ``json.loads`` gives."""


def _writers(*, sort_keys: bool) -> tuple[json.JSONEncoder, json.JSONEncoder]:
    """One that writes all letters as they are, and one that escapes them."""

    def made(*, ascii_: bool) -> json.JSONEncoder:
        return json.JSONEncoder(
            ensure_ascii=ascii_, sort_keys=sort_keys, separators=(",", ":"), allow_nan=False
        )

    return made(ascii_=False), made(ascii_=True)


_SORTED, _AS_IT_IS = _writers(sort_keys=True), _writers(sort_keys=False)


def new_id() -> str:
    """A ULID of now."""
    return _written(int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big"))


def id_of(text: str) -> str:
    """The same id for the same text, in the form of a ULID."""
    return _written(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big"))


def _written(number: int) -> str:
    return "".join(_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


def is_run(scope: str) -> bool:
    """Whether a ledger's scope is a run, and not a content."""
    return _ULID.fullmatch(scope) is not None


def is_content(scope: str) -> bool:
    """Whether a ledger's scope is a content, named by its SHA-256."""
    return _CONTENT.fullmatch(scope) is not None


def canonical(value: JSON) -> bytes:
    """The one way to write a JSON value: keys sorted, no blanks, UTF-8."""
    return _dumped(value, _SORTED)


def compact(value: JSON) -> bytes:
    """A JSON value without blanks or line breaks, its keys in their own order."""
    return _dumped(value, _AS_IT_IS)


def _dumped(value: JSON, writers: tuple[json.JSONEncoder, json.JSONEncoder]) -> bytes:
    usual, escaping = writers
    try:
        return usual.encode(value).encode()
    except UnicodeEncodeError:  # a lone surrogate: JSON has an escape for it, UTF-8 has none
        return escaping.encode(value).encode()


def digest(value: JSON) -> str:
    """128 bits of the SHA-256 of a value's canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()[:32]


def bytes_of(run: str) -> bytes:
    """The 128 bits of a ULID."""
    number = 0
    for each in run:
        number = number << 5 | _DIGITS.index(each)
    return (number & (1 << 128) - 1).to_bytes(16, "big")

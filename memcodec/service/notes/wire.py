"""Messages about a note, as y-protocols has them, and two of our own. One message is one binary frame.

    0 0 vector      which updates the sender has (sync step 1)
    0 1 update      those that the other one lacks (step 2)
    0 2 update      one that is new
    1 states        who is there, and where (awareness)
    3               asks for 1
    100 count       so many of your updates (0 1, 0 2) are on stable storage; from the service alone
    101 json        how things stand; from the service alone

Numbers are LEB128, as all of lib0 writes them; what follows is its length and its bytes.
"""

from __future__ import annotations

import json
from typing import Any

SYNC, AWARENESS, ASK_AWARENESS = 0, 1, 3
STEP1, STEP2, UPDATE = 0, 1, 2
STORED, STANDING = 100, 101
_LONGEST = 8  # bytes of a number, 56 bits: JavaScript has 53


class Malformed(Exception):
    """Bytes that say nothing that is allowed here."""


class Reader:
    """Reads what was received, and never past its end. Every method raises Malformed."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        """Bytes that are still to be read."""
        return len(self._data) - self._at

    def byte(self) -> int:
        """One byte."""
        if not self.left:
            raise Malformed("ends too early")
        self._at += 1
        return self._data[self._at - 1]

    def number(self) -> int:
        """A number that is not negative."""
        found = 0
        for shift in range(0, 7 * _LONGEST, 7):
            byte = self.byte()
            found |= (byte & 127) << shift
            if byte < 128:
                return found
        raise Malformed("a number is too large")

    def bytes(self) -> bytes:
        """A run of bytes behind its length."""
        length = self.number()
        if length > self.left:
            raise Malformed("ends too early")
        self._at += length
        return self._data[self._at - length : self._at]

    def text(self) -> str:
        """The same as text."""
        try:
            return self.bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("a text is not valid UTF-8") from None

    def end(self) -> None:
        """Nothing may follow."""
        if self.left:
            raise Malformed("goes on behind its end")


def number(value: int) -> bytes:
    """A number, written."""
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    made.append(value)
    return bytes(made)


def run(data: bytes) -> bytes:
    """Bytes behind their length."""
    return number(len(data)) + data


def step1(vector: bytes) -> bytes:
    """What the sender has."""
    return bytes([SYNC, STEP1]) + run(vector)


def step2(update: bytes) -> bytes:
    """What the other one lacks."""
    return bytes([SYNC, STEP2]) + run(update)


def update(data: bytes) -> bytes:
    """What is new."""
    return bytes([SYNC, UPDATE]) + run(data)


def awareness(states: bytes) -> bytes:
    """Who is there."""
    return bytes([AWARENESS]) + run(states)


def stored(count: int) -> bytes:
    """How many updates of the one it is sent to are on stable storage."""
    return bytes([STORED]) + number(count)


def standing(said: dict[str, Any]) -> bytes:
    """How things stand."""
    return bytes([STANDING]) + run(json.dumps(said, separators=(",", ":")).encode())


def vector_of(data: bytes) -> dict[int, int]:
    """A state vector: of each client how much of it is known. Raises Malformed."""
    reader, found = Reader(data), dict[int, int]()
    for _ in range(reader.number()):
        client = reader.number()
        found[client] = reader.number()
    reader.end()
    return found

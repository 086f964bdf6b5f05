"""A note as all hold it who edit it: a document of pycrdt with one text, and a second that tells lives of it apart.

Two documents that were begun apart have nothing in common, even of the same text: joined they say it twice. So whoever
comes back with one must have the beginning that this one has: the first client, whose part is there from the start.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from pycrdt import Doc, Text

from memcodec.service.notes.changes import Change
from memcodec.service.notes.updates import ABOUT, BODY, EMPTY
from memcodec.service.notes.wire import Malformed, vector_of

_IDS = 1 << 32  # clients' numbers, as Yjs draws them


class Shared:
    """One note. For one thread alone."""

    def __init__(self, *updates: bytes) -> None:
        """Raises Malformed."""
        self._doc: Doc[Text] = Doc(client_id=secrets.randbelow(_IDS))
        self._body = self._doc.get(BODY, type=Text)
        for each in updates:
            self.apply(each)

    @property
    def text(self) -> str:
        """What it says now."""
        return str(self._body)

    @property
    def length(self) -> int:
        """Bytes of it in UTF-8."""
        return len(self._body)

    def apply(self, update: bytes) -> None:
        """Take an update in. What needs others that are not there yet waits for them. Raises Malformed."""
        try:
            self._doc.apply_update(update)
        except ValueError as error:
            raise Malformed(str(error)) from None

    def vector(self) -> bytes:
        """How much of whom it has."""
        return self._doc.get_state()

    def update(self, vector: bytes | None = None) -> bytes:
        """All of it, or what is missing where that much is known. Raises Malformed."""
        try:
            return self._doc.get_update(vector)
        except ValueError as error:
            raise Malformed(str(error)) from None

    def lacks(self, clocks: Mapping[int, int]) -> bool:
        """Whether an update that was applied, and that makes these clocks known, still waits for others."""
        known = vector_of(self.vector())
        return any(known.get(client, 0) < clock for client, clock in clocks.items())

    def edit(self, changes: list[Change]) -> bytes:
        """Change the text; the update that does so elsewhere."""
        before, text = self.vector(), self.text
        with self._doc.transaction():
            for change in reversed(changes):
                start = len(text[: change.start].encode())
                del self._body[start : start + len(text[change.start : change.end].encode())]
                if change.text:
                    self._body.insert(start, change.text)
        return self.update(before) if changes else EMPTY


def begun(text: str) -> tuple[int, bytes]:
    """A note that begins with a text: the client it begins with, and the update that makes it."""
    first = secrets.randbelow(_IDS)
    doc: Doc[Text] = Doc(client_id=first)
    about, body = doc.get(ABOUT, type=Text), doc.get(BODY, type=Text)
    about += secrets.token_hex(8)
    body += text
    return first, doc.get_update()

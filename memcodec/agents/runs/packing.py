"""Long values are stored once: contents by their SHA-256, lists by what they have in common with one before.

An agent sends its whole conversation again with every turn. Written out each time, a run of n turns would take n² / 2
of them. Here a list that begins as an earlier one of the run did is written as a reference to that and the items
beyond, and a text or an object of more than 4 KB becomes a content: a scope of the ledger whose name is the SHA-256
of its bytes.

    {"@t": "list", "h": its hash, "f": [hash of a list, how many of its items], "i": [the items beyond]}   or "c" for
    "i" {"@t": "text", "v": SHA-256}   {"@t": "json", "v": SHA-256}

A content's events are ``{"kind": "content", "part": 0, "of": 1, "text": "..."}``.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from memcodec.agents.runs.identity import JSON, canonical, compact, is_content
from memcodec.agents.runs.ledger import Ledger
from memcodec.agents.runs.values import TAG
from memcodec.errors import ConfigError, Damaged

LONG = 4096  #: bytes: a longer text or object is a content
SHARED = 512  #: bytes: a longer list may refer to an earlier one
MOST = 64 << 20  #: bytes of one value, whole
_LINK = 256  # bytes that a link of a list counts for: so many at most, in a file that somebody else made
_PART = 128 * 1024  # characters of an event of a content, so that its JSON stays below a ledger's bound
_ITEMS = 64 * 1024  # bytes: more items of a list than that are a content

Stored = tuple[str, bytes]
Lists = dict[str, tuple[str, int]]
"""A hash of the first items of a list, the list's own, and how many items these are."""


class Packed:
    """A value as it is stored, and what must be stored with it: ``contents``, by scope, and ``lists`` to remember."""

    def __init__(self) -> None:
        self.value: JSON = None
        self.contents: dict[str, list[bytes]] = {}
        self.lists: Lists = {}
        self.references = 0  # lists in it that may refer to others
        self.shares = True  # whether lists may

    def events(self) -> Iterator[Stored]:
        """The contents as events."""
        for scope, bodies in self.contents.items():
            yield from ((scope, body) for body in bodies)


class Packer:
    """``known``: whether a content is in the file."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known, self._stored = known, set[str]()
        self._lists: Lists = {}

    def pack(self, value: JSON) -> Packed:
        """A value as it is stored. What it refers to counts as stored once ``done`` is told."""
        packed = Packed()
        packed.value, _ = self._packed(value, packed)
        return packed

    def done(self, packed: Iterable[Packed]) -> None:
        """These were appended."""
        for each in packed:
            self._stored.update(each.contents)
            self._lists.update(each.lists)

    def _packed(self, value: JSON, into: Packed) -> tuple[JSON, int]:
        """The value, and about how many bytes it takes."""
        if isinstance(value, str):
            return self._text(value, into)
        if isinstance(value, list):
            return self._list(value, into)
        if not isinstance(value, dict):
            return value, 8
        fields, size, before = dict[str, JSON](), 2, into.references
        for key, each in value.items():
            fields[key], length = self._packed(each, into)
            size += len(key) + length + 4
        if (
            size <= LONG or into.references > before
        ):  # a content is every run's, the lists of a run are its own
            return fields, size
        return {TAG: "json", "v": self._content(compact(fields).decode(), into)}, 80

    def _text(self, value: str, into: Packed) -> tuple[JSON, int]:
        if len(value) <= LONG // 4 or (size := len(value.encode("utf-8", "replace"))) <= LONG:
            return value, len(value)
        if not _is_unicode(value):
            return value, size
        return {TAG: "text", "v": self._content(value, into)}, 80

    def _content(self, text: str, into: Packed) -> str:
        data = text.encode()
        if len(data) > MOST:
            raise ConfigError(f"a value of {len(data):,} bytes cannot be recorded: {MOST:,} is the most")
        name = hashlib.sha256(data).hexdigest()
        if name in into.contents or name in self._stored:
            return name
        if self._known(name):
            self._stored.add(name)
            return name
        parts = [text[at : at + _PART] for at in range(0, len(text), _PART)]
        into.contents[name] = [
            compact({"kind": "content", "part": number, "of": len(parts), "text": each})
            for number, each in enumerate(parts)
        ]
        return name

    def _list(self, value: list[JSON], into: Packed) -> tuple[JSON, int]:
        if not into.shares:
            return self._items(value, into)
        if len(value) <= SHARED and len(canonical(value)) <= SHARED:
            return self._items(value, into)
        hashes = _hashes(value)
        into.references += 1
        count = len(value)
        while count and hashes[count] not in self._lists and hashes[count] not in into.lists:
            count -= 1
        made: dict[str, JSON] = {TAG: "list", "h": hashes[-1]}
        if count:
            made["f"] = list(into.lists.get(hashes[count]) or self._lists[hashes[count]])
        before = dict(into.lists)
        items, size = self._items(value[count:], into)
        if size > _ITEMS:
            into.lists, into.shares = before, False
            items, _ = self._items(value[count:], into)
            into.shares = True
            made["c"], size = self._content(compact(items).decode(), into), 80
        else:
            made["i"] = items
        into.lists |= {hashes[each]: (hashes[-1], each) for each in range(count + 1, len(value) + 1)}
        return made, size + 100

    def _items(self, value: list[JSON], into: Packed) -> tuple[JSON, int]:
        items, size = list[JSON](), 2
        for each in value:
            item, length = self._packed(each, into)
            items.append(item)
            size += length + 1
        return items, size


def _hashes(value: list[JSON]) -> list[str]:
    """The hash of each beginning of a list, that of none first."""
    chain, found = hashlib.sha256(b"list").digest(), [""]
    for each in value:
        chain = hashlib.sha256(chain + hashlib.sha256(canonical(each)).digest()).digest()
        found.append(chain[:16].hex())
    return found


def _is_repeated(node: dict[str, JSON]) -> bool:
    """Whether a list is the whole of one before it, and says nothing of what is in it."""
    before = node.get("f")
    return isinstance(before, list) and before[:1] == [node.get("h")]


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Unpacker:
    """Values as they were. ``learn`` is shown every record of a run, so that lists find those they refer to."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lists: dict[str, dict[str, JSON]] = {}
        self._room, self._lock = MOST, threading.RLock()

    def learn(self, record: JSON) -> None:
        """Remember the lists in a record."""
        waiting = [record]
        while waiting:
            each = waiting.pop()
            if isinstance(each, dict):
                if each.get(TAG) == "list" and not _is_repeated(each):
                    self._lists.setdefault(str(each.get("h")), each)
                waiting += each.values()
            elif isinstance(each, list):
                waiting += each

    def unpack(self, value: JSON) -> JSON:
        """A value as it was packed. Raises Damaged for what is not there, or is larger than any value may be."""
        try:
            with self._lock:
                self._room = MOST
                return self._whole(value)
        except (KeyError, TypeError, ValueError, RecursionError):
            raise Damaged("a recorded value cannot be read; check the file with `verify()`") from None

    def _whole(self, value: JSON) -> JSON:
        self._take(8)
        if isinstance(value, str):
            self._take(len(value))
            return value
        if isinstance(value, list):
            return [self._whole(each) for each in value]
        if not isinstance(value, dict):
            return value
        tag = value.get(TAG)
        if tag == "text":
            return self._content(value["v"])
        if tag == "json":
            return self._inside(value["v"])
        if tag == "list" and "h" in value:
            return self._list(value)
        return {key: self._whole(each) for key, each in value.items()}

    def _take(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise Damaged(f"a recorded value takes more than {MOST:,} bytes")

    def _list(self, value: dict[str, JSON]) -> JSON:
        # Back to a list without another before it, then forward: a run of a thousand turns is no recursion.
        links: list[tuple[dict[str, JSON], int]] = []
        link, most = value, -1
        while True:
            links.append((link, most))
            self._take(_LINK)
            if "f" not in link:
                break
            name, count = link["f"]
            if str(name) not in self._lists or not int(count) > 0:
                raise Damaged("a recorded list refers to one that is not in the file")
            link, most = self._lists[str(name)], int(count)
        items = list[JSON]()
        for link, most in reversed(links):
            items += self._inside(link["c"]) if "c" in link else [self._whole(each) for each in link["i"]]
            if most >= 0:
                del items[most:]
        return items

    def _inside(self, name: str) -> Any:
        found = json.loads(self._content(name))
        self.learn(found)
        return self._whole(found)

    def _content(self, name: str) -> str:
        if not is_content(str(name)):
            raise Damaged("a recorded value refers to no content")
        parts: list[str] = []
        for event in self._ledger.events(name):
            body = json.loads(event.body)
            if body["part"] != len(parts):  # the same, stored by another process too
                continue
            self._take(len(event.body))
            parts.append(str(body["text"]))
            if len(parts) >= body["of"]:
                break
        text = "".join(parts)
        if hashlib.sha256(text.encode()).hexdigest() != name:
            raise Damaged(
                f"the content {name[:12]} of a recorded value is not whole; check the file with `verify()`"
            )
        return text

"""What a commit changes in the file's state, as the media tells it: the JSON object of an S record.

The index says the same by segment and ordinal; here documents go by their ids, which stay right whatever is lost.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from memcodec.errors import Damaged
from memcodec.format import block, budget
from memcodec.format.budget import MAX_CHANGE, Budget
from memcodec.format.commit import KINDS, Ranges


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of packets that a state is made of, and which of its packets stand nowhere: they are zeros."""

    file: str
    commit: int
    void: Ranges = ()


@dataclass(frozen=True, slots=True)
class StateChange:
    """The documents that leave the state, by id, and those that come back.

    ``streams``, when there are any, start the state over: it is theirs, in that order; earlier changes are done with.
    """

    kind: str
    drop: tuple[str, ...] = ()
    revive: tuple[str, ...] = ()
    streams: tuple[Stream, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing that a plain addition would not say."""
        return not (self.drop or self.revive or self.streams)

    def to_bytes(self) -> bytes:
        """The body of the record. Raises SourceError when it says more than a reader takes."""
        streams = [[each.file, each.commit, each.void] for each in self.streams]
        raw = {"kind": self.kind, "drop": self.drop, "revive": self.revive, "streams": streams}
        text = json.dumps(raw, separators=(",", ":")).encode()
        return block.pack(text, MAX_CHANGE, "the documents that a commit drops and brings back")


def parse(body: bytes, account: Budget) -> StateChange:
    """Read the body of an S record; ``account`` is the budget of the file that it is from. Raises Damaged."""
    spend = partial(account.spend, what="its changes of state")
    data = budget.unpack_json(body, MAX_CHANGE, "state change", spend)
    try:
        raw: dict[str, Any] = budget.parse_json(data, "a state change")
        drop, revive = tuple(raw["drop"]), tuple(raw["revive"])
        streams = tuple(_stream(*each) for each in raw["streams"])
        if raw["kind"] not in KINDS or not all(isinstance(each, str) for each in (*drop, *revive)):
            raise ValueError("a field of the wrong kind")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"a state change cannot be read: {error}") from error
    return StateChange(raw["kind"], drop, revive, streams)


def _stream(file: Any, commit: Any, void: Any) -> Stream:
    ranges = tuple((first, count) for first, count in void)
    numbers = [commit, *(number for each in ranges for number in each)]
    if not all(type(each) is int and 0 <= each < 1 << 32 for each in numbers):
        raise ValueError("a field of the wrong kind")
    if len(bytes.fromhex(file)) != 4:
        raise ValueError("no stream's id")
    return Stream(file, commit, ranges)

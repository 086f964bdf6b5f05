"""Documents from the media alone: whatever packets are left, parity, and the records they carry. No index needed."""

from __future__ import annotations

import json
import weakref
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from memcodec.errors import Damaged
from memcodec.format import block, change, documents, packet, record, stream
from memcodec.format.change import StateChange
from memcodec.format.commit import Ranges
from memcodec.format.documents import Stored
from memcodec.format.packet import DATA, NO_RECORD, PARITY, Packet
from memcodec.format.scratch import ScratchFile
from memcodec.ingest.item import PIECE, Item, stored_item
from memcodec.model import Loss


@dataclass(slots=True)
class SalvagedCommit:
    """One commit as far as its packets tell. ``items`` are whole documents, proven by hash, with their ``ids``."""

    file_id: bytes
    number: int
    time: datetime
    codec: str = ""
    profile: str = ""
    packets: int = 0  #: data packets the commit had
    lost: int = 0  #: data packets that did not read
    recovered: int = 0  #: how many of those parity brought back
    items: list[Item] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    unnamed: int = 0  #: documents lost together with their names
    change: StateChange | None = None  #: what the commit drops from the state, or brings back


Key = tuple[bytes, int]  #: file id, commit number


def salvage(
    packets: Iterable[bytes], described: Mapping[Key, Sequence[Stored]] | None = None
) -> list[SalvagedCommit]:
    """Every commit found in the packets, in the order in which they make the state.

    ``described`` are documents that an index still knows, for when the packets that describe them are lost.
    """
    described = described or {}
    found: dict[Key, dict[int, Packet]] = defaultdict(dict)
    for data in packets:
        if (parsed := packet.parse(data)) is not None:
            found[parsed.stream].setdefault(parsed.sequence, parsed)
    commits = {key: _Commit(*key, found.pop(key), described.get(key, ())) for key in list(found)}
    order, void = _in_order(commits)
    return [commits.pop(key).read(void.get(key, ())) for key in order]


def _in_order(commits: Mapping[Key, _Commit]) -> tuple[list[Key], dict[Key, Ranges]]:
    """The commits as the state is made of them, and their packets that stand nowhere.

    A merge or a compaction names the streams that it took over: those come first, their own changes being done with.
    """
    order = sorted(commits, key=lambda key: (key[1], key[0]))
    changes = {key: change for key in order if (change := commits[key].change()) is not None}
    begins = [key for key in changes if changes[key].streams]
    if not begins:
        return order, {}
    taken = {(bytes.fromhex(each.file), each.commit): each.void for each in changes[begins[-1]].streams}
    for key in taken.keys() & commits.keys():
        commits[key].forget_change()
    first = [key for key in taken if key in commits]
    return first + [key for key in order if key not in taken], taken


class _Commit:
    """Reads one commit's packets."""

    def __init__(
        self, file_id: bytes, number: int, packets: dict[int, Packet], described: Sequence[Stored]
    ) -> None:
        self._packets = packets
        self._made = SalvagedCommit(file_id, number, datetime.now(UTC))
        self._dictionary = b""
        self._blocks: dict[int, int] = {}
        self._documents = {stored.document.id: stored for stored in described}
        self._end: dict[str, Any] = {}
        self._change: StateChange | None = None
        self._done_with = False
        # Text goes to an anonymous file: a commit may be larger than memory.
        self._text = ScratchFile()
        weakref.finalize(self, self._text.close)  # the items keep this alive

    def change(self) -> StateChange | None:
        """What the commit changes beyond adding documents, as far as it can be told by now.

        Parity is asked only where the stream may begin with a change: what of it stands nowhere is not known yet.
        """
        if self._change is None and not self._done_with:
            self._made.packets = max(self._packets, default=-1) + 1
            self._take_change()
            first, kept = self._packets.get(0), self._packets
            if self._change is None and (first is None or first.payload.startswith(record.STATE)):
                self._recover(())
                self._take_change()
                self._packets = kept
        return self._change

    def _take_change(self) -> None:
        for kind, body in self._records():
            if kind == record.STATE:
                self._take(kind, body)

    def forget_change(self) -> None:
        """A later commit has begun the state anew."""
        self._change, self._done_with = None, True

    def read(self, void: Ranges) -> SalvagedCommit:
        """Everything that is left of it. Packets in ``void`` are all zeros and stand nowhere."""
        self._recover(void)
        for kind, body in self._records():
            self._take(kind, body)
        made = self._made
        made.change = None if self._done_with else self._change
        made.codec, made.profile = str(self._end.get("codec", "")), str(self._end.get("profile", ""))
        if isinstance(when := self._end.get("time"), str):
            made.time = documents.parse_time(when)
        for stored in sorted(self._documents.values(), key=lambda each: (each.start, each.end)):
            self._prove(stored)
        made.unnamed = max(0, int(self._end.get("documents", 0)) - len(self._documents))
        return made

    def _recover(self, void: Ranges) -> None:
        """Bring the missing data packets back, and note how many there were."""
        self._fill(void)
        totals = Counter(each.data_packets for each in self._packets.values() if each.kind == PARITY)
        data = {number: each for number, each in self._packets.items() if each.kind == DATA}
        total = (totals.most_common(1)[0][0] if totals else None) or max(data, default=-1) + 1
        self._made.packets, self._made.lost = total, sum(number not in data for number in range(total))
        self._made.recovered = 0
        sizes = [len(each.payload) for each in self._packets.values()]
        if self._made.lost and totals:
            last = next(each.length for each in self._packets.values() if each.kind == PARITY)
            found = stream.recover(self._packets.values(), total, max(sizes), void)
            self._made.recovered = len(found)
            for number, payload in found.items():
                data[number] = self._packet(number, payload[: last if number == total - 1 else None])
        self._packets = data

    def _fill(self, void: Ranges) -> None:
        """Put the packets that are all zeros where they would be."""
        zeros = bytes(max(len(each.payload) for each in self._packets.values()))
        most = max(self._packets)
        for first, count in void:
            for number in range(first, min(first + count, most)):
                self._packets.setdefault(number, self._packet(number, zeros))

    def _packet(self, number: int, payload: bytes) -> Packet:
        return Packet(DATA, self._made.file_id, self._made.number, number, NO_RECORD, len(payload), payload)

    def _records(self) -> Iterator[tuple[bytes, bytes]]:
        """The whole records in every unbroken run of packets."""
        run = bytearray()
        aligned = False
        for number in range(self._made.packets):
            found = self._packets.get(number)
            if found is None or found.kind != DATA:
                run, aligned = bytearray(), False
                continue
            if not aligned:
                # Packet 0 begins a record; after a gap the next packet in which one begins says where.
                mark = 0 if number == 0 else found.mark
                if mark >= len(found.payload):
                    continue
                run, aligned = bytearray(found.payload[mark:]), True
            else:
                run += found.payload
            used = 0
            for each in record.unpack(run):
                yield each.kind, each.body
                used = each.start + record.WORD.size + len(each.body)
            del run[:used]

    def _take(self, kind: bytes, body: bytes) -> None:
        try:
            if kind == record.DICTIONARY:
                self._dictionary = block.unpack(body, block.MAX_DICTIONARY, "dictionary")
            elif kind == record.BLOCK:
                self._take_block(int.from_bytes(body[:4], "little"), body[4:])
            elif kind == record.STATE:
                self._change = change.parse(body)
            elif kind == record.DOCUMENTS:
                self._documents |= {stored.document.id: stored for stored in documents.unpack(body)}
            elif kind == record.END:
                self._end = dict(json.loads(body))
        except (Damaged, ValueError, RecursionError):
            return  # the documents it belongs to will not prove

    def _take_block(self, number: int, frame: bytes) -> None:
        text = block.Decompressor(self._dictionary).block(frame)
        self._text.write(text, number * block.BLOCK_SIZE)
        self._blocks[number] = len(text)

    def _prove(self, stored: Stored) -> None:
        """A document is given back whole and right, or reported lost."""
        lost = self._lost(stored)
        if not lost:
            item = stored_item(stored, self._pieces)
            if item.is_right():
                self._made.items.append(item)
                self._made.ids.append(stored.document.id)
                return
        self._made.losses.append(Loss(stored.document, lost))

    def _lost(self, stored: Stored) -> tuple[tuple[int, int], ...]:
        """The byte ranges of a document whose blocks are missing."""
        size = stored.length
        # The text ends with the last block there is: no size that a record claims is counted through.
        end = (max(self._blocks, default=-1) + 1) * block.BLOCK_SIZE
        numbers = block.numbers(stored.start, min(stored.end, end))
        lost = [stored.part_in(number) for number in numbers if number not in self._blocks]
        if stored.end > end and size:
            lost.append((max(0, end - stored.start), size))
        return tuple(lost)

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, PIECE):
            yield self._text.read(at, min(PIECE, end - at))

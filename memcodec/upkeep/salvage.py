"""Documents from the media alone: whatever packets are left, parity, and the records they carry. No index needed."""

from __future__ import annotations

import codecs
import contextlib
import weakref
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from memcodec.errors import Forged, MemcodecError, Sealed
from memcodec.format import block, budget, change, documents, packet, record, spare, stream
from memcodec.format.budget import Budget
from memcodec.format.change import StateChange
from memcodec.format.cipher import STREAM_SALT, Keys, StreamCipher, stream_cipher
from memcodec.format.commit import Ranges
from memcodec.format.documents import Stored
from memcodec.format.packet import DATA, NO_RECORD, PARITY, SEAL, SOURCES, SPARE, Packet
from memcodec.format.scratch import ScratchFile
from memcodec.ingest.item import Item, stored_item
from memcodec.model import Loss, Progress, silent
from memcodec.upkeep.runs import RecordRun, clipped, stretches
from memcodec.upkeep.seals import seal_of

_PROVEN = 4  # times its text that a commit's documents are read to be checked: they do not overlap


@dataclass(slots=True)
class SalvagedCommit:
    """One commit as far as its packets tell. ``items`` are whole documents, checked by hash, with their ``ids``."""

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


class Described(NamedTuple):
    """What an index still tells of a commit, for when the packets that tell it are lost. Nothing of it is trusted."""

    documents: Sequence[Stored] = ()
    dictionary: bytes = b""  #: its record, as the stream begins with it; bytes of it may be wrong
    spares: Sequence[bytes] = ()  #: packets that it is restored by


def salvage(
    packets: Iterable[bytes],
    account: Budget,
    described: Mapping[Key, Described] | None = None,
    progress: Progress = silent,
) -> list[SalvagedCommit]:
    """Every commit found in the packets, in the order in which they make the state.

    ``account`` is the budget of what they are from. ``described`` is what an index still tells of some. What it takes
    grows with the packets there are, whatever they claim. Raises Sealed for packets that are sealed.
    """
    return read_streams(gathered(packets, progress), account, described, progress)


Streams = dict[
    Key, dict[int, Packet]
]  #: intact packets by stream, and by sequence; spare ones by -1 - their mark


def gathered(packets: Iterable[bytes], progress: Progress = silent) -> Streams:
    """The packets of every stream, as far as they are intact. One stream is sealed, or it is not."""
    found: Streams = defaultdict(dict)
    spares: dict[tuple[Key, int], Packet] = {}
    for number, data in enumerate(packets, 1):
        progress("scan", number, 0)
        if (parsed := packet.parse(data)) is None:
            continue
        if parsed.kind in (DATA, PARITY, SEAL):
            of_stream = found[parsed.stream]
            if not of_stream or next(iter(of_stream.values())).sealed == parsed.sealed:
                of_stream.setdefault(parsed.sequence, parsed)
        elif parsed.kind == SPARE and not is_sealed(found.get(parsed.stream, {})):
            spares[parsed.stream, parsed.mark] = parsed
    for (stream_of, mark), each in spares.items():
        if stream_of in found:
            found[stream_of][-1 - mark] = each
    return found


def is_sealed(packets: Mapping[int, Packet]) -> bool:
    """Whether a stream is sealed, by its packets."""
    return any(each.sealed for each in packets.values())


def read_streams(
    found: Streams,
    account: Budget,
    described: Mapping[Key, Described] | None = None,
    progress: Progress = silent,
    keys: Keys | None = None,
) -> list[SalvagedCommit]:
    """As ``salvage``, of packets that were gathered; ``keys`` open those that are sealed."""
    described = described or {}
    if keys is None and any(map(is_sealed, found.values())):
        raise Sealed("its packets are sealed, and no key was given")
    commits = {
        key: _Commit(*key, found.pop(key), described.get(key, Described()), account, keys)
        for key in list(found)
    }
    order, void = _in_order(commits)
    made = []
    for number, key in enumerate(order):
        progress("salvage", number, len(order))
        made.append(commits.pop(key).read(void.get(key, ())))
    return made


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
        self,
        file_id: bytes,
        number: int,
        packets: dict[int, Packet],
        described: Described,
        account: Budget,
        keys: Keys | None = None,
    ) -> None:
        self._spares = [each for each in packets.values() if each.kind == SPARE]
        for data in described.spares:
            if (found := packet.parse(data)) is not None and found.stream == (file_id, number):
                self._spares.append(found)
        packets = {number: each for number, each in packets.items() if each.kind != SPARE}
        self._packets, self._account = packets, account
        self._raw, self._cipher = packets, None
        if keys is not None and is_sealed(packets):
            self._cipher = _cipher_of(packets, keys)
            self._packets = self._opened(packets)
        self._void: Ranges = ()
        self._made = SalvagedCommit(file_id, number, datetime.now(UTC))
        self._dictionary = b""
        self._blocks: dict[int, tuple[int, int]] = {}  # by number: where in ``_text``, and how long
        self._numbers: list[int] = []  # those of ``_blocks``, rising
        self._documents = {stored.document.id: stored for stored in described.documents}
        self._copy = described.dictionary
        self._end: dict[str, Any] = {}
        self._change: StateChange | None = None
        self._done_with = False
        # Text goes to an anonymous file: a commit may be larger than memory.
        self._text = ScratchFile()
        self._kept = 0  # bytes of it
        weakref.finalize(self, self._text.close)  # the items keep this alive

    def change(self) -> StateChange | None:
        """What the commit changes beyond adding documents, as far as it can be told by now.

        Parity is asked only where the stream may begin with a change: what of it stands nowhere is not known yet.
        """
        if self._change is None and not self._done_with:
            self._take_change()
            first, kept = self._packets.get(0), self._packets
            if self._change is None and (first is None or first.payload.startswith(record.STATE)):
                self._recover(())
                self._take_change()
                self._packets = kept
        return self._change

    def _take_change(self) -> None:
        for each in self._records():
            if each.kind == record.STATE:
                self._take(each)

    def forget_change(self) -> None:
        """A later commit has started the state over."""
        self._change, self._done_with = None, True

    def read(self, void: Ranges) -> SalvagedCommit:
        """Everything that is left of it. Packets in ``void`` are all zeros and stand nowhere."""
        self._recover(void)
        for each in self._from_copy():
            self._take(each)
        for each in self._records():
            self._take(each)
        self._numbers = sorted(self._blocks)
        made, told = self._made, self._end.get
        made.change = None if self._done_with else self._change
        made.codec, made.profile = str(told("codec", "")), str(told("profile", ""))
        with contextlib.suppress(MemcodecError):
            made.time = documents.parse_time(told("time", ""))
        left = _PROVEN * sum(size for _, size in self._blocks.values())
        for stored in sorted(self._documents.values(), key=lambda each: (each.start, each.end)):
            self._prove(stored, left)
            left -= stored.length
        count = told("documents", 0)
        made.unnamed = max(0, count - len(self._documents)) if type(count) is int else 0
        return made

    def _recover(self, void: Ranges) -> None:
        """Bring the missing data packets back, and note how many there were."""
        raw = self._raw if self._cipher is not None else self._packets
        data = {number: each for number, each in raw.items() if each.kind in SOURCES}
        parity = [each for each in raw.values() if (each.data_packets or 0) > 0]
        totals = Counter(each.data_packets for each in parity).most_common(1)
        total = (totals[0][0] if totals else None) or max(data, default=-1) + 1
        self._void = clipped(void, total)
        self._made.packets, self._made.lost = total, total - self._there(data, total)
        if self._made.lost and parity:
            size = max(len(each.payload) for each in raw.values())
            last = next(each.length for each in parity if each.data_packets == total)
            found = stream.recover(raw.values(), total, size, self._void)
            self._made.recovered = len(found)
            for number, payload in found.items():
                cut = payload[: last if number == total - 1 and self._cipher is None else None]
                data[number] = self._packet(number, cut)
        self._packets = data if self._cipher is None else self._opened(data)

    def _opened(self, packets: Mapping[int, Packet]) -> dict[int, Packet]:
        """What is in sealed packets; those of the seal, and of no key that is known, are left out."""
        made = dict[int, Packet]()
        for number, each in packets.items():
            with contextlib.suppress(Forged):
                if self._cipher is not None and each.kind == DATA:
                    made[number] = self._cipher.open(number, each.payload)
        return made

    def _there(self, data: Iterable[int], total: int) -> int:
        """How many of the first ``total`` data packets were read, or stand nowhere."""
        read = sorted(number for number in data if number < total)
        void = sum(
            count - bisect_left(read, first + count) + bisect_left(read, first) for first, count in self._void
        )
        return len(read) + void

    def _packet(self, number: int, payload: bytes) -> Packet:
        return Packet(DATA, self._made.file_id, self._made.number, number, NO_RECORD, len(payload), payload)

    def _from_copy(self) -> Iterator[record.Record]:
        """The dictionary, of its copy in the index, its spare packets, and the packets that were read: without it no
        block unpacks.

        Where all of them are wrong the documents that need those bytes do not prove.
        """
        size = max((len(each.payload) for each in self._packets.values()), default=0)
        most = max([len(self._copy), *(each.sequence for each in self._spares)])
        first = -(-min(most, record.MAX_BODY) // size) if size else 0
        known = [(number * size, each.payload) for number, each in self._packets.items() if number < first]
        made = spare.restore(self._spares, known) or _overlaid(self._copy, known)
        return (each for each in record.unpack(made) if each.kind == record.DICTIONARY)

    def _records(self) -> Iterator[record.Record]:
        """The whole records in every unbroken run of packets."""
        size = max(len(each.payload) for each in self._packets.values()) if self._packets else 0
        numbers = (number for number, each in self._packets.items() if each.kind == DATA)
        run: RecordRun | None = None
        end = 0
        for first, count, is_void in stretches(numbers, self._void):
            if first != end:
                run = None
            end = first + count
            if is_void:
                run = run if run is not None and run.pass_over(count * size) else None
                continue
            found = self._packets[first]
            # Packet 0 begins a record; after a gap the next packet in which one begins says where.
            mark = 0 if run is not None or first == 0 else found.mark
            if mark < len(found.payload):
                run = run or RecordRun()
                yield from run.feed(found.payload[mark:])

    def _take(self, each: record.Record) -> None:
        text, kind, body = None, each.kind, each.body
        with contextlib.suppress(MemcodecError):  # the documents it belongs to will not prove
            if kind == record.DICTIONARY:
                self._dictionary = budget.unpack(body, block.MAX_DICTIONARY, "dictionary")
            elif kind == record.BLOCK:
                text = block.Decompressor(self._dictionary).block(body[4:])
            elif kind == record.STATE:
                self._change = change.parse(body, self._account)
            elif kind == record.DOCUMENTS:
                self._documents |= {
                    stored.document.id: stored for stored in documents.unpack(body, self._account)
                }
            elif kind == record.END and isinstance(end := budget.parse_json(body, "an end"), dict):
                self._end = end
        if text is not None:
            self._keep(int.from_bytes(body[:4], "little"), text)

    def _keep(self, number: int, text: bytes) -> None:
        if number in self._blocks:
            return
        self._text.write(text, self._kept)
        self._blocks[number] = self._kept, len(text)
        self._kept += len(text)

    def _prove(self, stored: Stored, most: int) -> None:
        """A document is given back whole and right, or reported lost. One of more than ``most`` bytes is not read."""
        lost = self._lost(stored)
        if not lost and stored.length <= most:
            item = stored_item(stored, self._pieces)
            if item.is_right() and _is_utf8(item.open()):
                self._made.items.append(item)
                self._made.ids.append(stored.document.id)
                return
        self._made.losses.append(Loss(stored.document, lost))

    def _lost(self, stored: Stored) -> tuple[tuple[int, int], ...]:
        """The byte ranges of a document whose blocks are missing: found by those that are there, however few."""
        numbers = stored.blocks
        there = self._numbers[
            bisect_left(self._numbers, numbers.start) : bisect_right(self._numbers, numbers.stop - 1)
        ]
        lost = list[tuple[int, int]]()
        for before, number in pairwise([numbers.start - 1, *there, numbers.stop]):
            if number > before + 1:
                lost.append((stored.part_in(before + 1)[0], stored.part_in(number - 1)[1]))
        short = [number for number in there if stored.part_in(number)[1] > self._reach(stored, number)]
        return tuple(lost or [stored.part_in(number) for number in short])

    def _reach(self, stored: Stored, number: int) -> int:
        """Where in a document the text of a block ends; the last block of a commit is short."""
        return number * block.BLOCK_SIZE + self._blocks[number][1] - stored.start

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        for number in block.numbers(start, end):
            at, size = self._blocks[number]
            begin = number * block.BLOCK_SIZE
            yield self._text.read(at, size)[max(0, start - begin) : end - begin]


def _overlaid(copy: bytes, known: Iterable[tuple[int, bytes]]) -> bytes:
    """A copy with the stretches that are known put right."""
    made = bytearray(copy)
    for start, data in known:
        made[start : start + len(data)] = data[: max(0, len(made) - start)]
    return bytes(made)


def _cipher_of(packets: Mapping[int, Packet], keys: Keys) -> StreamCipher | None:
    """What opens the packets of a sealed stream."""
    for number, each in packets.items():
        if each.kind != DATA:
            continue
        for key in keys.all():
            cipher = stream_cipher(key, each.file_id, each.commit, len(each.payload), each.salt)
            with contextlib.suppress(Forged):
                cipher.open(number, each.payload)
                return cipher
    return _cipher_by_seal(packets, keys)


def _cipher_by_seal(packets: Mapping[int, Packet], keys: Keys) -> StreamCipher | None:
    """The same where no data packet is left, and parity brings all of them back: the seal has the salt, too."""
    found = seal_of(packets)
    if found is None or len(found.salt) != STREAM_SALT:
        return None
    each = next(iter(packets.values()))
    size = max(len(other.payload) for other in packets.values())
    with contextlib.suppress(Sealed):
        key = keys.key(found.seal.name)
        return stream_cipher(key, each.file_id, each.commit, size, found.salt)
    return None


def _is_utf8(pieces: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in pieces:
            decoder.decode(piece)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True

"""What can be done with a sealed file by who has no key to it: check it, and bring lost packets back.

Checksums and parity are over sealed bytes. What of the index is damaged cannot be made again here: a file repaired so
has its packets alone, and whoever has the key makes its index, by repairing it once more.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from memcodec.errors import ConfigError, Damaged, MemcodecError
from memcodec.file.commit import per_frame_of
from memcodec.format import envelope, guide, packet, parity, stream
from memcodec.format.checksum import crc32c
from memcodec.format.cipher import STREAM_SALT
from memcodec.format.commit import is_envelope
from memcodec.format.envelope import Checks, Envelope, Seal, Told
from memcodec.format.packet import DATA, PARITY, SEAL, SOURCES, Packet
from memcodec.media import container, registry
from memcodec.media.contract import PROFILES, Codec, MediaReader, Profile
from memcodec.model import FilePath, Progress, silent
from memcodec.storage import Place, Source
from memcodec.storage.attributes import close_as, granted_by
from memcodec.storage.open import place_of
from memcodec.upkeep.salvage import Key, Streams, gathered
from memcodec.upkeep.seals import recovered, seal_of, total_of
from memcodec.upkeep.verify import Damage, VerifyReport, check_container


def sealed_commits(media: MediaReader) -> list[tuple[Envelope, int]]:
    """The sealed commits of a file, newest first, and where each ends. None of a file that is not sealed."""
    found = list[tuple[Envelope, int]]()
    for data, end in zip(media.commits(), media.ends(), strict=True):
        if is_envelope(data):
            found.append((envelope.parse(data), end))
    return found


def envelopes(source: Source) -> list[Envelope]:
    """Those of a file's commits, newest first, each with those that it keeps behind it."""
    found = list[Envelope]()
    with contextlib.suppress(MemcodecError), _opened(source) as media:
        for outer, _ in sealed_commits(media):
            found += [outer, *outer.kept]
    return found


def seals_of(source: Source, streams: Streams) -> list[Seal]:
    """Every seal that a file's commits and packets still hold."""
    found = dict.fromkeys(outer.seal for outer in envelopes(source))
    for packets in streams.values():
        if (of_stream := seal_of(packets)) is not None:
            found[of_stream.seal] = None
    return list(found)


def sealed_seal(source: Source) -> Seal | None:
    """The seal of a file's newest commit; None when that is not sealed."""
    with _opened(source) as media:
        record = next(iter(media.commits()), None)
        if record is None or not is_envelope(record):
            return None
        return envelope.parse(record).seal


def refuse_sealed(file: FilePath, what: str) -> None:
    """Raises ConfigError for a sealed file, which ``what`` cannot work on."""
    with contextlib.closing(place_of(file).open()) as source:
        if sealed_seal(source) is not None:
            raise ConfigError(f"{source.name}: is sealed, and {what}")


def medium_of(source: Source) -> tuple[str, str] | None:
    """Codec and profile of a sealed file, if a commit of it is left."""
    with contextlib.suppress(MemcodecError), _opened(source) as media:
        for outer, _ in sealed_commits(media):
            if outer.codec in registry.names() and outer.profile in PROFILES:
                return outer.codec, outer.profile
    return None


class Outside(NamedTuple):
    """What of a sealed file can be known without its key: its codec, and where its last commit ends."""

    codec: Codec
    source: Source
    end: int


def outside(source: Source) -> Outside | None:
    """A sealed file as it is without its key; None for one that is not sealed.

    Raises Damaged when another program moved its frames.
    """
    codec = registry.detect(source)
    with contextlib.closing(codec.open(source)) as media:
        record = next(iter(media.commits()), None)
        if record is None or not is_envelope(record):
            return None
        envelope.parse(record)
        if media.moved:
            raise Damaged(
                f"{source.name}: tags that another program wrote moved its frames; `repair()` rewrites it"
            )
        return Outside(codec, media.source, next(iter(media.ends())))


@contextlib.contextmanager
def _opened(source: Source) -> Iterator[MediaReader]:
    with contextlib.closing(registry.detect(source).open(source)) as media:
        yield media


def verify_sealed(source: Source, *, deep: bool = False, progress: Progress | None = None) -> VerifyReport:
    """Check a sealed file without its key; as ``verify`` where it can be, but what it costs is told in packets alone.

    Raises Damaged when no commit of it is left.
    """
    report, tell = VerifyReport(source.name, deep, sealed=True), progress or silent
    with _opened(source) as media:
        check_container(media, source, report)
        commits = sealed_commits(media)
        if not commits:
            raise Damaged(f"{source.name}: no complete commit in it; `repair()` reads the media")
        _check_bytes(media, commits, report, tell)
        if report.damage or deep:
            told = {
                (bytes.fromhex(each.file), each.commit): each
                for outer, _ in commits
                for each in outer.streams
            }
            _check_packets(gathered(media.scan(), tell), told, report)
    return report


def verify_place(place: Place, *, deep: bool = False, progress: Progress | None = None) -> VerifyReport:
    """As ``verify_sealed``, of the file at a place."""
    with contextlib.closing(place.open()) as source:
        return verify_sealed(source, deep=deep, progress=progress)


def _check_bytes(
    media: MediaReader, commits: Sequence[tuple[Envelope, int]], report: VerifyReport, tell: Progress
) -> None:
    """Hold all that the commits wrote against their checksums, and each against the one before."""
    source, done, before = media.source, 0, 0
    for number, (outer, end) in enumerate(reversed(commits)):
        checks = outer.checks
        if checks.begin != before if number else checks.begin > container.FIRST:
            report.damage.append(
                Damage("container", before, abs(checks.begin - before), "a commit is missing here")
            )
        before = end
        for at, expected in zip(range(checks.begin, checks.end, envelope.PIECE), checks.sums, strict=True):
            length = min(envelope.PIECE, checks.end - at)
            done += length
            tell("checksums", min(done, source.size), source.size)
            if at + length > source.size:
                report.damage.append(Damage("media", at, length, "it is not there"))
            elif crc32c(source.get_bytes(at, length)) != expected and not (media.moved and not number):
                report.damage.append(Damage("media", at, length, "its checksum fails"))


def _check_packets(found: Streams, told: Mapping[Key, Told], report: VerifyReport) -> None:
    """Which packets are lost, and which of them parity brings back."""
    for key in told.keys() | found.keys():
        packets = found.get(key, {})
        total, spare = (told[key].packets, told[key].parity) if key in told else (total_of(packets), 0)
        data = {number for number, each in packets.items() if each.kind in SOURCES and number < total}
        lost = total - len(data)
        lost_parity = max(0, spare - sum(each.kind == PARITY for each in packets.values()))
        brought = len(recovered(packets, total)) if lost and packets else 0
        report.lost += lost + lost_parity
        report.recovered += brought + (lost_parity if brought == lost else 0)


class Kept:
    """What a repair without the key made: how many ``packets`` there were, ``lost`` and ``recovered`` of them."""

    def __init__(self) -> None:
        self.streams = self.packets = self.lost = self.recovered = self.size = 0
        self.codec = self.profile = ""


def keep_sealed(
    source: Source,
    streams: Streams,
    seals: Sequence[Seal],
    out: Place,
    *,
    codec: str,
    profile: Profile,
    options: Mapping[str, str],
    share: float,
    force: bool,
) -> Kept:
    """Write the packets of a sealed file to a new one, those that were lost too as far as parity brings them back.

    Raises Damaged when no seal is left: nobody could open it.
    """
    if not seals:
        raise Damaged(f"{source.name}: its seal is lost, in all commits: no key is left that could open it")
    kept, chosen = Kept(), registry.get(codec)
    kept.codec, kept.profile = codec, profile
    target = out.create(replace=force)
    with contextlib.closing(target):
        close_as(target, [granted_by(source)])
        writer = chosen.create(target, profile, options)
        with contextlib.closing(writer):
            longest = max(len(each.payload) for packets in streams.values() for each in packets.values())
            if longest + packet.HEADER_SIZE > writer.packet_size:
                raise ConfigError(
                    f"{source.name}: its packets are too long for {codec} {profile}, and cannot be cut without the key"
                )
            file_id, begin = next(iter(streams))[0], writer.head
            writer.write_guide(guide.pages(file_id, codec, profile, chosen.guide(profile)))
            told = list[Told]()
            for key, packets in streams.items():
                made = _whole(packets, kept, share)
                each_frame = per_frame_of(len(made), writer.frame_packets)
                deque(writer.write_packets((each.to_bytes() for each in made), each_frame), 0)
                data = sum(each.kind in SOURCES for each in made)
                told.append(Told(key[0].hex(), key[1], data, len(made) - data))
            end = target.size
            checks = envelope.checks_of(target.read, begin, end)
            number = max(commit for _, commit in streams)
            old = tuple(_to_keep(envelopes(source)))
            record = Envelope(
                file_id.hex(), number, end, codec, profile, seals[0], checks, tuple(told), kept=old
            )
            writer.commit(record.to_bytes())
        target.publish()
        kept.size = target.size
    return kept


def _to_keep(found: Sequence[Envelope]) -> Iterator[Envelope]:
    """What of a file's envelopes leads to its keys: the newest record, which has the older keys, and every seal."""
    seals, has_record = set[Seal](), False
    for outer in found:
        is_first = bool(outer.record) and not has_record
        if outer.seal in seals and not is_first:
            continue
        if len(seals) == envelope.MOST_KEPT:
            return
        seals.add(outer.seal)
        has_record = has_record or is_first
        record = outer.record if is_first else b""
        yield replace(outer, checks=Checks(0, 0, ()), streams=(), kept=(), record=record)


def _whole(packets: Mapping[int, Packet], kept: Kept, share: float) -> list[Packet]:
    """The packets of a stream, with those that were lost, and all of its parity if none is."""
    total = total_of(packets)
    data = {number: each for number, each in packets.items() if each.kind in SOURCES and number < total}
    lost = total - len(data)
    kept.streams, kept.packets, kept.lost = kept.streams + 1, kept.packets + total, kept.lost + lost
    if lost:
        found = recovered(packets, total)
        kept.recovered += len(found)
        like, salt = next(each for each in packets.values()), _salt_of(packets)
        data |= {number: _made(like, salt, packets, number, total, each) for number, each in found.items()}
    ordered = [data[number] for number in sorted(data)]
    old = sorted((each for each in packets.values() if each.kind == PARITY), key=lambda each: each.sequence)
    if len(data) < total or not ordered:
        return [*ordered, *old]
    return [*ordered, *_parity(ordered, max(len(old), stream.parity_packets(total, 1, share)))]


def _made(
    like: Packet,
    salt: tuple[int, int],
    packets: Mapping[int, Packet],
    number: int,
    total: int,
    payload: bytes,
) -> Packet:
    """A packet that parity brought back. Those of the seal, at the end, are plain JSON, and no others are."""
    seal = [each for each in packets.values() if each.kind == SEAL]
    if _is_of_seal(number, total, seal, payload):
        text = payload.rstrip(b"\0")
        length = len(text) if number == total - 1 else len(payload)
        return Packet(SEAL, *like.stream, number, total - number, length, payload, sealed=True)
    return Packet(DATA, *like.stream, number, *salt, payload, sealed=True)


def _salt_of(packets: Mapping[int, Packet]) -> tuple[int, int]:
    """What stands in the header of every data packet of a stream: its salt."""
    known = next((each for each in packets.values() if each.kind == DATA), None)
    if known is not None:
        return known.mark, known.length
    found = seal_of(packets)
    salt = found.salt if found is not None and len(found.salt) == STREAM_SALT else bytes(STREAM_SALT)
    return int.from_bytes(salt[:2], "little"), int.from_bytes(salt[2:], "little")


def _is_of_seal(number: int, total: int, seal: Sequence[Packet], payload: bytes) -> bool:
    """Whether a packet is one of the seal, which stands behind all data."""
    if any(each.sequence <= number for each in seal):
        return True
    text = payload.rstrip(b"\0")
    return (
        number >= total - envelope.MOST_PACKETS
        and bool(text)
        and text.isascii()
        and text.decode().isprintable()
    )


def _parity(data: Sequence[Packet], count: int) -> Iterator[Packet]:
    size, groups = len(data[0].payload), parity.groups(len(data))
    symbols = np.frombuffer(b"".join(each.payload for each in data), np.uint8).reshape(len(data), size)
    each_group = -(-count // groups)
    made = [parity.make(symbols[group::groups], each_group) for group in range(groups)]
    for number in range(each_group * groups):
        payload = made[number % groups][number // groups].tobytes()
        yield Packet(packet.PARITY, *data[0].stream, len(data) + number, number, size, payload, sealed=True)

"""Small files that claim much: each is refused, or read, in little memory and time. Asserted by the system's limits."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memcodec.errors import Damaged, StorageError
from memcodec.format import budget, record
from memcodec.format.budget import FLOOR, RATIO, Budget
from memcodec.format.change import StateChange, Stream
from memcodec.media import registry
from memcodec.storage import MemoryTarget
from memcodec_audio import flac
from memcodec_audio.crc import crc8, crc16
from memcodec_video import mp4
from memcodec_video.encode import Encoder
from memcodec_video.layout import Layout
from memcodec_video.profiles import SETTINGS
from tests.reliability import sealing
from tests.support import hostile

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX's")

MEMORY, SECONDS = 512 << 20, 8
LIMITED = """
import resource, sys
import numpy, zstandard, raptorq, av, memcodec, memcodec.seal.age, memcodec.seal.keyring, pyrage
from memcodec.errors import MemcodecError
from memcodec.storage import MemorySource, RamFile
now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + {memory}, now + {memory}))
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
data = open(sys.argv[1], "rb").read()
try:
    {action}
    print("read")
except MemcodecError as error:
    print(type(error).__name__, error)
"""
READ = """with memcodec.open(data) as memory:
        memory.info(), memory.log(), list(memory), memory.verify(), memory.search("heron", mode="lexical")"""
VERIFY = """with memcodec.open(data) as memory:
        memory.verify(deep=True)"""
REPAIR = """from memcodec.upkeep.repair import repair; repair(data, RamFile("x.mp4"))"""
SALVAGE = """from memcodec.format.budget import Budget; from memcodec.upkeep.salvage import salvage
    size = int.from_bytes(data[:2], "little")
    made = salvage([data[at : at + size] for at in range(2, len(data), size)], Budget(len(data)))
    print([(each.packets, each.lost, len(each.items)) for each in made])"""


def limited(data: bytes, tmp_path: Path, action: str = READ) -> str:
    """What a process says that does something with a file in little memory and time. It must end by itself."""
    assert len(data) <= hostile.MOST
    path = tmp_path / "hostile"
    path.write_bytes(data)
    code = LIMITED.format(memory=MEMORY, seconds=SECONDS, action=action)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def of_tables(count: int, size: int, content: bytes, to: str | None = None) -> bytes:
    def record_of(places: list[list[int]]) -> dict[str, Any]:
        return {"tables": [{"entries": 1, "first": 1, "place": place} for place in places]}

    return hostile.memory([hostile.history(size, content)] * count, record_of, to=to)


def of_documents(to: str | None = None, **claims: Any) -> bytes:
    blob = hostile.catalogue(16 * 40, hostile.bomb(12 << 20, b"[],"))
    return hostile.memory([blob], lambda places: one_segment(places[0], documents=16 * 40, **claims), to=to)


def of_sealed_record() -> bytes:
    """A record that unpacks to as much as one may, all of it blank."""
    return hostile.memory(
        [], lambda places: {"writer": " " * (budget.MAX_TABLE - 1000)}, to=sealing.RECIPIENT
    )


#: what somebody may seal for a person whose recipient he knows
SEALED = {
    "tables": lambda: of_tables(1, 60 << 20, b"[],", to=sealing.RECIPIENT),
    "documents": lambda: of_documents(
        to=sealing.RECIPIENT, key="01020304", salt="01020304", tail=1, payload=100
    ),
    "record": of_sealed_record,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SEALED)
def test_what_is_forged_and_sealed_takes_little(name: str, tmp_path: Path) -> None:
    """Who seals it knows what is in it, and its checksums are right."""
    said = limited(SEALED[name](), tmp_path)
    assert said.startswith(("Damaged", "NotAMemoryFile") if name != "record" else ("read", "Damaged"))


def one_segment(place: list[int], lexical: list[int] | None = None, **claims: Any) -> dict[str, Any]:
    index = {"segments": 1, "chunks": claims.get("chunks", 0), "lexical": lexical, "vectors": []}
    return {"entries": [hostile.entry(segment={"catalogue": place, **claims})], "indexes": [index]}


def of_chunks() -> bytes:
    chunks = 1 << 27
    blobs = [hostile.catalogue(0, b""), hostile.lexical(chunks)]
    return hostile.memory(
        blobs,
        lambda places: one_segment(*places, chunks=chunks, text=1 << 40, stream=1 << 31, packets=1 << 28),
    )


def of_terms() -> bytes:
    blobs = [hostile.catalogue(0, b""), hostile.lexical(0, hostile.bomb(60 << 20, b"\n"), 100)]
    return hostile.memory(blobs, lambda places: one_segment(*places))


@pytest.mark.slow
@pytest.mark.parametrize(
    "made",
    [
        lambda: of_tables(40, 60 << 20, b" "),
        lambda: of_tables(1, 60 << 20, b"[],"),
        lambda: of_tables(30, 10 << 20, b"[],"),
        lambda: hostile.memory([], lambda places: {}),
        of_documents,
        of_chunks,
        of_terms,
        lambda: hostile.memory(
            [hostile.catalogue(0, b"")],
            lambda places: one_segment(places[0], payload=1 << 40, stream=1 << 40),
        ),
        lambda: hostile.memory(
            [hostile.catalogue(0, b"")],
            lambda places: {
                "entries": [
                    hostile.entry(segment={"documents": 1 << 40}, drop=[{"segment": 0, "ordinals": [[0, 1]]}])
                ]
            },
        ),
    ],
    ids=["tables", "objects", "many tables", "no commit", "documents", "chunks", "terms", "payload", "mask"],
)
def test_a_forged_index_takes_little(made: Callable[[], bytes], tmp_path: Path) -> None:
    assert limited(made(), tmp_path).startswith("Damaged")


def packed(*packets: bytes) -> bytes:
    size = max(map(len, packets))
    return size.to_bytes(2, "little") + b"".join(packets)


def of_packets(total: int, void: tuple[tuple[int, int], ...] = ()) -> bytes:
    size = 240
    change = StateChange("compact", streams=(Stream("01020304", 1, void),))
    first = record.pack(record.STATE, change.to_bytes()).ljust(size, b"\0")
    return packed(
        hostile.data_packet(0, first),
        hostile.data_packet(total - 2, bytes(size), 0xFFFF),
        hostile.parity_packet(total, 3, size),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        of_packets((1 << 32) - 9),
        of_packets((1 << 32) - 9, ((5, 1 << 31),)),
        of_packets(1 << 20, tuple((at, 1) for at in range(2, 4000, 2))),
    ],
    ids=["total", "void", "runs"],
)
def test_packets_that_claim_a_huge_stream_take_little(data: bytes, tmp_path: Path) -> None:
    assert ", 0)]" in limited(data, tmp_path, SALVAGE)


def streamed(records: bytes, size: int = 1200) -> bytes:
    """Packets of a stream of these records, all of which begin in the first one."""
    marks = (0xFFFF if at else 0 for at in range(0, len(records), size))
    return packed(
        *(
            hostile.data_packet(number, records[number * size :][:size].ljust(size, b"\0"), mark)
            for number, mark in enumerate(marks)
        )
    )


@pytest.mark.slow
def test_what_is_refused_is_not_unpacked(tmp_path: Path) -> None:
    """Once a file's total is spent, another record that would unpack to much costs nothing."""
    bomb = hostile.bomb(budget.MAX_CHANGE, b",")
    data = streamed(record.pack(record.STATE, bomb) * (hostile.MOST // (len(bomb) + 100)))
    assert ", 0)]" in limited(data, tmp_path, SALVAGE)


@pytest.mark.slow
def test_a_block_of_the_greatest_number_takes_little(tmp_path: Path) -> None:
    from memcodec.format import block

    frame = block.Compressor().compress([b"x" * 100])[0]
    number = (1 << 32) - 1
    text = json.dumps(
        [
            {
                "id": "0" * 16,
                "uri": "a",
                "title": "a",
                "time": hostile.TIME,
                "sha256": "0" * 64,
                "start": 0,
                "size": number << 14,
            }
        ]
    )
    stream = record.pack(record.DOCUMENTS, block.pack(text.encode(), budget.MAX_DOCUMENTS, "documents"))
    stream += record.pack(record.BLOCK, number.to_bytes(4, "little") + frame)
    size = 80
    packets = [
        hostile.data_packet(at // size, stream[at : at + size].ljust(size, b"\0"), 0 if not at else 0xFFFF)
        for at in range(0, len(stream), size)
    ]
    assert ", 0)]" in limited(packed(*packets), tmp_path, SALVAGE)


@pytest.mark.slow
@pytest.mark.parametrize("action", [REPAIR, VERIFY])
def test_boxes_without_tables_are_scanned_once(action: str, tmp_path: Path) -> None:
    def boxed(kind: bytes, body: bytes) -> bytes:
        return (8 + len(body)).to_bytes(4, "big") + kind + body

    made = hostile.memory([hostile.catalogue(0, b"")], lambda places: one_segment(places[0]))
    commit = bytes(made[made.rindex(b"memcodec-commit") - 8 :])
    boxes = b"".join(boxed(b"mdat", b"moofmdat") for _ in range(5500))
    data = made[: -len(commit)] + boxes + (commit if action == VERIFY else b"")
    assert limited(data, tmp_path, action).startswith("read" if action == VERIFY else "Damaged")


SCAN = """from memcodec.media import registry
    print(len(list(registry.get("av1").open(MemorySource(data)).scan())))"""


# The child that decodes for FFmpeg has the same limits here, which are less than its own.
REFUSED = "0\n", "Damaged", "SourceError needs more memory"


@pytest.fixture(scope="module")
def huge() -> bytes:
    """A frame of 8K in AV1, all grey, in two hundred bytes."""
    settings = replace(SETTINGS["av1", "dense"], layout=Layout("L", 3, 3, 10))
    encoder = Encoder(settings)
    grey = np.full((settings.layout.height, settings.layout.width), 128, np.uint8)
    (sample,) = [*encoder.encode(grey), *encoder.finish()]
    assert grey.size > 29_000_000 and len(sample) < 1000
    return sample


@pytest.mark.slow
@pytest.mark.parametrize("action", [SCAN, REPAIR])
def test_many_huge_pictures_of_few_bytes_take_little(action: str, huge: bytes, tmp_path: Path) -> None:
    target = MemoryTarget()
    registry.get("av1").create(target, "dense").close()
    samples = [huge] * (90_000 // len(huge))
    data = target.read(0, target.size) + mp4.fragment(1, 0, samples)[0]
    assert limited(data, tmp_path, action).startswith(REFUSED)


@pytest.mark.slow
def test_many_huge_pictures_in_another_container_take_little(huge: bytes, tmp_path: Path) -> None:
    count = 90_000 // len(huge)
    head = struct.pack("<4sHH4sHHIIII", b"DKIF", 0, 32, b"AV01", 5472, 5472, 25, 1, count, 0)
    body = (struct.pack("<IQ", len(huge) + 2, at) + b"\x12\0" + huge for at in range(count))
    assert limited(head + b"".join(body), tmp_path, REPAIR).startswith(REFUSED)


def of_one_value(block: int, count: int) -> bytes:
    """Sound of FLAC frames, each of ``block`` times the same sample in a dozen bytes (RFC 9639, section 9.2.3)."""
    size = (block - 1).to_bytes(2, "big")
    info = block.to_bytes(2, "big") * 2 + bytes(6) + flac.total(16, 0) + bytes(16)
    made = [b"fLaC" + flac.block(flac.STREAMINFO, info, last=True)]
    for number in range(count):
        head = b"\xff\xf8\x7a\x08" + flac.coded_number(number) + size
        head = flac.header(number, 16) if block == flac.BLOCK else head + bytes([crc8(head)])
        made.append(head + b"\0\0\1" + crc16(head + b"\0\0\1").to_bytes(2, "big"))
    return b"".join(made)


@pytest.mark.slow
@pytest.mark.parametrize("block", [flac.BLOCK, 65_535])
def test_hours_of_sound_in_few_bytes_take_little(block: int, tmp_path: Path) -> None:
    assert limited(of_one_value(block, 6000), tmp_path, REPAIR).startswith(REFUSED)


def test_what_a_file_unpacks_to_is_counted_once_and_follows_from_its_size() -> None:
    account = Budget(1000)
    account.spend(FLOOR + RATIO * 1000, "tables")
    with pytest.raises(Damaged, match="more than a file of this size"):
        account.spend(1, "tables")


def test_what_stays_in_memory_is_bounded_by_the_user() -> None:
    account = Budget(1 << 30, memory=1000)
    account.hold(600, "tables")
    with pytest.raises(StorageError, match="`max_memory`"):
        account.hold(600, "tables")

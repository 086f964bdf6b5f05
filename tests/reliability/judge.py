"""Judges what a damaged file says: right, or a clear error. A process of its own bounds its time and memory."""

from __future__ import annotations

import hashlib
import random
import resource
import signal
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import memcodec
from memcodec.config.settings import Index, Settings
from memcodec.errors import MemcodecError
from memcodec.file.restore import read_documents
from memcodec.memory import Memory
from memcodec.upkeep.repair import RepairReport, repair

SECONDS = 30  #: that one damaged file may take, on a machine that is busy with other things
MEMORY = 1 << 30  #: bytes of heap that a process may take
_LEXICAL = Settings(index=Index(model="none"))

Hashes = frozenset[tuple[str, str]]  #: uri and sha256 of documents


@dataclass(frozen=True)
class Truth:
    """What the undamaged file holds: its bytes, every version of each document, and the state after each commit."""

    data: bytes
    suffix: str
    versions: dict[str, frozenset[bytes]]
    states: dict[int, Hashes]
    chunks: frozenset[tuple[str, int, int]]  # sha256 of the document, start, end

    @property
    def newest(self) -> Hashes:
        return self.states[max(self.states)]


def mutate(data: bytes, seed: int) -> bytes:
    """The data with one to three random changes."""
    rng = random.Random(seed)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        data = rng.choice(CHANGES)(data, rng)
    return data


def _span(data: bytes, rng: random.Random, most: int = 20_000) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + int(most ** rng.random()))


def flip(data: bytes, rng: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 50))):
        made[rng.randrange(len(made))] ^= rng.randrange(1, 256)
    return bytes(made)


def zero(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + bytes(end - start) + data[end:]


def garble(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + rng.randbytes(end - start) + data[end:]


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data))]


def remove(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + data[end:]


def insert(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + rng.randbytes(end - start) + data[start:]


def double(data: bytes, rng: random.Random) -> bytes:
    start, end = _span(data, rng, 60_000)
    place = rng.choice((end, rng.randrange(len(data)), len(data)))
    return data[:place] + data[start:end] + data[place:]


def swap(data: bytes, rng: random.Random) -> bytes:
    size = rng.choice((1, 512, 4096))
    if len(data) < 3 * size:
        return data
    first, second = (rng.randrange(len(data) // size) * size for _ in range(2))
    made = bytearray(data)
    made[first : first + size], made[second : second + size] = (
        data[second : second + size],
        data[first : first + size],
    )
    return bytes(made)


def add(data: bytes, rng: random.Random) -> bytes:
    return data + rng.randbytes(rng.randrange(1, 10_000))


CHANGES: Sequence[Callable[[bytes, random.Random], bytes]] = (
    flip,
    flip,
    zero,
    garble,
    cut,
    remove,
    insert,
    double,
    swap,
    add,
)


def judge(
    truth: Truth, damages: Sequence[tuple[str, bytes | int]], repairing: int, output: Connection
) -> None:
    """Judge each damaged file (its bytes, or the seed of its changes); send what was wrong, and how they ended.

    Every ``repairing``-th is repaired, too. One that takes too long or too much ends the process: its name was sent.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, (label, damage) in enumerate(damages):
            output.send(("begun", label))
            signal.alarm(SECONDS)
            data = mutate(truth.data, damage) if isinstance(damage, int) else damage
            path = folder / f"damaged{truth.suffix}"
            path.write_bytes(data)
            try:
                outcome = _read(truth, path)
                if number % repairing == 0:
                    outcome += ", " + _repair(truth, path)
            except Exception as error:
                where = "".join(traceback.format_exception(error)[-4:])
                output.send(("wrong", f"{label}: {where}"))
            else:
                output.send(("ended", outcome))
            signal.alarm(0)
    output.send(("done", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))


def _read(truth: Truth, path: Path) -> str:
    """Everything a reader may do with it; raises AssertionError when it tells a lie."""
    try:
        with memcodec.open(path) as memory:
            errors = [_clear(work, truth, memory) for work in (_documents, _hits, _restored, _verified)]
    except MemcodecError as error:
        _one_line(error)
        return "not opened"
    return "partly read" if any(errors) else "read"


def _clear(work: Callable[[Truth, Memory], None], truth: Truth, memory: Memory) -> bool:
    try:
        work(truth, memory)
    except MemcodecError as error:
        _one_line(error)
        return True
    return False


def _one_line(error: MemcodecError) -> None:
    assert str(error) and "\n" not in str(error), f"not one line: {error}"


def _documents(truth: Truth, memory: Memory) -> None:
    state = truth.states[memory.reader.record.commit]
    found = frozenset((document.uri, document.sha256) for document in memory.documents())
    assert found == state, "documents of no commit"


def _hits(truth: Truth, memory: Memory) -> None:
    for query in ("heron kettle", "anna reeds"):
        for hit in memory.search(query, 20, "lexical"):
            right = any(
                content[hit.start : hit.end] == hit.text.encode()
                and hashlib.sha256(content).hexdigest() == hit.document.sha256
                for content in truth.versions[hit.document.uri]
            )
            assert right, f"wrong text of {hit.document.uri}"
            assert (hit.document.sha256, hit.start, hit.end) in truth.chunks, "no chunk"
            state = truth.states[memory.reader.record.commit]
            assert (hit.document.uri, hit.document.sha256) in state, "a hit that is no longer there"


def _restored(truth: Truth, memory: Memory) -> None:
    for stored, data, _ in read_documents(memory.reader, lambda stored: True):
        assert data is None or data in truth.versions[stored.document.uri], f"wrong {stored.document.uri}"


def _verified(truth: Truth, memory: Memory) -> None:
    """What it calls whole is whole."""
    if memory.verify().ok:
        _documents(truth, memory)
        found = [data for _, data, _ in read_documents(memory.reader, lambda stored: True)]
        assert None not in found, "verified and not whole"
        assert memory.reader.record.commit == max(truth.states), "verified without its last commit"


def _repair(truth: Truth, path: Path) -> str:
    try:
        repaired(truth, path)
    except MemcodecError as error:
        _one_line(error)
        return "nothing repaired"
    return "repaired"


def repaired(truth: Truth, path: Path) -> tuple[RepairReport, Hashes]:
    """Repair it; every document of the result is right, and it verifies."""
    out = path.with_name(f"repaired{truth.suffix}")
    report = repair(path, out, settings=_LEXICAL, force=True)
    with memcodec.open(out) as memory:
        assert memory.verify(deep=True).ok, "repaired and not right"
        _restored(truth, memory)
        found = frozenset((document.uri, document.sha256) for document in memory.documents())
    out.unlink()
    return report, found

"""Hundreds of ways to damage a file: a right answer or a clear error, never a wrong text, never a hang; then repair."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import memcodec
from tests.reliability import judge
from tests.reliability.judge import Truth
from tests.reliability.sealing import share
from tests.reliability.support import PLAIN_AND_ONE_SEALED, add, digest, forks, new, running, text

pytestmark = pytest.mark.slow

MUTATIONS = int(os.environ.get("MEMCODEC_MUTATIONS", "400"))
REPAIRED = 25  # every so many mutations, repair is tried
BATCHES = 4

STEPS: list[dict[str, str]] = [
    {"a.txt": text("anna", 300), "b.txt": text("berta"), "secret.txt": text("sonja")},
    {"b.txt": text("berta and bert"), "c.txt": text("clara")},
    {},  # forgets secret.txt
    {"d.txt": text("dora", 200)},
]


@dataclass(frozen=True)
class Subject:
    """A file of several commits: adds, a changed document, one that was forgotten; where its parts lie."""

    truth: Truth
    parts: dict[str, list[tuple[int, int]]]
    frames: list[list[tuple[int, int]]]  # of each segment
    parity: list[int]
    name: str

    def share(self, count: int, fewer: int) -> int:
        """How often something is done to it."""
        return share(self.name, count, fewer)


@pytest.fixture(scope="module", params=PLAIN_AND_ONE_SEALED)
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    path = tmp_path_factory.mktemp("mutations") / f"m.{request.param}"
    states, live, chunks = {}, dict[str, str](), set[tuple[str, int, int]]()
    for number, documents in enumerate(STEPS, 1):
        opened = memcodec.open(path) if path.exists() else new(path)
        with opened as memory:
            add(memory, documents)
            if not documents:
                memory.forget(memcodec.Filter(path="secret.txt"))
        live |= documents
        if not documents:
            del live["secret.txt"]
        with memcodec.open(path) as memory:
            hits = memory.search("heron kettle reeds", 1000, "lexical")
            chunks |= {(hit.document.sha256, hit.start, hit.end) for hit in hits}
        states[number] = frozenset((uri, digest(content.encode())) for uri, content in live.items())
    versions: dict[str, set[bytes]] = {}
    for documents in STEPS:
        for uri, content in documents.items():
            versions.setdefault(uri, set()).add(content.encode())
    with memcodec.open(path) as memory:
        parts: dict[str, list[tuple[int, int]]] = {}
        for name, extent in memory.reader.media.layout():
            parts.setdefault(name, []).append((extent.offset, extent.offset + extent.length))
        segments = memory.reader.segments
        frames = [
            [(offset, offset + length) for offset, length, *_ in segment.catalogue.frames().T.tolist()]
            for segment in segments
        ]
        parity = [segment.record.parity for segment in segments]
    truth = Truth(
        path.read_bytes(),
        path.suffix,
        {uri: frozenset(contents) for uri, contents in versions.items()},
        states,
        frozenset(chunks),
    )
    return Subject(truth, parts, frames, parity, path.name)


def judged(truth: Truth, damages: Sequence[tuple[str, bytes | int]], repairing: int) -> Counter[str]:
    """How damaged files end, judged by a process that a hang or too much memory would kill."""
    ours, theirs = forks().Pipe(duplex=False)
    outcomes, wrong, begun = Counter[str](), list[str](), ""
    work = forks().Process(target=judge.judge, args=(truth, damages, repairing, theirs))
    with contextlib.closing(ours), running(work):
        theirs.close()
        while True:
            try:
                kind, words = ours.recv()
            except EOFError:
                pytest.fail(f"{begun}: the process is dead: it took too long, too much, or crashed")
            if kind == "begun":
                begun = words
            elif kind == "wrong":
                wrong.append(words)
            elif kind == "ended":
                outcomes[words] += 1
            else:
                outcomes["peak"] = words >> 20
                break
    assert not wrong, "\n".join(wrong[:5])
    return outcomes


@pytest.mark.timeout(600)
def test_random_mutations(subject: Subject, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = Counter[str]()
    count = subject.share(MUTATIONS, 80)
    for first in range(0, count, count // BATCHES):
        damages: list[tuple[str, bytes | int]] = [
            (f"seed {seed}", seed) for seed in range(first, first + count // BATCHES)
        ]
        found = judged(subject.truth, damages, REPAIRED)
        peak = max(outcomes.pop("peak", 0), found.pop("peak"))
        outcomes += found
        outcomes["peak"] = peak
    with capsys.disabled():
        print(f" [{subject.name}: {dict(outcomes)}, MB]", end="")  # noqa: T201
    peak = outcomes.pop("peak")
    assert outcomes.total() == count
    assert sum(times for outcome, times in outcomes.items() if outcome.startswith("read")) > count / 10
    assert peak < 1024


# The matrix: parts by kinds of damage.


def zeroed(part: bytes) -> bytes:
    return bytes(len(part))


def truncated(part: bytes) -> bytes:
    return part[: len(part) // 2]


def shuffled(part: bytes) -> bytes:
    made = bytearray(part)
    random.Random(len(part)).shuffle(made)
    return bytes(made)


def flipped(part: bytes) -> bytes:
    middle = len(part) // 2
    return part[:middle] + bytes([part[middle] ^ 0x55]) + part[middle + 1 :]


def gone(part: bytes) -> bytes:
    return b""


DAMAGES = (zeroed, truncated, shuffled, flipped, gone)


def matrix(subject: Subject) -> Iterator[tuple[str, bytes]]:
    data = subject.truth.data
    for name, extents in subject.parts.items():
        for number, (start, end) in enumerate(extents):
            for damage in DAMAGES:
                made = data[:start] + damage(data[start:end]) + data[end:]
                yield f"{name} {number} {damage.__name__}", made
    for number, (start, end) in enumerate(frame for frames in subject.frames for frame in frames):
        for damage in DAMAGES:
            yield f"frame {number} {damage.__name__}", data[:start] + damage(data[start:end]) + data[end:]
    for size in (1, 100, 5000):
        yield f"{size} zero bytes at the end", data + bytes(size)
        yield f"{size} random bytes at the end", data + random.Random(size).randbytes(size)
        yield f"{size} bytes off the end", data[:-size]
        yield f"{size} bytes off the start", data[size:]
    yield "twice", data * 2
    yield "its second half", data[len(data) // 2 :]


def test_the_damage_matrix(subject: Subject, capsys: pytest.CaptureFixture[str]) -> None:
    assert {"header", "media", "index", "commit"} <= subject.parts.keys()
    damages = list(matrix(subject))[:: subject.share(1, 5)]
    outcomes = judged(subject.truth, damages, 20)
    with capsys.disabled():
        print(f" [{subject.name}: {dict(outcomes)}, MB]", end="")  # noqa: T201


def flips(subject: Subject, part: str, start: int, end: int, step: int) -> list[tuple[str, bytes | int]]:
    data = subject.truth.data
    return [
        (f"{part} {place}", data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        for place in range(start, end, step)
        if data[place]  # not padding
    ]


def test_a_commit_record_that_is_off_by_one_bit_is_none(subject: Subject) -> None:
    """Digits that are other digits, say: what such a record tells must not be believed."""
    start, end = subject.parts["commit"][-1]
    start = max(start, subject.truth.data.index(b'{"format"', start) - 16)
    damages = flips(subject, "commit", start, end, subject.share(4, 40))
    outcomes = judged(subject.truth, damages, len(damages))
    assert outcomes["read"] > len(damages) * 0.9  # as of the commit before: that is what the file says then


def test_an_index_that_is_off_by_one_bit_is_noticed(subject: Subject) -> None:
    damages = [
        each
        for start, end in subject.parts["index"]
        for each in flips(subject, "index", start, end, subject.share(13, 151))
    ]
    assert len(damages) >= subject.share(200, 30)
    outcomes = judged(subject.truth, damages, len(damages))
    assert outcomes["partly read"] > len(damages) / 10


def without(subject: Subject, frames: Sequence[tuple[int, int]]) -> bytes:
    made = bytearray(subject.truth.data)
    for start, end in frames:
        made[start:end] = bytes(end - start)
    return bytes(made)


@pytest.mark.parametrize("seed", range(6))
def test_repair_brings_back_all_that_parity_allows(subject: Subject, tmp_path: Path, seed: int) -> None:
    """As many frames of each commit as it has parity packets, wherever they lie; the index gone as well."""
    rng = random.Random(seed)
    lost: list[Any] = []
    for frames, parity in zip(subject.frames, subject.parity, strict=True):
        assert 0 < parity < len(frames)  # a frame for each packet in commits so small
        lost += rng.sample(frames, parity - 1)
    path = tmp_path / f"damaged{subject.truth.suffix}"
    stripped = [span for name in ("index", "commit", "header") for span in subject.parts[name]]
    path.write_bytes(without(subject, lost + stripped * (seed % 2)))
    report, found = judge.repaired(subject.truth, path)
    assert report.complete
    assert report.lost == report.recovered
    assert found == subject.truth.newest
    assert "secret.txt" not in {uri for uri, _ in found}
    if not seed % 2:
        with memcodec.open(path) as memory:
            told = memory.verify()
            assert told.complete
            assert told.lost == len(lost) == told.recovered
            read = {document.uri: file for document, file in memory.restore(tmp_path / "out").files}
        for uri, sha256 in subject.truth.newest:
            assert hashlib.sha256(read[uri].read_bytes()).hexdigest() == sha256


def test_the_index_alone_is_no_loss(subject: Subject, tmp_path: Path) -> None:
    path = tmp_path / f"damaged{subject.truth.suffix}"
    path.write_bytes(without(subject, [*subject.parts["index"], *subject.parts["commit"]]))
    report, found = judge.repaired(subject.truth, path)
    assert report.complete
    assert report.commits == len(STEPS)
    assert found == subject.truth.newest

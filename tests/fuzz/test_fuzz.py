"""The fuzzer finds what it is there to find; and in a campaign of fixed length, nothing."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

import memcodec
from memcodec.file.journal.ledger import FileLedger
from memcodec.format import journal
from memcodec.format.journal import Event
from memcodec.media import registry
from memcodec.models import clip, embedding
from memcodec.storage import MemorySource

pytest.importorskip("resource")  # what limits a worker, and fork: no Windows

from tests.fuzz import genes, mutants, of_journal, of_layers, seeds
from tests.fuzz.draft import blob_of, blob_places, read_blob, sections_of
from tests.fuzz.exercise import Fault, Hang, exercise
from tests.fuzz.mutants import Mutant
from tests.fuzz.seeds import Seed

ROOT = Path(__file__).parents[2]
CAMPAIGN = 13
MUTANTS = int(os.environ.get("MEMCODEC_FUZZ_MUTANTS", "1000"))  # some ten seconds of two cores


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plain codec and the small model, for these tests alone."""
    for room, names in (
        (registry, ("names", "get")),
        (embedding, ("available", "load", "load_exact")),
        (clip, ("load",)),
        (journal, ("END_MAGICS",)),
    ):
        for name in names:
            monkeypatch.setattr(room, name, getattr(room, name))
    seeds.install()
    for each in mutants.corpus()[0]:  # before anything is put in the place of what reads them
        _ = each.texts, each.chunks, each.documents


def _seed(name: str) -> Seed:
    return next(each for each in mutants.corpus()[0] if each.name == name)


def _untouched(name: str = "grown.plain") -> Mutant:
    seed = _seed(name)
    return Mutant(seed, seed.data, (), False, False, (), Random(0))


def _kinds(faults: list[Fault]) -> set[tuple[str, str]]:
    return {(each.kind, each.operation) for each in faults}


@pytest.mark.slow
def test_a_campaign_finds_nothing() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--seed", CAMPAIGN, "--mutants", MUTANTS, "--workers", 2]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, cwd=ROOT, check=False, timeout=550
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{MUTANTS:,} mutants" in done.stdout and "no fault" in done.stdout


def test_seeds_as_they_are_show_no_fault() -> None:
    for seed in mutants.corpus()[0]:
        for choice in range(3):
            assert exercise(Mutant(seed, seed.data, (), False, True, (), Random(choice))) == []


def test_a_mutant_follows_from_its_number() -> None:
    for number in range(40):
        one, other = mutants.make(5, number), mutants.make(5, number)
        assert (one.data, one.steps) == (other.data, other.steps)


def test_without_one_change_the_others_are_as_before() -> None:
    number = next(each for each in range(99) if len(mutants.make(5, each).steps) > 2)
    made = mutants.make(5, number)
    assert mutants.make(5, number, range(len(made.steps))).data == made.data
    assert mutants.make(5, number, [0]).steps == made.steps[:1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "step"), [("film.av1", of_layers.symbols), ("sound.flac", of_layers.bursts)]
)
def test_error_correction_of_layers_is_right(name: str, step: mutants.Step) -> None:
    """Of some mutants all that was put into symbols and bursts is read; of others it is not to be had."""
    found = set[bool]()
    for number in range(6):
        made = mutants.Plan(_seed(name), ((step, f"{number}"),), "0").grow()
        with contextlib.closing(
            registry.detect(MemorySource(made.data)).open(MemorySource(made.data))
        ) as media:
            found.add(any(True for _ in media.scan()))
    assert found == {True, False}


def test_any_bytes_are_genes_and_changed_genes_make_another_mutant() -> None:
    grown = set[bytes]()
    for walk in range(4):  # several: one may walk among the mutants of a small seed
        made = Random(walk).randbytes(genes.LONGEST + 9)
        for number in range(30):
            assert genes.planned(made).grow().data == genes.planned(made).grow().data
            made = genes.mutated(made, genes.LONGEST, 30 * walk + number)
            grown.add(genes.planned(made).grow().data)
    assert len(grown) > 40  # of 120: some steps change what no seed has


@pytest.mark.slow
def test_coverage_keeps_what_reached_more(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="make guided installs it")
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.guided", "--seconds", "5", "--kept", tmp_path / "kept"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0 and "no fault" in done.stdout, done.stdout + done.stderr
    assert len(list((tmp_path / "kept").iterdir())) > 5


def test_blobs_are_made_anew_byte_for_byte() -> None:
    seed = _seed("grown.plain")
    places = blob_places(seed)
    assert len(places) > 4
    for place in places:
        assert blob_of(*sections_of(read_blob(seed, place))) == read_blob(seed, place)


def test_checksums_of_mutants_are_right() -> None:
    """Of most mutants that change the index, the newest commit is theirs, sealed and whole."""
    opened = total = 0
    for number in range(150):
        made = mutants.make(6, number)
        if set(made.steps) <= {"record", "unit", "shape", "head", "wrong_blob"} and not made.seed.is_part:
            codec = registry.get(made.seed.codec)
            media = codec.open(memcodec.storage.MemorySource(made.data))
            total += 1
            opened += media.torn == 0 and not media.broken
            media.close()
    assert total > 20 and opened == total


def _failing(error: BaseException | type[BaseException]) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_an_exception_from_outside_the_tree_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memcodec.Memory, "info", _failing(IndexError("9")))
    (fault,) = exercise(_untouched())
    assert (fault.kind, fault.operation) == ("exception", "info") and "IndexError: 9" in fault.detail


def test_one_of_the_tree_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memcodec.Memory, "info", _failing(memcodec.errors.Damaged("so")))
    assert exercise(_untouched()) == []


@pytest.mark.parametrize(
    ("error", "kind"), [(MemoryError, "memory"), (Hang, "hang"), (SystemExit, "exception")]
)
def test_neither_is_running_out_of_memory_or_time(
    error: type[BaseException], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memcodec.Memory, "info", _failing(error))
    assert _kinds(exercise(_untouched())) == {(kind, "info")}


def test_a_text_nobody_wrote_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memcodec.Memory, "read_bytes", lambda *_, **__: b"never written")
    assert ("wrong", "documents") in _kinds(exercise(_untouched()))


def test_a_hit_nobody_wrote_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    found = memcodec.Memory.search

    def search(*args: object, **options: object) -> list[object]:
        return [replace(hit, text=hit.text[1:]) for hit in found(*args, **options)]

    monkeypatch.setattr(memcodec.Memory, "search", search)
    assert ("wrong", "search") in _kinds(exercise(_untouched()))


def test_an_event_nobody_wrote_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def events(*_: object, **__: object) -> Iterator[Event]:
        return iter([Event("run-a", 0, b'{"never":"written"}')])

    monkeypatch.setattr(FileLedger, "events", events)
    assert ("wrong", "ledger") in _kinds(exercise(_untouched("noted.plain")))


@pytest.mark.parametrize("name", ["noted.plain", "noted.av1", "noted.flac"])
def test_changed_journals_count(name: str) -> None:
    """Of most mutants whose groups were changed and linked anew, what stands behind the last commit is a journal."""
    counted = 0
    for number in range(30):
        step = (of_journal.group, of_journal.records, of_journal.chain)[number % 3]
        made = mutants.Plan(_seed(name), ((step, f"{number}"),), "0").grow()
        assert made.retold
        with contextlib.closing(
            registry.detect(MemorySource(made.data)).open(MemorySource(made.data))
        ) as media:
            is_whole = media.journal is not None and media.journal.groups and media.torn == 0
            counted += bool(is_whole and made.data != made.seed.data)
    assert counted > 10


_DYING = """
import os, signal, sys, time
import memcodec
from tests.fuzz import campaign, exercise, limits
exercise.SECONDS = limits.SECONDS = 1.0
def die(self):
    {act}
info = memcodec.Memory.info
def later(self):
    return die(self) if os.getpid() != parent else info(self)
parent = os.getpid()
memcodec.Memory.info = later
made = campaign.run(1, 2, 4)
print(made.done, sorted((each.fault.kind, each.fault.operation, each.count) for each in made.found.values()))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "kind"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "crash"),
        ("bytearray(600 << 20)", "memory"),
        ("import re; re.match('(a+)+$', 'a' * 40 + 'b')", "hang"),
        ("while True: pass", "hang"),
    ],
)
def test_workers_die_and_others_go_on(act: str, kind: str) -> None:
    """A crash, too much memory, a loop inside a library, one in Python: counted, and every mutant is read."""
    done = subprocess.run(
        [sys.executable, "-c", _DYING.format(act=act)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=300,
    )
    assert done.stdout.startswith(f"4 [('{kind}', 'info', "), done.stdout + done.stderr

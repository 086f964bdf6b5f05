"""Mutant number n of a campaign: a seed, a few changes of it, and which operations read the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from memcodec.media import registry
from memcodec.storage.ram import MemoryTarget
from tests.fuzz import of_container, of_index, of_journal, of_layers, of_packets, seeds
from tests.fuzz.draft import Draft
from tests.fuzz.seeds import Seed

Step = Callable[[Draft], None]
_INDEX: tuple[Step, ...] = (
    of_index.record,
    of_index.unit,
    of_index.unit,
    of_index.shape,
    of_index.head,
    of_index.wrong_blob,
)
_JOURNAL: tuple[Step, ...] = (of_journal.group, of_journal.records, of_journal.chain)
_BYTES: tuple[Step, ...] = (of_container.raw, of_container.raw, of_container.cut)
#: What may happen to a file of each codec. A step that stands twice is taken twice as often.
_STEPS: dict[str, tuple[Step, ...]] = {
    "plain": (
        *_INDEX * 2,
        *(of_packets.in_place, of_packets.in_place, of_packets.loose, of_packets.loose),
        *(of_packets.stream,) * 4,
        of_container.trailer,
        *_BYTES,
    ),
    "av1": (*_INDEX, *(of_container.boxes,) * 4, of_container.trailer, of_layers.symbols, *_BYTES),
    "flac": (
        *_INDEX,
        *(of_container.frames,) * 4,
        of_container.trailer,
        of_packets.stream,
        of_layers.bursts,
        *_BYTES,
    ),
}
# Index and packets first, by the codec's own writer; then what carries them, and stands around; then bytes alone.
_ROOMS = (of_index, of_packets, of_layers, of_journal, of_container)
_PART: tuple[Step, ...] = (of_index.part, of_index.part, of_index.part, of_container.trailer, *_BYTES)
_SHEETS = 0.004  # share of mutants that are pictures: one takes as long as hundreds of others
_SHARES = {"plain": 12, "av1": 2, "flac": 1}


def _order(step: Step) -> tuple[int, bool]:
    return [room.__name__ for room in _ROOMS].index(step.__module__), step in _BYTES


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file to be read. ``forged``: checksums were put right somewhere; ``unpacked``: of packets, too; ``retold``: of
    groups of its journal.
    """

    seed: Seed
    data: bytes
    steps: tuple[str, ...]
    forged: bool
    unpacked: bool
    pictures: Sequence[Any]
    choices: Random  #: which operations read it
    retold: bool = False

    @property
    def words(self) -> str:
        return f"{self.seed.name}: {', '.join(self.steps)}"


@lru_cache(1)
def corpus() -> tuple[list[Seed], list[int]]:
    """The seeds and how often each is taken."""
    found = seeds.load()
    return found, [1 if each.is_part else _SHARES[each.codec] for each in found]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a mutant is made by: changes, each with the randomness that it is made of, and who reads the result."""

    seed: Seed
    steps: tuple[tuple[Step, str], ...]  #: in the order in which they are made
    reading: str

    def grow(self, only: Sequence[int] | None = None) -> Mutant:
        """The mutant; of its changes ``only`` those, by place, for making it smaller."""
        draft, taken = Draft.of(Random(self.reading), self.seed), list[str]()
        for place, (step, told) in enumerate(self.steps):
            draft.rng = Random(told)
            if only is None or place in only:
                step(draft)
                taken.append(step.__name__)
        draft.settle()
        data = _without_index(draft) if draft.packets is not None else bytes(draft.data)
        told = Random(self.reading)
        marks = draft.forged, draft.unpacked, draft.pictures
        return Mutant(self.seed, data, tuple(taken), *marks, told, draft.retold)


def steps_for(seed: Seed) -> tuple[Step, ...]:
    """What may happen to a seed."""
    if seed.is_noted:  # a change of the index is a commit more, and ends what stands in the journal
        return (*_JOURNAL * 4, *_STEPS[seed.codec])
    return _PART if seed.is_part else _STEPS[seed.codec]


def in_order(steps: Iterable[tuple[Step, str]]) -> list[tuple[Step, str]]:
    """As they must be made."""
    return sorted(steps, key=lambda each: _order(each[0]))


def plan(campaign: int, number: int) -> Plan:
    """That of mutant ``number``."""
    rng = Random(f"{campaign}:{number}")
    seed = rng.choices(*corpus())[0]
    if rng.random() < _SHEETS:
        steps: list[Step] = [of_packets.sheet]
        seed = next(each for each in corpus()[0] if each.codec == "plain")
    else:
        count = rng.choice((1, 1, 1, 2, 2, 3, 5))
        steps = sorted(rng.choices(steps_for(seed), k=count), key=_order)
    told = (f"{campaign}:{number}:{place}" for place in range(len(steps)))
    return Plan(seed, tuple(zip(steps, told, strict=True)), f"{campaign}:{number}:read")


def make(campaign: int, number: int, only: Sequence[int] | None = None) -> Mutant:
    """Mutant ``number``; of its changes ``only`` those, by place."""
    return plan(campaign, number).grow(only)


def steps_of(campaign: int, number: int) -> int:
    """How many changes a mutant has."""
    return len(plan(campaign, number).steps)


def _without_index(draft: Draft) -> bytes:
    target = MemoryTarget()
    writer = registry.get(draft.seed.codec).create(target, "dense")
    fitting = [each for each in draft.packets or () if len(each) <= writer.packet_size]
    for _ in writer.write_packets(fitting, 1):
        pass
    writer.close()
    return target.read(0, target.size)

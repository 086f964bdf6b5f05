"""A mutant as a few bytes, for a fuzzer that keeps some and changes them: a seed, who reads, and changes with the
randomness that each is made of.

    seed u8 | reading u8 | changes, each: which u8, randomness u16
"""

from __future__ import annotations

from random import Random

from tests.fuzz import mutants
from tests.fuzz.mutants import Plan

_HEAD, _GENE, _MOST = 2, 3, 8  # bytes; changes
LONGEST = _HEAD + _MOST * _GENE


def planned(genes: bytes) -> Plan:
    """What genes say. Any bytes say something."""
    corpus, _ = mutants.corpus()
    seed, reading = (*genes[:_HEAD], 0, 0)[:_HEAD]
    found = corpus[seed % len(corpus)]
    able = mutants.steps_for(found)
    drawn = [genes[at : at + _GENE] for at in range(_HEAD, len(genes), _GENE)][:_MOST]
    steps = mutants.in_order((able[each[0] % len(able)], each[1:].hex()) for each in drawn)
    return Plan(found, tuple(steps), str(reading))


def mutated(genes: bytes, most: int, seed: int) -> bytes:
    """Other genes: a change more, one fewer, one made otherwise; now and then another seed, or other readers."""
    rng, made = Random(seed), bytearray(genes[:_HEAD].ljust(_HEAD, b"\0") + genes[_HEAD:])
    places = range(_HEAD, len(made), _GENE)
    chosen = rng.random()
    if (chosen < 0.4 and len(places) < _MOST) or not places:
        made += rng.randbytes(_GENE)
    elif chosen < 0.55:
        at = rng.choice(places)
        del made[at : at + _GENE]
    elif chosen < 0.9:
        at = rng.choice(places)
        made[at + 1 : at + _GENE] = rng.randbytes(_GENE - 1)
    else:
        made[rng.randrange(_HEAD)] = rng.randrange(256)
    return bytes(made[:most])

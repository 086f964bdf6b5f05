"""Memories with known contents: groups of words that stand together, and others that stand anywhere."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

import memcodec
from memcodec import Memory, Settings

GROUPS = {
    "birds": "heron swift magpie kestrel plumage nestling",
    "bread": "sourdough rye leaven crumb oven flour",
    "stars": "nebula quasar parallax telescope orbit comet",
}
FILL = "garden letter window river table morning paper stone bridge music kitchen village doctor summer winter".split()
LEXICAL = Settings.of(model="none")

Make = Callable[..., Memory]


def sentences(chance: random.Random, words: Sequence[str], count: int) -> str:
    """So many sentences, each with some of the words and some that stand anywhere."""
    made = []
    for _ in range(count):
        some = chance.sample(list(words), 3) + chance.sample(FILL, 3)
        chance.shuffle(some)
        made.append(
            f"The {some[0]} was with a {some[1]} and the {some[2]}, so that {some[3]} and {some[4]} with {some[5]}."
        )
    return " ".join(made)


def documents(count: int = 60, seed: int = 7) -> Iterator[tuple[str, str]]:
    """Uris and texts: each of one group."""
    chance, names = random.Random(seed), list(GROUPS)
    for number in range(count):
        group = names[number % len(names)]
        yield (
            f"{group}/{number:03}.md",
            f"# Notes {number}\n\n{sentences(chance, GROUPS[group].split(), 6)}\n",
        )


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes a memory of texts, closed at the end."""
    opened = list[Memory]()

    def made(texts: Sequence[tuple[str, str]], times: Sequence[datetime] = (), **options: object) -> Memory:
        path = tmp_path / f"made-{len(opened)}.mp4"
        with memcodec.create(path, settings=Settings.of(model="none", **options)) as memory:
            for at, (uri, text) in enumerate(texts):
                when = times[at] if times else datetime(2026, 1, 1, tzinfo=UTC)
                memory.add(text, uri=uri, time=when)
        opened.append(memcodec.open(path, settings=LEXICAL))
        return opened[-1]

    yield made
    for each in opened:
        each.close()


@pytest.fixture(scope="session")
def grouped_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("insight") / "grouped.mp4"
    with memcodec.create(path, settings=LEXICAL) as memory:
        for uri, text in documents():
            memory.add(text, uri=uri, time=datetime(2026, 1, 1, tzinfo=UTC))
    return path


@pytest.fixture
def grouped(grouped_path: Path) -> Iterator[Memory]:
    with memcodec.open(grouped_path, settings=LEXICAL) as memory:
        yield memory

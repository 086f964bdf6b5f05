"""A document named by the first digits of its id, wherever documents are named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec import Collection, Filter, Memory
from memcodec.errors import ConfigError, NotFound
from memcodec.ingest.item import text_item

IDS = {
    "a.md": "12ab000000000001",
    "b.md": "12ab000000000002",
    "cafe": "facade0000000003",
    "d.md": "cafe000000000004",
}
ASKS: dict[str, Callable[[Any, str], list[str]]] = {
    "document": lambda memory, name: [memory.document(name).uri],
    "documents": lambda memory, name: [each.uri for each in memory.documents(Filter(documents=name))],
    "search": lambda memory, name: [
        each.document.uri for each in memory.search("heron", only=Filter(documents=name))
    ],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with memcodec.create(tmp_path / "notes.mp4", model="none") as memory:
        memory.add_items(
            replace(text_item(f"A heron in {uri}.", uri=uri), id=name) for uri, name in IDS.items()
        )
    return tmp_path / "notes.mp4"


@pytest.fixture(params=[memcodec.open, Collection], ids=["memory", "collection"])
def memory(request: pytest.FixtureRequest, path: Path) -> Iterator[Memory | Collection]:
    with request.param(path) as opened:
        yield opened


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_first_digits(memory: Memory | Collection, ask: Callable[[Any, str], list[str]]) -> None:
    assert ask(memory, "12ab000000000002") == ["b.md"]
    assert ask(memory, "FACADE") == ask(memory, "faca") == ["cafe"]
    assert ask(memory, "cafe") == ["cafe"]  # a uri before digits
    assert ask(memory, "cafe0") == ["d.md"]
    with pytest.raises(ConfigError) as caught:
        ask(memory, "12ab")
    text = str(caught.value)
    assert "'12ab' means 2 documents; name one, by its id: a.md (12ab000000000001), b.md (12ab0" in text
    if ask is not ASKS["search"]:
        for absent in ("fac", "dead", "12ab00000000000g"):
            with pytest.raises(NotFound):
                ask(memory, absent)


def test_what_changes_documents_takes_them_too(path: Path) -> None:
    with memcodec.open(path) as memory:
        with pytest.raises(ConfigError, match="means 2 documents"):
            memory.forget(Filter(documents=["12ab", "facade"]))
        memory.forget(Filter(documents=["12ab000000000001", "facade"]))
        assert [each.uri for each in memory.documents()] == ["b.md", "d.md"]

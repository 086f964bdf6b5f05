"""What every store is asked in the benchmark of that name, one JSON line a job. Standard library only.

A text's number is its place in the list it was put from, in all stores.
"""

from __future__ import annotations

import array
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from protocol import costs, serve, texts_in

K = 10
Found = list[tuple[int, str]]  # numbers and texts, the best first
Vector = Sequence[float]


class Store(Protocol):
    """A library on a folder of its own. ``put`` is told vectors where the benchmark has some, and says how many texts
    it took where that is not all."""

    def __init__(self, folder: Path) -> None: ...
    def put(self, texts: list[str], vectors: list[Vector] | None) -> int | None: ...
    def open(self) -> None: ...
    def close(self) -> None: ...
    def lexical(self, query: str) -> Found: ...
    def hybrid(self, query: str, vector: Vector) -> Found: ...
    def texts(self) -> Iterator[tuple[int, str]]: ...


def run(make: Callable[[Path], Store]) -> None:
    """Serve until standard input ends."""
    kept: dict[str, Store] = {}

    def opened(folder: str) -> Store:
        if folder not in kept:
            kept[folder] = make(Path(folder))
            kept[folder].open()
        return kept[folder]

    def put(folder: str, texts: str, vectors: str = "", dimensions: int = 0) -> dict[str, Any]:
        chunks = texts_in(texts)
        rows = _vectors(vectors, dimensions) if vectors else None
        taken = list[int | None]()
        spent = costs(lambda: taken.append(make(Path(folder)).put(chunks, rows)))
        return spent | {"taken": len(chunks) if taken[0] is None else taken[0]}

    def first(folder: str, query: str) -> dict[str, Any]:
        began = time.perf_counter()
        store = make(Path(folder))
        store.open()
        store.lexical(query)
        store.close()
        return {"seconds": time.perf_counter() - began}

    def search(folder: str, queries: list[str]) -> dict[str, Any]:
        return _each(opened(folder).lexical, [(query,) for query in queries])

    def fused(folder: str, queries: list[str], vectors: str, dimensions: int) -> dict[str, Any]:
        rows = _vectors(vectors, dimensions)
        return _each(opened(folder).hybrid, list(zip(queries, rows, strict=True)))

    def read(folder: str, texts: str) -> dict[str, Any]:
        return _whole(make, Path(folder), texts_in(texts))

    serve({"put": put, "first": first, "search": search, "fused": fused, "read": read})


def _each(search: Callable[..., Found], asked: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Seconds and the numbers found of every query; None where it was refused."""
    times: list[float | None] = []
    found: list[list[int] | None] = []
    for arguments in asked:
        began = time.perf_counter()
        try:
            hits = search(*arguments)
        except Exception as error:  # a library's own errors, whatever their class
            print(error, file=sys.stderr)
            times.append(None)
            found.append(None)
            continue
        times.append(time.perf_counter() - began)
        found.append([number for number, _ in hits])
    return {"times": times, "found": found}


def _whole(make: Callable[[Path], Store], folder: Path, texts: list[str]) -> dict[str, Any]:
    """How many texts come back as they were, how many come back as something else, and what stopped it."""
    right, wrong, stopped = set(), set(), None
    try:
        store = make(folder)
        store.open()
        for number, text in store.texts():
            (right if text == texts[number] else wrong).add(number)
        store.close()
    except BaseException as error:  # Rust's panics are no Exception
        stopped = f"{type(error).__name__}: {error}".splitlines()[0].replace(f"{folder}/", "")[:120]
    return {"right": len(right), "wrong": len(wrong), "stopped": stopped}


def _vectors(path: str, dimensions: int) -> list[Vector]:
    """Rows of float32, as they lie in a file."""
    numbers = array.array("f", Path(path).read_bytes())
    return [numbers[at : at + dimensions].tolist() for at in range(0, len(numbers), dimensions)]


def words(query: str) -> list[str]:
    """A query's words without what some query language would take for an operator."""
    return ["".join(letter for letter in word if letter.isalnum()) for word in query.split()]


__all__ = ["Found", "K", "Store", "Vector", "run", "words"]

"""One query over memory files and rings: one list, best first, and what a ring has spilled into a file once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from memcodec.collection import Collection
from memcodec.file.filter import Filter
from memcodec.live.client import Client
from memcodec.live.spill import ID, written
from memcodec.model import Hit
from memcodec.search.results import Mode, Results


def search(
    files: Collection | None,
    rings: Sequence[Client],
    query: str,
    k: int,
    mode: Mode,
    only: Filter | None,
    **options: Any,
) -> Results:
    """The ``k`` best of all.

    Scores are from 0 to 1 and say the same of a file as of a ring, so they make one list. A ring is asked first: a line
    that it spills meanwhile is found in the file.
    """
    found = [ring.search(query, k, mode, only, **options) for ring in rings]
    if files is not None:
        known = [_after(files, ring) for ring in rings]
        found = [
            results if all(hit.chunk >= end for hit in results) else again(end)
            for results, end, again in zip(
                found, known, _asking(rings, query, k, mode, only, options), strict=True
            )
        ]
        found.append(files.search(query, k, mode, only, **options))
    return _joined(found, query, k)


def _asking(
    rings: Sequence[Client], query: str, k: int, mode: Mode, only: Filter | None, options: dict[str, Any]
) -> list[Callable[[int], Results]]:
    def asking(ring: Client) -> Callable[[int], Results]:
        return lambda start: ring.search(query, k, mode, only, start=start, **options)

    return [asking(ring) for ring in rings]


def _after(files: Collection, ring: Client) -> int:
    """The first line of a ring that is in none of the files."""
    name = str(ring.status()["id"])
    there = written((dict(each.tags) for each in files.documents(Filter(tags={ID: name}))), key=name)
    return there.end if there is not None else 0


def _joined(found: Sequence[Results], query: str, k: int) -> Results:
    hits: list[Hit] = sorted((hit for each in found for hit in each), key=lambda hit: -hit.score)[:k]
    modes = {each.mode for each in found}
    notes = tuple(dict.fromkeys(note for each in found for note in each.notes))
    last = found[-1]  # the files', if there are any
    return Results(
        query,
        "hybrid" if "hybrid" in modes or len(modes) > 1 else modes.pop(),
        [replace(hit, rank=rank) for rank, hit in enumerate(hits, 1)],
        notes,
        last.parsed,
        language=lambda: last.language,
        suggest=lambda: last.suggestion if not hits else None,
        late=last.late,
    )

"""Items in groups, each given as soon as it is known to be whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

_Item = TypeVar("_Item")


def batched(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Lists of ``size`` items; the last may be shorter. Python 3.12 has it in ``itertools``."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def grouped(items: Iterable[_Item], fits: Callable[[list[_Item], _Item], bool]) -> Iterator[list[_Item]]:
    """Lists of items that follow each other: one joins those before it if ``fits(group, item)``."""
    group: list[_Item] = []
    for item in items:
        if group and not fits(group, item):
            yield group
            group = []
        group.append(item)
    if group:
        yield group

"""memcodec: text knowledge as media files that search themselves.

import memcodec

with memcodec.create("notes.mp4") as memory:
    memory.add("The heron nests in April.", title="Herons")

with memcodec.open("notes.mp4") as memory:
    for hit in memory.search("nesting birds"):
        print(hit.score, hit.document.title, hit.text)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from memcodec.version import __version__

if TYPE_CHECKING:
    from memcodec.errors import MemcodecError
    from memcodec.memory import Memory, create, open
    from memcodec.model import Commit, Document, Hit, Line
    from memcodec.upkeep.convert import convert
    from memcodec.upkeep.merge import merge
    from memcodec.upkeep.repair import repair

__all__ = [
    "Commit",
    "Document",
    "Hit",
    "Line",
    "MemcodecError",
    "Memory",
    "__version__",
    "convert",
    "create",
    "merge",
    "open",
    "repair",
]

_HOMES = {
    "Commit": "model",
    "Document": "model",
    "Hit": "model",
    "Line": "model",
    "MemcodecError": "errors",
    "Memory": "memory",
    "convert": "upkeep.convert",
    "merge": "upkeep.merge",
    "create": "memory",
    "open": "memory",
    "repair": "upkeep.repair",
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that importing memcodec costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'memcodec' has no attribute {name!r}")
    return getattr(import_module(f"memcodec.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

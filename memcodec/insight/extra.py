"""What the extra ``insight`` brings, imported when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memcodec.errors import MissingExtra

if TYPE_CHECKING:
    pass


def __getattr__(name: str) -> Any:
    if name != "networkx":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        import networkx as found
    except ImportError:
        raise MissingExtra("insight needs networkx: pip install 'memcodec[insight]'") from None
    return found

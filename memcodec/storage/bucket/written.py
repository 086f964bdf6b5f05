"""What a target that goes far away holds so far, as the least that a source is made of."""

from __future__ import annotations

from collections.abc import Callable

from memcodec.storage.contract import Source


class Written:
    """The object that a target goes on from, if any (``base``), and what is new, both by ``read`` of the target."""

    def __init__(self, size: int, read: Callable[[int, int], bytes], base: Source | None) -> None:
        self.size, self.get_bytes, self.far = size, read, base is not None
        if base is not None:
            self.requests, self.prefetch, self.changed = base.requests, base.prefetch, base.changed

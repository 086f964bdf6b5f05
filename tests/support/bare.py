"""Objects with the least that a memory file is read from, as a caller may have written them."""

from __future__ import annotations


class Bare:
    """``get_bytes`` and ``size``, and nothing else."""

    def __init__(self, data: bytes, size: int | None = None) -> None:
        self._data = data
        self.size = len(data) if size is None else size

    def get_bytes(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]

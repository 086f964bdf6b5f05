"""The newest bytes of a file that goes elsewhere in parts: whole parts are handed on, the last few stay to be read."""

from __future__ import annotations

from collections.abc import Callable

from memcodec.errors import StorageError

PART = 8 << 20  #: bytes of a part
_KEPT = 2  # parts handed on that can still be read


class Window:
    """Bytes from ``start`` of the file on. The first part stays till the end if ``hold``: it may be patched."""

    def __init__(self, name: str, start: int, *, hold: bool) -> None:
        self._name, self.start, self._hold = name, start, hold
        self._parts: dict[int, bytearray] = {}
        self.size = 0  #: bytes, those no longer held included

    @property
    def end(self) -> int:
        return self.start + self.size

    def append(self, data: bytes | bytearray | memoryview, full: Callable[[int, bytes], None]) -> None:
        """Write at the end. ``full(number, bytes)`` gets every part that is full and not held back."""
        view = memoryview(data).cast("B")
        while len(view):
            number, used = divmod(self.size, PART)
            part = self._parts.setdefault(number, bytearray())
            part += view[: PART - used]
            taken = len(part) - used
            self.size, view = self.size + taken, view[taken:]
            if len(part) == PART and (number or not self._hold):
                full(number, bytes(part))
                self._forget(number)

    def _forget(self, number: int) -> None:
        if number - _KEPT >= (1 if self._hold else 0):
            self._parts.pop(number - _KEPT, None)

    def patch(self, offset: int, data: bytes) -> None:
        """Write over bytes of the first part."""
        place = offset - self.start
        if not self._hold or place < 0 or place + len(data) > min(PART, self.size):
            raise StorageError(
                f"{self._name}: bytes {offset}+{len(data)} are on their way and cannot be changed"
            )
        self._parts[0][place : place + len(data)] = data

    def read(self, offset: int, length: int) -> bytes:
        """Raises StorageError for bytes no longer held."""
        pieces, place, end = [], offset - self.start, offset - self.start + length
        while place < end:
            number, skip = divmod(place, PART)
            part = self._parts.get(number)
            if part is None:
                where = "lie in an unfinished upload; write a file here and publish it"
                raise StorageError(f"{self._name}: bytes {offset}+{length} {where}")
            pieces.append(bytes(part[skip : skip + end - place]))
            place += len(pieces[-1])
        return b"".join(pieces)

    def rest(self) -> list[tuple[int, bytes]]:
        """The parts not handed on: the one held back, and the last one."""
        numbers = {0} if self._hold and self.size else set()
        if self.size % PART:
            numbers.add(self.size // PART)
        return [(number, bytes(self._parts[number])) for number in sorted(numbers)]

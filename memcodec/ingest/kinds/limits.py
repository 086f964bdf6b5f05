"""What a file from a stranger may cost: the bounds that every module here keeps, and the checks they share."""

from __future__ import annotations

import time

from memcodec.config.units import format_count, format_size
from memcodec.errors import SourceError

MAX_TEXT = 1 << 26  #: characters taken out of one file
MAX_SECTIONS = 250_000  #: places and headings kept apart in one file
MAX_UNPACKED = 1 << 30  #: bytes that the members of one zip or tar may have together
MAX_MEMBERS = 10_000  #: files in one container
MAX_RATIO = 200  #: unpacked bytes for each packed one, beyond SMALL
SMALL = 1 << 26  #: unpacked bytes that need no look at the ratio
SECONDS = 60.0  #: after which a module stops by itself and notes what it left out


def check_unpacked(unpacked: int, packed: int, name: str) -> None:
    """Raises SourceError when ``unpacked`` bytes out of ``packed`` ones are too many, or too many for so few."""
    if unpacked > MAX_UNPACKED:
        raise SourceError(
            f"{name}: unpacks to more than {format_size(MAX_UNPACKED)}; take out what is needed"
        )
    if unpacked > SMALL and unpacked > MAX_RATIO * max(packed, 1):
        raise SourceError(
            f"{name}: unpacks to more than {MAX_RATIO} times its size, as zip bombs do; not read"
        )


def check_members(count: int, name: str) -> None:
    """Raises SourceError when ``count`` files in a container are too many."""
    if count > MAX_MEMBERS:
        raise SourceError(
            f"{name}: holds more than {format_count(MAX_MEMBERS)} files; unpack it and add the folder"
        )


class Deadline:
    """A time to stop at, counted from now."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Whether it is time to stop."""
        return time.monotonic() > self._end

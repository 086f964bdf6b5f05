"""What a file from a stranger may cost: the bounds that every module here keeps, and the checks they share."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from memcodec.config.units import format_count, format_size
from memcodec.errors import MemcodecError, MissingExtra, SourceError

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


class TimeLimit:
    """A time to stop at, counted from now."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Whether it is time to stop."""
        return time.monotonic() > self._end

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What is done within has a limit of its own."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._end += time.monotonic() - began


@contextmanager
def reading(name: str, kind: str) -> Iterator[None]:
    """Reads the file ``name`` as a ``kind`` ("PDF file"): what goes wrong within raises SourceError."""
    try:
        yield
    except MemcodecError:
        raise
    except RecursionError:
        raise SourceError(f"{name}: damaged {kind}: its parts are nested too deep") from None
    except MemoryError:
        raise SourceError(f"{name}: this {kind} needs more memory than allowed; split it") from None
    except Exception as error:  # the bytes are a stranger's: a parser may fail in any way it knows
        raise SourceError(f"{name}: damaged {kind}: {_reason(error)}") from error


def library(module: str, extra: str, what: str) -> ModuleType:
    """The module, imported when first needed. Raises MissingExtra when it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtra(f"reading {what} needs pip install 'memcodec[{extra}]'") from None


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())[:160]
    return text if " " in text else f"{type(error).__name__} {text}".strip()

"""What a setting may be: how its text is read, which values are allowed, and how that is said to a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from memcodec.config.units import parse_size
from memcodec.errors import ConfigError

_FLAGS = {"true": True, "yes": True, "on": True, "1": True}
_FLAGS |= {"false": False, "no": False, "off": False, "0": False}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """What a setting may be. ``check`` gives the value to keep or None; ``read`` turns text into a value.

    ``is_place``: it names a file; in a settings file, one beside that.
    """

    allowed: str
    check: Callable[[object], T | None]
    read: Callable[[str], object] = str
    is_place: bool = False

    def kept(self, value: object, where: str) -> T:
        """The value to keep. Raises ConfigError, which begins with ``where``."""
        kept = self.check(value)
        if kept is None:
            raise ConfigError(f"{where}: {value!r} is not allowed; give {self.allowed}")
        return kept


def name() -> Rule[str]:
    """Any text but blanks."""
    return Rule("a name", lambda value: value if isinstance(value, str) and value.strip() else None)


def place() -> Rule[str]:
    """A path or a URL; empty: none."""
    return Rule(
        "a file's path or URL",
        lambda value: value if isinstance(value, str) and "\0" not in value else None,
        is_place=True,
    )


def one_of(*names: str) -> Rule[str]:
    """One of ``names``."""
    return Rule(
        "one of " + ", ".join(names),
        lambda value: value if isinstance(value, str) and value in names else None,
    )


def one_number_of(*numbers: int) -> Rule[int]:
    """One of ``numbers``."""

    def check(value: object) -> int | None:
        right = isinstance(value, int) and not isinstance(value, bool) and value in numbers
        return value if right else None  # type: ignore[return-value]

    return Rule("one of " + ", ".join(map(str, numbers)), check, lambda text: _or_none(int, text))


def flag() -> Rule[bool]:
    """True or false; as text also yes/no, on/off, 1/0."""
    return Rule(
        "true or false",
        lambda value: value if isinstance(value, bool) else None,
        lambda t: _FLAGS.get(t.lower()),
    )


def whole(low: int, high: int) -> Rule[int]:
    """An integer, both ends included."""

    def check(value: object) -> int | None:
        right = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return value if right else None  # type: ignore[return-value]

    return Rule(f"a whole number from {low} to {high}", check, lambda text: _or_none(int, text))


def number(low: float, high: float) -> Rule[float]:
    """A number, both ends included."""

    def check(value: object) -> float | None:
        right = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        return float(value) if right else None  # type: ignore[arg-type]

    return Rule(f"a number from {low:g} to {high:g}", check, lambda text: _or_none(float, text))


def size() -> Rule[int]:
    """Bytes, as ``parse_size`` reads them."""

    def check(value: object) -> int | None:
        right = isinstance(value, int | str) and not isinstance(value, bool)
        return _or_none(parse_size, value) if right else None

    return Rule("a size such as 25MB, 1.5GiB or a number of bytes", check)


def names() -> Rule[tuple[str, ...]]:
    """Texts; as text separated by commas."""

    def check(value: object) -> tuple[str, ...] | None:
        right = isinstance(value, list | tuple) and all(
            isinstance(text, str) and text.strip() for text in value
        )
        return tuple(value) if right else None  # type: ignore[arg-type]

    def read(text: str) -> list[str]:
        return [part.strip() for part in text.split(",")] if text else []

    return Rule("a list of names", check, read)


def _or_none(convert: Callable[[Any], T], value: object) -> T | None:
    try:
        return convert(value)
    except (ValueError, ConfigError):
        return None

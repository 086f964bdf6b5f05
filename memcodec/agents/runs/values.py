"""Values of Python as JSON, and back: what calls are asked and what they answer.

What JSON lacks is an object with the key ``@t``: tuples, sets, bytes, times, numbers that are not finite, arrays, and
objects with fields (dataclasses, named tuples, enumerations, models of pydantic). A file may come from anybody: a class
that it names is made again only when it is one of those, its package is one that the caller names, and it was imported
already. Otherwise ``Answer`` stands for it, which has the same fields.
"""

from __future__ import annotations

import base64
import dataclasses
import enum
import math
import sys
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

from memcodec.agents.runs.identity import JSON
from memcodec.errors import ConfigError, Damaged

TAG = "@t"
_DEEPEST = 200
_LEFT_OUT = {
    "NotGiven",
    "Omit",
}  # what clients of OpenAI and Anthropic have for an argument that was not given


class Answer(dict[str, Any]):
    """The fields of a recorded object whose class is not here: ``answer.choices[0].message.content``."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the recorded answer has no {name!r}") from None


def encode(value: Any, *, asked: bool = False, what: str = "value") -> JSON:
    """A value as JSON. ``asked``: it is only compared, never made again, so that functions and classes may be in it.

    Raises ConfigError for what cannot be recorded.
    """
    return _encoded(value, asked, what, _DEEPEST)


def _encoded(value: Any, asked: bool, what: str, deep: int) -> JSON:
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        return value if math.isfinite(value) else {TAG: "float", "v": repr(value)}
    if not deep:
        raise ConfigError(f"{what}: cannot be recorded: it is nested more than {_DEEPEST} times")

    def inner(each: Any) -> JSON:
        return _encoded(each, asked, what, deep - 1)

    if kind is list:
        return [inner(each) for each in value]
    if kind is tuple:
        return {TAG: "tuple", "v": [inner(each) for each in value]}
    if kind is dict or kind is Answer:
        return _object(value, inner)
    return _other(value, asked, what, inner)


def _object(value: Mapping[Any, Any], inner: Any) -> JSON:
    items = [(key, each) for key, each in value.items() if type(each).__name__ not in _LEFT_OUT]
    if TAG not in value and all(type(key) is str for key, _ in items):
        return {key: inner(each) for key, each in items}
    return {TAG: "dict", "v": [[inner(key), inner(each)] for key, each in items]}


def _other(value: Any, asked: bool, what: str, inner: Any) -> JSON:
    if isinstance(value, enum.Enum):
        return {TAG: "enum", "c": _name(type(value)), "v": inner(value.value)}
    if isinstance(value, bytes | bytearray | memoryview):
        return {TAG: "bytes", "v": base64.b64encode(value).decode()}
    if isinstance(value, datetime | date):
        return {TAG: "datetime" if isinstance(value, datetime) else "date", "v": value.isoformat()}
    if isinstance(value, timedelta):
        return {TAG: "seconds", "v": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, UUID | Decimal):
        return {TAG: type(value).__name__.lower(), "v": str(value)}
    if isinstance(value, PurePath):
        return {TAG: "path", "v": str(value)}
    if isinstance(value, set | frozenset):
        found = sorted((inner(each) for each in value), key=repr)
        return {TAG: "set", "v": found}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {TAG: "named", "c": _name(type(value)), "v": [inner(each) for each in value]}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {each.name: inner(getattr(value, each.name)) for each in dataclasses.fields(value)}
        return {TAG: "data", "c": _name(type(value)), "v": fields}
    if hasattr(value, "model_dump") and hasattr(type(value), "model_validate"):
        dumped = value.model_dump(mode="json", exclude_unset=True, warnings=False)
        return {TAG: "model", "c": _name(type(value)), "v": inner(dumped)}
    if (numpy := sys.modules.get("numpy")) is not None and isinstance(value, numpy.ndarray | numpy.generic):
        return _array(value, what)
    return _like(value, asked, what, inner)


def _like(value: Any, asked: bool, what: str, inner: Any) -> JSON:
    """Of a class that derives from one of Python's; or a function or class, which is known by its name."""
    base: Any
    for base in (bool, int, float, str, list, tuple, dict):
        if isinstance(value, base):
            return inner(base(value))
    if isinstance(value, Mapping):
        return inner(dict(value))
    if asked and (isinstance(value, type) or callable(value)) and hasattr(value, "__qualname__"):
        return {TAG: "named by", "v": _name(value)}
    raise ConfigError(
        f"{what}: cannot be recorded: it is a {type(value).__qualname__}; record what can be written as JSON, "
        "or say by the argument key of call what the call depends on"
    )


def _array(value: Any, what: str) -> JSON:
    if value.dtype.hasobject:
        raise ConfigError(f"{what}: cannot be recorded: an array of objects; record a list")
    data = base64.b64encode(value.tobytes()).decode()
    return {TAG: "array", "d": value.dtype.str, "s": list(value.shape), "v": data}


def _name(kind: Any) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


# Back


def decode(value: JSON, packages: Collection[str] = ()) -> Any:
    """A value again. ``packages``: whose classes may be made. Raises Damaged for what ``encode`` never wrote."""
    try:
        return _decoded(value, packages)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise Damaged(
            f"a recorded value cannot be read: {type(error).__name__}; check the file with `verify()`"
        ) from None


def _decoded(value: JSON, packages: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_decoded(each, packages) for each in value]
    if not isinstance(value, dict):
        return value
    tag = value.get(TAG)
    if tag is None:
        return {key: _decoded(each, packages) for key, each in value.items()}
    if tag in _PLAIN:
        return _PLAIN[tag](value["v"])
    if tag == "array":
        return _array_again(value)
    if tag == "dict":
        return {_hashable(_decoded(key, packages)): _decoded(each, packages) for key, each in value["v"]}
    if tag in ("tuple", "set"):
        return (tuple if tag == "tuple" else set)(_decoded(each, packages) for each in value["v"])
    return _made(tag, str(value.get("c", "")), _decoded(value["v"], packages), packages)


_PLAIN: dict[str, Any] = {
    "float": float,
    "bytes": base64.b64decode,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "seconds": lambda each: timedelta(*each),
    "uuid": UUID,
    "decimal": Decimal,
    "path": PurePath,
    "named by": str,
}


def _hashable(key: Any) -> Any:
    return tuple(key) if isinstance(key, list) else key


def _array_again(value: Mapping[str, JSON]) -> Any:
    import numpy as np

    kind = np.dtype(str(value["d"]))
    if kind.hasobject:
        raise ValueError("an array of objects")
    return np.frombuffer(base64.b64decode(value["v"]), kind).reshape(value["s"]).copy()


def _made(tag: str, name: str, fields: Any, packages: Collection[str]) -> Any:
    kind = class_of(name, packages)
    if kind is not None:
        try:
            if tag == "model" and hasattr(kind, "model_validate"):
                return kind.model_validate(fields)
            if tag == "data" and dataclasses.is_dataclass(kind):
                return kind(**fields)
            if tag == "enum" and issubclass(kind, enum.Enum):
                return kind(fields)
            if tag == "named" and issubclass(kind, tuple) and hasattr(kind, "_fields"):
                return kind(*fields)
        except (TypeError, ValueError):  # another version of the class
            pass
    return Answer(fields) if isinstance(fields, dict) else fields


def class_of(name: str, packages: Collection[str]) -> type | None:
    """The class of that name, ``module:Name``, if its package is one of those and it was imported already."""
    module, _, path = name.partition(":")
    if module.partition(".")[0] not in packages:
        return None
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) and _name(found) == name else None

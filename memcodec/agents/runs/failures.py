"""What calls raised, recorded and raised again."""

from __future__ import annotations

import builtins
import contextlib
import json
from collections.abc import Collection
from typing import Any

from memcodec.agents.runs.identity import JSON
from memcodec.agents.runs.values import class_of
from memcodec.errors import MemcodecError

CANCELLED = {"type": "cancelled"}
_FIELDS = ("message", "code", "param", "type", "status_code", "request_id", "errno", "strerror", "filename")


class CallFailed(MemcodecError):
    """A recorded call failed with an error whose class is not here; its message begins with the class's name."""


def told(error: Exception) -> dict[str, Any]:
    """An error as JSON: its class, what it was made of, what it says."""
    kind = type(error)
    fields = {name: getattr(error, name, None) for name in _FIELDS}
    return {
        "type": f"{kind.__module__}:{kind.__qualname__}",
        "text": str(error)[:10_000],
        "args": [each for each in error.args if _is_plain(each)],
        "fields": {name: value for name, value in fields.items() if value is not None and _is_plain(value)},
    }


def _is_plain(value: Any) -> bool:
    if not isinstance(value, str | int | float | bool | list | dict | None):
        return False
    try:
        return len(json.dumps(value, allow_nan=False)) < 100_000
    except (TypeError, ValueError, RecursionError):
        return False


def again(recorded: JSON, packages: Collection[str]) -> Exception:
    """The error again: of its own class, if that is one of Python's or of the packages named; or ``CallFailed``."""
    name, text = str(recorded.get("type", "")), str(recorded.get("text", ""))
    args, fields = recorded.get("args") or [], recorded.get("fields") or {}
    module, _, path = name.partition(":")
    kind: Any = getattr(builtins, path, None) if module == "builtins" else class_of(name, packages)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        return CallFailed(f"{path or 'error'}: {text}")
    if module == "builtins":
        try:
            made: Exception = kind(*args)
        except TypeError:
            return CallFailed(f"{path}: {text}")
        return made
    made = kind.__new__(kind)  # its constructor may want what is gone: a response, a connection
    made.args = (text,)
    for key, value in fields.items():
        with contextlib.suppress(AttributeError, TypeError):
            setattr(made, str(key), value)
    return made

"""Turns whatever a parser makes of a damaged file into one line, and a missing library into the pip line."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from memcodec.errors import MemcodecError, MissingExtra, SourceError


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

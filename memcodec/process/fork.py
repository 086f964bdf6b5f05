"""After fork(2): what the child must not share with its parent is let go or replaced there, before anything else runs.

A child has its parent's open files and a copy of its locks, but none of its other threads: a lock that one of these
held is never let go, and a file lock (flock(2)) stays held as long as either process has the file open.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, TypeVar

T = TypeVar("T")

_WATCHED: weakref.WeakKeyDictionary[Any, Callable[[Any], None]] = weakref.WeakKeyDictionary()
_KEPT: list[object] = []


def watch(owner: T, in_child: Callable[[T], None]) -> None:
    """Have ``in_child(owner)`` called in every child that is forked while ``owner`` lives. It takes no locks."""
    _WATCHED[owner] = in_child


def keep(*things: object) -> None:
    """In a child: leave what is the parent's as it is. To end an encoder, say, would wait for threads that are gone."""
    _KEPT.extend(things)


def _begin_child() -> None:
    for owner, in_child in list(_WATCHED.items()):
        in_child(owner)
    for lock in _property_locks():
        lock._at_fork_reinit()


def _property_locks() -> Iterator[Any]:
    """Before Python 3.12 every cached property has a lock, which all objects of its class share."""
    if sys.version_info >= (3, 12):
        return
    ours = [module for name, module in list(sys.modules.items()) if name.startswith("memcodec")]
    classes = {id(each): each for module in ours for each in vars(module).values() if isinstance(each, type)}
    for kind in classes.values():
        found = [each for each in vars(kind).values() if isinstance(each, cached_property)]
        yield from (each.lock for each in found if hasattr(each, "lock"))


class ModuleLock:
    """A lock of a module, which no child finds held."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        watch(self, ModuleLock._renew)

    def _renew(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_child)

"""A ring of now: the newest lines of a stream in memory, found by words and by meaning from the moment they come.

``ring.py`` is its face: it stands on ``searched.py``, what it is asked, and that on ``held.py``, what it holds.
``lines.py`` has the texts, ``clock.py`` says what has expired, ``meaning.py`` makes vectors, ``view.py`` is what search
sees. ``spill.py`` writes what flows out into a memory file. ``server.py`` and ``client.py`` are the two ends of a
socket, by which other processes reach a ring (``names.py``).

``memcodec.live(...)`` makes one: this module is called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Called(ModuleType):
    """What ``memcodec.live`` is: this module, which makes a ring when it is called."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        from memcodec.live.making import live

        return live(*args, **options)


sys.modules[__name__].__class__ = _Called

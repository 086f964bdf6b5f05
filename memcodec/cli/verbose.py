"""``--verbose``: what memcodec logs, on standard error; nothing that a stranger wrote steers the terminal."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator

from memcodec.cli import console

_LOGGER = logging.getLogger("memcodec")


class _Clean(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return console.dim(console.clean(super().format(record)))


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Show all that is logged, and where an error comes from that ends it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Clean("%(relativeCreated)6d ms  %(name)s: %(message)s"))
    before, _LOGGER.propagate = _LOGGER.level, False
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.DEBUG)
    try:
        yield
    except Exception as error:
        if (cause := error.__cause__) is not None:
            _LOGGER.debug("failed", exc_info=cause)
        raise
    finally:
        _LOGGER.removeHandler(handler)
        _LOGGER.setLevel(before)
        _LOGGER.propagate = True

"""A replay reaches nobody: connections are refused while one is under way.

Python tells its audit hooks (PEP 578) before a socket connects or a name is looked up. What C libraries and child
processes do by themselves it is not told; ``unshare -n`` keeps those from the network too. Sockets of this machine's
file system are let through.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import Any

from memcodec.errors import StorageError

_EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}
_lock = threading.Lock()
_refusing = 0
_hooked = False


class Refused(StorageError, ConnectionError):
    """A replay wanted to reach the network."""


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """Inside, this process connects to nobody: whoever tries gets ``Refused``."""
    global _hooked, _refusing
    with _lock:
        if not _hooked:
            sys.addaudithook(_hook)  # it cannot be taken away again
            _hooked = True
        _refusing += 1
    try:
        yield
    finally:
        with _lock:
            _refusing -= 1


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _refusing or event not in _EVENTS:
        return
    address = args[_EVENTS[event]] if len(args) > _EVENTS[event] else None
    if event != "socket.getaddrinfo" and not isinstance(address, tuple):
        return
    where = address[0] if isinstance(address, tuple) and address else address
    raise Refused(f"{where}: a replay reaches no network; what was not recorded has no answer")

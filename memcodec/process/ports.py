"""Where a service of this machine listens."""

from __future__ import annotations

import socket
from typing import Final

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})  #: this machine's own network


def split(where: str) -> tuple[str, int]:
    """``HOST:PORT`` or ``[::1]:PORT``. Raises ValueError for anything else."""
    host, colon, port = where.rpartition(":")
    host = host.strip("[]")
    if not colon or not host or not port.isascii() or not port.isdecimal() or int(port) > 0xFFFF:
        raise ValueError(where)
    return host, int(port)


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0: any. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server((host, port), family=family)
    # asyncio switches Nagle's waiting off on sockets that say they are TCP; accepted ones say as this one does.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=made.detach())

"""A service at its port, until it is told to stop; what was begun is then ended, and what was taken is committed."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

GRACE = 30  #: seconds for requests that are under way when the service is to stop
_AT_ONCE = 2000  # connections
_TURN = 0.001  # seconds
_HEAD = 1 << 20  # bytes of a request line and headers


class Server(uvicorn.Server):
    """One that leaves signals to the command."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="on",
                ws="websockets-sansio",
                ws_max_size=1 << 20,
                ws_max_queue=16,
                h11_max_incomplete_event_size=_HEAD,
                limit_concurrency=_AT_ONCE,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=GRACE,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As it is: the command has its own."""
        yield

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """As it is; threads that read leave the one that speaks to clients its turn soon."""
        sys.setswitchinterval(_TURN)
        super().run(sockets)

    def stop(self) -> None:
        """Take no more connections, and end what is under way. For a signal's handler."""
        self.should_exit = True


def url_of(listening: socket.socket, host: str) -> str:
    """Where a service is to be found."""
    port = listening.getsockname()[1]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

"""A service whose notes rest sooner: `python -m tests.service.notes.serving FILE PORT REST`."""

from __future__ import annotations

import signal
import sys

from memcodec import Settings
from memcodec.process import ports
from memcodec.service.app import build
from memcodec.service.guard import Rules
from memcodec.service.notes.pace import Pace
from memcodec.service.running import Server, url_of
from memcodec.service.shelf import Shelf


def main(file: str, port: str, rest: str) -> None:
    shelf = Shelf([file], Settings(), writable=True)
    pace = Pace(rest=float(rest), longest=12 * float(rest))
    server = Server(build(shelf, Rules(None, ports.LOCAL, frozenset(), 1 << 20, 0.0), pace))
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    with ports.bind("127.0.0.1", int(port)) as listening:
        print(f"served at {url_of(listening, '127.0.0.1')}", file=sys.stderr, flush=True)  # noqa: T201
        server.run(sockets=[listening])


main(*sys.argv[1:])

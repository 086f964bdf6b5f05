"""Many command lines, each a process of its own, without Python's start and imports: a server that forks.

``python zygote.py SOCKET`` imports memcodec and listens; ``launcher`` writes the program that asks it. What runs is
the real command line, with the caller's standard streams, working directory and environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

#: What most commands load: those that are forked have it already.
_LOADED = (
    *("av", "dateparser", "numpy", "onnxruntime", "tokenizers", "zstandard", "zxingcpp"),
    *("memcodec.answers", "memcodec.collection", "memcodec.file.writer", "memcodec.search.engine"),
    *("memcodec_audio.writer", "memcodec_video.writer"),
)
_LAUNCHER = """#!{python} -IS
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(server, [len(asked).to_bytes(4, "big")], [0, 1, 2])
server.sendall(asked)
sys.exit(server.recv(1)[0])
"""


@contextlib.contextmanager
def launcher(folder: Path) -> Iterator[Path]:
    """A folder for ``PATH`` with the program ``memcodec`` in it, for as long as the context lasts."""
    address, program = folder / "socket", folder / "bin" / "memcodec"
    program.parent.mkdir(parents=True)
    program.write_text(_LAUNCHER.format(python=sys.executable, address=str(address)))
    program.chmod(0o755)
    with subprocess.Popen([sys.executable, "-m", "tests.support.zygote", str(address)]) as server:
        try:
            until = time.monotonic() + 60
            while not address.exists():
                assert server.poll() is None and time.monotonic() < until, "the server does not start"
                time.sleep(0.02)
            yield program.parent
        finally:
            server.terminate()


def _serve(address: str) -> None:
    """Fork for each that asks; in the child this returns, ready to be a command."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(f"{address}.new")
    listening.listen(64)
    os.rename(f"{address}.new", address)  # noqa: PTH104
    while True:
        asking, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            return _command(asking)
        asking.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _command(asking: socket.socket) -> None:
    """Be the command's process; another one waits for it and tells the exit status."""
    head, streams, _, _ = socket.recv_fds(asking, 4, 3)
    with asking.makefile("rb") as file:
        arguments, directory, environment = json.loads(file.read(int.from_bytes(head, "big")))
    if child := os.fork():
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        asking.sendall(bytes([status if status >= 0 else 128 - status]))
        os._exit(0)
    asking.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments


if __name__ == "__main__":
    from importlib import import_module

    from memcodec.cli import COMMANDS, main

    for name in COMMANDS:
        main.get_command(None, name)  # type: ignore[arg-type]
    for name in _LOADED:
        import_module(name)

    _serve(sys.argv[1])
    main(prog_name="memcodec")

"""What the processes do that the reliability tests start. Imports no test framework: they begin in a blink."""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import memcodec
from memcodec.errors import MemcodecError, StorageError
from memcodec.file.restore import read_documents

_PIECE = 1024
_PAUSE = 0.0005  # seconds a slow disk takes for a piece


def command(words: Sequence[str], output: Connection, slow: bool = False) -> None:
    """Run ``memcodec`` with these words; what it prints goes to ``output``. ``slow``: the disk is."""
    from memcodec.cli import main

    if slow:
        _slow_down()
    sys.stdout = open(os.dup(output.fileno()), "w")  # noqa: SIM115, PTH123 - as long as the process lives
    output.close()
    main(list(words))


def slow_command(words: Sequence[str], output: Connection) -> None:
    """The same on a slow disk."""
    command(words, output, slow=True)


def without_room(
    words: Sequence[str], limit: int, folder: str, environment: dict[str, str], output: Connection
) -> None:
    """Run ``memcodec`` where no file may have more bytes than ``limit``; its errors go to ``output``."""
    from memcodec.cli import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - as long as the process lives
    sys.stderr = open(os.dup(output.fileno()), "w")  # noqa: SIM115, PTH123
    output.close()
    main(list(words))


def _slow_down() -> None:
    """Write in small pieces with pauses, so that a kill often comes in the middle of a write or a sync."""
    pwrite, fsync = os.pwrite, os.fsync

    def slow_pwrite(fd: int, data: memoryview, offset: int) -> int:
        time.sleep(_PAUSE)
        return pwrite(fd, data[:_PIECE], offset)

    def slow_fsync(fd: int) -> None:
        time.sleep(4 * _PAUSE)
        fsync(fd)

    os.pwrite, os.fsync = slow_pwrite, slow_fsync  # type: ignore[assignment]


def killed_command(words: Sequence[str], call: int) -> None:
    """Run ``memcodec`` with these words, and be killed before that call that changes a file or a name."""
    from memcodec.cli import main

    left = call

    def counted(real: Any) -> Any:
        def do(*args: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **options)

        return do

    for name in ("pwrite", "fsync", "link", "rename", "replace", "unlink"):
        setattr(os, name, counted(getattr(os, name)))
    main(list(words))


def hold(path: Path, ready: Connection) -> None:
    """Take the file's lock, write half a commit and wait to be killed."""
    from memcodec.storage import LocalTarget

    target = LocalTarget.reopen(path)
    target.append(b"\0" * 5000)
    ready.send(os.getpid())
    time.sleep(600)


def watch(path: Path, output: Connection) -> None:
    """Open, list and search the file until told to stop; send the states seen, the longest time, and how often."""
    seen, slowest, count, told = set[frozenset[tuple[str, str]]](), 0.0, 0, False
    while not told:
        told = output.poll(0.02)  # ten readers must leave the writers some time
        began = time.monotonic()
        with memcodec.open(path) as memory:
            state = frozenset((document.uri, document.sha256) for document in memory.documents())
            hits = memory.search("heron kettle", mode="lexical")
        slowest, count = max(slowest, time.monotonic() - began), count + 1
        if not {(hit.document.uri, hit.document.sha256) for hit in hits} <= state:
            state |= {("a hit of a document that is not there", "")}
        seen.add(state)
        if count == 1:
            output.send("reading")
    output.send((seen, slowest, count))


def outlive(path: Path, output: Connection) -> None:
    """Open the file, wait for a word, then read all that is in it."""
    with memcodec.open(path) as memory:
        output.send("open")
        output.recv()
        hits = [hit.text for hit in memory.search("heron kettle", mode="lexical")]
        read = [
            (stored.document.uri, hashlib.sha256(data or b"").hexdigest())
            for stored, data, _ in read_documents(memory.reader, lambda stored: True)
        ]
        with contextlib.suppress(StorageError):  # it looks at the torn tail too: gone, it says
            memory.verify()
        output.send((hits, read))


def fill(path: Path, limit: int, documents: dict[str, str], output: Connection) -> None:
    """Append while no file may be larger than that, as the operating system will have it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        with memcodec.open(path) as memory:
            for uri, text in documents.items():
                memory.add(text, uri=uri)
    except MemcodecError as error:
        output.send(str(error))
    else:
        output.send("no error")

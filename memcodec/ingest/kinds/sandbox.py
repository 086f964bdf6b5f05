"""Reads files in a child process, which may take so much memory and time and no more: a parser that hangs, eats
memory or crashes on a stranger's file costs that file alone.

The child lives on for the next file. What goes over the pipes: a line of JSON, then bytes; back, a line of JSON.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import fields
from datetime import datetime
from typing import Any, BinaryIO

from memcodec import children, errors
from memcodec.config.units import format_size
from memcodec.errors import MemcodecError, SourceError
from memcodec.ingest.kinds.extracted import Extracted, TextSection

SECONDS = 180.0  #: for one file
MEMORY = 3 << 30  #: bytes of data that the child may hold, where the system counts them: Windows does not
_MAX_REPLY = 1 << 30


def extract(data: bytes, name: str, *, kind: str | None = None, seconds: float = SECONDS) -> Extracted:
    """As ``kinds.extract``, in the child. Raises SourceError also when it takes too long or crashes."""
    with _LOCK:
        reply = _ask({"name": name, "kind": kind, "size": len(data), "seconds": seconds}, data)
    if "error" in reply:
        raise getattr(errors, reply["error"])(reply["message"])
    return _unpacked(reply)


_LOCK = threading.Lock()
_child: tuple[int, subprocess.Popen[bytes]] | None = None


def _ask(question: dict[str, Any], data: bytes) -> dict[str, Any]:
    child = _running()
    assert child.stdin is not None and child.stdout is not None  # they are pipes
    began = time.monotonic()
    try:
        child.stdin.write(json.dumps(question).encode() + b"\n")
        child.stdin.write(data)
        child.stdin.flush()
        line = child.stdout.readline(_MAX_REPLY)
    except OSError:  # it is gone: EPIPE, or EINVAL under Windows
        line = b""
    except BaseException:  # interrupted half way: its next answer would be to this question
        close()
        raise
    if line.endswith(b"\n"):
        reply: dict[str, Any] = json.loads(line)
        return reply
    is_late = time.monotonic() - began >= question["seconds"]
    close()
    if is_late:
        why = f"reading it took more than {question['seconds']:.0f} s; split it"
    else:
        cause = f"crashed (exit {child.returncode}) or needed more than {format_size(MEMORY)}"
        why = f"its reader {cause}; damaged or too large"
    return {"error": "SourceError", "message": f"{question['name']}: {why}"}


def _running() -> subprocess.Popen[bytes]:
    """The child of this very process: after a fork, the pipes of another's are not ours to use."""
    global _child
    if _child is None or _child[0] != os.getpid() or _child[1].poll() is not None:
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP
        process = children.start(
            "-c",
            f"from {__name__} import serve; serve({MEMORY})",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # an interrupt from the keyboard is its parent's business
            creationflags=flags,
        )
        _child = os.getpid(), process
    return _child[1]


def close() -> None:
    """Ends the child, if there is one; the next ``extract`` starts another."""
    global _child
    if _child is not None and _child[0] == os.getpid():
        process = _child[1]
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
        process.kill()
        process.wait()
    _child = None


atexit.register(close)


def serve(memory: int) -> None:
    """The child: answers until its input ends, holding at most ``memory`` bytes of data."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak between the answers
    _limit(memory)
    while line := questions.readline():
        question = json.loads(line)
        data = _exactly(questions, question["size"])
        # It ends the process from a thread that needs nothing of Python: also while a parser in C holds all of that.
        faulthandler.dump_traceback_later(question["seconds"], exit=True)
        reply = json.dumps(_answer(data, question["name"], question["kind"]))
        faulthandler.cancel_dump_traceback_later()
        answers.write(reply.encode() + b"\n")
        answers.flush()


def _limit(memory: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    limit = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    with contextlib.suppress(OSError, ValueError):  # macOS may refuse it
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise SystemExit(1)
    return data


def _answer(data: bytes, name: str, kind: str | None) -> dict[str, Any]:
    from memcodec.ingest import kinds

    try:
        return _packed(kinds.extract(data, name, kind=kind))
    except MemcodecError as error:
        return {"error": type(error).__name__, "message": str(error)}
    except MemoryError:
        return {
            "error": SourceError.__name__,
            "message": f"{name}: needs more than {format_size(MEMORY)}; split it",
        }


def _packed(found: Extracted) -> dict[str, Any]:
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    return {**values, "tags": dict(found.tags), "time": found.time.isoformat() if found.time else None}


def _unpacked(reply: dict[str, Any]) -> Extracted:
    sections = tuple(TextSection(start, tuple(path), place) for start, path, place in reply["sections"])
    time = datetime.fromisoformat(reply["time"]) if reply["time"] else None
    return Extracted(**{**reply, "sections": sections, "time": time, "notes": tuple(reply["notes"])})

"""Reads files in a confined child process, which may take so much memory and time and no more: a parser that hangs,
eats memory or crashes on a stranger's file costs that file alone, and one that is taken over reaches no other.

The child lives on for the next file. What goes over the pipes: a line of JSON, then bytes; back, lines of JSON: how far
it is (``{"done": 3, "total": 9}``) as often as it reads a picture, and last what it found.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import faulthandler
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from memcodec.config.units import format_size
from memcodec.errors import MemcodecError, SourceError
from memcodec.ingest.kinds.extracted import Extracted, TextSection
from memcodec.ingest.kinds.recognition import NOT_WANTED, Recognition, Wanted
from memcodec.isolation import child
from memcodec.isolation.confine import confine
from memcodec.process import children, fork
from memcodec.process.scratch import Scratch

SECONDS = 180.0  #: for one file, and for each of its pictures that is read
_GRACE = 5.0  # seconds
_MAX_REPLY = 1 << 30


def extract(
    data: bytes,
    name: str,
    *,
    kind: str | None = None,
    wanted: Wanted = NOT_WANTED,
    progress: Callable[[int, int], None] | None = None,
    seconds: float = SECONDS,
) -> Extracted:
    """As ``kinds.extract``, in the child. Raises SourceError also when it takes too long or crashes.

    ``wanted`` of its pictures; ``progress`` is called with how many are read, and of how many: 0 is not known.
    """
    question = {"name": name, "kind": kind, "size": len(data), "seconds": seconds, "wanted": wanted}
    with _LOCK:
        reply = _ask(question, data, progress or (lambda done, total: None))
    try:
        if "error" in reply:
            raise child.error_of(reply["error"], reply["message"])
        return _unpacked(reply)
    except (LookupError, TypeError, ValueError, child.Ended):  # a child that was taken over says anything
        raise SourceError(f"{name}: its reader gave no sense; damaged") from None


def square(data: bytes, name: str, side: int, *, seconds: float = SECONDS) -> bytes:
    """As ``bitmaps.square``, in the child. Raises SourceError also when it takes too long or crashes."""
    question = {"name": name, "size": len(data), "seconds": seconds, "side": side}
    with _LOCK:
        reply = _ask(question, data, lambda done, total: None)
    try:
        if "error" in reply:
            raise child.error_of(reply["error"], reply["message"])
        pixels = base64.b64decode(reply["pixels"])
    except (LookupError, TypeError, ValueError, child.Ended):
        pixels = b""
    if len(pixels) != 3 * side * side:
        raise SourceError(f"{name}: its reader gave no sense; damaged")
    return pixels


class _Child(NamedTuple):
    parent: int
    process: subprocess.Popen[bytes]
    scratch: Scratch
    memory: int  #: bytes that it may hold, where the system counts them: Windows does not


_LOCK = fork.ModuleLock()
_child: _Child | None = None


def _ask(question: dict[str, Any], data: bytes, progress: Callable[[int, int], None]) -> dict[str, Any]:
    running = _running()
    process = running.process
    began = time.monotonic()
    try:
        reply = _answered(process, question, data)
        while reply is not None and "done" in reply:
            progress(int(reply["done"]), int(reply["total"]))
            began = time.monotonic()
            reply = _answered(process, question)
    except BaseException:  # interrupted half way: its next answer would be to this question
        close()
        raise
    if reply is not None:
        return reply
    is_late = time.monotonic() - began >= question["seconds"]
    close()
    if is_late:
        why = f"reading it took more than {question['seconds']:.0f} s; split it"
    else:
        cause = f"crashed (exit {process.returncode}) or needed more than {format_size(running.memory)}"
        why = f"its reader {cause}; damaged or too large"
    return {"error": "SourceError", "message": f"{question['name']}: {why}"}


def _answered(
    process: subprocess.Popen[bytes], question: dict[str, Any], data: bytes | None = None
) -> dict[str, Any] | None:
    """The next line, to ``question`` when that is to be asked with ``data``; None when there is none of sense."""
    assert process.stdin is not None and process.stdout is not None  # they are pipes
    killer = threading.Timer(question["seconds"] + _GRACE, process.kill)  # should it not end itself
    killer.start()
    line = b""
    try:
        if data is not None:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.write(data)
            process.stdin.flush()
        line = process.stdout.readline(_MAX_REPLY)
    except OSError:  # it is gone: EPIPE, or EINVAL under Windows
        pass
    finally:
        killer.cancel()
    if line.endswith(b"\n"):
        with contextlib.suppress(ValueError, RecursionError):
            reply: dict[str, Any] = json.loads(line)
            return reply
    return None


def _running() -> _Child:
    """The child of this very process: after a fork, the pipes of another's are not ours to use."""
    global _child
    if _child is not None and _child.parent == os.getpid() and _child.process.poll() is not None:
        close()
    if _child is None or _child.parent != os.getpid():
        scratch, memory = Scratch(), child.memory()
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP
        process = children.start(
            "-c",
            f"from {__name__} import serve; serve({memory})",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child.environment(scratch.path),
            start_new_session=True,  # an interrupt from the keyboard is its parent's business
            creationflags=flags,
        )
        _child = _Child(os.getpid(), process, scratch, memory)
    return _child


def close() -> None:
    """Ends the child, if there is one; the next ``extract`` starts another."""
    global _child
    if _child is not None and _child.parent == os.getpid():
        process = _child.process
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
        process.kill()
        process.wait()
        _child.scratch.close()
    _child = None


atexit.register(close)


def serve(memory: int) -> None:
    """The child: answers until its input ends, holding at most ``memory`` bytes of data."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak between the answers
    confine(memory)
    while line := questions.readline():
        question = json.loads(line)
        data = _exactly(questions, question["size"])
        told = partial(_tell, answers, question["seconds"])
        # It ends the process from a thread that needs nothing of Python: also while a parser in C holds all of that.
        faulthandler.dump_traceback_later(question["seconds"], exit=True)
        reply = _answer(data, question, told, memory)
        faulthandler.cancel_dump_traceback_later()
        _say(answers, reply)


def _tell(answers: BinaryIO, seconds: float, done: int, total: int) -> None:
    """How many pictures are read; the next has as much time as this."""
    faulthandler.dump_traceback_later(seconds, exit=True)
    _say(answers, {"done": done, "total": total})


def _say(answers: BinaryIO, reply: dict[str, Any]) -> None:
    answers.write(json.dumps(reply).encode() + b"\n")
    answers.flush()


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise SystemExit(1)
    return data


def _answer(
    data: bytes, question: dict[str, Any], told: Callable[[int, int], None], memory: int
) -> dict[str, Any]:
    from memcodec.ingest import kinds
    from memcodec.ingest.kinds import bitmaps

    name = question["name"]
    try:
        if "side" in question:
            return {"pixels": base64.b64encode(bitmaps.square(data, name, question["side"])).decode()}
        recognition = Recognition(Wanted(*question["wanted"]), told)
        return _packed(kinds.extract(data, name, kind=question["kind"], recognition=recognition))
    except MemcodecError as error:
        return {"error": type(error).__name__, "message": str(error)}
    except MemoryError:
        return {
            "error": SourceError.__name__,
            "message": f"{name}: needs more than {format_size(memory)}; split it",
        }


def _packed(found: Extracted) -> dict[str, Any]:
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    return {**values, "tags": dict(found.tags), "time": found.time.isoformat() if found.time else None}


def _unpacked(reply: dict[str, Any]) -> Extracted:
    sections = tuple(TextSection(start, tuple(path), place) for start, path, place in reply["sections"])
    time = datetime.fromisoformat(reply["time"]) if reply["time"] else None
    return Extracted(**{**reply, "sections": sections, "time": time, "notes": tuple(reply["notes"])})

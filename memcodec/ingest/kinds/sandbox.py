"""Reads files in confined child processes, which may take so much memory and time and no more: a parser that hangs,
eats memory or crashes on a stranger's file costs that file alone, and one that is taken over reaches no other.

A child lives on for the next file, and there are as many as threads that have files read at once. What goes over the
pipes: a line of JSON with questions, then the bytes of their files; back, lines of JSON: how far it is (``{"done": 3,
"total": 9}``) as often as it reads a picture, and what it found in each file, in their order.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import faulthandler
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from memcodec.config.units import format_size
from memcodec.errors import MemcodecError, SourceError
from memcodec.ingest.kinds.extracted import Extracted, TextSection
from memcodec.ingest.kinds.recognition import NOT_WANTED, Recognition, Wanted
from memcodec.isolation import child
from memcodec.isolation.child import Watch
from memcodec.isolation.confine import confine
from memcodec.process import children, fork, machine
from memcodec.process.scratch import Scratch

SECONDS = 180.0  #: for one file, and for each of its pictures that is read
CHILDREN = min(8, machine.workers(128 << 20))  #: that work at once, or wait for work
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
    question = _question(name, data, seconds, kind=kind, wanted=wanted)
    (reply,) = _ask([question], [data], progress or (lambda done, total: None))
    if isinstance(found := _made(reply, name), MemcodecError):
        raise found
    return found


class Asked(NamedTuple):
    """A file of text to be read."""

    data: bytes
    name: str
    kind: str


def extract_first(files: Sequence[Asked], *, seconds: float = SECONDS) -> list[Extracted | MemcodecError]:
    """As ``extract`` of each of some files, asked for together: what is in them, or else the error.

    They end with one that the child did not survive: ask for those behind it again.
    """
    questions = [
        _question(each.name, each.data, seconds, kind=each.kind, wanted=NOT_WANTED) for each in files
    ]
    replies = _ask(questions, [each.data for each in files], lambda done, total: None)
    return [_made(reply, each.name) for reply, each in zip(replies, files, strict=False)]


def square(data: bytes, name: str, side: int, *, seconds: float = SECONDS) -> bytes:
    """As ``bitmaps.square``, in the child. Raises SourceError also when it takes too long or crashes."""
    question = _question(name, data, seconds, side=side)
    (reply,) = _ask([question], [data], lambda done, total: None)
    try:
        if "error" in reply:
            raise child.error_of(reply["error"], reply["message"])
        pixels = base64.b64decode(reply["pixels"])
    except (LookupError, TypeError, ValueError, child.Ended):
        pixels = b""
    if len(pixels) != 3 * side * side:
        raise SourceError(f"{name}: its reader gave no sense; damaged")
    return pixels


def _question(name: str, data: bytes, seconds: float, **asked: Any) -> dict[str, Any]:
    return {"name": name, "size": len(data), "seconds": seconds, **asked}


def _made(reply: dict[str, Any], name: str) -> Extracted | MemcodecError:
    """What a reply says is in a file, or why that is not known."""
    try:
        if "error" not in reply:
            return _unpacked(reply)
        error = child.error_of(reply["error"], reply["message"])
        if isinstance(error, MemcodecError):
            return error
    except (LookupError, TypeError, ValueError):  # a child that was taken over says anything
        pass
    return SourceError(f"{name}: its reader gave no sense; damaged")


class _Child:
    """One child, for one question at a time. It belongs to this very process: after a fork, not to the other."""

    def __init__(self) -> None:
        self.parent, self.scratch = os.getpid(), Scratch()
        memory = self.memory = (
            child.memory()
        )  #: bytes that it may hold, where the system counts them: Windows does not
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP
        self.process = children.start(
            "-c",
            f"from {__name__} import serve; serve({memory})",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child.environment(self.scratch.path),
            start_new_session=True,  # an interrupt from the keyboard is its parent's business
            creationflags=flags,
        )
        self._watch = Watch(self.process)

    @property
    def is_ours(self) -> bool:
        return self.parent == os.getpid()

    def ask(
        self,
        questions: Sequence[dict[str, Any]],
        data: Sequence[bytes],
        progress: Callable[[int, int], None],
    ) -> list[dict[str, Any]]:
        """Its answers, in order, up to the first that it gave none of sense to. ``data``: the bytes of each file."""
        replies = list[dict[str, Any]]()
        for question in questions:
            reply = self._answered(question, None if replies else _asking(questions, data))
            while reply is not None and "done" in reply:
                progress(int(reply["done"]), int(reply["total"]))
                reply = self._answered(question)
            if reply is None:
                break
            replies.append(reply)
        return replies

    def _answered(
        self, question: dict[str, Any], asking: Sequence[bytes] | None = None
    ) -> dict[str, Any] | None:
        """The next line, about ``question``; ``asking`` is said before."""
        asked, answers = self.process.stdin, self.process.stdout
        assert asked is not None and answers is not None  # they are pipes
        self.asked, line = time.monotonic(), b""
        with self._watch.waiting(question["seconds"] + _GRACE), contextlib.suppress(OSError):
            # When it is gone that is EPIPE, or EINVAL under Windows.
            if asking is not None:
                asked.writelines(asking)
                asked.flush()
            line = answers.readline(_MAX_REPLY)
        if line.endswith(b"\n"):
            with contextlib.suppress(ValueError, RecursionError):
                reply: object = json.loads(line)
                return reply if isinstance(reply, dict) else None
        return None

    def close(self) -> None:
        """Ends it."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.2)
        self.process.kill()
        self.process.wait()
        self._watch.end()
        self.scratch.close()


_LOCK = fork.ModuleLock()
_idle: list[_Child] = []
_asked: set[_Child] = set()


def _asking(questions: Sequence[dict[str, Any]], data: Sequence[bytes]) -> list[bytes]:
    """What asks them: the child has read all of it before it answers any."""
    return [json.dumps(questions).encode() + b"\n", *data]


def _ask(
    questions: Sequence[dict[str, Any]], data: Sequence[bytes], progress: Callable[[int, int], None]
) -> list[dict[str, Any]]:
    """The answers to questions asked together, up to one that the child does not survive: that is an error."""
    asked, replies = _taken(), list[dict[str, Any]]()
    try:
        replies = asked.ask(questions, data, progress)
    finally:  # of one interrupted half way the next answer would be to this question
        _give_back(asked, is_well=len(replies) == len(questions))
    if len(replies) == len(questions):
        return replies
    question = questions[len(replies)]
    if time.monotonic() - asked.asked >= question["seconds"]:
        why = f"reading it took more than {question['seconds']:.0f} s; split it"
    else:
        cause = f"crashed (exit {asked.process.returncode}) or needed more than {format_size(asked.memory)}"
        why = f"its reader {cause}; damaged or too large"
    return [*replies, {"error": "SourceError", "message": f"{question['name']}: {why}"}]


def _taken() -> _Child:
    """A child that nobody asks just now, maybe a new one."""
    while True:
        with _LOCK:
            found = _idle.pop() if _idle else _Child()
            if is_usable := found.is_ours and found.process.poll() is None:
                _asked.add(found)
        if is_usable:
            return found
        if found.is_ours:
            found.close()


def _give_back(asked: _Child, *, is_well: bool) -> None:
    with _LOCK:
        # One that ``close`` has ended meanwhile is not among them any more.
        is_kept = is_well and asked in _asked and len(_idle) < CHILDREN
        _asked.discard(asked)
        if is_kept:
            _idle.append(asked)
    if not is_kept:
        asked.close()


def close() -> None:
    """Ends the children, those too that a thread waits for; the next ``extract`` starts another."""
    with _LOCK:
        ended, asked = [*_idle], [*_asked]
        _idle.clear()
        _asked.clear()
        for each in asked:
            if each.is_ours:
                each.process.kill()  # the thread that asked it does the rest
    for each in ended:
        if each.is_ours:
            each.close()


atexit.register(close)


def serve(memory: int) -> None:
    """The child: answers until its input ends, holding at most ``memory`` bytes of data."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak between the answers
    confine(memory)
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    while line := questions.readline():
        asked = json.loads(line)
        given = [_exactly(questions, question["size"]) for question in asked]
        for question, data in zip(asked, given, strict=True):
            told = partial(_tell, answers, question["seconds"])
            _end_in(question["seconds"])
            reply = _answer(data, question, told, memory)
            _end_in(0)
            _say(answers, reply)


def _end_in(seconds: float) -> None:
    """Have this process ended after so long, or not any more for 0, also while a parser in C holds all of Python."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)
    elif seconds:
        faulthandler.dump_traceback_later(seconds, exit=True)
    else:
        faulthandler.cancel_dump_traceback_later()


def _tell(answers: BinaryIO, seconds: float, done: int, total: int) -> None:
    """How many pictures are read; the next has as much time as this."""
    _end_in(seconds)
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
